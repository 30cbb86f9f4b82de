"""Which objects each of an app's patches matches, found out by kustomize itself.

Each patch is replaced by a mark with the same target: what carries the mark was matched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenantry.manifest import identity, to_yaml
from tenantry.pins import show_target
from tenantry.schema.upstream import Patched

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tenantry.manifest import Tree
    from tenantry.schema.app import Patch

_MARK = "tenantry.dev/patch-"


def marks(patches: Sequence[Patch]) -> list[Tree]:
    """Return patches with the same targets that only mark what they match."""
    return [_mark(number, patch) for number, patch in enumerate(patches)]


def _mark(number: int, patch: Patch) -> Tree:
    target = patch.target.model_dump(exclude_none=True)
    metadata: Tree = {"name": patch.target.name, "annotations": {f"{_MARK}{number}": "matched"}}
    body = {"apiVersion": "v1", "kind": patch.target.kind, "metadata": metadata}
    return {"target": target, "patch": to_yaml([body])}


def matched(patches: Sequence[Patch], objects: Iterable[dict[str, Any]]) -> list[Patched]:
    """Return for each patch the objects that carry its mark."""
    found: list[list[str]] = [[] for _ in patches]
    for each in objects:
        annotations = each["metadata"].get("annotations") or {}
        for number, names in enumerate(found):
            if f"{_MARK}{number}" in annotations:
                names.append(str(identity(each)))
    return [
        Patched(target=show_target(patch.target), objects=tuple(sorted(names)))
        for patch, names in zip(patches, found, strict=True)
    ]
