"""Private endpoints: the only way to vaults, storage and registry, and the names they answer to.

Source: "Azure private endpoint private DNS zone values" in the Azure Private Link manual.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import network, privatedns

from infra.azure.names import own
from infra.azure.place import below, path_of

if TYPE_CHECKING:
    from infra.azure.existing import ZonesElsewhere
    from infra.azure.place import Place


class Service(Enum):
    """What an endpoint leads to: its part of the resource, and the zone of its names."""

    VAULT = ("vault", "privatelink.vaultcore.azure.net")
    BLOB = ("blob", "privatelink.blob.core.windows.net")
    REGISTRY = ("registry", "privatelink.azurecr.io")


@dataclass(frozen=True)
class LinksArgs:
    """What private endpoints need to know."""

    place: Place
    network: pulumi.Input[str]
    """Id of the network whose names they answer to."""
    subnet: pulumi.Input[str]
    """Id of the subnet that they stand in."""
    elsewhere: ZonesElsewhere | None
    """Where the company keeps the zones, if it does."""


class Links(pulumi.ComponentResource):
    """Private endpoints with their DNS zones. A zone is made, or named, when first needed."""

    def __init__(self, args: LinksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("tenantry:azure:Links", "links", None, opts)
        self._args = args
        self._zones: dict[Service, pulumi.Input[str]] = {}
        self.register_outputs({})

    def lead(self, name: str, to: pulumi.Input[str], service: Service) -> network.PrivateEndpoint:
        """Make an endpoint in our network that leads to a resource."""
        place = self._args.place
        part, _ = service.value
        endpoint = network.PrivateEndpoint(
            name,
            resource_group_name=place.group,
            private_endpoint_name=own(place.names.stem, name),
            location=place.location,
            subnet=network.SubnetArgs(id=self._args.subnet),
            private_link_service_connections=[
                network.PrivateLinkServiceConnectionArgs(
                    name=name, private_link_service_id=to, group_ids=[part]
                )
            ],
            tags=place.tags,
            opts=below(self),
        )
        network.PrivateDnsZoneGroup(
            name,
            resource_group_name=place.group,
            private_endpoint_name=endpoint.name,
            private_dns_zone_group_name="default",
            private_dns_zone_configs=[
                network.PrivateDnsZoneConfigArgs(name=part, private_dns_zone_id=self._zone(service))
            ],
            opts=below(endpoint),
        )
        return endpoint

    def _zone(self, service: Service) -> pulumi.Input[str]:
        if service not in self._zones:
            _, name = service.value
            self._zones[service] = self._named(name) or self._made(name)
        return self._zones[service]

    def _named(self, name: str) -> str | None:
        elsewhere = self._args.elsewhere
        if elsewhere is None:
            return None
        subscription = elsewhere.subscription_id or self._args.place.subscription_id
        kind = "Microsoft.Network/privateDnsZones"
        return path_of(subscription, elsewhere.resource_group, kind, name)

    def _made(self, name: str) -> pulumi.Output[str]:
        place = self._args.place
        found: pulumi.Output[str] = private_zone(name, place, self._args.network, self).id
        return found


def private_zone(
    name: str, place: Place, whole_network: pulumi.Input[str], parent: pulumi.Resource
) -> privatedns.PrivateZone:
    """Make a zone of names that only a network sees."""
    zone = privatedns.PrivateZone(
        name,
        resource_group_name=place.group,
        private_zone_name=name,
        location="global",
        tags=place.tags,
        opts=below(parent),
    )
    privatedns.VirtualNetworkLink(
        name,
        resource_group_name=place.group,
        private_zone_name=zone.name,
        virtual_network_link_name=place.names.stem,
        location="global",
        registration_enabled=False,
        virtual_network=privatedns.SubResourceArgs(id=whole_network),
        tags=place.tags,
        opts=below(zone),
    )
    return zone
