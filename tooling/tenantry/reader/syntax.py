"""Syntax errors: libyaml's words and places turned into what a person must type, and where.

Owns messages about text that is no YAML; what YAML allows and we do not is the composer's. A
diagnosis looks at the lines around libyaml's two marks, in one pass over the text at most.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tenantry.reader.leftovers import code_fence, conflict
from tenantry.reader.lists import after_bracket, dash_of_word, half_list, missing_dash_or_colon
from tenantry.reader.quotation import (
    after_quote,
    curly_quote,
    unclosed_quote,
    unknown_escape,
)
from tenantry.reader.trouble import Diagnosis, Trouble, place_of, trouble_of
from tenantry.wording import in_quotes

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml.error import MarkedYAMLError


_INDENTED_BY_TAB = re.compile(r" *+\t")
#: A field with its value; values in quotes, brackets and comments are not of interest here.
_FIELD = re.compile(r" *+(?:- ++)*+[^\s\"'\[{#&*!|>%@`:][^:]*+:[ \t]+")
_OPEN_BRACKET = re.compile(r"[\[{](?=[^\[\]{}\n]*+$)", re.MULTILINE)
_GLUED = re.compile(r" *+(?:- ++)*+[A-Za-z][\w-]*+:(?=[^\s:/])")


def diagnose(text: str, error: MarkedYAMLError) -> Diagnosis:
    """Explain a syntax error of `text`."""
    trouble = trouble_of(text, error)
    for look in _LOOKS:
        found = look(trouble)
        if found is not None:
            return found
    return Diagnosis(
        trouble.line,
        trouble.column,
        f"the file cannot be read from here on: {trouble.problem}",
        "compare the lines around it with an example in docs/tenant-file.md",
    )


def _tab(trouble: Trouble) -> Diagnosis | None:
    indent = _INDENTED_BY_TAB.match(trouble.text)
    at_tab = trouble.text[trouble.column : trouble.column + 1] == "\t"
    if indent is None and not at_tab:
        return None
    return Diagnosis(
        trouble.line,
        indent.end() - 1 if indent is not None else trouble.column,
        "a tab stands here where only spaces may stand",
        "delete it and type spaces: two for each level",
    )


def _missing_space(trouble: Trouble) -> Diagnosis | None:
    """Find ``name:value`` on the line of the problem, where it began, or the line before."""
    lines = (trouble.start[0] if trouble.start else trouble.line, trouble.line, trouble.line - 1)
    for number in lines:
        match = _GLUED.match(trouble.line_at(number))
        if match is not None:
            return Diagnosis(
                number,
                match.end(),
                "no space stands after this colon, so the line is not a field",
                'write "name: value", with a space after the colon',
            )
    return None


def _second_colon(trouble: Trouble) -> Diagnosis | None:
    if "mapping values are not allowed" not in trouble.problem:
        return None
    field = _FIELD.match(trouble.text, 0, trouble.column)
    if field is not None:
        value = trouble.text[field.end() :].rstrip()
        return Diagnosis(
            trouble.line,
            field.end(),
            'this text holds ": ", which starts a new field',
            f"put the text in quotes: {in_quotes(value)}",
        )
    return Diagnosis(
        trouble.line,
        _indent(trouble.text),
        "this field stands deeper than the line above, which already has its value",
        "indent the fields of one block by the same number of spaces",
    )


def _list_in_line(trouble: Trouble) -> Diagnosis | None:
    if "block sequence entries are not allowed" not in trouble.problem:
        return None
    return Diagnosis(
        trouble.line,
        trouble.column,
        "a list item stands on the same line as its field",
        'start each "- " item on its own line, below the field',
    )


#: The symbols that give a plain value another meaning, by what libyaml was reading then.
_SYMBOL_CONTEXTS = (
    "scanning an alias",
    "scanning an anchor",
    "scanning a tag",
    "parsing a tag",
    "scanning a block scalar",
)


def _symbol(trouble: Trouble) -> Diagnosis | None:
    if "cannot start any token" in trouble.problem or "mapping keys are not" in trouble.problem:
        line, column = trouble.line, trouble.column
    elif trouble.start and (
        any(part in trouble.context for part in _SYMBOL_CONTEXTS) or "tag handle" in trouble.problem
    ):
        line, column = trouble.start
    else:
        return None
    value = trouble.line_at(line)[column:].rstrip()
    return Diagnosis(
        line,
        column,
        f"text that starts with {value[:1]} needs quotes",
        f"write {in_quotes(value)}",
    )


def _stray_bracket(trouble: Trouble) -> Diagnosis | None:
    bracket = trouble.text[trouble.column : trouble.column + 1]
    if bracket not in ("]", "}", ",") or "flow" in trouble.context:
        return None
    return Diagnosis(
        trouble.line,
        trouble.column,
        f"this {bracket} belongs to no list",
        "delete it, or put the text it belongs to in quotes",
    )


def _no_name(trouble: Trouble) -> Diagnosis | None:
    before, here = trouble.text[: trouble.column], trouble.text[trouble.column :]
    if before.strip(" -") or here.split(" ")[0] != ":":
        return None
    return Diagnosis(
        trouble.line, trouble.column, "a field name is missing before this colon", "give it a name"
    )


def _directive(trouble: Trouble) -> Diagnosis | None:
    if "directive" not in trouble.context + trouble.problem:
        return None
    line, column = trouble.start or (trouble.line, trouble.column)
    return Diagnosis(line, column, "a line must not start with %", "delete the line")


def _unclosed_bracket(trouble: Trouble) -> Diagnosis | None:
    if "flow" not in trouble.context or trouble.start is None:
        return None
    at_end = not trouble.file[trouble.offset :].strip()
    line, column = trouble.start
    if at_end and not _opens(trouble, line, column):
        line, column = _last_open_bracket(trouble)
    if not _opens(trouble, line, column) or (line == trouble.line and not at_end):
        return _broken_flow(trouble)
    bracket = trouble.line_at(line)[column]
    closing = "]" if bracket == "[" else "}"
    return Diagnosis(
        line, column, f"this {bracket} is never closed", f"write {closing} where the list ends"
    )


def _opens(trouble: Trouble, line: int, column: int) -> bool:
    return trouble.line_at(line).startswith(("[", "{"), column)


def _last_open_bracket(trouble: Trouble) -> tuple[int, int]:
    """Return where the last bracket stands that no other follows on its line."""
    offset = trouble.offset
    for match in _OPEN_BRACKET.finditer(trouble.file):
        offset = match.start()
    return place_of(trouble.file, offset)


def _broken_flow(trouble: Trouble) -> Diagnosis:
    return Diagnosis(
        trouble.line,
        trouble.column,
        "a comma or a closing bracket is missing before this",
        'put commas between items, or write one "- item" a line; text with brackets needs quotes',
    )


def _indentation(trouble: Trouble) -> Diagnosis | None:
    if "did not find expected" not in trouble.problem:
        return None
    stands = trouble.column
    if trouble.text[stands : stands + 2] in ("- ", "-"):
        return Diagnosis(
            trouble.line,
            stands,
            "this list item does not stand exactly below the item before it",
            "indent all items of one list by the same number of spaces",
        )
    if "'-'" in trouble.problem:
        message = "this line stands where the next list item is expected"
        return Diagnosis(
            trouble.line, stands, message, 'start the line with "- ", or align it with its block'
        )
    around = f", its block by {trouble.start[1]}" if trouble.start else ""
    return Diagnosis(
        trouble.line,
        stands,
        f"this line does not fit the block it is in: it is indented by {stands}{around}",
        "indent the fields of one block by the same number of spaces",
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


#: From the surest sign to the vaguest: the first that has an opinion speaks.
_LOOKS: tuple[Callable[[Trouble], Diagnosis | None], ...] = (
    conflict,
    code_fence,
    _tab,
    unclosed_quote,
    _directive,
    _stray_bracket,
    _no_name,
    _symbol,
    unknown_escape,
    _list_in_line,
    curly_quote,
    dash_of_word,
    after_quote,
    _missing_space,
    missing_dash_or_colon,
    _second_colon,
    _unclosed_bracket,
    after_bracket,
    half_list,
    _indentation,
)
