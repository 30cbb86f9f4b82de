"""The container registry. It stands once, with the global cluster; others read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import containerregistry

from infra.azure.links import Service
from infra.azure.place import kept, path_of

if TYPE_CHECKING:
    from infra.azure.existing import ExistingRegistry
    from infra.azure.links import Links
    from infra.azure.place import Place

#: What an image prefix of such a registry ends with.
HOST_SUFFIX = ".azurecr.io"

_UNTAGGED_DAYS = 30


@dataclass(frozen=True)
class RegistryArgs:
    """What a registry needs to know."""

    place: Place
    name: str
    existing: ExistingRegistry | None
    zones: bool
    """Whether the region has availability zones."""


class Registry(pulumi.ComponentResource):
    """The registry, reached through a private endpoint only."""

    id: pulumi.Input[str]

    def __init__(
        self, args: RegistryArgs, links: Links, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("tenantry:azure:Registry", "registry", None, opts)
        self.made: containerregistry.Registry | None = None
        if args.existing is None:
            self.made = self._make(args)
            self.id = self.made.id
        else:
            subscription = args.existing.subscription_id or args.place.subscription_id
            kind = "Microsoft.ContainerRegistry/registries"
            self.id = path_of(subscription, args.existing.resource_group, kind, args.name)
        links.lead("registry", self.id, Service.REGISTRY)
        self.register_outputs({"id": self.id})

    def _make(self, args: RegistryArgs) -> containerregistry.Registry:
        zones = containerregistry.ZoneRedundancy
        return containerregistry.Registry(
            "registry",
            resource_group_name=args.place.group,
            registry_name=args.name,
            location=args.place.location,
            # Only Premium has private endpoints and zones.
            sku=containerregistry.SkuArgs(name=containerregistry.SkuName.PREMIUM),
            admin_user_enabled=False,
            anonymous_pull_enabled=False,
            public_network_access=containerregistry.PublicNetworkAccess.DISABLED,
            network_rule_bypass_options=containerregistry.NetworkRuleBypassOptions.AZURE_SERVICES,
            zone_redundancy=zones.ENABLED if args.zones else zones.DISABLED,
            policies=containerregistry.PoliciesArgs(
                retention_policy=containerregistry.RetentionPolicyArgs(
                    days=_UNTAGGED_DAYS, status=containerregistry.PolicyStatus.ENABLED
                )
            ),
            tags=args.place.tags,
            opts=kept(self),
        )
