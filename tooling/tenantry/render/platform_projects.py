"""Argo CD's projects: what each group of Applications may read and write.

`root` holds only the root Application, `platform` the apps, `tenants` the tenants' folders. The
projects of teams are `delivery`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.manifest import Shared
from tenantry.naming import PLATFORM_PROJECT, ROOT, TENANTS_PROJECT
from tenantry.render.argo_cd import API_VERSION, KEEP_WHILE_USED, subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tenantry.apps import App
    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest, Tree

#: Before every app, whose waves begin at 0.
_WAVE = "-10"

_ARGO = "argoproj.io"
_ARGO_KINDS = Shared({"group": _ARGO, "kind": "*"})

#: Namespaces that Kubernetes itself brings: none is a tenant's.
_SYSTEM = ("default", "kube-*")

_TENANT_CLUSTER_KINDS: tuple[tuple[str, str], ...] = (
    ("", "Namespace"),
    ("kubeflow.org", "Profile"),
)


def render_projects(apps: Sequence[App], facts: ClusterFacts) -> Iterator[Manifest]:
    """Yield the projects. `apps` are all in the repository, wherever they are installed.

    An app that is retired keeps its rights until its folder goes: Argo CD can delete only what
    its project still permits.
    """
    yield _root(facts)
    yield _platform(apps, facts)
    yield _tenants(apps, facts)


def _root(facts: ClusterFacts) -> Manifest:
    return _project(
        ROOT,
        "The Applications that deliver Applications",
        facts,
        {
            "sourceRepos": [facts.platform.gitops.repository],
            "destinations": _destinations(facts, [facts.platform.gitops.namespace]),
            "namespaceResourceWhitelist": [
                {"group": _ARGO, "kind": "AppProject"},
                {"group": _ARGO, "kind": "Application"},
            ],
        },
    )


def _platform(apps: Sequence[App], facts: ClusterFacts) -> Manifest:
    """Return the project of the apps: what their files name, and no Argo CD objects."""
    kinds = sorted({tuple(_split(kind)) for app in apps for kind in app.file.cluster_kinds})
    namespaces = {namespace for app in apps for namespace in app.namespaces}
    spec: dict[str, Tree] = {
        "sourceRepos": _source_repositories(apps, facts),
        "destinations": _destinations(facts, sorted(namespaces)),
    }
    if kinds:
        spec["clusterResourceWhitelist"] = [{"group": group, "kind": kind} for group, kind in kinds]
    spec["namespaceResourceBlacklist"] = [_ARGO_KINDS]
    return _project(PLATFORM_PROJECT, "The platform's own apps", facts, spec)


def _tenants(apps: Sequence[App], facts: ClusterFacts) -> Manifest:
    """Return the shared project of the tenants' folders, which only the platform writes.

    The egress gateway's namespace stays open: the rules of who may reach which host stand there.
    """
    gitops, mesh = facts.platform.gitops, facts.cluster.mesh
    closed = {*_SYSTEM, gitops.namespace, mesh.namespace}
    closed |= {namespace for app in apps for namespace in app.namespaces}
    closed -= {mesh.egress.namespace}
    return _project(
        TENANTS_PROJECT,
        "The folders of the tenants, as the platform renders them",
        facts,
        {
            "sourceRepos": [gitops.repository],
            "destinations": _destinations(facts, ["*", *(f"!{name}" for name in sorted(closed))]),
            "clusterResourceWhitelist": [
                {"group": group, "kind": kind} for group, kind in _TENANT_CLUSTER_KINDS
            ],
            "namespaceResourceBlacklist": [_ARGO_KINDS],
        },
    )


def _source_repositories(apps: Iterable[App], facts: ClusterFacts) -> list[Tree]:
    sources = {
        source.repository
        for app in apps
        for source in (app.file.git, app.file.helm)
        if source is not None
    }
    return [facts.platform.gitops.repository, *sorted(sources - {facts.platform.gitops.repository})]


def _destinations(facts: ClusterFacts, namespaces: Iterable[str]) -> list[Tree]:
    server = facts.platform.gitops.server
    return [{"server": server, "namespace": namespace} for namespace in namespaces]


def _split(kind: str) -> tuple[str, str]:
    group, _, name = kind.rpartition("/")
    return group, name


def _project(name: str, description: str, facts: ClusterFacts, spec: dict[str, Tree]) -> Manifest:
    return {
        "apiVersion": API_VERSION,
        "kind": "AppProject",
        "metadata": {
            "name": name,
            "namespace": facts.platform.gitops.namespace,
            "annotations": {
                "argocd.argoproj.io/sync-wave": _WAVE,
                **subscriptions(filter(None, [facts.platform.alerts.channel])),
            },
            "finalizers": KEEP_WHILE_USED,
        },
        "spec": {"description": description, **spec},
    }
