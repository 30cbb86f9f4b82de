"""All components of a cluster's platform, put together, and the outputs that become facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import Provider

from infra.azure.access import Access
from infra.azure.alerts import Alerts, AlertsArgs
from infra.azure.budget import Spending
from infra.azure.cluster import Cluster, ClusterArgs
from infra.azure.dns import Domain, DomainArgs
from infra.azure.groups import Groups
from infra.azure.identities import ARGO_CD, Identities, IdentitiesArgs
from infra.azure.links import Links, LinksArgs
from infra.azure.network import Network, NetworkArgs
from infra.azure.observability import Observability
from infra.azure.place import Place
from infra.azure.registry import Registry, RegistryArgs
from infra.azure.storage import BACKUPS_CONTAINER, Storage
from infra.azure.vaults import Vaults, address_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.azure.planning import Plan


class Platform:
    """All components of a cluster's platform."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self._settings = plan, plan.settings
        self._facts = plan.facts.cluster
        self._own = self._provider("azure", self._settings.subscription_id)
        anywhere = Place(plan.names, self._facts.region, self._settings.subscription_id, plan.tags)
        self.groups = Groups(anywhere, self._opts())
        self._place = anywhere.within(self.groups.platform.name)
        self._teams = anywhere.within(self.groups.teams.name)
        self.logs = Observability(self._place, self._settings.logs, self._opts())
        self.network = self._network()
        self.links = self._links()
        self.vaults = Vaults(self._place, self._settings.tenant_id, self.links, self._opts())
        self.storage = Storage(self._place, self.links, self._opts())
        self.registry = self._registry()
        self._given = Access(self._place, self._opts())
        self.cluster = self._cluster()
        self.domain = self._domain()
        self.identities = self._identities()
        self._give()
        self._watch()
        Spending(self._place, self._settings, self._opts())

    def outputs(self) -> Mapping[str, pulumi.Input[object]]:
        """Return the outputs, as the model `Outputs` of the cluster's facts has them."""
        zone = self.domain.zone
        return {
            "azure": {
                "tenantId": self._settings.tenant_id,
                "subscriptionId": self._settings.subscription_id,
                "resourceGroup": self.groups.teams.name,
                "oidcIssuer": self.cluster.issuer,
            },
            "keyVault": address_of(self.vaults.teams),
            "platformKeyVault": address_of(self.vaults.platform),
            "dns": zone
            and {
                "zone": zone.name,
                "subscriptionId": zone.subscription_id,
                "resourceGroup": zone.resource_group,
            },
            "frontDoor": self._front_door(),
            "backup": {
                "storageAccount": self.storage.backups.name,
                "container": BACKUPS_CONTAINER,
                "resourceGroup": self.groups.platform.name,
            },
            "identities": dict(self.identities.client_ids),
        }

    def _front_door(self) -> Mapping[str, pulumi.Input[str]]:
        """Return where the gateway's Service finds its address; a public one is looked up."""
        found: dict[str, pulumi.Input[str]] = {"address": self.domain.address}
        if self.domain.public is not None:
            found["resourceGroup"] = self.groups.platform.name
        return found

    def _provider(self, name: str, subscription: str) -> Provider:
        return Provider(
            name,
            subscription_id=subscription,
            tenant_id=self._settings.tenant_id,
            location=self._facts.region,
        )

    def _opts(self, subscription: str | None = None, name: str = "") -> pulumi.ResourceOptions:
        """Return options that lead to the provider of a subscription, ours where None."""
        other = subscription is not None and subscription != self._settings.subscription_id
        provider = self._provider(f"azure-{name}", str(subscription)) if other else self._own
        return pulumi.ResourceOptions(providers=[provider])

    def _network(self) -> Network:
        there = self._settings.existing.network
        wanted = there or self._settings.network
        assert wanted is not None  # noqa: S101 - the plan refuses a stack with neither
        args = NetworkArgs(
            self._place,
            wanted,
            self._facts.api_server.ranges[0],
            self._settings.zones,
            public_front_door=not self._facts.private,
        )
        return Network(args, self._opts(self._network_of(), "network"))

    def _links(self) -> Links:
        there = self._settings.existing.network
        elsewhere = there.private_dns if there else None
        args = LinksArgs(self._place, self.network.id, self.network.endpoints, elsewhere)
        return Links(args, self._opts())

    def _registry(self) -> Registry | None:
        if self.plan.registry is None:
            return None
        args = RegistryArgs(
            self._place,
            self.plan.registry,
            self._settings.existing.registry,
            zones=len(self._settings.zones) > 1,
        )
        return Registry(args, self.links, self._opts())

    def _cluster(self) -> Cluster:
        there = self._settings.existing.cluster
        if there is not None:
            return Cluster(there, self._opts(there.subscription_id, "cluster"))
        return Cluster(self._cluster_args(), self._opts())

    def _cluster_args(self) -> ClusterArgs:
        settings, plan = self._settings, self.plan
        return ClusterArgs(
            place=self._place,
            network=self.network,
            access=self._given,
            tenant_id=settings.tenant_id,
            version=self._facts.kubernetes_version,
            administrators=plan.administrators,
            pod_range=settings.pod_range,
            service_range=settings.service_range,
            system=plan.system,
            pools=plan.pools,
            api_server_callers=settings.api_server_callers,
            maintenance=settings.maintenance,
            certificates=plan.facts.platform.network.ca_bundle,
            defender=self.logs.workspace.id if settings.defender else None,
        )

    def _domain(self) -> Domain:
        args = DomainArgs(
            self._place,
            self._facts.domain,
            self.plan.wants_zone,
            self._settings.existing.dns_zone,
            self.network.id,
            self.plan.front_door,
            self._settings.zones,
        )
        return Domain(args, self._opts())

    def _identities(self) -> Identities:
        args = IdentitiesArgs(
            self._place,
            self._teams,
            self.cluster.issuer,
            self.plan.workloads,
            self.plan.namespaces,
        )
        return Identities(args, self._opts())

    def _give(self) -> None:
        self._admit_cluster()
        self._admit_workloads()
        for namespace in self.plan.repositories:
            secret = pulumi.Output.concat(
                self.vaults.teams.id, f"/secrets/{namespace}-repository-credentials"
            )
            principal = self.identities.teams[namespace].principal_id
            self._given.give("team-repository", principal, secret, f"repository-{namespace}")

    def _admit_workloads(self) -> None:
        known, network, zone = self.identities.workloads, self.network, self.domain.zone
        zone_id, whose = (zone.id, zone.subscription_id) if zone else (None, None)
        registry = self.registry.id if self.registry else None
        scopes: dict[str, tuple[str, pulumi.Input[str] | None, str | None]] = {
            "crossplane-claims": ("crossplane-azure", self.groups.teams.id, None),
            "crossplane-endpoints": ("crossplane-azure", network.endpoints, self._network_of()),
            "crossplane-data": ("crossplane-azure", self.groups.teams.id, None),
            "external-secrets": ("external-secrets", self.vaults.platform.id, None),
            "cert-manager": ("cert-manager", zone_id, whose),
            "external-dns": ("external-dns", zone_id, whose),
            "argo-cd": (ARGO_CD, registry, None),
            "velero": ("velero", self.storage.backups.id, None),
        }
        for grant, (workload, scope, subscription) in scopes.items():
            if workload in known and scope is not None:
                principal = known[workload].principal_id
                self._given.give(grant, principal, scope, subscription=subscription)

    def _network_of(self) -> str | None:
        """Return the subscription of the network, None where it is ours."""
        there = self._settings.existing.network
        return there.subscription_id if there else None

    def _admit_cluster(self) -> None:
        if self.registry is not None:
            self._given.give("nodes-images", self.cluster.kubelet, self.registry.id)
        if self.domain.public is not None:
            principal = self.cluster.principal
            self._given.give("cluster-front-door", principal, self.domain.public.id)
            self._given.give("cluster-addresses", principal, self.groups.platform.id)

    def _watch(self) -> None:
        self.logs.record_audit("platform-secrets", self.vaults.platform.id)
        self.logs.record_audit("team-secrets", self.vaults.teams.id)
        for name, account in (
            ("artifacts", self.storage.artifacts),
            ("backups", self.storage.backups),
        ):
            blobs = pulumi.Output.concat(account.id, "/blobServices/default")
            self.logs.record_audit(name, blobs)
        if self.registry is not None and self.registry.made is not None:
            self.logs.record_audit("registry", self.registry.made.id)
        if self._settings.existing.cluster is None:
            self.logs.record_cluster(self.cluster.id)
        mailbox, workspace = self._settings.owner, self.logs.workspace.id
        Alerts(AlertsArgs(self._place, mailbox, self.cluster.id, workspace), self._opts())
