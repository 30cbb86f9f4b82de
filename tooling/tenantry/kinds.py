"""Kinds: how they are written, which are Kubernetes' own, which stand in no namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: API groups of Kubernetes 1.36 itself (api/openapi-spec/swagger.json).
_OWN_GROUPS: Final = frozenset(
    (
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    )
)

#: Groups of Kubernetes all of whose kinds stand in no namespace.
_CLUSTER_GROUPS: Final = frozenset(
    (
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "certificates.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "node.k8s.io",
        "scheduling.k8s.io",
    )
)

#: Its other kinds that stand in no namespace (`"scope": "Cluster"` in Kubernetes' discovery).
_CLUSTER_KINDS: Final = frozenset(
    (
        "Namespace",
        "Node",
        "PersistentVolume",
        "networking.k8s.io/IngressClass",
        "networking.k8s.io/IPAddress",
        "networking.k8s.io/ServiceCIDR",
        "rbac.authorization.k8s.io/ClusterRole",
        "rbac.authorization.k8s.io/ClusterRoleBinding",
        "resource.k8s.io/DeviceClass",
        "resource.k8s.io/ResourceSlice",
        "storage.k8s.io/CSIDriver",
        "storage.k8s.io/CSINode",
        "storage.k8s.io/StorageClass",
        "storage.k8s.io/VolumeAttributesClass",
        "storage.k8s.io/VolumeAttachment",
    )
)


def group_kind(manifest: Mapping[str, Any]) -> str:
    """Return group and kind of an object as ``apps/Deployment``; core's kinds without a group."""
    group, slash, _ = str(manifest["apiVersion"]).rpartition("/")
    return f"{group}{slash}{manifest['kind']}"


def is_own_group(kind: str) -> bool:
    """Whether Kubernetes itself knows a kind, given as ``apps/Deployment``."""
    return kind.rpartition("/")[0] in _OWN_GROUPS


def is_cluster_scoped(kind: str) -> bool:
    """Whether a kind of Kubernetes itself stands in no namespace."""
    return kind in _CLUSTER_KINDS or kind.rpartition("/")[0] in _CLUSTER_GROUPS


def resource_of(kind: str) -> str:
    """Return the resource of a kind of Kubernetes itself: ``apps/deployments``."""
    group, slash, name = kind.rpartition("/")
    name = name.lower()
    if name.endswith("y"):
        name = f"{name[:-1]}ies"
    elif not name.endswith("endpoints"):
        name += "es" if name.endswith(("s", "x")) else "s"
    return f"{group}{slash}{name}"
