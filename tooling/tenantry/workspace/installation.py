"""Builds what a cluster needs before Argo CD runs there: Argo CD, its projects, the root of all.

The objects are those that Argo CD then manages itself: the same source at the same revision, with
the same patches. Who applies them is for others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenantry.layout import PROJECTS, ROOT_APPLICATION, rendered_app_folder
from tenantry.render.platform import render_platform
from tenantry.render.platform_source import render_sources
from tenantry.workspace import kustomize, toolchain
from tenantry.workspace.checkouts import Checkouts
from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tenantry.apps import App
    from tenantry.facts import ClusterFacts, Facts
    from tenantry.manifest import Manifest

#: The app that installs all others.
ARGO_CD = "argo-cd"


def installation(
    root: Path, facts: Facts, cluster: str, tell: Callable[[str], None] = toolchain.silent
) -> list[Manifest]:
    """Return all objects in an order in which they can be applied. Raises WorkspaceError."""
    app = next((app for app in facts.apps if app.name == ARGO_CD), None)
    if app is None:
        raise WorkspaceError(f"there is no app {ARGO_CD}, which everything else is installed by")
    known = facts.clusters[cluster]
    rendered = dict(render_platform(facts.apps, known))
    own = rendered_app_folder(ARGO_CD)
    ours = [
        each for path, found in rendered.items() if path.startswith(f"{own}/") for each in found
    ]
    objects = [*ours, *_built(root, app, known, tell)]
    return [*sorted(objects, key=_rank), *rendered[PROJECTS], *rendered[ROOT_APPLICATION]]


def _built(
    root: Path, app: App, facts: ClusterFacts, tell: Callable[[str], None]
) -> Iterator[dict[str, Any]]:
    git = app.file.git
    if git is None:
        raise WorkspaceError(f"{app.path} names no Git folder, which its objects are built from")
    program = toolchain.find(root, "kustomize", tell)
    settings = next(iter(render_sources(app, facts))).get("kustomize")
    patches = settings.get("patches") if isinstance(settings, dict) else None
    with Checkouts() as checkouts:
        folder = checkouts.tree(git.repository, git.revision) / git.path
        for each in kustomize.build(program, folder, patches or []):
            if not _in_no_namespace(each):
                each["metadata"].setdefault("namespace", app.file.namespace)
            yield each


#: Kinds of Argo CD's installation that stand in no namespace.
_CLUSTER_KINDS = frozenset(
    ("Namespace", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding")
)


def _in_no_namespace(manifest: Manifest) -> bool:
    return manifest["kind"] in _CLUSTER_KINDS


def _rank(manifest: Manifest) -> int:
    """Put first what others stand in or are made of."""
    order = {"Namespace": 0, "CustomResourceDefinition": 1, "ServiceAccount": 2}
    return order.get(str(manifest["kind"]), 3)
