"""Guards of the Kubernetes cluster and its nodes."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import TYPE_CHECKING

from infra.guards.resource import LATER, Guard, Made, must, shown, switched_off, switched_on

if TYPE_CHECKING:
    from collections.abc import Iterator


_CLUSTER = ("containerservice:ManagedCluster",)
_POOLS = ("containerservice:ManagedCluster", "containerservice:AgentPool")

#: Ranges of callers wider than this hold more than one company.
_WIDEST = 16
_GPU = "nvidia.com/gpu"
#: Families of sizes with GPUs begin so. Source: "GPU accelerated" in the manual of Azure's sizes.
_GPU_FAMILIES = ("standard_nc", "standard_nd", "standard_nv", "standard_ng")
_KEPT_OFF = re.compile(rf"{_GPU}=[^:]*:(NoSchedule|NoExecute)")


def _accounts(made: Made) -> Iterator[str]:
    yield from switched_on(made, "disable_local_accounts")


def _people(made: Made) -> Iterator[str]:
    yield from switched_on(made, "enable_rbac")
    yield from switched_on(made, "aad_profile", "managed")
    yield from switched_off(made, "aad_profile", "enable_azure_rbac")
    if not made.get("aad_profile", "admin_group_object_ids"):
        yield "aad_profile.admin_group_object_ids is empty: nobody could administer it"


def _api_server(made: Made) -> Iterator[str]:
    profile = "api_server_access_profile"
    if made.get(profile, "enable_private_cluster") is True:
        return
    ranges = made.get(profile, "authorized_ip_ranges")
    if not isinstance(ranges, list) or not ranges:
        yield "its API server answers the whole internet"
        return
    for each in ranges:
        if not isinstance(each, str) or not _is_narrow(each):
            yield f"{profile}.authorized_ip_ranges {shown(each)}, wider than /{_WIDEST} or no range"


def _is_narrow(addresses: str) -> bool:
    try:
        return ip_network(addresses, strict=False).prefixlen >= _WIDEST
    except ValueError:
        return False


def _workloads(made: Made) -> Iterator[str]:
    yield from switched_on(made, "oidc_issuer_profile", "enabled")
    yield from switched_on(made, "security_profile", "workload_identity", "enabled")


def _policies(made: Made) -> Iterator[str]:
    yield from must(made, "cilium", "network_profile", "network_policy")
    yield from must(made, "cilium", "network_profile", "network_dataplane")
    yield from must(made, "overlay", "network_profile", "network_plugin_mode")


def _way_out(made: Made) -> Iterator[str]:
    found = made.get("network_profile", "outbound_type")
    if found not in ("userAssignedNATGateway", "userDefinedRouting"):
        yield f"network_profile.outbound_type {shown(found)}: use a NAT gateway or a route table"


def _upgrades(made: Made) -> Iterator[str]:
    if made.get("auto_upgrade_profile", "upgrade_channel") not in ("patch", "stable"):
        yield "auto_upgrade_profile.upgrade_channel must be 'patch' or 'stable'"
    if made.get("auto_upgrade_profile", "node_os_upgrade_channel") not in (
        "NodeImage",
        "SecurityPatch",
    ):
        yield (
            "auto_upgrade_profile.node_os_upgrade_channel must be 'NodeImage' or 'SecurityPatch'"
        )


def _cleaner(made: Made) -> Iterator[str]:
    yield from switched_on(made, "security_profile", "image_cleaner", "enabled")


def _tier(made: Made) -> Iterator[str]:
    tier = made.get("sku", "tier")
    if tier not in ("Standard", "Premium"):
        yield f"sku.tier {shown(tier)}, and must be 'Standard' or 'Premium'"


def _pools(made: Made) -> Iterator[tuple[str, Made]]:
    """Yield name and properties of each pool of a cluster, or of the pool itself."""
    if made.kind.endswith(":AgentPool"):
        yield "", made
        return
    profiles = made.get("agent_pool_profiles")
    for profile in profiles if isinstance(profiles, list) and profiles else [LATER]:
        known = profile if isinstance(profile, dict) else {}  # else nobody could judge it
        yield f"pool {known.get('name', '?')}: ", Made(made.name, made.type, known)


def _disks(made: Made) -> Iterator[str]:
    for prefix, pool in _pools(made):
        for fault in switched_on(pool, "enable_encryption_at_host"):
            yield prefix + fault


def _inside(made: Made) -> Iterator[str]:
    for prefix, pool in _pools(made):
        for fault in switched_off(pool, "enable_node_public_ip"):
            yield prefix + fault
        for fault in must(pool, "Disabled", "security_profile", "ssh_access"):
            yield prefix + fault


def _spread(made: Made) -> Iterator[str]:
    for prefix, pool in _pools(made):
        zones = pool.get("availability_zones")
        if not _has_gpus(pool) and (not isinstance(zones, list) or len(set(map(str, zones))) < 2):  # noqa: PLR2004 - a spread
            yield f"{prefix}availability_zones {shown(zones)}: name at least two"


def _scaling(made: Made) -> Iterator[str]:
    for prefix, pool in _pools(made):
        for fault in switched_on(pool, "enable_auto_scaling"):
            yield prefix + fault


def _gpus(made: Made) -> Iterator[str]:
    for prefix, pool in _pools(made):
        size, taints = pool.get("vm_size"), pool.get("node_taints")
        if not isinstance(size, str):
            yield f"{prefix}vm_size {shown(size)}: nobody knows whether its nodes have GPUs"
        tainted = isinstance(taints, list) and any(_KEPT_OFF.fullmatch(str(it)) for it in taints)
        if _has_gpus(pool) and not tainted:
            yield f"{prefix}its nodes have GPUs and no taint {_GPU} that keeps pods off"


def _has_gpus(pool: Made) -> bool:
    return str(pool.get("vm_size")).lower().startswith(_GPU_FAMILIES)


GUARDS = (
    Guard(
        "cluster-no-local-accounts",
        _CLUSTER,
        "The cluster has no account beside Entra ID.",
        "The certificate of the local administrator cannot be taken back, and names nobody.",
        _accounts,
    ),
    Guard(
        "cluster-people",
        _CLUSTER,
        "Entra ID says who somebody is; Kubernetes' own RBAC, from Git, says who may do what.",
        "Azure's RBAC for Kubernetes gives rights in namespaces that no file here shows.",
        _people,
    ),
    Guard(
        "cluster-api-closed",
        _CLUSTER,
        f"The API server is private, or answers named ranges no wider than /{_WIDEST}.",
        "Every fault in it would be everybody's.",
        _api_server,
    ),
    Guard(
        "cluster-workload-identity",
        _CLUSTER,
        "Pods can be somebody in Azure without a password.",
        "Else secrets would be stored where an identity does.",
        _workloads,
    ),
    Guard(
        "cluster-network-policies",
        _CLUSTER,
        "Cilium enforces NetworkPolicies, with Azure CNI in overlay mode.",
        "Without an engine the API server takes every policy and nothing happens: no tenant is "
        "fenced in.",
        _policies,
    ),
    Guard(
        "cluster-way-out",
        _CLUSTER,
        "Nodes leave by a NAT gateway or the company's route table.",
        "A load balancer's ports run out, and its address changes.",
        _way_out,
    ),
    Guard(
        "cluster-upgrades",
        _CLUSTER,
        "Patches of Kubernetes and of the nodes' system come by themselves, in a window.",
        "Nobody patches by hand for long.",
        _upgrades,
    ),
    Guard(
        "cluster-image-cleaner",
        _CLUSTER,
        "Images that nobody uses and that have known faults are removed from nodes.",
        "They would start again from the node's disk, whatever the registry says.",
        _cleaner,
    ),
    Guard(
        "cluster-promised",
        _CLUSTER,
        "The API server runs in a tier with a promise of availability.",
        "The free tier promises nothing and is small.",
        _tier,
    ),
    Guard(
        "nodes-encrypted",
        _POOLS,
        "Disks and caches of nodes are encrypted on the machine itself.",
        "Volumes of notebooks are cached there.",
        _disks,
    ),
    Guard(
        "nodes-closed",
        _POOLS,
        "Nodes have no public address and no SSH.",
        "Who is on a node is in every pod on it. `kubectl debug` does what SSH did, and is logged.",
        _inside,
    ),
    Guard(
        "nodes-spread",
        _POOLS,
        "Nodes without GPUs stand in two zones or more.",
        "A zone fails as a whole. GPUs are rarely to be had in all of them.",
        _spread,
    ),
    Guard(
        "nodes-scaling",
        _POOLS,
        "Every pool grows and shrinks with its use.",
        "Idle GPUs are the largest item on the bill.",
        _scaling,
    ),
    Guard(
        "gpu-tainted",
        _POOLS,
        f"Nodes with GPUs carry the taint {_GPU}.",
        "Else any pod fills them, and no training finds room. Pods that request a GPU tolerate it "
        "by themselves.",
        _gpus,
    ),
)
