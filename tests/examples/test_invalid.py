"""Miniature repositories that must be refused, or warned about, in exactly the expected words.

The README beside the cases says how to write one; `pytest --update-examples` writes what it prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cases import (
    EXPECTED,
    INVALID,
    LIMITS,
    WARNED,
    Printed,
    cases,
    expected,
    materialise,
    rule_of,
    try_to_render,
    validate,
)
from tests.repository import ROOT, make_repository, smallest, write_tenants

from tenantry import layout
from tenantry.reference.rules_page import documented

if TYPE_CHECKING:
    from pathlib import Path

#: Rules that no file can break, or only with more lines than a person would read, and their tests.
_ELSEWHERE = {
    "stale-generated-file": "tests/cli/test_schema.py::test_a_stale_page_is_a_finding",
    "too-many-faults": "tests/unit/reader/test_hostile.py::"
    "test_the_list_of_faults_ends_after_a_thousand",
}


def _name(case: Path) -> str:
    return case.name


def _compare(case: Path, printed: Printed, *, update: bool) -> None:
    if update:
        text = "".join(f"{line}\n" for line in printed.lines)
        (case / EXPECTED).write_text(text, "utf-8")
        pytest.fail("written anew: look at the difference, then run without --update-examples")
    assert printed.lines == expected(case)
    assert "Traceback" not in printed.errors


@pytest.mark.parametrize("case", cases(INVALID), ids=_name)
def test_an_invalid_repository_is_refused_in_the_expected_words(
    case: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    update_examples: bool,  # noqa: FBT001 - a fixture
) -> None:
    """Line for line; and a render prints the same and writes nothing."""
    root = materialise(case, tmp_path / "platform")
    printed = validate(root, capsys)
    assert printed.code == 1
    _compare(case, printed, update=update_examples)
    assert any(": warning: " not in line for line in printed.lines)
    output = tmp_path / "build"
    assert try_to_render(root, output, capsys).lines == printed.lines
    assert not output.exists()


@pytest.mark.parametrize("case", cases(WARNED), ids=_name)
def test_a_doubtful_repository_is_warned_about_and_rendered(
    case: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    update_examples: bool,  # noqa: FBT001 - a fixture
) -> None:
    """A warning stops nothing."""
    root = materialise(case, tmp_path / "platform")
    printed = validate(root, capsys)
    assert printed.code == 0
    _compare(case, printed, update=update_examples)
    assert printed.lines
    assert all(": warning: " in line for line in printed.lines)
    assert try_to_render(root, tmp_path / "build", capsys).code == 0


@pytest.mark.parametrize("case", cases(LIMITS), ids=_name)
def test_what_just_fits_passes_without_a_word(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The passing side of each limit, of which the invalid cases hold the other."""
    printed = validate(materialise(case, tmp_path / "platform"), capsys)
    assert (printed.lines, printed.code) == ([], 0)


def _shown_rules() -> set[str]:
    kinds = (INVALID, WARNED)
    return {rule_of(line) for kind in kinds for case in cases(kind) for line in expected(case)}


def test_every_documented_rule_has_a_case() -> None:
    """Or, where no example can show it, a test of its own."""
    assert sorted(documented() - _shown_rules() - set(_ELSEWHERE)) == []


def test_every_rule_that_a_case_names_is_documented() -> None:
    assert _shown_rules() <= documented()


@pytest.mark.parametrize("test", sorted(_ELSEWHERE.values()))
def test_a_rule_without_a_case_has_the_test_that_is_named_for_it(test: str) -> None:
    path, _, name = test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text("utf-8")


def test_a_case_belongs_to_one_class_and_says_in_its_name_what_is_wrong() -> None:
    """Folders are called `<class>-<what>`; a class has at least three cases."""
    classes = [case.name.partition("-")[0] for case in cases(INVALID)]
    assert {name: classes.count(name) for name in classes if classes.count(name) < 3} == {}


#: One fault each: of the model, of reading, of a rule.
_FAULTS = ("quotaa: 1", "description: NO", "package: 2fast", "tier: insigth", "costCenter: ''")


def test_a_file_with_500_faults_tells_all_500(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 100 projects with five each, every fault at its own line."""
    projects = [
        f"  - name: project-{number}\n    admins: [jane.doe@example.com]\n"
        + "".join(f"    {fault}\n" for fault in _FAULTS)
        for number in range(100)
    ]
    root = make_repository(tmp_path, vision="profiles:\n" + "".join(projects))
    lines = validate(root, capsys).lines
    places = [line.split(":")[1] for line in lines if ": warning: " not in line]
    assert len(places) == len(set(places)) == 500


@pytest.mark.parametrize("form", ["text", "json", "github"])
@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mb", "x\u202ey", "a\n::error::b", "y\udcffz"])
def test_a_name_on_disk_cannot_break_out_of_its_line(
    name: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line breaks, terminal commands and bytes that are no text are shown as escapes."""
    root = make_repository(tmp_path, vision=smallest("churn"))
    write_tenants(root, {name: smallest("uplift")})
    (root / layout.TENANTS / "vision" / name).write_bytes(b"")
    printed = validate(root, capsys, f"--format={form}")
    assert printed.code == 1
    text = "\n".join(printed.lines)
    assert text.replace("\n", "").isprintable()
    assert all(rule in text for rule in ("tenant-name", "unexpected-file"))
    starts = ("tenants/", "clusters/") if form == "text" else ("::error ", "::warning ")
    assert form == "json" or all(line.startswith(starts) for line in printed.lines)
