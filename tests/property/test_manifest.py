"""What is written reads back equal, in YAML 1.1 and in YAML 1.2."""

from __future__ import annotations

import io
import json

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from yaml12 import parse_yaml

from tenantry.manifest import Shared, Tree, to_yaml

_EXACT = 2**53

_LINES = st.lists(
    st.sampled_from(
        ("", " ", "a", "  b", "c ", "---", "...", "# x", "- y", "k: v", "\te", "%d", "'")
    )
).map("\n".join)
_TRICKY = st.sampled_from(
    (
        "",
        "NO",
        "y",
        "null",
        "~",
        "1",
        "1.10",
        "1e3",
        "0o17",
        "08",
        "010",
        "0x1f",
        "1_000",
        "12:30",
        "2026-01-31",
        "=",
        "<<",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "?",
        ":",
        "-",
        "---",
        "...",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "{a",
        "[a",
        "]",
        ",",
        "|",
        ">",
        "'",
        '"',
        "\\",
        "\t",
        " a",
        "a ",
        "a:",
        "\x85",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\U0001f600",
        "\x00",
        "\x7f",
        "\ufffe",
        "\r\n",
        "a" * 9999,
        ".inf",
        "-.inf",
        ".nan",
        "/a:b",
        "a,b",
        "a]",
        "_1",
        "+1",
        "e1",
        "x\n",
        "\nx\n",
        "x\n\n",
        " x\n",
    )
)
_TEXT = st.one_of(
    _TRICKY,
    _LINES,
    _LINES.map(lambda text: text + "\n"),
    st.text(st.characters(exclude_categories=["Cs"])),
)
_LEAVES = st.one_of(
    _TEXT,
    st.none(),
    st.booleans(),
    st.integers(-_EXACT, _EXACT),
    st.floats(allow_nan=False, allow_infinity=False),
)


def _larger(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    mappings = st.dictionaries(_TEXT, trees, max_size=4)
    lists = st.lists(trees, max_size=4)
    return st.one_of(mappings, mappings.map(Shared), lists, lists.map(tuple))


_TREES = st.dictionaries(_TEXT, st.recursive(_LEAVES, _larger, max_leaves=12), max_size=4)


def _plain(tree: Tree) -> object:
    return json.loads(json.dumps(tree))


def _ruamel(version: tuple[int, int], text: str) -> object:
    reader = YAML(typ="safe", pure=True)
    reader.version = version
    return reader.load(io.StringIO(text))


@settings(max_examples=60, deadline=None)  # ruamel.yaml's pure reader is slow
@given(_TREES)
@example({"k" * 2000: {"\U0001f600" * 500: ["x"], "k" * 1001: "a\nb\n"}})
@example({"a": {"b": "x\n---\ny\n", "c": ["x\n  y\n\nz\n", ["", {}], [], [[[]]]]}})
def test_a_manifest_reads_back_equal_in_every_reader(tree: dict[str, Tree]) -> None:
    text = to_yaml([tree]) if tree else "{}\n"
    expected = _plain(tree)
    assert yaml.load(text, Loader=yaml.CSafeLoader) == expected
    assert yaml.safe_load(text) == expected
    assert _ruamel((1, 1), text) == expected
    assert _ruamel((1, 2), text) == expected
    assert parse_yaml(text) == expected


@given(_TEXT)
def test_a_text_stays_itself_as_value_as_item_and_as_key(value: str) -> None:
    tree: dict[str, Tree] = {"value": value, "items": [value, [value]], value + "k": {value: 1}}
    text = to_yaml([tree])
    assert yaml.load(text, Loader=yaml.CSafeLoader) == tree
    assert parse_yaml(text) == tree


@given(st.lists(_TREES.filter(bool), max_size=3))
def test_no_text_becomes_a_document_of_its_own(trees: list[dict[str, Tree]]) -> None:
    found = list(yaml.load_all(to_yaml(trees), Loader=yaml.CSafeLoader))
    assert found == [_plain(tree) for tree in trees]
