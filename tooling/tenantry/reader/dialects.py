"""How each of three readers of YAML takes a plain (unquoted) scalar that starts like a number.

Owns the readers' grammars, as descriptions to compare and to print; `scalars` decides what
follows from a difference. Checked against the readers themselves in tests/unit/reader.

Sources: PyYAML 6 resolver.py and constructor.py (YAML 1.1), YAML 1.2.2 section 10.3.2 (core
schema), go.yaml.in/yaml/v2 resolve.go, which sigs.k8s.io/yaml and so kubectl use.
"""

from __future__ import annotations

import re

TEXT = "text"
DATE = "a date"
TIME = "a point in time"
ERROR = "an error"
LARGE = "a very large number"
_INFINITE = "infinity or not-a-number"

#: Longer numbers are named by their form: their digits would fill the message.
_MAX_SHOWN = 24

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}"
    r"(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?\Z"
)
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_SEXAGESIMAL = re.compile(
    r"[-+]?(?:[1-9][0-9_]*(?::[0-5]?[0-9])+|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)\Z"
)
_OLD_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)\Z")
#: A sign before a leading point is PyYAML's no number, YAML 1.2's and kubectl's is one.
_OLD_FLOAT = re.compile(r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\._*[0-9][0-9_]*)(?:[eE][-+][0-9]+)?\Z")
_DECIMAL_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_PREFIXED = re.compile(r"0(?:o[0-7]+|x[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_GO_INTEGER = re.compile(r"[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)\Z")

_BASES = {"b": 2, "o": 8, "x": 16}


def read_as_1_1(text: str) -> str:
    """Describe what a YAML 1.1 reader makes of `text`."""
    if _DATE.match(text):
        return DATE
    if _TIME.match(text):
        return TIME
    if _SEXAGESIMAL.match(text):
        return "a number to the base 60"
    digits = text.replace("_", "")
    if _OLD_INTEGER.match(text):
        # PyYAML fails on a prefix with underscores alone: 0x_.
        return _integer(digits) if digits[-1] not in "bx" or "0x" in digits[:-1] else ERROR
    return _float(digits) if _OLD_FLOAT.match(text) else _special(text)


def read_as_1_2(text: str) -> str:
    """Describe what a YAML 1.2 reader makes of `text`."""
    if _DECIMAL_INTEGER.match(text):
        return _number(int(text)) if len(text) <= _MAX_SHOWN else LARGE
    if _PREFIXED.match(text):
        return _integer(text)
    return _float(text) if _FLOAT.match(text) else _special(text)


def read_by_kubectl(text: str) -> str:
    """Describe what kubectl makes of `text`."""
    # Go drops underscores from all numbers but those that start with a point.
    keeps = text[0] == "." and "e" not in text.lower()
    digits = text if keeps else text.replace("_", "")
    if _GO_INTEGER.match(digits):
        return _integer(digits)
    if not _FLOAT.match(digits):
        return _special(text)
    read = _float(digits)
    # Go keeps as text what overflows a float.
    return TEXT if read == _INFINITE else read


def _special(text: str) -> str:
    return _INFINITE if _SPECIAL.match(text) else TEXT


def _integer(digits: str) -> str:
    """Describe an integer whose base its prefix tells, a 0 alone meaning octal."""
    magnitude = digits.lstrip("-+").lower()
    base = 10
    if magnitude[0] == "0" and len(magnitude) > 1:
        base = _BASES.get(magnitude[1], 8)
        magnitude = magnitude[2:] if magnitude[1] in _BASES else magnitude
    if len(magnitude) > _MAX_SHOWN:
        return LARGE
    value = int(magnitude, base)
    return _number(-value if digits[0] == "-" else value)


def _float(digits: str) -> str:
    value = float(digits)
    return _number(value) if abs(value) < float("inf") else _INFINITE


def _number(value: float) -> str:
    """Name a number; one without a fraction is the same as an integer, and -0 as 0."""
    return f"the number {value or 0!r}".removesuffix(".0")
