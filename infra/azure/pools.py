"""The node pools of a cluster, from what its facts promise and the machines that are configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from pulumi_azure_native import containerservice as aks

from infra.azure.machines import MAX_PODS
from tenantry.naming import PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pulumi

    from infra.azure.place import Place

#: Keeps everything but the cluster's own parts off the system pool; those tolerate it.
SYSTEM_TAINT = "CriticalAddonsOnly=true:NoSchedule"

#: Keeps pods that need no GPU off the nodes that have one. A pod that requests this resource
#: tolerates a taint of the same key by itself: AKS runs the API server with the admission plugin
#: ExtendedResourceToleration.
GPU_TAINT = "nvidia.com/gpu=present:NoSchedule"

#: Leads NVIDIA's device plugin (apps/nvidia-device-plugin) to these nodes. On AKS only the driver
#: comes by itself.
GPU_LABEL = ("nvidia.com/gpu.present", "true")

POOL_LABEL = f"{PREFIX}/pool"

_DISK_GIB = 128
_GPU_DISK_GIB = 512  # images of frameworks for GPUs are large


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """A node pool as it is to be."""

    name: str
    size: str
    least: int
    most: int
    zones: Sequence[str]
    gpu: bool = False
    system: bool = False
    """Whether the cluster's own parts run here, and nothing else."""

    @property
    def taints(self) -> list[str]:
        """What keeps pods off its nodes."""
        kept_off = [SYSTEM_TAINT] if self.system else []
        return [*kept_off, GPU_TAINT] if self.gpu else kept_off

    @property
    def labels(self) -> Mapping[str, str]:
        """What pods may choose its nodes by."""
        own = {POOL_LABEL: self.name}
        return {**own, GPU_LABEL[0]: GPU_LABEL[1]} if self.gpu else own


class _Machines(TypedDict):
    """What the SDK's two classes of pools call alike."""

    vm_size: str
    os_type: aks.OSType
    os_sku: aks.OSSKU
    os_disk_size_gb: int
    type: aks.AgentPoolType
    enable_auto_scaling: bool
    count: int
    min_count: int
    max_count: int
    max_pods: int
    availability_zones: list[str]
    vnet_subnet_id: pulumi.Input[str]
    enable_encryption_at_host: bool
    enable_node_public_ip: bool
    node_labels: Mapping[str, str]
    node_taints: list[str]
    security_profile: aks.AgentPoolSecurityProfileArgs
    upgrade_settings: aks.AgentPoolUpgradeSettingsArgs


def _machines(plan: PoolPlan, subnet: pulumi.Input[str]) -> _Machines:
    return {
        "vm_size": plan.size,
        "os_type": aks.OSType.LINUX,
        "os_sku": aks.OSSKU.UBUNTU,
        "os_disk_size_gb": _GPU_DISK_GIB if plan.gpu else _DISK_GIB,
        "type": aks.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        "enable_auto_scaling": True,
        "count": plan.least,
        "min_count": plan.least,
        "max_count": plan.most,
        "max_pods": MAX_PODS,
        "availability_zones": list(plan.zones),
        "vnet_subnet_id": subnet,
        "enable_encryption_at_host": True,
        "enable_node_public_ip": False,
        "node_labels": plan.labels,
        "node_taints": plan.taints,
        "security_profile": _machine_security(),
        "upgrade_settings": _upgrade(),
    }


def system_pool(
    plan: PoolPlan, subnet: pulumi.Input[str], tags: Mapping[str, str]
) -> aks.ManagedClusterAgentPoolProfileArgs:
    """Return the pool that a cluster is made with."""
    return aks.ManagedClusterAgentPoolProfileArgs(
        name=plan.name, mode=aks.AgentPoolMode.SYSTEM, tags=tags, **_machines(plan, subnet)
    )


def add_pool(
    plan: PoolPlan,
    cluster: aks.ManagedCluster,
    place: Place,
    subnet: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> aks.AgentPool:
    """Add a pool for pods of tenants to a cluster."""
    return aks.AgentPool(
        plan.name,
        resource_group_name=place.group,
        resource_name_=cluster.name,
        agent_pool_name=plan.name,
        mode=aks.AgentPoolMode.USER,
        gpu_profile=aks.GPUProfileArgs(driver=aks.GPUDriver.INSTALL) if plan.gpu else None,
        tags=place.tags,
        opts=opts,
        **_machines(plan, subnet),
    )


def _machine_security() -> aks.AgentPoolSecurityProfileArgs:
    return aks.AgentPoolSecurityProfileArgs(ssh_access=aks.AgentPoolSSHAccess.DISABLED)


def _upgrade() -> aks.AgentPoolUpgradeSettingsArgs:
    # Notebooks and trainings get half an hour to end before their node is taken away.
    return aks.AgentPoolUpgradeSettingsArgs(max_surge="10%", drain_timeout_in_minutes=30)
