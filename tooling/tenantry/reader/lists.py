"""Lists that were typed wrongly: a dash too few, a wrong one, two entries of which one has it.

Owns what is said of them, as text and as data; which file is YAML at all is libyaml's to say.
"""

from __future__ import annotations

import re

from tenantry.reader.trouble import Diagnosis, Trouble
from tenantry.wording import DASH, excerpt, show_character

_ITEM = re.compile(r" *+(?=- )")
_NAMED_ITEM = re.compile(r"- ++([A-Za-z][\w-]*+):(?: |$)")
_FIELD = re.compile(r" *+([A-Za-z][\w-]*+):(?: |$)")
#: A field whose text is a sentence, which may have been meant to go on.
_SENTENCE = re.compile(r" *+[A-Za-z][\w-]*+: ++[^\s\"'\[{|>#][^\s#]*+ ++[^\s#]")

_FIELD_CURE = 'write "name: value", with a colon and a space'


def dash_of_word(trouble: Trouble) -> Diagnosis | None:
    """Find a dash or bullet of a word processor where an item's hyphen is meant."""
    begun = trouble.start[0] if trouble.start else trouble.line
    for number in (begun, trouble.line, _line_above(trouble, trouble.line)):
        text = trouble.line_at(number)
        column = len(text) - len(text.lstrip(" "))
        mark = text[column : column + 1]
        if mark and mark in DASH and text[column + 1 : column + 2] == " ":
            return Diagnosis(
                number,
                column,
                f"this {mark} is {show_character(mark)}, which starts no list item",
                'type "- " on the keyboard, a hyphen and a space',
            )
    return None


def half_list(trouble: Trouble) -> Diagnosis | None:
    """Find a second entry with its dash below a first one that has none."""
    if "did not find expected" not in trouble.problem or trouble.start is None:
        return None
    item = _NAMED_ITEM.match(trouble.text, trouble.column)
    if item is None:
        return None
    for number in (trouble.start[0], _next_line(trouble, trouble.start[0])):
        first = _FIELD.match(trouble.line_at(number))
        if first is not None and first[1] == item[1] and trouble.column <= first.start(1):
            entry = "project" if _field_above(trouble, number) == "profiles" else "entry"
            return Diagnosis(
                trouble.line,
                trouble.column,
                f"a second {entry} starts here, but the first, on line {number + 1}, has no dash",
                f'write "- {item[1]}:" for the first too, in the same column, and indent the rest '
                "of it by two more spaces",
            )
    return None


def missing_dash_or_colon(trouble: Trouble) -> Diagnosis | None:
    """Find a line that is neither a field nor an item."""
    if "could not find expected ':'" not in trouble.problem or trouble.start is None:
        return None
    line, column = trouble.start
    shown = excerpt(trouble.line_at(line)[column:].strip())
    above = trouble.line_at(_line_above(trouble, line))
    item = _ITEM.match(above)
    if item is not None and item.end() == column:
        return Diagnosis(
            line, column, f'"{shown}" stands in a list and has no dash', f'write "- {shown}"'
        )
    cure = _FIELD_CURE
    if _SENTENCE.match(above) and len(above) - len(above.lstrip(" ")) == column:
        cure += ", or indent it by two more spaces if it goes on from the line above"
    return Diagnosis(line, column, f'"{shown}" has no colon, so it is not a field', cure)


def after_bracket(trouble: Trouble) -> Diagnosis | None:
    """Find text after the end of a list in brackets, such as a link copied from a chat."""
    bracket = trouble.text[: trouble.column].rstrip()[-1:]
    if bracket not in ("]", "}") or "did not find expected" not in trouble.problem:
        return None
    link = trouble.text.startswith("(", trouble.column)
    return Diagnosis(
        trouble.line,
        trouble.column,
        f"text stands after the {bracket}",
        "write only the text between [ and ], without the brackets"
        if link
        else "delete it, or put the whole value in quotes",
    )


def cure_of_twice(key: str, *, below_name: bool) -> str:
    """Return what to do about a field that is given twice, perhaps below a second name."""
    if key == "profiles":
        return (
            'keep one "profiles:", and below it a list in which each project starts with "- name:"'
        )
    if key == "name":
        return 'keep one; if there are two, write a list in which each starts with "- name:"'
    if below_name:
        return (
            'it belongs to the second "name" above: write a list in which each starts with '
            '"- name:"'
        )
    return "keep one of them, and join what they hold"


def _is_blank(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _line_above(trouble: Trouble, number: int) -> int:
    """Return the next line above that is no comment."""
    number -= 1
    while number > 0 and _is_blank(trouble.line_at(number)):
        number -= 1
    return number


def _next_line(trouble: Trouble, number: int) -> int:
    """Return the next line below that is no comment, at most that of the problem."""
    number += 1
    while number < trouble.line and _is_blank(trouble.line_at(number)):
        number += 1
    return number


def _field_above(trouble: Trouble, number: int) -> str:
    above = _FIELD.match(trouble.line_at(_line_above(trouble, number)))
    return above[1] if above is not None else ""
