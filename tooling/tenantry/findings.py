"""Findings: faults as values. Owns their shape and order; `report` writes them as text.

Nothing here prints, and nothing raises a finding: rules yield them, the caller collects them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tenantry.wording import excerpt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: The way from a document's root to a value: mapping keys and list positions.
Field = tuple[str | int, ...]


class Severity(StrEnum):
    """Whether a finding stops the work. Not how grave it would be on a cluster."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, where it stands, and how to cure it.

    `path` is relative to the repository, with forward slashes. `line` and `column` count from 1;
    0 means that the finding is about the file or folder as a whole.
    """

    path: str
    rule: str
    message: str
    cure: str
    field: Field = ()
    severity: Severity = Severity.ERROR
    line: int = 0
    column: int = 0
    at_key: bool = False
    """Whether the position wanted is the key's (an unknown field) and not the value's."""

    @property
    def is_error(self) -> bool:
        """Whether this finding stops the work."""
        return self.severity is Severity.ERROR

    def at(self, line: int, column: int) -> Finding:
        """Return the same finding, placed."""
        return replace(self, line=line, column=column)


def warning(finding: Finding) -> Finding:
    """Return the same finding as one that does not stop the work."""
    return replace(finding, severity=Severity.WARNING)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort as a reader meets them: by file, then position; equal ones once."""
    return sorted(set(findings), key=_reading_order)


def _reading_order(finding: Finding) -> tuple[str, int, int, str, str]:
    return (finding.path, finding.line, finding.column, finding.rule, finding.message)


def placed(
    findings: Iterable[Finding], position: Callable[[Field, bool], tuple[int, int]]
) -> list[Finding]:
    """Place each finding that has no position yet with `position(field, at_key)`."""
    return [
        finding if finding.line else finding.at(*position(finding.field, finding.at_key))
        for finding in findings
    ]


def show_field(field: Field) -> str:
    """Write a field as people do: ``profiles[1].quota``."""
    shown = ""
    for step in field:
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            name = excerpt(step)
            shown += f".{name}" if shown else name
    return shown
