"""The Kubernetes cluster: made here with the defaults of production, or read where it exists."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import containerservice as aks
from pulumi_azure_native import managedidentity

from infra.azure.cluster_profiles import (
    add_login,
    add_upkeep,
    api_server_profile,
    network_profile,
)
from infra.azure.names import own
from infra.azure.place import below, kept
from infra.azure.pools import add_pool, system_pool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.azure.access import Access
    from infra.azure.existing import ExistingCluster
    from infra.azure.network import Network
    from infra.azure.place import Place
    from infra.azure.pools import PoolPlan
    from infra.azure.settings import Maintenance

#: Names that AKS knows the two windows by.
WINDOWS = ("aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule")

_HOURS = 4


@dataclass(frozen=True)
class ClusterArgs:
    """What a cluster needs to know."""

    place: Place
    network: Network
    access: Access
    tenant_id: str
    version: str
    """Version of Kubernetes, such as 1.35. Patches come by themselves."""
    administrators: Sequence[str]
    """Groups of Entra ID whose members may do everything."""
    pod_range: str
    service_range: str
    system: PoolPlan
    pools: Sequence[PoolPlan]
    api_server_callers: Sequence[str]
    maintenance: Maintenance
    certificates: str | None
    """The company's own authorities, as PEM text: nodes pull images from hosts that they sign."""
    defender: pulumi.Input[str] | None
    """Id of the workspace that Defender writes to."""


class Cluster(pulumi.ComponentResource):
    """A cluster and its pools."""

    id: pulumi.Output[str]
    issuer: pulumi.Output[str]
    """Issuer of its service accounts' tokens."""
    principal: pulumi.Output[str]
    """Principal that it acts as in Azure itself, as for load balancers."""
    kubelet: pulumi.Output[str]
    """Principal that its nodes pull images as."""

    def __init__(
        self, args: ClusterArgs | ExistingCluster, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("tenantry:azure:Cluster", "cluster", None, opts)
        if isinstance(args, ClusterArgs):
            self._make(args)
        else:
            self._read(args)
        self.register_outputs({"id": self.id, "issuer": self.issuer})

    def kubeconfig(self) -> pulumi.Output[str]:
        """Return how to reach it, as whoever runs this program: `kubelogin` shows who that is."""

        def part(number: int) -> pulumi.Output[str]:
            # Of the id, which nobody knows before the cluster is there: then nobody asks for it.
            return self.id.apply(lambda path: path.split("/")[number])

        found = aks.list_managed_cluster_user_credentials_output(
            format="exec",
            resource_group_name=part(4),
            resource_name=part(8),
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        text = found.apply(lambda it: base64.b64decode(it.kubeconfigs[0].value).decode())
        return pulumi.Output.secret(text)

    def _read(self, wanted: ExistingCluster) -> None:
        found = aks.get_managed_cluster_output(
            resource_group_name=wanted.resource_group,
            resource_name=wanted.name,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        self.id = found.apply(lambda it: str(it.id))
        self.issuer = found.apply(lambda it: _issuer_of(wanted.name, it))
        self.kubelet = found.apply(lambda it: _kubelet_of(wanted.name, it.identity_profile))
        self.principal = found.apply(lambda it: _principal_of(wanted.name, it.identity))

    def _make(self, args: ClusterArgs) -> None:
        place = args.place
        identity = managedidentity.UserAssignedIdentity(
            "cluster",
            resource_group_name=place.group,
            resource_name_=own(place.names.stem, "cluster"),
            location=place.location,
            tags=place.tags,
            opts=below(self),
        )
        self.principal, network = identity.principal_id, args.network
        # Azure refuses to make a cluster whose identity may not use its subnets.
        admitted = [
            args.access.give("cluster-nodes", self.principal, network.nodes),
            args.access.give("cluster-api-server", self.principal, network.api_server),
        ]
        cluster = self._cluster(args, identity, admitted)
        for plan in args.pools:
            opts = pulumi.ResourceOptions(parent=cluster, ignore_changes=["count"])
            add_pool(plan, cluster, place, args.network.nodes, opts)
        for window in WINDOWS:
            _maintain(window, args, cluster)
        self.id = cluster.id
        self.issuer = cluster.oidc_issuer_profile.apply(
            lambda it: str((it and it.issuer_url) or "")
        )
        self.kubelet = cluster.identity_profile.apply(lambda it: _kubelet_of(place.names.stem, it))

    def _cluster(
        self,
        args: ClusterArgs,
        identity: managedidentity.UserAssignedIdentity,
        after: Sequence[pulumi.Resource],
    ) -> aks.ManagedCluster:
        place = args.place
        wanted = aks.ManagedClusterArgs(
            resource_group_name=place.group,
            node_resource_group=place.names.nodes_group,
            location=place.location,
            dns_prefix=place.names.stem,
            kubernetes_version=args.version,
            # The free tier promises nothing, and its API server is small.
            sku=aks.ManagedClusterSKUArgs(
                name=aks.ManagedClusterSKUName.BASE, tier=aks.ManagedClusterSKUTier.STANDARD
            ),
            identity=aks.ManagedClusterIdentityArgs(
                type=aks.ResourceIdentityType.USER_ASSIGNED,
                user_assigned_identities=[identity.id],
            ),
            agent_pool_profiles=[system_pool(args.system, args.network.nodes, place.tags)],
            network_profile=network_profile(args),
            api_server_access_profile=api_server_profile(args),
            tags=place.tags,
        )
        add_login(wanted, args)
        add_upkeep(wanted)
        # The autoscaler says how many nodes there are.
        scaled = pulumi.ResourceOptions(
            ignore_changes=["agentPoolProfiles[0].count"], depends_on=list(after)
        )
        # The SDK takes arguments as one object only of classes without a resource_name in it.
        return aks.ManagedCluster(
            "cluster",
            resource_name_=place.names.stem,
            opts=pulumi.ResourceOptions.merge(kept(self), scaled),
            **vars(wanted),
        )


def _maintain(window: str, args: ClusterArgs, cluster: aks.ManagedCluster) -> None:
    weekly = aks.WeeklyScheduleArgs(day_of_week=args.maintenance.day.value, interval_weeks=1)
    aks.MaintenanceConfiguration(
        window,
        resource_group_name=args.place.group,
        resource_name_=cluster.name,
        config_name=window,
        maintenance_window=aks.MaintenanceWindowArgs(
            schedule=aks.ScheduleArgs(weekly=weekly),
            start_time=args.maintenance.start,
            utc_offset="+00:00",
            duration_hours=_HOURS,
        ),
        opts=below(cluster),
    )


def _issuer_of(name: str, found: aks.GetManagedClusterResult) -> str:
    profile = found.oidc_issuer_profile
    security = found.security_profile
    workloads = security and security.workload_identity
    if not (profile and profile.enabled and profile.issuer_url):
        raise pulumi.RunError(
            f"the cluster {name} has no OIDC issuer, so no pod can be somebody in Azure (ask "
            "whoever runs it for: az aks update --enable-oidc-issuer --enable-workload-identity)"
        )
    if not (workloads and workloads.enabled):
        raise pulumi.RunError(
            f"the cluster {name} has workload identity switched off (ask whoever runs it for: "
            "az aks update --enable-workload-identity)"
        )
    return str(profile.issuer_url)


def _principal_of(name: str, identity: aks.outputs.ManagedClusterIdentityResponse | None) -> str:
    """Return who a cluster is: an identity of its own, or one that was made for it."""
    users = (identity and identity.user_assigned_identities) or {}
    named = [user.principal_id for user in users.values()]
    found = [each for each in (identity and identity.principal_id, *named) if each]
    if not found:
        raise pulumi.RunError(
            f"the cluster {name} has no identity in Azure (it must run with managed identities: "
            "az aks update --enable-managed-identity)"
        )
    return str(found[0])


def _kubelet_of(name: str, profile: object) -> str:
    """Return the principal of the nodes' identity. Azure names it in small letters."""
    found = profile.get("kubeletidentity") if isinstance(profile, dict) else None
    if found is None or not found.object_id:
        raise pulumi.RunError(
            f"the cluster {name} shows no identity of its nodes (it must run with managed "
            "identities: az aks update --enable-managed-identity)"
        )
    return str(found.object_id)
