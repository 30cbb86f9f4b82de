"""What is asked of the platform's ExternalSecrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tenantry.rules.app_secrets import check_app_secrets, keys_of

if TYPE_CHECKING:
    from tests.unit.conftest import MakeApp, MakeFacts

_WORDS = ("purpose", "filled-by", "without-it")
_READS: dict[str, Any] = {"data": [{"secretKey": "a", "remoteRef": {"key": "platform-a"}}]}


def _secret(
    spec: object = _READS, label: str = "platform", words: tuple[str, ...] = _WORDS
) -> dict[str, Any]:
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {
            "name": "login",
            "namespace": "x",
            "labels": {"tenantry.dev/secret": label},
            "annotations": {f"tenantry.dev/{word}": "Something." for word in words},
        },
        "spec": spec,
    }


def _found(make_app: MakeApp, make_facts: MakeFacts, manifest: dict[str, Any]) -> list[str]:
    findings = list(check_app_secrets(make_facts(make_app("x", login=manifest))))
    assert {finding.rule for finding in findings} <= {"undescribed-secret"}
    assert {finding.path for finding in findings} <= {"apps/x/manifests/login.yaml"}
    return [str(finding.field[-1]) for finding in findings]


def test_one_that_says_everything_is_fine(make_app: MakeApp, make_facts: MakeFacts) -> None:
    assert _found(make_app, make_facts, _secret()) == []


@pytest.mark.parametrize("missing", _WORDS)
def test_each_annotation_is_asked_for(
    make_app: MakeApp, make_facts: MakeFacts, missing: str
) -> None:
    words = tuple(word for word in _WORDS if word != missing)
    assert _found(make_app, make_facts, _secret(words=words)) == [f"tenantry.dev/{missing}"]


def test_the_label_is_asked_for(make_app: MakeApp, make_facts: MakeFacts) -> None:
    assert _found(make_app, make_facts, _secret(label="x")) == ["tenantry.dev/secret"]


@pytest.mark.parametrize(
    "spec",
    [
        {"data": [{"remoteRef": {"key": {"fromFact": "clusterName"}}}]},
        {"data": [{"remoteRef": {}}]},
        {"data": ["platform-a"]},
        {"dataFrom": [{"find": {"name": {"regexp": "platform-.*"}}}]},
        {"dataFrom": [{"sourceRef": {}}]},
    ],
)
def test_a_key_that_the_page_could_not_name_is_refused(
    make_app: MakeApp, make_facts: MakeFacts, spec: object
) -> None:
    assert _found(make_app, make_facts, _secret(spec)) == ["key"]


@pytest.mark.parametrize(
    ("spec", "keys"),
    [
        (_READS, ["platform-a"]),
        ({"dataFrom": [{"extract": {"key": "platform-b"}}]}, ["platform-b"]),
        (
            {**_READS, "dataFrom": [{"extract": {"key": "platform-b"}}]},
            ["platform-a", "platform-b"],
        ),
        ({"dataFrom": [{"sourceRef": {"generatorRef": {"name": "made"}}}]}, []),
        ({}, []),
        (None, []),
    ],
)
def test_the_keys_are_those_that_somebody_fills(spec: object, keys: list[str]) -> None:
    assert [key for _, key in keys_of(_secret(spec))] == keys
