"""What delivers the platform: an Application an app, their projects, and the root of all.

Owns which files the platform has in a rendered tree. The rendered branch holds that tree at its
root, so paths here begin with `applications/` or `apps/`, not with `build/`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.apps import installed, waves
from tenantry.layout import (
    PROJECTS,
    ROOT_APPLICATION,
    TENANTS_APPLICATION,
    rendered_app,
    rendered_app_folder,
)
from tenantry.manifest import Shared
from tenantry.naming import PLATFORM_PROJECT
from tenantry.render.argo_cd import API_VERSION, CASCADE
from tenantry.render.platform_projects import render_projects
from tenantry.render.platform_roots import RETRY, SYNC_OPTIONS, render_root, render_tenants_root
from tenantry.render.platform_source import render_sources
from tenantry.wiring import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tenantry.apps import App
    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest, Tree
    from tenantry.schema.app import IgnoredDifference


def render_platform(
    apps: Sequence[App], facts: ClusterFacts
) -> Iterator[tuple[str, list[Manifest]]]:
    """Yield each file of the platform in a cluster's tree, with its objects."""
    present = installed(apps, facts)
    order = waves(present)
    yield ROOT_APPLICATION, [render_root(facts)]
    yield TENANTS_APPLICATION, [render_tenants_root(facts, max(order.values(), default=0) + 1)]
    yield PROJECTS, list(render_projects(apps, facts))
    for name, app in present.items():
        yield rendered_app(name), [_application(app, order[name], facts)]
        for file, manifest in app.manifests:
            yield (
                f"{rendered_app_folder(name)}/{file}",
                [_own(app, file, manifest, facts)],
            )


def _own(app: App, file: str, manifest: Manifest, facts: ClusterFacts) -> Manifest:
    path = app.manifest_path(file)
    if not app.markers.get(path):
        return app.on(facts, path, lambda: manifest)
    return app.on(facts, path, lambda: fill(manifest, facts))  # type: ignore[arg-type, return-value] # a filled mapping


def _application(app: App, wave: int, facts: ClusterFacts) -> Manifest:
    gitops = facts.platform.gitops
    spec: dict[str, Tree] = {
        "project": PLATFORM_PROJECT,
        **_one_or_many(list(render_sources(app, facts))),
        "destination": {"server": gitops.server, "namespace": app.file.namespace},
        "syncPolicy": _sync_policy(app.file.sync_options),
    }
    if app.file.ignore_differences:
        spec["ignoreDifferences"] = [_ignored(item) for item in app.file.ignore_differences]
    spec["info"] = _info(app)
    return {
        "apiVersion": API_VERSION,
        "kind": "Application",
        "metadata": _metadata(app, wave, facts),
        "spec": spec,
    }


def _metadata(app: App, wave: int, facts: ClusterFacts) -> dict[str, Tree]:
    annotations = {"argocd.argoproj.io/sync-wave": str(wave)}
    if app.manifests:
        # A commit that touches no file of the app's own folder regenerates nothing here.
        annotations["argocd.argoproj.io/manifest-generate-paths"] = "."
    return {
        "name": app.name,
        "namespace": facts.platform.gitops.namespace,
        "annotations": annotations,
        "finalizers": CASCADE,
    }


def _one_or_many(sources: list[Tree]) -> dict[str, Tree]:
    return {"source": sources[0]} if len(sources) == 1 else {"sources": sources}


@lru_cache(maxsize=64)
def _sync_policy(own: tuple[str, ...]) -> Shared:
    """Return how an app is synced. Its own options hold over the platform's of the same name.

    Where kubectl applies, it also validates.
    """
    options = dict(
        option.split("=") for option in (*SYNC_OPTIONS, "RespectIgnoreDifferences=true", *own)
    )
    if options["ServerSideApply"] == "false" and "Validate=false" not in own:
        del options["Validate"]
    return Shared(
        {
            "automated": {"prune": True, "selfHeal": True},
            "syncOptions": [f"{name}={value}" for name, value in options.items()],
            "retry": RETRY,
        }
    )


def _ignored(item: IgnoredDifference) -> dict[str, Tree]:
    ignored: dict[str, Tree] = {"group": item.group} if item.group else {}
    ignored["kind"] = item.kind
    if item.name:
        ignored["name"] = item.name
    if item.namespace:
        ignored["namespace"] = item.namespace
    if item.json_pointers:
        ignored["jsonPointers"] = list(item.json_pointers)
    if item.jq_path_expressions:
        ignored["jqPathExpressions"] = list(item.jq_path_expressions)
    return ignored


def _info(app: App) -> list[Tree]:
    """Return what Argo CD shows to people beside an Application."""
    info: list[Tree] = [{"name": "About", "value": app.file.description}]
    if app.file.git is not None and app.file.git.version is not None:
        info.append({"name": "Version", "value": app.file.git.version})
    return info
