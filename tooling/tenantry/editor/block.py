"""Fields as lines of YAML that people go on to edit: lists indented, quotes only where needed.

Manifests, which only machines read on, are written by `manifest`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tenantry.manifest import scalar
from tenantry.reader.scalars import resolve

if TYPE_CHECKING:
    from tenantry.manifest import Tree

#: Characters without a meaning of their own in YAML, wherever they stand in a plain scalar.
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._/@+*=-]*[A-Za-z0-9._/@+*=-])?\Z")


def block_lines(fields: Mapping[str, Tree]) -> Iterator[str]:
    """Yield the lines of a block of fields, without line ends."""
    for name, value in fields.items():
        inner = list(_inner_lines(value))
        if inner:
            yield f"{_text(name)}:"
            yield from (f"  {line}" for line in inner)
        else:
            yield f"{_text(name)}: {_leaf(value)}"


def item_lines(fields: Mapping[str, Tree]) -> Iterator[str]:
    """Yield the lines of a block of fields that is an item of a list."""
    lead = "- "
    for line in block_lines(fields):
        yield lead + line
        lead = "  "


def _inner_lines(value: Tree) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from block_lines(value)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from item_lines(item) if isinstance(item, Mapping) else [f"- {_leaf(item)}"]


def _leaf(value: Tree) -> str:
    # JSON is YAML in flow style: right for numbers, booleans, and for what is empty.
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    """Write a text so that each reader of YAML takes it for this text."""
    if _PLAIN.match(text) and resolve(text).__class__ is str:
        return text
    return scalar(text)
