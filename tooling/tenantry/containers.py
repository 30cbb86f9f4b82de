"""Containers of an object, whatever kind it is of: their images and variables, in one walk.

What is wrong with an image or a variable is the business of `rules` and `weaknesses`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Their schemas may have fields of any name.
_DEFINITIONS: Final = ("CustomResourceDefinition", "CompositeResourceDefinition")
_LISTS: Final = frozenset(("containers", "initContainers"))


@dataclass(frozen=True, slots=True)
class Containers:
    """What the containers of one object say."""

    images: list[str] = field(default_factory=list)
    variables: list[dict[str, Any]] = field(default_factory=list)
    """The environment variables, as they are written."""


def containers_of(each: Mapping[str, Any]) -> Containers:
    """Return the images and variables of every container in an object."""
    found = Containers()
    _gather(each, found)
    return found


def _gather(tree: object, found: Containers) -> None:
    if isinstance(tree, dict):
        if tree.get("kind") in _DEFINITIONS:
            return
        for key in _LISTS & tree.keys():
            found.images.extend(_images(tree[key]))
        found.variables.extend(_mappings(tree.get("env")))
        children: Iterable[Any] = tree.values()
    elif isinstance(tree, list):
        children = tree
    else:
        return
    for child in children:
        if child.__class__ is dict or child.__class__ is list:
            _gather(child, found)


def _images(containers: object) -> list[str]:
    images = [each.get("image") for each in _mappings(containers)]
    return [image for image in images if isinstance(image, str)]


def _mappings(items: object) -> list[dict[str, Any]]:
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []
