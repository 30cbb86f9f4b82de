"""What a plain (unquoted) scalar means, and when its readers would not agree.

Three readers meet our files: YAML 1.1 (PyYAML, ruamel.yaml's old mode, most of Python), YAML 1.2
(editors, JavaScript, yq) and kubectl (Go's yaml through sigs.k8s.io/yaml). Where all three read
the same, that is the meaning; where they differ the scalar is `Doubtful`.

What each of them reads stands in `dialects`.
"""

from __future__ import annotations

import re

from tenantry.reader.dialects import (
    DATE,
    TEXT,
    TIME,
    read_as_1_1,
    read_as_1_2,
    read_by_kubectl,
)

#: Beyond this JSON readers in JavaScript and Go's float64 lose digits.
_MAX_EXACT = 2**53

#: No float that reads back as itself has a longer text without an exponent.
_LONGEST_DECIMAL = 24

Scalar = str | int | float | bool | None


class Doubtful(str):
    """The text of a plain scalar that two readers would take for different things."""

    __slots__ = ("kind", "readings")

    kind: str
    """``word``, ``number``, ``decimal`` or ``date``: what a field's own type may settle."""
    readings: str
    """How each reader would take it, in words for a message."""


def doubtful(text: str, kind: str, readings: str) -> Doubtful:
    """Mark a plain scalar as one that readers disagree about."""
    value = Doubtful(text)
    value.kind = kind
    value.readings = readings
    return value


def _word_table() -> dict[str, Scalar]:
    table: dict[str, Scalar] = {}
    for word, value in (("true", True), ("false", False), ("null", None)):
        table |= dict.fromkeys(_spellings(word), value)
    for word, meaning in (("yes", "true"), ("on", "true"), ("no", "false"), ("off", "false")):
        readings = f"YAML 1.1 and kubectl read {meaning}, YAML 1.2 reads text"
        table |= {spelling: doubtful(spelling, "word", readings) for spelling in _spellings(word)}
    for letter, meaning in (("y", "true"), ("n", "false")):
        # YAML 1.1 says so; PyYAML leaves these two out.
        readings = f"kubectl and some YAML 1.1 readers read {meaning}, YAML 1.2 reads text"
        table |= {spelling: doubtful(spelling, "word", readings) for spelling in _spellings(letter)}
    return table


def _spellings(word: str) -> tuple[str, str, str]:
    return word, word.capitalize(), word.upper()


_WORDS = _word_table()

#: Plain scalars with a meaning of their own that consist of symbols.
_SYMBOLS: dict[str, Scalar] = {
    "": None,
    "~": None,
    "=": doubtful("=", "word", "YAML 1.1 cannot read it, YAML 1.2 and kubectl read text"),
    "<<": doubtful("<<", "word", "YAML 1.1 and kubectl cannot read it, YAML 1.2 reads text"),
}

_PLAIN_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_PLAIN_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
_DECIMAL = re.compile(r"[-+]?[0-9]*\.[0-9]*\Z")

#: Numbers, and dates, times and numbers to the base 60, in the widest sense of any reader.
#: Possessive, so that a long scalar is looked at once.
_NUMBER = re.compile(
    r"[-+]?0(?:[xX][0-9a-fA-F_]++|[oO][0-7_]++|[bB][01_]++)\Z"
    r"|(?:[-+][._]*+|\._*+)?[0-9][0-9_]*+(?:\.[0-9_]*+)?(?:[eE][-+]?[0-9_]++)?\Z"
    r"|[-+]?\.[iInN][nNaA][fFnN]\Z"
)
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t][-+0-9:.TtZ \t]*+)?\Z"
    r"|[-+]?[0-9][0-9_]*+(?::[0-9]{1,2})++(?:\.[0-9_]*+)?\Z"
)


def resolve(text: str) -> Scalar:
    """Return what every reader takes a plain scalar for, or a `Doubtful` text."""
    if text[:1].isalpha():
        return _WORDS.get(text, text)
    if _PLAIN_INTEGER.match(text):
        return _integer(text)
    if _PLAIN_DECIMAL.match(text):
        return _decimal(text)
    if _NUMBER.match(text):
        return _number(text)
    if _TIME.match(text):
        return _time(text)
    return _SYMBOLS.get(text, text)


def _number(text: str) -> Doubtful:
    """Say what each reader makes of a number that is not written as all write it."""
    old, new, kubectl = read_as_1_1(text), read_as_1_2(text), read_by_kubectl(text)
    if old == new == kubectl:
        if old == TEXT:
            return doubtful(text, "number", "some readers may take it for a number")
        kind = "decimal" if _DECIMAL.match(text) else "number"
        return doubtful(text, kind, f"all readers take it for {old}, not for this text")
    return doubtful(text, "number", _differences(old, new, kubectl))


def _time(text: str) -> Scalar:
    """Ask YAML 1.1 alone: to the other two, dates and times are text."""
    old = read_as_1_1(text)
    if old == TEXT:
        return text
    kind = "date" if old == DATE else "word" if old == TIME else "number"
    return doubtful(text, kind, _differences(old, TEXT, TEXT))


def _differences(old: str, new: str, kubectl: str) -> str:
    readers: dict[str, list[str]] = {}
    for reader, reading in (("YAML 1.1", old), ("YAML 1.2", new), ("kubectl", kubectl)):
        readers.setdefault(reading, []).append(reader)
    return ", ".join(
        f"{' and '.join(names)} read{'s' if len(names) == 1 else ''} {reading}"
        for reading, names in readers.items()
    )


def _integer(text: str) -> Scalar:
    too_long = len(text) > len(str(_MAX_EXACT)) + 1
    if too_long or abs(int(text)) > _MAX_EXACT:
        return doubtful(text, "number", "some readers lose digits of so large a number")
    if text[0] == "+" or text == "-0":
        return doubtful(text, "number", "all readers drop the sign")
    return int(text)


def _decimal(text: str) -> Scalar:
    if len(text) > _LONGEST_DECIMAL:
        return doubtful(text, "decimal", "readers lose digits of so long a number")
    value = float(text)
    if repr(value) == text:
        return value
    shown = repr(value).removesuffix(".0")
    return doubtful(text, "decimal", f"all readers take it for the number {shown}, not this text")
