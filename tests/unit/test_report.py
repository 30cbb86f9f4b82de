"""Findings as programs read them, and what `docs/json.md` promises of that."""

from __future__ import annotations

import json
import re

import pytest
from tests.repository import ROOT

from tenantry import cli
from tenantry.findings import Finding
from tenantry.layout import is_branch
from tenantry.reader import read_document
from tenantry.report import JSON_VERSION, Format, lines
from tenantry.tenant import profile_field

PAGE = (ROOT / "docs/json.md").read_text("utf-8")
BARE = Finding("tenants/vision", "missing-file", "the folder has no file", "add it")
FULL = Finding(
    "tenants/vision/profiles.yaml",
    "unknown-field",
    "profiles.quotaa is not a field",
    'did you mean "quota"?',
    ("profiles", "quotaa"),
    line=8,
    column=3,
)


def _report(*findings: Finding) -> dict[str, object]:
    report = json.loads("\n".join(lines(findings, Format.JSON)))
    assert isinstance(report, dict)
    return report


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading of the page."""
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return rows[1:]


def test_the_page_shows_a_real_report() -> None:
    sample = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert [json.loads(text) for text in sample] == [_report(FULL)]
    assert f"now {JSON_VERSION}" in PAGE


def test_the_page_names_every_field_and_no_other() -> None:
    report = _report(FULL)
    assert [f"`{name}`" for name in report] == [row[0] for row in _rows("The report")]
    (finding,) = json.loads(json.dumps(report["findings"]))
    assert [f"`{name}`" for name in finding] == [row[0] for row in _rows("A finding")]


def test_the_page_says_what_may_be_null() -> None:
    """All else never is."""
    (finding,) = json.loads(json.dumps(_report(BARE)["findings"]))
    null = {f"`{name}`" for name, value in finding.items() if value is None}
    assert null == {row[0] for row in _rows("A finding") if row[2] != "never"}


def test_the_page_lists_every_exit_code() -> None:
    codes = [0, cli.FINDINGS, cli.USAGE, cli.BUG, cli.INTERRUPTED]
    assert [int(row[0]) for row in _rows("Exit codes")] == codes


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("profiles:\n  name: x\n", "profiles.name"),
        ("profiles:\n  - name: x\n", "profiles[0].name"),
    ],
)
def test_a_field_is_spelled_as_its_file_spells_it(text: str, shown: str) -> None:
    """Rules speak of a list; one project may stand without one."""
    document = read_document("tenants/vision/profiles.yaml", text.encode())
    finding = Finding(document.path, "reserved-name", "x", "y", profile_field(0, "name"))
    (placed,) = json.loads(json.dumps(_report(*document.place([finding]))["findings"]))
    assert (placed["field"], placed["line"]) == (shown, 2)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".", True),
        ("rendered/prod", True),
        ("rendered/dev, rendered/prod", True),
        ("origin/rendered/prod~2:tenants/vision/churn.yaml", True),
        ("tenants/rendered/profiles.yaml", False),
        ("apps/rendered/app.yaml", False),
        ("docs/rules.md", False),
    ],
)
def test_only_a_file_is_annotated_as_one(path: str, *, expected: bool) -> None:
    """GitHub drops an annotation of a file that is not there."""
    assert is_branch(path) is expected
    (line,) = lines([Finding(path, "rule", "x", "y")], Format.GITHUB)
    assert ("file=" in line) is not expected
