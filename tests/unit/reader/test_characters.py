"""What bytes may become text, and which characters no file holds."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from tenantry.reader import read_document
from tenantry.reader.characters import FORBIDDEN, decode


def _faults(content: bytes) -> list[str]:
    faults = read_document("f", content).faults
    return [f"{fault.line}:{fault.column}: {fault.rule}" for fault in faults]


def _escaped(number: int) -> str:
    return f'a: "\\U{number:08x}"\n'


def test_every_character_that_no_one_can_see_is_forbidden() -> None:
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
    free = [
        f"U+{number:04X}"
        for number in range(sys.maxunicode + 1)
        if unicodedata.category(chr(number)) in hidden
        and chr(number) not in "\t\n\r "
        and not FORBIDDEN.match(chr(number))
    ]
    assert free == []


@pytest.mark.parametrize("text", ["M\u00fcller", "\u65e5\u672c", "\U0001f600", "e\u0301", "\u20ac"])
def test_visible_characters_of_any_language_are_welcome(text: str) -> None:
    assert read_document("f", f"a: {text}\n".encode()).data == {"a": text}


@pytest.mark.parametrize(
    "character", ["\u200b", "\u202e", "\u2028", "\x85", "\xad", "\u2800", "\ufdd0", "\U0001ffff"]
)
def test_a_hidden_character_is_refused_where_it_stands_and_as_an_escape(character: str) -> None:
    assert _faults(f"a: x\nb: y{character}z\n".encode()) == ["2:5: forbidden-character"]
    assert _faults(_escaped(ord(character)).encode()) == ["1:4: forbidden-character"]


def test_each_of_several_hidden_characters_is_found_on_its_line() -> None:
    content = "a: \u200b\u200b\n\nb: \u200b\nc: x\u200b\n".encode()
    places = [(fault.line, fault.column) for fault in read_document("f", content).faults]
    assert places == [(1, 4), (1, 5), (3, 4), (4, 5)]


def test_an_escaped_surrogate_is_refused() -> None:
    assert _faults(b'a: "\\ud800"\n') != []


@pytest.mark.parametrize("space", ["\xa0", "\u2003", "\u202f", "\u3000"])
def test_a_space_that_is_none_is_refused_and_the_rest_is_still_read(space: str) -> None:
    document = read_document("f", f"a:{space}x\nb: 1\nb: 2\n".encode())
    assert document.data == {"a": "x", "b": 1}
    assert [(fault.rule, fault.line, fault.column) for fault in document.faults] == [
        ("forbidden-character", 1, 3),
        ("duplicate-key", 3, 1),
    ]
    assert document.faults[0].cure == "delete it and press the space bar"


def test_a_byte_order_mark_is_refused_and_the_rest_is_still_read() -> None:
    assert _faults(b"\xef\xbb\xbfa: 1\r\na: 2\r\n") == [
        "1:1: byte-order-mark",
        "2:1: duplicate-key",
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_named(encoding: str) -> None:
    (fault,) = read_document("f", "name: x\n".encode(encoding)).faults
    assert fault.rule == "not-utf8"
    assert fault.message.startswith("the file is UTF-16 text")


def test_a_byte_of_another_encoding_is_shown_as_what_it_may_mean() -> None:
    (fault,) = read_document("f", "\u00e9: 1\na: M\u00fc".encode() + b"\xfc").faults
    assert (fault.rule, fault.line, fault.column) == ("not-utf8", 2, 6)
    assert fault.message == 'byte 0xfc is not UTF-8 text; on Windows it may stand for "\u00fc"'


def test_line_ends_of_windows_read_like_those_of_unix() -> None:
    assert decode("f", b"a: 1\r\nb: 2\r\n") == ("a: 1\nb: 2\n", [])


def test_a_lone_carriage_return_is_refused() -> None:
    assert _faults(b"a: 1\rb: 2\n") == ["1:5: forbidden-character"]


def test_a_zero_byte_is_not_taken_for_utf16() -> None:
    assert _faults(b"a: \x00b\n") == ["1:4: forbidden-character"]


def test_an_empty_file_is_refused() -> None:
    assert _faults(b"") == ["1:1: empty-file"]
    assert _faults(b"# nothing\n") == ["1:1: empty-file"]
