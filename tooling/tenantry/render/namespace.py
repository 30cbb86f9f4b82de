"""The Namespace and, in development, the Profile object that Kubeflow's controller reads.

The controller adopts a Namespace whose annotation `owner` equals the Profile's owner, and then
sets no ownerReference: deleting the Profile deletes no data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.naming import (
    COST_CENTER_LABEL,
    DESCRIPTION_ANNOTATION,
    ENVIRONMENT_LABEL,
    PACKAGE_ANNOTATION,
    PROFILE_LABEL,
    REVIEW_BY_ANNOTATION,
    STORAGE_ANNOTATION,
    TENANT_LABEL,
    TIER_LABEL,
)
from tenantry.render.metadata import KEPT, KEPT_ANNOTATIONS, labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.manifest import Manifest
    from tenantry.placement import Placement

#: Source: kubeflow/community-distribution, applications/dashboard/upstream/profile-controller/
#: overlays/kubeflow-pss/namespace-labels-kubeflow-pss.yaml. The label `part-of` also opens
#: upstream's NetworkPolicies to the namespace and puts it under the PodDefaults webhook.
_KUBEFLOW_LABELS = {
    "app.kubernetes.io/part-of": "kubeflow-profile",
    "katib.kubeflow.org/metrics-collector-injection": "enabled",
    "pipelines.kubeflow.org/enabled": "true",
    "serving.kubeflow.org/inferenceservice": "enabled",
}


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield the Namespace, and the Profile object of a development namespace."""
    yield _namespace(placement)
    if not placement.in_production:
        yield _profile(placement)


def _namespace(placement: Placement) -> Manifest:
    security = "restricted" if placement.in_production else "baseline"
    namespace_labels = {
        TENANT_LABEL: placement.tenant.name,
        PROFILE_LABEL: placement.profile.name,
        ENVIRONMENT_LABEL: placement.environment.value,
        TIER_LABEL: placement.tier_name,
    }
    if placement.profile.cost_center is not None:
        namespace_labels[COST_CENTER_LABEL] = placement.profile.cost_center
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": placement.namespace,
            "labels": {
                **namespace_labels,
                "istio-injection": "enabled",
                "pod-security.kubernetes.io/enforce": security,
                **_KUBEFLOW_LABELS,
            },
            "annotations": _annotations(placement),
        },
    }


def _annotations(placement: Placement) -> dict[str, str]:
    profile = placement.profile
    annotations = {"owner": placement.facts.platform.identity.owner, **KEPT}
    if profile.description is not None:
        annotations[DESCRIPTION_ANNOTATION] = profile.description
    if profile.review_by is not None:
        annotations[REVIEW_BY_ANNOTATION] = profile.review_by.isoformat()
    if profile.package is not None:
        annotations[PACKAGE_ANNOTATION] = profile.package
    if profile.monitoring is not None and profile.monitoring.storage is not None:
        annotations[STORAGE_ANNOTATION] = profile.monitoring.storage
    return annotations


def _profile(placement: Placement) -> Manifest:
    # No resourceQuotaSpec: with an empty one the controller deletes its own quota and no other,
    # so ours, of another name, stands.
    return {
        "apiVersion": "kubeflow.org/v1",
        "kind": "Profile",
        "metadata": {
            "name": placement.namespace,
            "labels": labels(placement),
            "annotations": KEPT_ANNOTATIONS,
        },
        "spec": {"owner": {"kind": "User", "name": placement.facts.platform.identity.owner}},
    }
