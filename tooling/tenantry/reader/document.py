"""A file that was read: its data, its faults, and the position of every key and value in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tenantry.findings import Field, Finding, placed
from tenantry.reader.characters import WRITTEN, Room, decode
from tenantry.reader.composer import Composer, Data
from tenantry.reader.scalars import Doubtful

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Position = tuple[int, int]


@dataclass(frozen=True)
class Document:
    """The data of one file. Positions are worked out only when somebody asks."""

    path: str
    data: Data
    faults: tuple[Finding, ...] = ()
    marks: Iterable[Any] = ()
    """Where each node stands, in document order."""
    doubts: int = 0
    nulls: int = 0
    """How many values are empty."""

    @cached_property
    def _positions(self) -> dict[Field, tuple[Position, Position]]:
        """For each field the position of its key (or list item) and of its value."""
        return dict(_walk(self.data, (), iter(self.marks), None))

    def normal(self, field: Field) -> Field:
        """Return `field` as this file spells it: ``profiles`` may be one mapping and not a list."""
        steps: list[str | int] = []
        here: Data = self.data
        for step in field:
            if isinstance(here, dict) and isinstance(step, int):
                continue
            steps.append(step)
            here = _child(here, step)
        return tuple(steps)

    def position(self, field: Field, at_key: bool = False) -> Position:  # noqa: FBT001, FBT002 - the callback of findings.placed
        """Return line and column, from 1, of a field or of the nearest field around it."""
        field = self.normal(field)
        while field and field not in self._positions:
            field, at_key = field[:-1], False
        if field not in self._positions:
            return (1, 1)
        key, value = self._positions[field]
        return key if at_key else value

    def place(self, findings: Iterable[Finding]) -> list[Finding]:
        """Give each finding its line and column, and its field as this file spells it."""
        return [
            replace(finding, field=self.normal(finding.field))
            for finding in placed(findings, self.position)
        ]

    def doubtful(self) -> Iterator[tuple[Field, Doubtful]]:
        """Yield each plain scalar that readers of YAML disagree about."""
        if self.doubts:
            yield from _doubtful(self.data, ())


def read_document(path: str, content: bytes, room: Room = WRITTEN) -> Document:
    """Read one file. Never raises: what is wrong stands in `faults`, with its position."""
    text, faults = decode(path, content, room)
    if text is None:
        return Document(path, None, tuple(faults))
    composer = Composer(path, faults=faults, room=room)
    data = composer.compose(text)
    return Document(
        path, data, tuple(composer.faults), composer.marks, composer.doubts, composer.nulls
    )


def _child(here: Data, step: str | int) -> Data:
    if isinstance(here, dict) and isinstance(step, str):
        return here.get(step)
    if isinstance(here, list) and isinstance(step, int) and step < len(here):
        return here[step]
    return None


def _walk(
    data: Data, field: Field, marks: Iterator[Any], key: Position | None
) -> Iterator[tuple[Field, tuple[Position, Position]]]:
    mark = next(marks, None)
    if mark is None:
        return
    here = (mark.line + 1, mark.column + 1)
    yield field, (key or here, here)
    if isinstance(data, dict):
        for name, value in data.items():
            at = next(marks)
            yield from _walk(value, (*field, name), marks, (at.line + 1, at.column + 1))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _walk(value, (*field, number), marks, None)


def _doubtful(data: Data, field: Field) -> Iterator[tuple[Field, Doubtful]]:
    if isinstance(data, Doubtful):
        yield field, data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from _doubtful(value, (*field, name))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _doubtful(value, (*field, number))
