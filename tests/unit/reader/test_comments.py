"""A comment that cuts a text short is warned about, and any other is not."""

from __future__ import annotations

import pytest

from tenantry.findings import Severity
from tenantry.reader import read_document
from tenantry.schema.check import check
from tenantry.schema.tenant import TenantFile

_FILE = "profiles:\n  name: churn\n  admins: [jane.doe@example.com]\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: the #1 team\n", (1, 4)),
        ("\u00e9: K\u00f6ln  #1\n", (1, 4)),
        ("- x\n- why #z\n", (2, 3)),
        ("a: one\n  two #3\n", (1, 4)),
    ],
)
def test_a_word_straight_after_the_sign_is_warned_about(text: str, place: tuple[int, int]) -> None:
    (fault,) = read_document("f", text.encode()).faults
    assert (fault.rule, fault.severity) == ("cut-text", Severity.WARNING)
    assert (fault.line, fault.column) == place


@pytest.mark.parametrize(
    "text",
    [
        "a: x # y #z\n",
        "a: x#y\n",
        'a: "x #y"\n',
        'a: "x" #y\n',
        "a: 4 #y\n",
        "a: #y\n  x\n",
        "#a: b\n a: x ##\n",
    ],
)
def test_other_comments_are_not(text: str) -> None:
    assert read_document("f", text.encode()).faults == ()


def test_a_warning_does_not_keep_a_file_from_being_used() -> None:
    document = read_document("f", (_FILE + "  description: our #1\n").encode())
    file, findings = check(TenantFile, document)
    assert file is not None
    assert file.profiles[0].description == "our"
    assert [finding.rule for finding in findings] == ["cut-text"]
