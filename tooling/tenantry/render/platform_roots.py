"""The Applications that deliver Applications: the root of all, and below it that of the tenants.

The root puts the apps of the platform in order: a wave begins when the one before is healthy. So
that one app in trouble stops no tenant, and one tenant no other, the tenants hang below an
Application of their own: the root makes it after all apps, and from then on it syncs by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.layout import (
    APPLICATIONS,
    ROOT_APPLICATION,
    TENANT_APPLICATIONS,
    rendered_branch,
)
from tenantry.naming import ROOT, TENANTS
from tenantry.render.argo_cd import API_VERSION, APPLIED, retry

if TYPE_CHECKING:
    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest, Tree

#: A webhook of the app itself may serve only a while after its pod runs.
RETRY = retry(10)

#: Server-side apply: definitions over 256 KiB do not fit the annotation of client-side apply. What
#: apps add, RespectIgnoreDifferences, is left out: with it Argo CD v3.2.11 applies the status of
#: an Application as well, as it stood a moment ago, over what its own controller writes there.
SYNC_OPTIONS = (*APPLIED, "FailOnSharedResource=true", "PruneLast=true")

#: Pruning last is a wave of its own. With it a team that leaves would keep its access until every
#: team that came with the same commit is healthy.
_OPTIONS = {
    ROOT: SYNC_OPTIONS,
    TENANTS: tuple(option for option in SYNC_OPTIONS if option != "PruneLast=true"),
}


def render_root(facts: ClusterFacts) -> Manifest:
    """Return the Application that delivers all others.

    It leaves itself out: waiting for its own health it would never end a sync of several waves.
    Infrastructure applies it, with the projects, once.
    """
    itself = ROOT_APPLICATION.removeprefix(f"{APPLICATIONS}/")
    tenants = TENANT_APPLICATIONS.removeprefix(f"{APPLICATIONS}/")
    directory: Tree = {"recurse": True, "exclude": f"{{{itself},{tenants}/*}}"}
    return _application(ROOT, facts, APPLICATIONS, directory, {})


def render_tenants_root(facts: ClusterFacts, wave: int) -> Manifest:
    """Return the Application that delivers those of the tenants."""
    annotations: dict[str, Tree] = {"argocd.argoproj.io/sync-wave": str(wave)}
    return _application(TENANTS, facts, TENANT_APPLICATIONS, {"recurse": True}, annotations)


def _application(
    name: str, facts: ClusterFacts, path: str, directory: Tree, annotations: dict[str, Tree]
) -> Manifest:
    """Return an Application of Applications. No finalizer: deleting it must not delete those."""
    gitops = facts.platform.gitops
    metadata: dict[str, Tree] = {"name": name, "namespace": gitops.namespace}
    if annotations:
        metadata["annotations"] = annotations
    return {
        "apiVersion": API_VERSION,
        "kind": "Application",
        "metadata": metadata,
        "spec": {
            "project": ROOT,
            "source": {
                "repoURL": gitops.repository,
                "targetRevision": rendered_branch(facts.name),
                "path": path,
                "directory": directory,
            },
            "destination": {"server": gitops.server, "namespace": gitops.namespace},
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": True, "allowEmpty": False},
                "syncOptions": [*_OPTIONS[name], "ApplyOutOfSyncOnly=true"],
                "retry": RETRY,
            },
        },
    }
