"""Files of a line or two, each with the whole of what is said of it: the place and every word."""

from __future__ import annotations

import pytest

from tenantry.findings import Finding
from tenantry.reader import Document, read_document
from tenantry.reader.characters import MAX_FAULTS
from tenantry.reader.composer import Composer
from tenantry.reader.dialects import LARGE, TEXT, read_as_1_1, read_as_1_2, read_by_kubectl
from tenantry.reader.scalars import Doubtful, resolve
from tenantry.report import text_line

_FILES: dict[str, tuple[bytes, str]] = {
    "an invisible character on the second line": (
        b"\n\xe2\x80\x8b",
        (
            "2:1: forbidden-character: the invisible or control character U+200B ZERO WIDTH "
            "SPACE stands here (delete it; typing the line again by hand is the quickest way)"
        ),
    ),
    "a byte of Windows on the second line": (
        b"\n\xe9t\xe9: x",
        (
            '2:1: not-utf8: byte 0xe9 is not UTF-8 text; on Windows it may stand for "é" '
            '(save the file with the encoding "UTF-8")'
        ),
    ),
    "a byte that stands for nothing on Windows": (
        b"\x8d",
        ('1:1: not-utf8: byte 0x8d is not UTF-8 text (save the file with the encoding "UTF-8")'),
    ),
    "a byte that is no letter on Windows": (
        b"\xa0",
        ('1:1: not-utf8: byte 0xa0 is not UTF-8 text (save the file with the encoding "UTF-8")'),
    ),
    "UTF-16 by its mark alone": (
        b"\xff\xfe-N\x87e",
        (
            "1:1: not-utf8: the file is UTF-16 text (Windows calls it Unicode), not UTF-8 "
            '(save it again with the encoding "UTF-8"; in PowerShell add "-Encoding utf8")'
        ),
    ),
    "UTF-16 of the other order": (
        b"\xfe\xffN-e\x87",
        (
            "1:1: not-utf8: the file is UTF-16 text (Windows calls it Unicode), not UTF-8 "
            '(save it again with the encoding "UTF-8"; in PowerShell add "-Encoding utf8")'
        ),
    ),
    "UTF-16 without a mark": (
        b"a\x00:\x00 \x00b\x00",
        (
            "1:1: not-utf8: the file is UTF-16 text (Windows calls it Unicode), not UTF-8 "
            '(save it again with the encoding "UTF-8"; in PowerShell add "-Encoding utf8")'
        ),
    ),
    "a byte-order mark": (
        b"\xef\xbb\xbfa: b",
        (
            "1:1: byte-order-mark: the file starts with a byte-order mark, three invisible "
            'bytes (save the file as "UTF-8" and not as "UTF-8 with BOM")'
        ),
    ),
    "a quote alone": (
        b'"',
        (
            '1:1: yaml-syntax: the text that starts with this quote " does not end on its '
            'line (close it with another " at the end of the text)'
        ),
    ),
    "a quote alone after an empty line": (
        b'\n"',
        (
            '2:1: yaml-syntax: the text that starts with this quote " does not end on its '
            'line (close it with another " at the end of the text)'
        ),
    ),
    "a quote before what ends a document": (
        b'"\n---',
        (
            '1:1: yaml-syntax: the text that starts with this quote " does not end on its '
            'line (close it with another " at the end of the text)'
        ),
    ),
    "a quote closed by the next one": (
        b"'\n'r",
        (
            "1:1: yaml-syntax: the text that starts with this quote ' does not end on its "
            "line (close it with another ' at the end of the text)"
        ),
    ),
    "a quote after a line that is no field": (
        b'm\nx: "\n',
        (
            "2:1: yaml-syntax: this field stands deeper than the line above, which already "
            "has its value (indent the fields of one block by the same number of spaces)"
        ),
    ),
    "text after empty quotes": (
        b"''a",
        (
            "1:3: yaml-syntax: text stands after the closing quote (put one pair of double "
            "quotes around the whole value)"
        ),
    ),
    "a quote, and a tab on the next line": (
        b'"\n\t',
        (
            "2:1: yaml-syntax: a tab stands here where only spaces may stand (delete it and "
            "type spaces: two for each level)"
        ),
    ),
    "a comma alone": (
        b",",
        (
            "1:1: yaml-syntax: this , belongs to no list (delete it, or put the text it "
            "belongs to in quotes)"
        ),
    ),
    "an open bracket after an empty line": (
        b"\n[",
        "2:1: yaml-syntax: this [ is never closed (write ] where the list ends)",
    ),
    "a list in an open bracket": (
        b"[\n-",
        (
            "2:1: yaml-syntax: a comma or a closing bracket is missing before this (put "
            'commas between items, or write one "- item" a line; text with brackets needs '
            "quotes)"
        ),
    ),
    "a list of lists that the end of the file cuts off": (
        b"m\xc3\xa4: n\na: [[b],",
        (
            "2:9: yaml-syntax: a comma or a closing bracket is missing before this (put "
            'commas between items, or write one "- item" a line; text with brackets needs '
            "quotes)"
        ),
    ),
    "a second document": (
        b"a: b\n---\n",
        (
            "2:1: several-documents: a second YAML document starts here (delete the line "
            '"---" so that the file is one document)'
        ),
    ),
    "a question mark in braces": (
        b"{_:?",
        (
            "1:3: yaml-syntax: the file cannot be read from here on: found unexpected ':' "
            "(compare the lines around it with an example in docs/tenant-file.md)"
        ),
    ),
    "a field below a text": (
        b"s\nn: ",
        (
            "2:1: yaml-syntax: this field stands deeper than the line above, which already "
            "has its value (indent the fields of one block by the same number of spaces)"
        ),
    ),
    "a second colon at the end": (
        b"_: :",
        (
            '1:4: yaml-syntax: this text holds ": ", which starts a new field (put the text '
            'in quotes: ":")'
        ),
    ),
    "a second colon before a space": (
        b"a: : ",
        (
            '1:4: yaml-syntax: this text holds ": ", which starts a new field (put the text '
            'in quotes: ":")'
        ),
    ),
    "a field without space two lines after the first": (
        b"z\ns:\nb:a",
        (
            "2:1: yaml-syntax: this field stands deeper than the line above, which already "
            "has its value (indent the fields of one block by the same number of spaces)"
        ),
    ),
    "a colon twice, and a line without one": (
        b"e:h:\ne",
        (
            '2:1: yaml-syntax: "e" has no colon, so it is not a field (write "name: value", '
            "with a colon and a space)"
        ),
    ),
    "a bracket where the next field is expected": (
        b" a:\n[",
        (
            "2:1: yaml-syntax: this line does not fit the block it is in: it is indented by 0 "
            "(indent the fields of one block by the same number of spaces)"
        ),
    ),
    "a star before a space": (
        b"* ",
        '1:1: yaml-syntax: text that starts with * needs quotes (write "*")',
    ),
    "a colon after a dash": (
        b"- :",
        "1:3: yaml-syntax: a field name is missing before this colon (give it a name)",
    ),
    "a dash after a comment": (
        b". #\n-",
        (
            "2:1: yaml-syntax: this list item does not stand exactly below the item before it "
            "(indent all items of one list by the same number of spaces)"
        ),
    ),
    "a zero byte alone": (
        b"\x00",
        (
            "1:1: forbidden-character: the invisible or control character U+0000 stands here "
            "(delete it; typing the line again by hand is the quickest way)"
        ),
    ),
    "a zero byte before a letter": (
        b"\x00a",
        (
            "1:1: not-utf8: the file is UTF-16 text (Windows calls it Unicode), not UTF-8 "
            '(save it again with the encoding "UTF-8"; in PowerShell add "-Encoding utf8")'
        ),
    ),
}


@pytest.mark.parametrize("name", _FILES)
def test_a_short_file_is_refused_at_its_place_in_these_words(name: str) -> None:
    content, line = _FILES[name]
    (fault,) = read_document("f.yaml", content).faults
    assert text_line(fault) == f"f.yaml:{line}"


@pytest.mark.parametrize("content", [b"\0a\0a\0aaaa", b"\0a\0a\0aaaaa"])
def test_a_few_zero_bytes_are_characters_and_no_encoding(content: bytes) -> None:
    assert {fault.rule for fault in read_document("f", content).faults} == {"forbidden-character"}


@pytest.mark.parametrize(
    "text", ["\u200b" * (MAX_FAULTS + 5), "- NO\n" * (MAX_FAULTS + 1), "? []\n" * (MAX_FAULTS + 5)]
)
def test_the_end_of_a_long_list_is_said_in_these_words(text: str) -> None:
    document = read_document("f.yaml", text.encode())
    assert document.faults[-1] == Finding(
        "f.yaml",
        "too-many-faults",
        "the file has more than 1,000 faults; the others are not listed",
        "mend the first ones and try again; one cause may be behind all of them",
        line=1,
        column=1,
    )


_LONG = "f" * 24

#: Scalar, and what YAML 1.1, YAML 1.2 and kubectl read.
_READ = (
    ("0", "the number 0", "the number 0", "the number 0"),
    ("0_", "the number 0", TEXT, "the number 0"),
    ("._1", "the number 0.1", TEXT, TEXT),
    (".1_0", "the number 0.1", TEXT, TEXT),
    (".1_0E+1", "the number 1", TEXT, "the number 1"),
    ("1.0_0", "the number 1", TEXT, "the number 1"),
    ("0xb", "the number 11", "the number 11", "the number 11"),
    ("0b_", "an error", TEXT, TEXT),
    ("0x_", "an error", TEXT, TEXT),
    ("1" * 24, f"the number {'1' * 24}", f"the number {'1' * 24}", f"the number {'1' * 24}"),
    ("1" * 25, LARGE, LARGE, LARGE),
    (f"0x{_LONG}", *[f"the number {int(_LONG, 16)}"] * 3),
    (f"0x{_LONG}f", LARGE, LARGE, LARGE),
    ("6E_", TEXT, TEXT, TEXT),
)


@pytest.mark.parametrize(("text", "old", "new", "kubectl"), _READ)
def test_each_reader_takes_a_scalar_for_this(text: str, old: str, new: str, kubectl: str) -> None:
    assert (read_as_1_1(text), read_as_1_2(text), read_by_kubectl(text)) == (old, new, kubectl)


@pytest.mark.parametrize(
    ("text", "kind", "readings"),
    [
        ("6E_", "number", "some readers may take it for a number"),
        ("5.00", "decimal", "all readers take it for the number 5, not this text"),
        (
            "1." + "1" * 22,
            "decimal",
            "all readers take it for the number 1.1111111111111112, not this text",
        ),
        ("1." + "1" * 23, "decimal", "readers lose digits of so long a number"),
    ],
)
def test_a_doubtful_number_says_why(text: str, kind: str, readings: str) -> None:
    value = resolve(text)
    assert isinstance(value, Doubtful)
    assert (value, value.kind, value.readings) == (text, kind, readings)


def test_what_has_no_place_of_its_own_stands_at_the_start_of_the_file() -> None:
    assert Document("f", None).position(("profiles",)) == (1, 1)


def test_an_item_after_the_last_stands_where_its_list_does() -> None:
    document = read_document("f", b"a:\n  - b\n  - c\n")
    assert document.position(("a", 2)) == document.position(("a",)) == (2, 3)
    assert document.normal(("a", 2, "x")) == ("a", 2, "x")


def test_a_character_that_only_libyaml_refuses_is_a_finding_too() -> None:
    composer = Composer("f.yaml")
    assert composer.compose("a: \x01") is None
    (fault,) = composer.faults
    words = "f.yaml:1:1: yaml-syntax: not YAML: unacceptable character #x0001: control characters "
    assert text_line(fault).startswith(words)
    assert fault.cure == "see docs/what-went-wrong.md"


def test_only_what_a_refused_key_holds_counts_against_the_room() -> None:
    text = "a: [" + "1, " * 6000 + "]\nb: 1\nb: 2\nc: 3\n"
    assert [fault.rule for fault in read_document("f", text.encode()).faults] == ["duplicate-key"]


def test_the_empty_values_of_a_file_are_counted() -> None:
    assert read_document("f", b"a: b\n").nulls == 0
    assert read_document("f", b"a:\nb: ~\nc: null\nd: x\n").nulls == 3


def test_an_escape_of_what_no_one_can_see_is_refused_although_python_would_print_it() -> None:
    (fault,) = read_document("f", rb'a: "\u3164"').faults
    assert (fault.rule, fault.line, fault.column) == ("forbidden-character", 1, 4)


def test_a_directive_is_refused_on_its_own_line() -> None:
    (fault,) = read_document("f", b"# why\n%YAML 1.2\n---\na: b\n").faults
    assert (fault.rule, fault.line, fault.column) == ("yaml-directive", 2, 1)


def test_a_placed_finding_names_its_field_as_the_file_does() -> None:
    document = read_document("f", b"profiles:\n  name: a\n")
    (placed,) = document.place([Finding("f", "r", "m", "c", ("profiles", 0, "name"))])
    assert (placed.field, placed.line, placed.column) == (("profiles", "name"), 2, 9)


def test_a_file_that_is_no_text_keeps_its_path() -> None:
    assert read_document("tenants/a/profiles.yaml", b"\xff\xfea\0").path.startswith("tenants/a/")
