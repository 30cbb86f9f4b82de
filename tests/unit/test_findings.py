"""Findings: their order, their places, and how fields are shown."""

from __future__ import annotations

from tenantry.findings import Finding, Severity, in_order, placed, show_field, warning


def _finding(path: str = "a", line: int = 0, column: int = 0, rule: str = "r") -> Finding:
    return Finding(path, rule, "message", "cure", ("profiles", 0), line=line, column=column)


def test_findings_are_read_by_file_then_line_then_column_then_rule() -> None:
    expected = [
        _finding("a", 2, 1),
        _finding("a", 2, 9),
        _finding("a", 10, 1, "q"),
        _finding("a", 10, 1, "r"),
        _finding("b", 1, 1),
    ]
    assert in_order(reversed(expected)) == expected


def test_equal_findings_are_listed_once() -> None:
    assert in_order([_finding(), _finding()]) == [_finding()]


def test_a_warning_stops_no_work_and_an_error_does() -> None:
    assert _finding().is_error
    assert not warning(_finding()).is_error
    assert warning(_finding()).severity is Severity.WARNING


def test_only_findings_without_a_place_are_placed() -> None:
    asked = []

    def position(field: tuple[str | int, ...], at_key: bool) -> tuple[int, int]:  # noqa: FBT001 - as placed calls it
        asked.append((field, at_key))
        return (7, 3)

    found = placed([_finding(), _finding(line=2, column=4)], position)
    assert [(finding.line, finding.column) for finding in found] == [(7, 3), (2, 4)]
    assert asked == [(("profiles", 0), False)]


def test_a_field_is_shown_as_people_write_it() -> None:
    assert show_field(("profiles", 1, "quota", "cpu")) == "profiles[1].quota.cpu"
    assert show_field(("groups", "team", 0)) == "groups.team[0]"
    assert show_field(()) == ""
