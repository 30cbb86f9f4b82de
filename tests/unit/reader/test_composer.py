"""YAML that is allowed elsewhere and refused here, each with its place and cure."""

from __future__ import annotations

import pytest

from tenantry.reader import read_document
from tenantry.reader.scalars import Doubtful
from tenantry.wording import excerpt, in_quotes

_REFUSED = {
    "an anchor": ("a: &x 1\n", "1:4: yaml-anchor: the anchor &x is not allowed"),
    "an alias": ("a: 1\nb: *x\n", "2:4: yaml-alias: the alias *x is not allowed"),
    "an alias as a key": ("*x : 1\n", "1:1: yaml-alias: the alias *x is not allowed"),
    "a tag": ("a: !!str 1\n", "1:4: yaml-tag: the tag !!str is not allowed"),
    "a tag of a language": (
        "!!python/object:os.system {}\n",
        "1:1: yaml-tag: the tag !!python/object:os.system is not allowed",
    ),
    "a directive": (
        "%YAML 1.1\n---\na: 1\n",
        "1:1: yaml-directive: YAML directives (lines that start with %) are not allowed",
    ),
    "a directive about tags": (
        "%TAG !e! tag:x\n---\na: 1\n",
        "1:1: yaml-directive: YAML directives (lines that start with %) are not allowed",
    ),
    "an escaped control character": (
        'a: "x\\ay"\n',
        "1:4: forbidden-character: this text holds U+0007 as an escape",
    ),
    "a second document": (
        "a: 1\n---\nb: 1\n",
        "2:1: several-documents: a second YAML document starts here",
    ),
    "a second, empty document": (
        "a: 1\n---\n",
        "2:1: several-documents: a second YAML document starts here",
    ),
    "a duplicate key": (
        "a: 1\nb: 2\na: 3\n",
        '3:1: duplicate-key: "a" is given twice in the same block',
    ),
    "a duplicate key in other quotes": (
        "a: 1\n\"a\": 2\n'a': 3\n",
        (
            '2:1: duplicate-key: "a" is given twice in the same block\n'
            '3:1: duplicate-key: "a" is given twice in the same block'
        ),
    ),
    "a merge key": ("<<: {a: 1}\n", '1:1: yaml-merge: the merge key "<<" is not allowed'),
    "a number as a key": ("2: x\n", "1:1: key-not-text: the key 2 would not be read as text"),
    "a word as a key": ("on: x\n", "1:1: key-not-text: the key on would not be read as text"),
    "a boolean as a key": (
        "true: x\n",
        "1:1: key-not-text: the key true would not be read as text",
    ),
    "no key": (": x\n", "1:1: yaml-syntax: a field name is missing before this colon"),
    "an explicit key without text": (
        "?\n: x\n",
        "1:2: key-not-text: the key (empty) would not be read as text",
    ),
    "a list as a key": (
        "[a]: x\n",
        "1:1: key-not-text: a list or block stands where a field name is expected",
    ),
    "a template": (
        "a: {{ b }}\n",
        "1:5: key-not-text: a list or block stands where a field name is expected",
    ),
    "curly quotes": (
        "a: x\nb: \u201cy\u201d\n",
        "2:4: curly-quote: the quote \u201c is curly: YAML takes it for a letter of the text",
    ),
    "a hidden escape": (
        'a: "x\\u200by"\n',
        "1:4: forbidden-character: this text holds U+200B ZERO WIDTH SPACE as an escape",
    ),
}


@pytest.mark.parametrize("case", _REFUSED)
def test_a_refusal_names_its_rule_and_its_place(case: str) -> None:
    text, expected = _REFUSED[case]
    faults = read_document("f", text.encode()).faults
    shown = "\n".join(f"{f.line}:{f.column}: {f.rule}: {f.message}" for f in faults)
    assert shown == expected
    assert all(fault.cure for fault in faults)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("on: x\n", 'put it in quotes: "on"'),
        (": x\n", "give it a name"),
        ("?\n: x\n", "give it a name"),
        ("a: \u201cour team\u201d\n", 'type straight quotes: "our team"'),
    ],
)
def test_a_cure_says_what_to_type(text: str, cure: str) -> None:
    (fault,) = read_document("f", text.encode()).faults
    assert fault.cure == cure


def test_every_fault_of_a_file_is_listed_in_one_run() -> None:
    text = "a: &x 1\na: 2\n3: *y\nb: !t z\n"
    rules = [fault.rule for fault in read_document("f", text.encode()).faults]
    assert rules == ["yaml-anchor", "duplicate-key", "yaml-alias", "key-not-text", "yaml-tag"]


def test_an_apostrophe_within_text_is_welcome_even_when_it_is_curly() -> None:
    assert read_document("f", "a: Jane\u2019s team\n".encode()).faults == ()
    assert read_document("f", 'a: "\u201cx\u201d"\n'.encode()).faults == ()


def test_quoted_words_and_numbers_are_text() -> None:
    text = b"a: \"NO\"\nb: '010'\nc: |\n  1.10\n"
    document = read_document("f", text)
    assert (document.data, document.doubts) == ({"a": "NO", "b": "010", "c": "1.10\n"}, 0)


def test_doubtful_scalars_are_counted_and_kept_as_text() -> None:
    document = read_document("f", b"a: NO\nb: [010, x]\n")
    assert document.data == {"a": "NO", "b": ["010", "x"]}
    assert [(field, str(value)) for field, value in document.doubtful()] == [
        (("a",), "NO"),
        (("b", 0), "010"),
    ]
    assert all(isinstance(value, Doubtful) for _, value in document.doubtful())


def test_a_message_repeats_sixty_characters_of_a_file_and_no_more() -> None:
    for length, shown in ((60, "k" * 60), (61, "k" * 60 + "...")):
        text = f"{'k' * length}: 1\n" * 2
        (fault,) = read_document("f", text.encode()).faults
        assert fault.message == f'"{shown}" is given twice in the same block'


def test_a_message_is_one_line_whatever_the_key_holds() -> None:
    (fault,) = read_document("f", b'"a\\nb\\tc": 1\n"a\\nb\\tc": 2\n').faults
    assert fault.message == '"a\\nb\\tc" is given twice in the same block'


def test_text_is_shown_with_escapes_and_quoted_with_the_fewest() -> None:
    assert excerpt("a\nb") == "a\\nb"
    assert in_quotes("it's") == '"it\'s"'
    assert in_quotes('say "it\'s"') == "'say \"it''s\"'"
    assert in_quotes("a\nb") == '"..."'
    assert in_quotes("C:\\x") == "'C:\\x'"


def test_a_multi_line_literal_is_read_whole() -> None:
    document = read_document("f", b"a: |\n  one\n\n  two\nb: >-\n  three\n  four\n")
    assert document.data == {"a": "one\n\ntwo\n", "b": "three four"}


def test_no_field_may_be_called_like_a_refused_key_twice_over() -> None:
    """What stands under a refused key is dropped with it, and positions stay right."""
    document = read_document("f", b"a: 1\na: {b: [1, 2]}\nc: 3\n")
    assert document.data == {"a": 1, "c": 3}
    assert document.position(("c",)) == (3, 4)
