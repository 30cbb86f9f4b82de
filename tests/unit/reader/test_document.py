"""Positions: every key and value of a file knows its line and column."""

from __future__ import annotations

import pytest

from tenantry.findings import Finding
from tenantry.reader import read_document

_TEXT = b"""\
# a comment
profiles:
  - name: one
    admins: [x, y]
  - name: "two"
    quota:
      cpu: 4
"""


@pytest.mark.parametrize(
    ("field", "key", "value"),
    [
        ((), (2, 1), (2, 1)),
        (("profiles",), (2, 1), (3, 3)),
        (("profiles", 0), (3, 5), (3, 5)),
        (("profiles", 0, "name"), (3, 5), (3, 11)),
        (("profiles", 0, "admins", 1), (4, 17), (4, 17)),
        (("profiles", 1, "name"), (5, 5), (5, 11)),
        (("profiles", 1, "quota", "cpu"), (7, 7), (7, 12)),
    ],
)
def test_every_field_has_the_position_of_its_key_and_its_value(
    field: tuple[str | int, ...], key: tuple[int, int], value: tuple[int, int]
) -> None:
    document = read_document("f", _TEXT)
    assert document.position(field, at_key=True) == key
    assert document.position(field) == value


@pytest.mark.parametrize(
    ("field", "position"),
    [
        (("profiles", 1, "quota", "gpu"), (7, 7)),
        (("profiles", 7, "name"), (3, 3)),
        (("profiles", "name"), (3, 3)),
        (("nothing", 0, "here"), (2, 1)),
        (("profiles", 0, "name", "deeper", 3), (3, 11)),
    ],
)
def test_a_field_that_is_not_there_has_the_position_of_what_is_around_it(
    field: tuple[str | int, ...], position: tuple[int, int]
) -> None:
    document = read_document("f", _TEXT)
    assert document.position(field) == position
    assert document.position(field, at_key=True) == position


def test_one_profile_as_a_mapping_is_found_as_if_it_stood_in_a_list() -> None:
    document = read_document("f", b"profiles:\n  name: one\n")
    assert document.normal(("profiles", 0, "name")) == ("profiles", "name")
    assert document.position(("profiles", 0, "name")) == (2, 9)


@pytest.mark.parametrize("content", [b"", b"[", b"a: \x00", b"~", b"x", b"&a [*a]"])
def test_any_field_of_any_file_has_a_position(content: bytes) -> None:
    document = read_document("f", content)
    line, column = document.position(("profiles", 0, "name"))
    assert line >= 1
    assert column >= 1


def test_findings_without_a_position_get_one_and_others_keep_theirs() -> None:
    document = read_document("f", _TEXT)
    at_key = Finding("f", "r", "m", "c", ("profiles", 1, "quota"), at_key=True)
    placed = Finding("f", "r", "m", "c", ("profiles",), line=9, column=9)
    found = [(finding.line, finding.column) for finding in document.place([at_key, placed])]
    assert found == [(6, 5), (9, 9)]
