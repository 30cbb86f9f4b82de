"""Rendered trees in the order in which Argo CD would sync them: Application by Application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.repository import manifests

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Manifest = dict[str, Any]

_WAVE = "argocd.argoproj.io/sync-wave"
#: What others stand in or refer to comes first, as in Argo CD's own order of kinds.
_FIRST = ("Namespace", "CompositeResourceDefinition", "AppProject")


@dataclass(frozen=True)
class Step:
    """One Application whose source is the rendered branch, and the objects that it syncs."""

    application: str
    wave: int
    objects: tuple[Manifest, ...]


def steps(tree: Path) -> list[Step]:
    """Return what is synced from a rendered tree, in the order of waves. The first is the root."""
    applications = [
        each for each in _objects(tree / layout.APPLICATIONS) if each["kind"] == "Application"
    ]
    found = [Step("root", -1, tuple(_ordered(_objects(tree / layout.APPLICATIONS))))]
    for application in applications:
        for path in own_paths(application):
            if path == layout.APPLICATIONS:
                continue
            objects = tuple(_ordered(_objects(tree / path)))
            found.append(Step(application["metadata"]["name"], _wave(application), objects))
    return sorted(found, key=lambda step: (step.wave, step.application))


def own_paths(application: Manifest) -> Iterator[str]:
    """Yield the folders of the rendered branch that an Application syncs."""
    spec = application["spec"]
    for source in spec.get("sources", [spec.get("source")]):
        if source["targetRevision"].startswith("rendered/") and "path" in source:
            yield source["path"]


def _objects(folder: Path) -> Iterator[Manifest]:
    for path in sorted(folder.rglob("*.yaml")):
        yield from manifests(path.read_bytes())


def _ordered(objects: Iterator[Manifest]) -> list[Manifest]:
    return sorted(objects, key=lambda each: (_wave(each), each["kind"] not in _FIRST))


def _wave(manifest: Manifest) -> int:
    return int(manifest["metadata"].get("annotations", {}).get(_WAVE, "0"))
