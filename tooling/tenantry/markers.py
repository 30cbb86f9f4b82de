"""Markers: the small objects with which an app asks for facts, found in one walk.

Owns their names and where they stand. What they become is `wiring`'s, which of them are well formed
is the business of `rules.app_facts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.findings import Field

FROM_FACT: Final = "fromFact"
JOINED: Final = "joined"
AS_JSON: Final = "asJson"
AS_YAML: Final = "asYaml"
WHOLE: Final = "whole"
MARKERS: Final = (FROM_FACT, JOINED, AS_JSON, AS_YAML, WHOLE)

_SPELLED = {marker.lower(): marker for marker in MARKERS}


@dataclass(frozen=True, slots=True)
class Marker:
    """A key that is a marker, or was probably meant as one."""

    field: Field
    """Where it stands; its last step is the key as it is written."""
    meant: str
    """The marker that it is, or was probably meant as."""
    value: object
    """What stands below it."""
    alone: bool
    """Whether its block holds nothing else."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that asks for a fact."""

    field: Field
    """Where the path of the fact stands."""
    fact: str
    """Its path, such as ``cluster.domain``."""


def markers(tree: object, field: Field) -> list[Marker]:
    """Return every marker in a tree, in its order. Without any, no fact changes it."""
    found: list[Marker] = []
    _gather(tree, field, found)
    return found


def _gather(tree: object, field: Field, found: list[Marker]) -> None:
    if isinstance(tree, dict):
        for key, value in tree.items():
            meant = _meant(key)
            if meant is not None:
                found.append(Marker((*field, key), meant, value, len(tree) == 1))
            if value.__class__ is not str:
                _gather(value, (*field, key), found)
    elif isinstance(tree, (list, tuple)):
        for number, item in enumerate(tree):
            if item.__class__ is not str:
                _gather(item, (*field, number), found)


@lru_cache(maxsize=4096)
def _meant(key: str) -> str | None:
    """Return the marker that a key is, or was probably meant as."""
    return _SPELLED.get(key.lower().replace("_", "").replace("-", ""))


def references(found: list[Marker]) -> Iterator[Reference]:
    """Yield every fact that markers ask for."""
    for marker in found:
        if marker.field[-1] == FROM_FACT and isinstance(marker.value, str):
            yield Reference(marker.field, marker.value)
