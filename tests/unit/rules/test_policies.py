"""What is refused in the folders of policies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tenantry.policies import BINDING_KIND, GROUP, POLICY_KIND, Policy
from tenantry.rules.policies import check_policies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.unit.conftest import MakeApp, MakeFacts

    from tenantry.findings import Finding
    from tenantry.manifest import Manifest, Tree

    Judge = Callable[..., list[Finding]]


def _object(kind: str, **spec: Tree) -> Manifest:
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": kind,
        "metadata": {"name": "no-toys"},
        "spec": spec,
    }


_POLICY = _object(POLICY_KIND)
_BINDING = _object(BINDING_KIND, policyName="no-toys", validationActions=["Deny"])


def _policy(**objects: Manifest) -> Policy:
    own = tuple((f"{name}.yaml", manifest) for name, manifest in objects.items())
    return Policy("no-toys", own)


_SOUND = _policy(policy=_POLICY, binding=_BINDING)


@pytest.fixture
def judge(make_app: MakeApp, make_facts: MakeFacts) -> Judge:
    """Return what judges policies that an app delivers."""

    def judge(*policies: Policy) -> list[Finding]:
        facts = make_facts(make_app("admission-policies", "policies: true"))
        return list(check_policies(replace(facts, policies=policies)))

    return judge


def _said(findings: Iterable[Finding]) -> list[tuple[str, str, tuple[str | int, ...], str]]:
    return [(each.path, each.rule, each.field, each.message) for each in findings]


def test_a_sound_policy_is_not_complained_about(judge: Judge) -> None:
    assert judge(_SOUND) == []


@pytest.mark.parametrize(
    ("file", "manifest", "wanted"),
    [
        ("policy", _BINDING, POLICY_KIND),
        ("binding", _POLICY, BINDING_KIND),
        ("policy", {**_POLICY, "apiVersion": "example.com/v1"}, POLICY_KIND),
    ],
)
def test_a_file_holds_the_kind_that_its_name_says(
    file: str, manifest: Manifest, wanted: str, judge: Judge
) -> None:
    found = judge(_policy(**{"policy": _POLICY, "binding": _BINDING, file: manifest}))
    assert found[0].path == f"policies/no-toys/{file}.yaml"
    assert (found[0].rule, found[0].field) == ("policy-object", ("kind",))
    assert f", no {wanted} of {GROUP}" in found[0].message


def test_a_policy_without_binding_refuses_nothing(judge: Judge) -> None:
    assert _said(judge(_policy(policy=_POLICY))) == [
        (
            "policies/no-toys/policy.yaml",
            "policy-unbound",
            (),
            "nothing binds no-toys, so it refuses nothing",
        )
    ]


@pytest.mark.parametrize(
    ("spec", "field", "message"),
    [
        (
            {"policyName": "no-toy", "validationActions": ["Deny"]},
            ("spec", "policyName"),
            'this binds "no-toy", and the policy beside it is no-toys',
        ),
        (
            {"policyName": "no-toys", "validationActions": ["Warn", "Audit"]},
            ("spec", "validationActions"),
            "this binding of no-toys does not refuse: its validationActions lack Deny",
        ),
        (
            {"policyName": "no-toys"},
            ("spec",),
            "this binding of no-toys does not refuse: its validationActions lack Deny",
        ),
        (
            {"policyName": "no-toys", "validationActions": "Deny"},
            ("spec", "validationActions"),
            "this binding of no-toys does not refuse: its validationActions lack Deny",
        ),
    ],
)
def test_a_binding_binds_the_policy_beside_it_and_refuses(
    spec: dict[str, Tree], field: tuple[str, ...], message: str, judge: Judge
) -> None:
    found = judge(_policy(policy=_POLICY, binding=_BINDING, second=_object(BINDING_KIND, **spec)))
    path = "policies/no-toys/second.yaml"
    assert _said(found) == [(path, "policy-unbound", field, message)]


def test_policies_need_an_app_that_delivers_them(make_app: MakeApp, make_facts: MakeFacts) -> None:
    """Without policies there need be none."""
    facts = make_facts(make_app("mesh"))
    assert list(check_policies(facts)) == []
    assert _said(check_policies(replace(facts, policies=(_SOUND,)))) == [
        (
            "policies/no-toys/policy.yaml",
            "policy-not-delivered",
            (),
            "no app delivers policies/, so this policy is on no cluster",
        )
    ]
