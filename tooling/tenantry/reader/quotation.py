"""Quotes that were opened, closed or typed wrongly, found where the person typed them."""

from __future__ import annotations

import re

from tenantry.reader.trouble import Diagnosis, Trouble, place_of

#: Possessive throughout: a hostile line must not be tried in more than one way.
_QUOTE_OPENS = re.compile(r"^ *+(?:- ++)*+(?:[^\"'#:\[{\n]++:[ \t]++)?+(?=[\"'])", re.MULTILINE)
_QUOTED = {
    '"': re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL),
    "'": re.compile(r"'[^']*+(?:''[^']*+)*+'"),
}
#: Quotes of word processors.
CURLY = re.compile("[\u2018-\u201f\u00ab\u00bb]")


def unclosed_quote(trouble: Trouble) -> Diagnosis | None:
    """Find the quote that swallowed what follows it up to the problem."""
    if "quoted scalar" in trouble.context and "end of" in trouble.problem and trouble.start:
        return _quote_at(trouble, *trouble.start)
    read = 0
    while (opening := _QUOTE_OPENS.search(trouble.file, read, trouble.offset)) is not None:
        end = _closing_offset(trouble.file, opening.end())
        if trouble.file.count("\n", opening.end(), end):
            last_line_ends = trouble.file.find("\n", end)
            if trouble.offset <= last_line_ends or last_line_ends < 0:
                return _quote_at(trouble, *place_of(trouble.file, opening.end()))
        read = trouble.file.find("\n", end) + 1
        if not read:
            return None
    return None


def _closing_offset(file: str, offset: int) -> int:
    """Return where the quoted text that starts at `offset` ends."""
    match = _QUOTED[file[offset]].match(file, offset)
    return match.end() if match is not None else len(file)


def _quote_at(trouble: Trouble, line: int, column: int) -> Diagnosis:
    quote = trouble.line_at(line)[column : column + 1]
    return Diagnosis(
        line,
        column,
        f"the text that starts with this quote {quote} does not end on its line",
        f"close it with another {quote} at the end of the text",
    )


def curly_quote(trouble: Trouble) -> Diagnosis | None:
    """Find a quote of a word processor on the line of the problem."""
    match = CURLY.search(trouble.text)
    if match is None:
        return None
    return Diagnosis(
        trouble.line,
        match.start(),
        f"the quote {match.group()} is curly: YAML does not take it for a quote",
        'type straight quotes: "..."',
    )


def after_quote(trouble: Trouble) -> Diagnosis | None:
    """Find text between a closing quote and the end of the line."""
    before = trouble.text[: trouble.column].rstrip()
    if before[-1:] not in ('"', "'") or "did not find expected" not in trouble.problem:
        return None
    return Diagnosis(
        trouble.line,
        trouble.column,
        "text stands after the closing quote",
        "put one pair of double quotes around the whole value",
    )


def unknown_escape(trouble: Trouble) -> Diagnosis | None:
    """Find a backslash that YAML gives no meaning."""
    if "escape" not in trouble.problem and "hexdecimal" not in trouble.problem:
        return None
    return Diagnosis(
        trouble.line,
        trouble.column,
        "a backslash in double quotes starts an escape, and this one is unknown",
        "use single quotes where the text holds a backslash, or type the character itself",
    )
