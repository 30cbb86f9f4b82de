"""Rendered trees in the order in which Argo CD would sync them: Application by Application."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
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
    """One Application, with what it syncs from the rendered branch."""

    application: str
    objects: tuple[Manifest, ...]
    files: frozenset[str]


def tenants(trees: Path) -> dict[str, int]:
    """Return how many tenants each cluster has, of a folder of rendered trees."""
    return {
        path.name: len(list((path / layout.RENDERED_TENANTS).iterdir())) for path in trees.iterdir()
    }


def steps(tree: Path) -> list[Step]:
    """Return what is synced from a rendered tree, from the root Application down, wave by wave.

    The first step is the root Application itself: a person applies it, once.
    """
    (root,) = manifests((tree / layout.ROOT_APPLICATION).read_bytes())
    first = Step("by hand", (root,), frozenset((layout.ROOT_APPLICATION,)))
    return [first, *_below(tree, root)]


def _below(tree: Path, application: Manifest) -> Iterator[Step]:
    """Yield the steps of an Application, then those of each Application that it brings."""
    for source in _own_sources(application):
        files = frozenset(_files(tree, source))
        found = (each for path in sorted(files) for each in manifests((tree / path).read_bytes()))
        objects = sorted(found, key=lambda each: (_wave(each), each["kind"] not in _FIRST))
        yield Step(application["metadata"]["name"], tuple(objects), files)
        for each in objects:
            if each["kind"] == "Application":
                yield from _below(tree, each)


def _own_sources(application: Manifest) -> Iterator[Manifest]:
    """Yield the sources of an Application that lie on the rendered branch."""
    spec = application["spec"]
    for source in spec.get("sources") or [spec["source"]]:
        if source["targetRevision"].startswith("rendered/") and "path" in source:
            yield source


def _files(tree: Path, source: Manifest) -> Iterator[str]:
    """Yield the files of a source, as Argo CD's settings for a directory choose them."""
    directory = source.get("directory", {})
    excluded = directory.get("exclude", "").strip("{}").split(",")
    folder = tree / source["path"]
    for path in folder.glob("**/*.yaml" if directory.get("recurse") else "*.yaml"):
        inner = path.relative_to(folder).as_posix()
        if not any(fnmatch(inner, pattern) for pattern in excluded):
            yield path.relative_to(tree).as_posix()


def _wave(manifest: Manifest) -> int:
    return int(manifest["metadata"].get("annotations", {}).get(_WAVE, "0"))
