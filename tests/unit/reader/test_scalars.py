"""What plain scalars mean, held against the readers of YAML that are installed.

What kubectl reads was taken down from sigs.k8s.io/yaml 1.6.0 (go.yaml.in/yaml/v2 2.4.2).
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import warnings

import pytest
import yaml
from ruamel.yaml import YAML

from tenantry.reader import read_document
from tenantry.reader.dialects import read_as_1_1, read_as_1_2, read_by_kubectl
from tenantry.reader.scalars import Doubtful, resolve

#: Scalar, kind, what YAML 1.1, YAML 1.2 and kubectl read.
_NUMBERS = (
    ("010", "number", "the number 8", "the number 10", "the number 8"),
    ("08", "number", "text", "the number 8", "the number 8"),
    ("00", "number", "the number 0", "the number 0", "the number 0"),
    ("+5", "number", "the number 5", "the number 5", "the number 5"),
    ("-010", "number", "the number -8", "the number -10", "the number -8"),
    ("0o17", "number", "text", "the number 15", "the number 15"),
    ("-0o17", "number", "text", "text", "the number -15"),
    ("0x1F", "number", "the number 31", "the number 31", "the number 31"),
    ("0X1F", "number", "text", "text", "the number 31"),
    ("0b11", "number", "the number 3", "text", "the number 3"),
    ("0b_", "number", "an error", "text", "text"),
    ("1_000", "number", "the number 1000", "text", "the number 1000"),
    ("1_0.5", "number", "the number 10.5", "text", "the number 10.5"),
    ("-_8", "number", "text", "text", "the number -8"),
    ("1e3", "number", "text", "the number 1000", "the number 1000"),
    ("1.5e+3", "number", "the number 1500", "the number 1500", "the number 1500"),
    ("1e400", "number", "text", "infinity or not-a-number", "text"),
    (".5", "decimal", "the number 0.5", "the number 0.5", "the number 0.5"),
    ("-.5", "number", "text", "the number -0.5", "the number -0.5"),
    ("5.", "decimal", "the number 5", "the number 5", "the number 5"),
    ("08.5", "decimal", "the number 8.5", "the number 8.5", "the number 8.5"),
    (".inf", "number", *["infinity or not-a-number"] * 3),
    ("-.INF", "number", *["infinity or not-a-number"] * 3),
    (".NaN", "number", *["infinity or not-a-number"] * 3),
    ("2026-01-31", "date", "a date", "text", "text"),
    ("2026-01-31T10:00:00Z", "word", "a point in time", "text", "text"),
    ("2026-01-31 10:00:00", "word", "a point in time", "text", "text"),
    ("12:30", "number", "a number to the base 60", "text", "text"),
    ("190:20:30.15", "number", "a number to the base 60", "text", "text"),
)

_WORDS = tuple(
    spelling
    for word in ("yes", "no", "on", "off", "y", "n")
    for spelling in (word, word.upper(), word.capitalize())
)

#: What every reader takes for the same.
_SETTLED: tuple[tuple[str, object], ...] = (
    ("true", True),
    ("True", True),
    ("FALSE", False),
    ("null", None),
    ("~", None),
    ("Null", None),
    ("0", 0),
    ("-7", -7),
    ("9007199254740992", 2**53),
    ("0.5", 0.5),
    ("-1.25", -1.25),
    ("3.0", 3.0),
)

_TEXT = (
    "tRUE", "nULL", "yEs", "oN", "none", "nan", "inf", "16Gi", "500m", "1.2.3", "10.0.0.0/8",
    "10.0.0.1", "v1", "1-2", "2026-1-1", "2026-01", "01:20", "1:60", "1:2x", "0xg", "0o8", "0b2",
    "1e", "e3", "+", "--", "...1", "1,000", "a=b", "==", "a_1", "_1", "\u0663", "\u00bd",
    "0-0", "2026-01-31x", "2026-01-31T10", "https://example.com", "jane@example.com",
)  # fmt: skip


def _pyyaml(text: str) -> object:
    return yaml.safe_load(f"v: {text}")["v"]


def _ruamel(version: tuple[int, int], text: str) -> object:
    reader = YAML(typ="safe", pure=True)
    reader.version = version
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return reader.load(f"v: {text}")["v"]


def _described(value: object) -> str:
    if isinstance(value, dt.datetime):
        return "a point in time"
    if isinstance(value, dt.date):
        return "a date"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        finite = math.isfinite(value)
        return f"the number {value!r}".removesuffix(".0") if finite else "infinity or not-a-number"
    return "text" if isinstance(value, str) else repr(value)


@pytest.mark.parametrize(("text", "kind", "old", "new", "kubectl"), _NUMBERS)
def test_a_scalar_that_readers_differ_on_says_what_each_reads(
    text: str, kind: str, old: str, new: str, kubectl: str
) -> None:
    value = resolve(text)
    assert isinstance(value, Doubtful)
    assert (value, value.kind) == (text, kind)
    assert [read(text) for read in (read_as_1_1, read_as_1_2, read_by_kubectl)] == [
        old,
        new,
        kubectl,
    ]


@pytest.mark.parametrize(("text", "old"), [(row[0], row[2]) for row in _NUMBERS])
def test_pyyaml_reads_what_we_say_that_yaml_1_1_reads(text: str, old: str) -> None:
    if old == "an error":
        with pytest.raises(ValueError, match="invalid literal"):
            _pyyaml(text)
    elif old == "a number to the base 60":
        assert isinstance(_pyyaml(text), (int, float))
    else:
        assert _described(_pyyaml(text)) == old


@pytest.mark.parametrize("text", [row[0] for row in _NUMBERS if row[1] != "date"])
def test_ruamel_reads_each_of_them_as_no_text_in_one_of_its_versions(text: str) -> None:
    if text in ("0b_", "0X1F", "-0o17", "-_8"):
        assert "text" in (read_as_1_1(text), read_as_1_2(text))
        return
    read = {_described(_ruamel(version, text)) for version in ((1, 1), (1, 2))}
    assert read != {"text"}


@pytest.mark.parametrize("text", _WORDS)
def test_words_for_yes_and_no_are_doubtful_in_every_spelling(text: str) -> None:
    value = resolve(text)
    assert isinstance(value, Doubtful)
    assert value.kind == "word"
    assert "YAML 1.2 reads text" in value.readings
    assert _ruamel((1, 2), text) == text
    if len(text) > 1:
        assert _pyyaml(text) is _ruamel((1, 1), text)
        assert f"read {str(_pyyaml(text)).lower()}" in value.readings


@pytest.mark.parametrize("text", ["=", "<<"])
def test_symbols_that_yaml_1_1_cannot_read_as_values_are_doubtful(text: str) -> None:
    assert isinstance(resolve(text), Doubtful)
    with pytest.raises(yaml.YAMLError):
        _pyyaml(text)


@pytest.mark.parametrize(("text", "value"), _SETTLED)
def test_what_all_readers_take_for_the_same_is_that(text: str, value: object) -> None:
    found = resolve(text)
    assert (found, type(found)) == (value, type(value))
    assert _pyyaml(text) == value
    assert _ruamel((1, 1), text) == value
    assert _ruamel((1, 2), text) == value


@pytest.mark.parametrize("text", _TEXT)
def test_what_all_readers_take_for_text_is_text(text: str) -> None:
    assert type(resolve(text)) is str
    assert _pyyaml(text) == text
    assert _ruamel((1, 1), text) == text
    assert _ruamel((1, 2), text) == text


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1.10", "all readers take it for the number 1.1, not this text"),
        ("1.0000000000000000000000001", "readers lose digits of so long a number"),
        ("9007199254740993", "some readers lose digits of so large a number"),
        ("-9007199254740993", "some readers lose digits of so large a number"),
        ("1" * 60_000, "some readers lose digits of so large a number"),
        ("-0", "all readers drop the sign"),
        ("0x1F", "all readers take it for the number 31, not for this text"),
        ("010", "YAML 1.1 and kubectl read the number 8, YAML 1.2 reads the number 10"),
        ("2026-01-31", "YAML 1.1 reads a date, YAML 1.2 and kubectl read text"),
        ("0x" + "f" * 60, "all readers take it for a very large number, not for this text"),
    ],
)
def test_the_words_for_a_message_name_every_reader(text: str, readings: str) -> None:
    value = resolve(text)
    assert isinstance(value, Doubtful)
    assert value.readings == readings


def test_whatever_pyyaml_reads_differently_is_doubtful() -> None:
    """Every scalar of up to four of these symbols is text, doubtful, or what PyYAML reads."""
    differing = []
    for length in (1, 2, 3, 4):
        for symbols in itertools.product("-+.:_018eox", repeat=length):
            text = "".join(symbols)
            if (read := resolve(text)).__class__ is Doubtful or not _is_plain(text):
                continue
            if _loaded(text) != read:
                differing.append(text)
    assert differing == []


def _is_plain(text: str) -> bool:
    if text.startswith(("- ", "? ", ": ")) or text.endswith(":") or text in ("-", "---"):
        return False
    return read_document("f", text.encode()).data is not None


def _loaded(text: str) -> object:
    return yaml.load(text, Loader=yaml.CSafeLoader)
