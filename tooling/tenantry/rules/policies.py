"""Policies: one a folder, bound so that it refuses, and delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.layout import POLICIES, POLICY_FILE
from tenantry.manifest import identity
from tenantry.policies import BINDING_KIND, GROUP, POLICY_KIND
from tenantry.rules.contract import Rule
from tenantry.schema.redaction import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.policies import Policy

POLICY_OBJECT = Rule(
    "policy-object",
    "A file in the folder of a policy holds an object of another kind than its name says.",
    "The policy, or its binding, would be missing on the cluster.",
)
POLICY_UNBOUND = Rule(
    "policy-unbound",
    "A policy has no binding, or one that refuses nothing.",
    "The API server asks only policies that are bound, so nothing would be refused.",
)
POLICY_NOT_DELIVERED = Rule(
    "policy-not-delivered",
    "There are policies, and no app that delivers them.",
    "They would be on no cluster, and people would trust in them.",
)
RULES = (POLICY_OBJECT, POLICY_UNBOUND, POLICY_NOT_DELIVERED)


def check_policies(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with each policy, and where none is delivered."""
    for policy in facts.policies:
        yield from _objects(policy)
        yield from _bindings(policy)
    if facts.policies and not any(app.file.policies for app in facts.apps):
        first = facts.policies[0]
        yield POLICY_NOT_DELIVERED.finding(
            first.path(),
            (),
            f"no app delivers {POLICIES}/, so this policy is on no cluster",
            "add an app that says policies: true",
        )


def _objects(policy: Policy) -> Iterator[Finding]:
    for name, manifest in policy.objects:
        wanted = POLICY_KIND if name == POLICY_FILE else BINDING_KIND
        this = identity(manifest)
        if (this.group, this.kind) != (GROUP, wanted):
            yield POLICY_OBJECT.finding(
                policy.path(name),
                ("kind",),
                f"{name} of a policy holds {this}, no {wanted} of {GROUP}",
                f"write a {wanted} of {GROUP}/v1; the policy itself stands in {POLICY_FILE}, each "
                "binding in a file of its own",
            )


def _bindings(policy: Policy) -> Iterator[Finding]:
    names = [identity(each).name for name, each in policy.objects if name == POLICY_FILE]
    bindings = [(name, each) for name, each in policy.objects if name != POLICY_FILE]
    if names and not bindings:
        yield POLICY_UNBOUND.finding(
            policy.path(),
            (),
            f"nothing binds {names[0]}, so it refuses nothing",
            f"write a {BINDING_KIND} into {policy.path('binding.yaml')}",
        )
    for name, manifest in bindings:
        spec = manifest.get("spec")
        if names and isinstance(spec, dict):
            yield from _binding(policy.path(name), spec, names[0])


def _binding(path: str, spec: Mapping[str, object], policy: str) -> Iterator[Finding]:
    field: Field = ("spec", "policyName")
    if spec.get("policyName") != policy:
        yield POLICY_UNBOUND.finding(
            path,
            field if "policyName" in spec else ("spec",),
            f"this binds {describe(spec.get('policyName'))}, and the policy beside it is {policy}",
            f"write policyName: {policy}",
        )
    actions = spec.get("validationActions")
    if not isinstance(actions, list) or "Deny" not in actions:
        yield POLICY_UNBOUND.finding(
            path,
            ("spec", "validationActions") if "validationActions" in spec else ("spec",),
            f"this binding of {policy} does not refuse: its validationActions lack Deny",
            "add Deny to validationActions",
        )
