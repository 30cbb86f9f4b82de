"""Where Argo CD finds an app: a Git folder with patches, a chart with values, its own folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.layout import rendered_app_folder, rendered_branch
from tenantry.manifest import list_to_yaml, to_yaml
from tenantry.wiring import Absence, fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tenantry.apps import App
    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Tree
    from tenantry.schema.app import GitSource, HelmSource, Operation, Patch, Target


def render_sources(app: App, facts: ClusterFacts) -> Iterator[Mapping[str, Tree]]:
    """Yield an app's sources: upstream's, then its own folder where it has one."""
    git, helm = app.file.git, app.file.helm
    if git is not None:
        yield app.on(facts, app.path, lambda: _git(app, git, facts))
    if helm is not None:
        yield app.on(facts, app.path, lambda: _helm(app, helm, facts))
    if app.manifests:
        yield {
            "repoURL": facts.platform.gitops.repository,
            "targetRevision": rendered_branch(facts.name),
            "path": rendered_app_folder(app.name),
            # Says that it is no kustomization, whatever files may come to lie there.
            "directory": {"recurse": True},
        }


def _git(app: App, git: GitSource, facts: ClusterFacts) -> dict[str, Tree]:
    source: dict[str, Tree] = {
        "repoURL": git.repository,
        "targetRevision": git.revision,
        "path": git.path,
    }
    patches = [text for patch in app.file.patches for text in _patch(patch, facts)]
    if patches:
        source["kustomize"] = {"patches": patches}
    return source


def _helm(app: App, helm: HelmSource, facts: ClusterFacts) -> dict[str, Tree]:
    settings: dict[str, Tree] = {"releaseName": helm.release_name or app.name}
    values = fill(app.file.values, facts)
    if values and not isinstance(values, Absence):
        settings["valuesObject"] = values
    return {
        "repoURL": helm.repository,
        "chart": helm.chart,
        "targetRevision": helm.version,
        "helm": settings,
    }


def _patch(patch: Patch, facts: ClusterFacts) -> Iterator[dict[str, Tree]]:
    """Yield a patch as kustomize reads it, or nothing where all it sets is absent."""
    if isinstance(patch.patch, dict):
        filled = fill(patch.patch, facts)
        text = _merge(patch.target, filled) if isinstance(filled, dict) and filled else ""
    else:
        text = _operations(patch.patch, facts)
    if text:
        yield {"target": _target(patch.target), "patch": text}


def _merge(target: Target, filled: dict[str, Tree]) -> str:
    """Return the text of a merge patch.

    kustomize refuses one without kind and name, and reads neither where a target is given.
    """
    metadata = filled.get("metadata")
    named = {"name": target.name, **(metadata if isinstance(metadata, dict) else {})}
    rest = {key: value for key, value in filled.items() if key != "metadata"}
    return to_yaml([{"apiVersion": "v1", "kind": target.kind, "metadata": named, **rest}])


def _operations(operations: Sequence[Operation], facts: ClusterFacts) -> str:
    """Return the text of a JSON patch, without the steps whose value is absent."""
    steps: list[Tree] = []
    for operation in operations:
        step: dict[str, Tree] = {"op": operation.op, "path": operation.path}
        if operation.has_value:
            value = fill(operation.value, facts)
            if isinstance(value, Absence):
                continue
            step["value"] = value
        steps.append(step)
    return list_to_yaml(steps) if steps else ""


def _target(target: Target) -> dict[str, Tree]:
    given = {
        "group": target.group,
        "kind": target.kind,
        "name": target.name,
        "namespace": target.namespace,
    }
    return {key: value for key, value in given.items() if value is not None}
