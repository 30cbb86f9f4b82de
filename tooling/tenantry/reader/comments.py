"""Comments that may be none: a `#` behind a text without quotes, and a word straight after it."""

from __future__ import annotations

import re
from typing import Any

from tenantry.findings import Finding, Severity
from tenantry.wording import excerpt

#: A comment behind a value, without the space that people put after its #.
GLUED_COMMENT = re.compile(r"(?<=\S) ++(#\w\S*+)")


def cut_text(path: str, file: str, event: Any) -> Finding | None:  # noqa: ANN401 - libyaml's events are untyped
    """Return the warning for a plain text that ends where such a comment starts."""
    comment = GLUED_COMMENT.match(file, event.end_mark.index)
    if comment is None:
        return None
    return Finding(
        path,
        "cut-text",
        f"this text ends before {excerpt(comment[1])}, since a # after a space starts a comment",
        "put the text in quotes, or write a space after the # of a comment",
        severity=Severity.WARNING,
        line=event.start_mark.line + 1,
        column=event.start_mark.column + 1,
    )
