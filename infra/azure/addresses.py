"""Public addresses that others write down: in records, in a partner's firewall. They stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_azure_native import network

from infra.azure.names import own
from infra.azure.place import kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pulumi

    from infra.azure.place import Place


def fixed_address(
    name: str, place: Place, zones: Sequence[str], parent: pulumi.Resource
) -> network.PublicIPAddress:
    """Make a public address that stands in all zones."""
    return network.PublicIPAddress(
        name,
        resource_group_name=place.group,
        public_ip_address_name=own(place.names.stem, name),
        location=place.location,
        public_ip_allocation_method=network.IPAllocationMethod.STATIC,
        sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
        zones=list(zones),
        tags=place.tags,
        opts=kept(parent),
    )
