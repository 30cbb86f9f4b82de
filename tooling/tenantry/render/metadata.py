"""The metadata that all objects of a namespace share."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.manifest import Shared
from tenantry.naming import (
    ENVIRONMENT_LABEL,
    PROFILE_LABEL,
    TENANT_LABEL,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenantry.manifest import Tree
    from tenantry.placement import Placement

#: Keeps an object when it leaves Git or its Application goes. Read from the live object, so it
#: must stand there from the first sync. Source: Argo CD docs, sync-options.md, compare-options.md.
KEPT: Mapping[str, str] = {
    "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
    "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
}
KEPT_ANNOTATIONS = Shared(KEPT)


@lru_cache(maxsize=4)
def labels(placement: Placement) -> Shared:
    """Return the labels of every object of a namespace."""
    return Shared(
        {
            TENANT_LABEL: placement.tenant.name,
            PROFILE_LABEL: placement.profile.name,
            ENVIRONMENT_LABEL: placement.environment.value,
        }
    )


def metadata(
    placement: Placement, name: str, annotations: Mapping[str, Tree] | None = None
) -> dict[str, Tree]:
    """Return the metadata of an object in the placement's own namespace."""
    return metadata_in(placement, placement.namespace, name, annotations)


def metadata_in(
    placement: Placement,
    namespace: str,
    name: str,
    annotations: Mapping[str, Tree] | None = None,
) -> dict[str, Tree]:
    """Return the metadata of an object that stands in a namespace of the platform."""
    result: dict[str, Tree] = {
        "name": name,
        "namespace": namespace,
        "labels": labels(placement),
    }
    if annotations:
        result["annotations"] = annotations
    return result
