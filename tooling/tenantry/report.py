"""Findings as text, JSON and GitHub annotations. Owns their form; nothing here prints."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING

from tenantry.findings import show_field
from tenantry.layout import is_branch
from tenantry.wording import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tenantry.findings import Finding

#: Version of the JSON form. It grows when a field is removed or changes its meaning.
JSON_VERSION = 1


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def lines(findings: Sequence[Finding], form: Format) -> Iterator[str]:
    """Yield the lines that report `findings`, without line breaks."""
    return _FORMS[form](findings)


def text_line(finding: Finding) -> str:
    """Return one finding as ``path:line:column: rule: message (cure)``."""
    severity = "" if finding.is_error else "warning: "
    # A file may be called anything, line breaks and commands for terminals included.
    return visible(
        f"{place(finding)}: {severity}{finding.rule}: {finding.message} ({finding.cure})"
    )


def place(finding: Finding) -> str:
    """Return where a finding stands: ``path:line:column``, or the path of a whole file."""
    return f"{finding.path}:{finding.line}:{finding.column}" if finding.line else finding.path


def _text(findings: Sequence[Finding]) -> Iterator[str]:
    yield from map(text_line, findings)


def _json(findings: Sequence[Finding]) -> Iterator[str]:
    yield json.dumps(
        {
            "version": JSON_VERSION,
            "errors": sum(finding.is_error for finding in findings),
            "warnings": sum(not finding.is_error for finding in findings),
            "findings": [_json_finding(finding) for finding in findings],
        },
        indent=2,
    )


def _json_finding(finding: Finding) -> dict[str, str | int | None]:
    return {
        "path": finding.path,
        "line": finding.line or None,
        "column": finding.column or None,
        "severity": finding.severity.value,
        "rule": finding.rule,
        "field": show_field(finding.field) or None,
        "message": finding.message,
        "cure": finding.cure,
    }


def _github(findings: Sequence[Finding]) -> Iterator[str]:
    """Write workflow commands. Escapes: actions/toolkit packages/core/src/command.ts."""
    for finding in findings:
        # What stands on a branch, or nowhere, is not a file that GitHub could show a line of.
        properties = {} if is_branch(finding.path) else {"file": finding.path}
        if finding.line:
            properties |= {"line": str(finding.line), "col": str(finding.column)}
        properties["title"] = finding.rule
        written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
        yield f"::{finding.severity} {written}::{_escape(f'{finding.message} ({finding.cure})')}"


def _escape(text: str) -> str:
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


_FORMS: dict[Format, Callable[[Sequence[Finding]], Iterator[str]]] = {
    Format.TEXT: _text,
    Format.JSON: _json,
    Format.GITHUB: _github,
}
