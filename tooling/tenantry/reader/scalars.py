"""What a plain (unquoted) scalar means, and when its readers would not agree.

Three readers meet our files: YAML 1.1 (PyYAML, ruamel.yaml's old mode, most of Python), YAML 1.2
(editors, JavaScript, yq) and kubectl (Go's yaml through sigs.k8s.io/yaml). Where all three read
the same, that is the meaning; where they differ the scalar is `Doubtful`.

Sources: yaml.org/type (1.1), YAML 1.2.2 section 10.3.2 (core schema), sigs.k8s.io/yaml goyaml.v2
resolve.go.
"""

from __future__ import annotations

import re

#: Beyond this JSON readers in JavaScript and Go's float64 lose digits.
_MAX_EXACT = 2**53

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
        table |= dict.fromkeys((word, word.capitalize(), word.upper()), value)
    for word, meaning in (("yes", "true"), ("on", "true"), ("no", "false"), ("off", "false")):
        readings = f"YAML 1.1 and kubectl read {meaning}, YAML 1.2 reads text"
        for spelling in (word, word.capitalize(), word.upper()):
            table[spelling] = doubtful(spelling, "word", readings)
    for letter, meaning in (("y", "true"), ("n", "false")):
        readings = f"YAML 1.1 and kubectl may read {meaning}, YAML 1.2 reads text"
        for spelling in (letter, letter.upper()):
            table[spelling] = doubtful(spelling, "word", readings)
    return table


_WORDS = _word_table()

_PLAIN_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_PLAIN_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+\Z")

#: Forms that at least one of the three readers does not take for text, with what each reads.
_DOUBTFUL_FORMS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\Z"),
        "date",
        "YAML 1.1 reads a date, YAML 1.2 and kubectl read text",
    ),
    (
        re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9:.]+.*\Z"),
        "word",
        "YAML 1.1 reads a point in time, YAML 1.2 and kubectl read text",
    ),
    (
        re.compile(r"[-+]?0[0-7_]+\Z"),
        "number",
        "YAML 1.1 and kubectl read an octal number, YAML 1.2 reads a decimal one",
    ),
    (
        re.compile(r"[-+]?0[0-9_]+(?:\.[0-9_]*)?\Z"),
        "number",
        "YAML 1.1 reads text or a number, YAML 1.2 and kubectl read a number",
    ),
    (
        re.compile(r"[-+]?0o[0-7_]+\Z"),
        "number",
        "YAML 1.1 reads text, YAML 1.2 and kubectl read an octal number",
    ),
    (
        re.compile(r"[-+]?0[xX][0-9a-fA-F_]+\Z"),
        "number",
        "all read a hexadecimal number, where most people mean text",
    ),
    (
        re.compile(r"[-+]?0[bB][01_]+\Z"),
        "number",
        "YAML 1.1 and kubectl read a binary number, YAML 1.2 reads text",
    ),
    (
        re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z"),
        "number",
        "YAML 1.1 reads a number to the base 60, YAML 1.2 and kubectl read text",
    ),
    (
        re.compile(r"[-+]?(?:[0-9][0-9_]*_[0-9_]*)(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?\Z"),
        "number",
        "YAML 1.1 and kubectl read a number without the underscores, YAML 1.2 reads text",
    ),
    (
        re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+\Z"),
        "number",
        "YAML 1.2 and kubectl read a number with an exponent, YAML 1.1 may read text",
    ),
    (
        re.compile(r"[-+]?(?:[0-9]+\.|\.[0-9][0-9_]*)\Z"),
        "decimal",
        "readers differ on whether this is a number",
    ),
    (
        re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z"),
        "number",
        "all read infinity or not-a-number, which Kubernetes cannot store",
    ),
    (
        re.compile(r"=\Z"),
        "word",
        'YAML 1.1 reads the special key "value", YAML 1.2 and kubectl read text',
    ),
    (
        re.compile(r"<<\Z"),
        "word",
        "YAML 1.1 and kubectl read a merge, YAML 1.2 reads text",
    ),
)


def resolve(text: str) -> Scalar:
    """Return what every reader takes a plain scalar for, or a `Doubtful` text."""
    if text[:1].isalpha():
        return _WORDS.get(text, text)
    if text in ("", "~"):
        return None
    if _PLAIN_INTEGER.match(text):
        return _integer(text)
    if _PLAIN_DECIMAL.match(text):
        return _decimal(text)
    for pattern, kind, readings in _DOUBTFUL_FORMS:
        if pattern.match(text):
            return doubtful(text, kind, readings)
    return text


def _integer(text: str) -> Scalar:
    too_long = len(text) > len(str(_MAX_EXACT)) + 1
    if too_long or abs(int(text)) > _MAX_EXACT:
        return doubtful(text, "number", "readers lose digits of so large a number")
    if text[0] == "+" or text == "-0":
        return doubtful(text, "number", "readers drop the sign")
    return int(text)


def _decimal(text: str) -> Scalar:
    value = float(text)
    if repr(value) == text:
        return value
    return doubtful(text, "decimal", f"all read the number {value!r}, not this text")
