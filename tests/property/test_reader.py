"""Whatever the input, reading ends in data or in faults that have a place and a cure."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from tenantry.reader import read_document
from tenantry.reader.scalars import Doubtful, resolve

_PIECES = st.sampled_from(
    (
        *"[]{},:?-#&*!|>%@`'\"\\~=<",
        "- ",
        ": ",
        "? ",
        "\n",
        "\n  ",
        "\n    ",
        "  ",
        "\t",
        "a",
        "b: c",
        "name: ",
        "<<: ",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "&a ",
        "*a ",
        "!t ",
        "|\n",
        ">-\n",
        "1",
        "1.10",
        "NO",
        "\\u200b",
        "\\x",
        "\u201c",
        "\xa0",
        "\ufeff",
        "\r",
        "\r\n",
        "\u00e9",
        "\0",
    )
)
_YAMLISH = st.lists(_PIECES, max_size=40).map("".join)


@given(st.one_of(st.binary(max_size=300), _YAMLISH.map(str.encode)))
def test_no_input_raises_and_every_fault_has_a_place_and_a_cure(content: bytes) -> None:
    document = read_document("f", content)
    list(document.doubtful())
    assert document.position(("profiles", 0, "name")) >= (1, 1)
    lines = content.count(b"\n") + content.count(b"\r") + 2
    for fault in document.faults:
        assert 1 <= fault.line <= lines
        assert 1 <= fault.column <= len(content) + 1
        assert fault.message.isprintable()
        assert fault.cure.isprintable()
        assert fault.cure


@given(_YAMLISH)
def test_a_file_without_faults_is_what_pyyaml_reads_but_for_doubts(text: str) -> None:
    document = read_document("f", text.encode())
    if not document.faults and not document.doubts:
        assert yaml.load(text, Loader=yaml.CSafeLoader) == document.data


@given(st.from_regex(r"[-+]?[0-9_.:xobeE]{1,9}", fullmatch=True))
def test_a_plain_scalar_is_doubtful_or_what_pyyaml_reads(text: str) -> None:
    value = resolve(text)
    if not isinstance(value, Doubtful) and not text.endswith(":") and text not in ("-", "---"):
        assert yaml.load(text, Loader=yaml.CSafeLoader) == value


@given(_YAMLISH)
def test_line_ends_of_windows_change_nothing(text: str) -> None:
    unix = read_document("f", text.replace("\r", "").encode())
    windows = read_document("f", text.replace("\r", "").replace("\n", "\r\n").encode())
    assert (unix.data, unix.faults) == (windows.data, windows.faults)
