"""Builds a folder as Argo CD does: kustomize over its kustomization with our patches put into it.

Argo CD appends an Application's patches to the kustomization file itself
(`util/kustomize/kustomize.go`), so they see objects before that file gives them a namespace.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import yaml

from tenantry.workspace.building import BuildError, Object, objects_in, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tenantry.manifest import Tree

_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def build(program: Path, folder: Path, patches: Sequence[Tree]) -> list[Object]:
    """Return the objects of a folder with patches applied."""
    file = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
    if file is None:
        if patches:
            raise BuildError("the folder is no kustomization, so patches would be refused")
        return _read_all(folder)
    with _patched(file, patches):
        return list(run("kustomize build", [program, "build", folder]))


@contextlib.contextmanager
def _patched(file: Path, patches: Sequence[Tree]) -> Iterator[None]:
    """Let a kustomization hold more patches for a while."""
    before = file.read_bytes()
    kustomization = yaml.load(before, Loader=yaml.CSafeLoader) or {}
    kustomization["patches"] = [*(kustomization.get("patches") or ()), *patches]
    try:
        if patches:
            file.write_text(yaml.safe_dump(kustomization, sort_keys=False), encoding="utf-8")
        yield
    finally:
        file.write_bytes(before)


def _read_all(folder: Path) -> list[Object]:
    """Return the objects of a folder of manifests: Argo CD looks into no folder below it."""
    if not folder.is_dir():
        raise BuildError("there is no such folder at this revision")
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix in (".yaml", ".yml", ".json"):
            found += list(objects_in(path.read_bytes()))
    if not found:
        raise BuildError("the folder holds no objects at this revision")
    return found
