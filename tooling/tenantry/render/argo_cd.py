"""What all objects for Argo CD share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenantry.manifest import Tree

API_VERSION = "argoproj.io/v1alpha1"

#: Deletes what an Application delivered once the Application leaves Git, but for kept objects and
#: custom resource definitions. The path is the form that the API server asks for, and means what
#: the bare name does. Source: argo-cd v3.2.11, application_defaults.go.
CASCADE = ["resources-finalizer.argocd.argoproj.io/foreground"]

#: Keeps a project until no Application names it: without one, none of them can be deleted. Argo CD
#: knows only the bare name here. Source: argo-cd v3.2.11, app_project_types.go, HasFinalizer.
KEEP_WHILE_USED = ["resources-finalizer.argocd.argoproj.io"]

#: Our objects are applied by the API server, which refuses what their kind does not have whoever
#: asks. kubectl's own validation adds nothing to that, and reads the OpenAPI document of a group
#: anew for each object, twice: over half of what a sync costs Argo CD (docs/decisions/016).
APPLIED = ("ServerSideApply=true", "Validate=false")

#: What people are told of. The app argo-cd says when each of these is so, and in which words.
_TRIGGERS = ("on-health-degraded", "on-out-of-sync", "on-sync-failed", "on-sync-status-unknown")


def subscriptions(channels: Iterable[str]) -> dict[str, Tree]:
    """Return the annotations that tell Argo CD which Slack channels hear of faults.

    On an Application they are for that one, on an AppProject for all of its Applications.
    """
    listed = ";".join(sorted(set(channels)))
    if not listed:
        return {}
    return {f"notifications.argoproj.io/subscribe.{trigger}.slack": listed for trigger in _TRIGGERS}


def retry(limit: int) -> dict[str, Tree]:
    """Return how a failed sync is tried again: each time with what the branch holds by then.

    Without `refresh` a commit that mends a fault waits until all attempts at the old one are over.
    """
    return {
        "limit": limit,
        "refresh": True,
        "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
    }
