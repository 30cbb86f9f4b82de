"""Files that are made to cost time or memory: any file of 64 KiB is read or refused cheaply."""

from __future__ import annotations

import resource
import time
from operator import itemgetter

import pytest

from tenantry.reader import Document, read_document
from tenantry.reader.characters import MAX_BYTES, MAX_FAULTS, MAX_NODES
from tenantry.reader.composer import MAX_DEPTH

#: The promise is 50 ms on an idle machine; a shared one is given room to be slower.
_MOST_SECONDS = 0.15
_MOST_KIB = 50 * 1024


def _filled(unit: str, before: str = "", after: str = "") -> str:
    """Repeat `unit` until the file is as large as may be."""
    room = MAX_BYTES - len((before + after).encode())
    return before + unit * (room // len(unit.encode())) + after


_HOSTILE = {
    "open lists": _filled("["),
    "open mappings": _filled("{"),
    "empty lists in a list": _filled("[],", "a: [", "]"),
    "lists fifteen deep": _filled("[" * 14 + "]" * 14 + ",", "a: [", "]"),
    "mappings fifteen deep": _filled("{a: " * 14 + "}" * 14 + ",", "a: [", "]"),
    "single pairs": _filled("a: b,", "[", "]"),
    "explicit keys in a row": _filled("? "),
    "explicit keys, one a line": _filled("? a\n"),
    "explicit keys in a list": _filled("? a : b,", "[", "]"),
    "dashes in a row": _filled("- "),
    "dashes, one a line": _filled("-\n"),
    "colons": _filled(": "),
    "colons in a flow mapping": _filled(":,", "{", "}"),
    "a key that never ends": _filled("k", "", ": v"),
    "text of many lines": _filled(" x\n", "a: x\n"),
    "text of many words in a list": _filled("x ", "a: [", "]"),
    "anchors": _filled("- &a x\n"),
    "aliases": _filled("- *a\n", "- &a x\n"),
    "tags": _filled("- !a x\n"),
    "tag directives": "".join(f"%TAG !e{number}! tag:x\n" for number in range(3500)),
    "comments": _filled("#\n"),
    "spaces": _filled(" ", "", "a"),
    "spaces, then a broken line": _filled(" ", "", "\n- x: y: z\n]"),
    "line breaks, then a broken line": _filled("\n", "a: b\n", "]"),
    "quotes that open on each line": _filled('"x\n', "", "]"),
    "dashes before a broken value": _filled("- ", "", "a: b: c"),
    "documents": _filled("--- a\n"),
    "literal blocks": _filled("- |\n a\n"),
    "escapes": _filled("\\x41", '"', '"'),
    "hidden characters as escapes": _filled("\\0", '"', '"'),
    "duplicate keys": _filled("a:\n"),
    "duplicate keys in a flow mapping": _filled("a,", "{", "}"),
    "large values under one key": _filled("a: [" + "x," * 5000 + "],", "{", "}"),
    "keys that are no text": _filled("1,", "{", "}"),
    "merge keys": _filled("<<: a\n"),
    "whole numbers": _filled("- 1\n"),
    "doubtful words": _filled("- y\n"),
    "doubtful numbers": "".join(f"- 0{number:o}\n" for number in range(7000)),
    "times that are text": "".join(f"- 0{number % 600}:1\n" for number in range(7000)),
    "version numbers": "".join(f"- 1.{number}.0\n" for number in range(6000)),
    "a number without end": _filled("9", "a: "),
    "a decimal without end": _filled("9", "a: 1."),
    "underscores without end": _filled("_", "a: 1", "x"),
    "underscores and zeros": _filled("0_", "a: 0", "x"),
    "base 60 without end": _filled(":1", "a: 1", ":x"),
    "a date with a tail": _filled("1:", "a: 2001-01-01T1:", "x"),
    "zero bytes": _filled("\0"),
    "carriage returns": _filled("\r"),
    "byte-order marks": _filled("\ufeff"),
    "zero-width spaces": _filled("\u200b\n"),
    "no-break spaces": _filled("\xa0"),
    "curly quotes": _filled("- \u201cx\u201d\n"),
    "emoji keys": _filled("\U0001f600:\n"),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_any_file_of_64_kib_costs_little_time_and_memory(name: str) -> None:
    content = _HOSTILE[name].encode()
    assert len(content) <= MAX_BYTES
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, document = min((_timed(content) for _ in range(3)), key=itemgetter(0))
    assert seconds < _MOST_SECONDS
    assert len(document.faults) <= MAX_FAULTS + 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < _MOST_KIB


def _timed(content: bytes) -> tuple[float, Document]:
    """Return seconds and document."""
    start = time.process_time()
    document = read_document("profiles.yaml", content)
    document.position(("a", 0))
    list(document.doubtful())
    return time.process_time() - start, document


def _rules(text: str) -> list[str]:
    return [fault.rule for fault in read_document("profiles.yaml", text.encode()).faults]


def test_five_hundred_faults_are_all_reported() -> None:
    keys = "".join("a: 1\n" for _ in range(501))
    assert _rules(keys) == ["duplicate-key"] * 500


def test_the_list_of_faults_ends_after_a_thousand() -> None:
    assert _rules("a: 1\n" * (MAX_FAULTS + 1)) == ["duplicate-key"] * MAX_FAULTS
    assert _rules("a: 1\n" * (MAX_FAULTS + 2)) == [
        *["duplicate-key"] * MAX_FAULTS,
        "too-many-faults",
    ]


def test_hidden_characters_are_listed_up_to_the_same_limit() -> None:
    assert _rules("\u200b" * MAX_FAULTS) == ["forbidden-character"] * MAX_FAULTS
    assert _rules("\u200b" * (MAX_FAULTS + 1))[-1] == "too-many-faults"


def test_doubtful_scalars_are_read_up_to_the_same_limit() -> None:
    assert _rules("- NO\n" * MAX_FAULTS) == []
    assert _rules("- NO\n" * (MAX_FAULTS + 1)) == ["too-many-faults"]


def test_a_file_may_hold_ten_thousand_values_and_no_more() -> None:
    assert _rules("- 1\n" * (MAX_NODES - 1)) == []
    assert _rules("- 1\n" * MAX_NODES) == ["too-many-values"]


def test_values_under_a_refused_key_count_as_well() -> None:
    block = "a: [" + "1," * 4000 + "]\n"
    assert _rules(block * 2) == ["duplicate-key"]
    assert _rules(block * 3) == ["duplicate-key", "too-many-values"]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_blocks_nest_sixteen_deep_and_no_deeper(opening: str, closing: str) -> None:
    assert _rules(opening * MAX_DEPTH + closing * MAX_DEPTH) == []
    deeper = read_document("f", (opening * 17 + closing * 17).encode())
    assert [fault.rule for fault in deeper.faults] == ["nested-too-deep"]
    assert deeper.faults[0].column == len(opening) * MAX_DEPTH + 1


def test_a_file_has_64_kib_and_no_more() -> None:
    assert _rules("#" * MAX_BYTES) == ["empty-file"]
    assert _rules("#" * (MAX_BYTES + 1)) == ["file-too-large"]
