"""The cluster's domain: its zone, the front door's address, and the records that lead there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import dns, privatedns

from infra.azure.addresses import fixed_address
from infra.azure.links import private_zone
from infra.azure.place import kept, path_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_azure_native import network

    from infra.azure.existing import ExistingZone
    from infra.azure.place import Place

_TTL = 300


@dataclass(frozen=True)
class DomainArgs:
    """What a domain needs to know."""

    place: Place
    domain: str
    wants_zone: bool
    """Whether anything needs a public zone: proof for certificates, or a public front door."""
    existing: ExistingZone | None
    network: pulumi.Input[str]
    """Id of the network that sees the private names."""
    inside: str | None
    """Address of a front door inside the network; None where the internet reaches it."""
    zones: Sequence[str]


@dataclass(frozen=True)
class PublicZone:
    """A zone that the internet sees."""

    name: str
    id: pulumi.Input[str]
    subscription_id: str
    resource_group: pulumi.Input[str]


class Domain(pulumi.ComponentResource):
    """Zone, address and records of a cluster's domain."""

    def __init__(self, args: DomainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("tenantry:azure:Domain", "domain", None, opts)
        self.made: dns.Zone | None = None
        self.zone = self._zone(args)
        self.public: network.PublicIPAddress | None = None
        self.address: pulumi.Input[str]
        if args.inside is not None:
            self.address = args.inside
            self._lead_inside(args, args.inside)
        else:
            self.public = fixed_address("front-door", args.place, args.zones, self)
            self.address = self.public.ip_address.apply(lambda it: it or "")
            self._lead_outside(args, self.public)
        self.register_outputs({})

    def _zone(self, args: DomainArgs) -> PublicZone | None:
        if not args.wants_zone:
            return None
        there = args.existing
        if there is not None:
            subscription = there.subscription_id or args.place.subscription_id
            path = path_of(
                subscription, there.resource_group, "Microsoft.Network/dnsZones", there.zone
            )
            return PublicZone(there.zone, path, subscription, there.resource_group)
        place = args.place
        self.made = dns.Zone(
            "domain",
            resource_group_name=place.group,
            zone_name=args.domain,
            location="global",
            tags=place.tags,
            opts=kept(self),
        )
        return PublicZone(args.domain, self.made.id, place.subscription_id, place.group)

    def _lead_outside(self, args: DomainArgs, address: network.PublicIPAddress) -> None:
        zone = self.zone
        if zone is None or zone.subscription_id != args.place.subscription_id:
            return  # whoever runs the zone writes the records
        for name, record in records(args.domain, zone.name):
            dns.RecordSet(
                name,
                dns.RecordSetArgs(
                    resource_group_name=zone.resource_group,
                    zone_name=self.made.name if self.made else zone.name,
                    relative_record_set_name=record,
                    record_type="A",
                    ttl=_TTL,
                    # By resource, so that the record follows the address.
                    target_resource=dns.SubResourceArgs(id=address.id),
                ),
                pulumi.ResourceOptions(parent=self),
            )

    def _lead_inside(self, args: DomainArgs, address: str) -> None:
        zone = private_zone(args.domain, args.place, args.network, self)
        for name, record in records(args.domain, args.domain):
            privatedns.PrivateRecordSet(
                name,
                resource_group_name=args.place.group,
                private_zone_name=zone.name,
                relative_record_set_name=record,
                record_type="A",
                ttl=_TTL,
                a_records=[privatedns.ARecordArgs(ipv4_address=address)],
                opts=pulumi.ResourceOptions(parent=self),
            )


def records(domain: str, zone: str) -> list[tuple[str, str]]:
    """Return what a record is for, and its name in a zone that holds the domain."""
    own_name = domain.removesuffix(zone).rstrip(".")
    below = f"*.{own_name}" if own_name else "*"
    return [("domain", own_name or "@"), ("below-domain", below)]
