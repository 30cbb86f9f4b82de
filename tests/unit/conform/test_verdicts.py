"""What kubeconform says, read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tenantry.conform import verdicts

_HEAD = "problem validating schema. Check JSON formatting: jsonschema validation failed with 'x#' "


def _report(message: str, status: str = "statusInvalid") -> tuple[verdicts.Verdict, ...]:
    answer = {
        "filename": "a.yaml",
        "kind": "Pod",
        "name": "x",
        "version": "v1",
        "status": status,
        "msg": message,
    }
    summary = {"valid": 3, "invalid": 1, "errors": 0, "skipped": 0}
    found = verdicts.report(json.dumps({"resources": [answer], "summary": summary}))
    assert found.objects == 4
    return found.verdicts


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("- at '/spec/a': got array, want string", [(("spec", "a"), "got array, want string")]),
        (
            "- at '/spec': additional properties 'b', 'c' not allowed",
            [
                (("spec", "b"), "there is no such field"),
                (("spec", "c"), "there is no such field"),
            ],
        ),
        (
            (
                "- at '/spec': validation failed   - at '/spec/x': got null, want string"
                "   - at '/spec/y/0': missing property 'z'"
            ),
            [
                (("spec", "x"), "got null, want string"),
                (("spec", "y", "0"), "missing property 'z'"),
            ],
        ),
        (
            "- at '/metadata/labels/a.b~1c': got boolean, want string",
            [(("metadata", "labels", "a.b/c"), "got boolean, want string")],
        ),
        ("- at '': missing property 'spec'", [((), "missing property 'spec'")]),
        (
            "- at '/spec': 'oneOf' failed, none matched",
            [(("spec",), "'oneOf' failed, none matched")],
        ),
    ],
)
def test_every_reason_is_found_with_its_place(said: str, expected: list[Any]) -> None:
    found = _report(_HEAD + said)
    assert [(verdict.pointer, verdict.message) for verdict in found] == expected
    assert {verdict.rule for verdict in found} == {verdicts.NOT_CONFORMANT}


def test_a_message_that_nobody_foresaw_is_passed_on_whole_in_one_line() -> None:
    (verdict,) = _report("error unmarshalling resource:\n  duplicate key", "statusError")
    assert (verdict.rule, verdict.pointer) == (verdicts.NOT_CONFORMANT, ())
    assert verdict.message == "error unmarshalling resource: duplicate key"


def test_an_unknown_kind_is_named() -> None:
    (verdict,) = _report("could not find schema for Pod", "statusError")
    assert verdict.rule == verdicts.UNKNOWN_KIND
    assert verdict.message == "no API of this platform has v1 Pod"


@pytest.mark.parametrize(
    ("source", "cure"),
    [
        ("tenants/a/profiles.yaml", "tell the platform team"),
        ("apps/a/app.yaml", "correct the app's manifest"),
    ],
)
def test_a_tenant_is_not_asked_to_cure_what_is_not_theirs(source: str, cure: str) -> None:
    verdict = verdicts.Verdict("a.yaml", "Pod", "x", ("spec",), "is wrong")
    place = verdicts.Place("build/a.yaml:3:1", "Pod a/x", ("spec", 0), source, 2, 5)
    found = verdicts.finding(verdict, place)
    assert (found.path, found.line, found.column) == (source, 2, 5)
    assert found.message == "Pod a/x at build/a.yaml:3:1 would be refused: spec[0]: is wrong"
    assert cure in found.cure
