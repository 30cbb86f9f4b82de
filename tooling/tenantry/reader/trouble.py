"""A syntax error as libyaml tells it, and the form in which we explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yaml.error import MarkedYAMLError


class Diagnosis(NamedTuple):
    """What is wrong, what to type, and where: line and column count from 0."""

    line: int
    column: int
    message: str
    cure: str


class Trouble(NamedTuple):
    """A syntax error as libyaml tells it, with the lines of the file."""

    file: str
    offset: int
    """Where in `file` libyaml noticed: `line` and `column` are the same place."""
    lines: Sequence[str]
    problem: str
    context: str
    line: int
    column: int
    start: tuple[int, int] | None
    """Where the thing began that libyaml was reading."""

    @property
    def text(self) -> str:
        """The line with the problem, without its line break; empty at the end of the file."""
        return self.line_at(self.line)

    def line_at(self, number: int) -> str:
        """Return a line, empty beyond the ends of the file."""
        return self.lines[number] if 0 <= number < len(self.lines) else ""


def trouble_of(text: str, error: MarkedYAMLError) -> Trouble:
    """Hold an error beside the lines of its file; libyaml gives each a problem and its mark."""
    place: Any = error.problem_mark
    begun: Any = error.context_mark
    return Trouble(
        text,
        place.index,
        text.split("\n"),
        str(error.problem),
        str(error.context or ""),
        place.line,
        place.column,
        (begun.line, begun.column) if begun is not None else None,
    )


def place_of(file: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 0, of an offset."""
    *above, line = file[:offset].split("\n")
    return len(above), len(line)
