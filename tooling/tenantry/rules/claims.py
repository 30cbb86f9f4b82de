"""Claims: that the platform offers what is claimed, with these parameters, for that environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tenantry.findings import show_field
from tenantry.rules.contract import Rule
from tenantry.schema.redaction import describe
from tenantry.schema.tenant import Environment
from tenantry.spelling import nearest
from tenantry.tenant import profile_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.catalogue import ParameterFault
    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.schema.tenant import Claim, Profile
    from tenantry.tenant import Tenant

UNKNOWN_CLAIM_KIND = Rule(
    "unknown-claim-kind",
    "A claim asks for a kind that the platform does not offer.",
    "Nothing would be made.",
)
UNKNOWN_PARAMETER = Rule(
    "unknown-parameter",
    "A claim has a parameter that its kind does not have.",
    "The API server drops unknown fields in silence: the setting would have no effect.",
)
MISSING_PARAMETER = Rule(
    "missing-parameter",
    "A claim lacks a parameter that its kind needs.",
    "The cluster would refuse the claim, long after the pull request was merged.",
)
INVALID_PARAMETER = Rule(
    "invalid-parameter",
    "A parameter of a claim has a value that its kind does not take.",
    "The cluster would refuse the claim, long after the pull request was merged.",
)
DUPLICATE_CLAIM = Rule(
    "duplicate-claim",
    "Two claims of one environment have the same kind and name.",
    "They would be one resource, and the second would overwrite the first.",
)
CLAIM_NEEDS_PRODUCTION = Rule(
    "claim-needs-production",
    "A claim is for production, which the project does not have.",
    "There would be no namespace to put it into.",
)
REGION_NOT_OFFERED = Rule(
    "region-not-offered",
    "A region is named that may hold no data of the company.",
    "Where data may be kept is decided for the whole company.",
)
RULES = (
    UNKNOWN_CLAIM_KIND,
    UNKNOWN_PARAMETER,
    MISSING_PARAMETER,
    INVALID_PARAMETER,
    DUPLICATE_CLAIM,
    CLAIM_NEEDS_PRODUCTION,
    REGION_NOT_OFFERED,
)


class _Claimed(NamedTuple):
    """One claim and where it stands."""

    path: str
    profile: Profile
    claim: Claim
    field: Field

    @property
    def shown(self) -> str:
        return f"the claim {self.claim.name} of {self.profile.name}"


def check_claims(tenant: Tenant, facts: Facts) -> Iterator[Finding]:
    """Look at the claims of one file."""
    for number, profile in enumerate(tenant.profiles):
        if not profile.claims:
            continue
        claimed = [
            _Claimed(tenant.path, profile, claim, profile_field(number, "claims", item))
            for item, claim in enumerate(profile.claims)
        ]
        yield from _duplicates(claimed)
        for one in claimed:
            yield from _check_environment(one)
            yield from _check_kind(one, facts)


def _duplicates(claimed: list[_Claimed]) -> Iterator[Finding]:
    seen: set[tuple[Environment, str, str]] = set()
    for one in claimed:
        claim = one.claim
        key = (claim.environment, claim.kind, claim.name)
        if key in seen:
            yield DUPLICATE_CLAIM.finding(
                one.path,
                (*one.field, "name"),
                f'{one.profile.name} already claims a {claim.kind} "{claim.name}" in '
                f"{claim.environment}",
                "give it a name of its own, or delete it",
            )
        seen.add(key)


def _check_environment(one: _Claimed) -> Iterator[Finding]:
    if one.claim.environment is Environment.PRODUCTION and not one.profile.production:
        yield CLAIM_NEEDS_PRODUCTION.finding(
            one.path,
            (*one.field, "environment"),
            f"{one.shown} is for production, which {one.profile.name} does not have",
            f'add "production: true" to {one.profile.name}, or write "environment: development"',
        )


def _check_kind(one: _Claimed, facts: Facts) -> Iterator[Finding]:
    kinds = facts.catalogue.kinds
    kind = kinds.get(one.claim.kind)
    if kind is None:
        yield UNKNOWN_CLAIM_KIND.finding(
            one.path,
            (*one.field, "kind"),
            f"the platform offers no {describe(one.claim.kind)}",
            nearest(one.claim.kind, sorted(kinds)),
        )
        return
    refused: set[Field] = set()
    for fault in kind.faults(one.claim.parameters):
        # A value of the wrong type is not in the list either: one reason is enough.
        if fault.field not in refused:
            yield _parameter(one, fault)
        refused.add(fault.field)
    yield from _check_region(one, facts)


def _parameter(one: _Claimed, fault: ParameterFault) -> Finding:
    name = show_field(fault.field) or "parameters"
    field = (*one.field, "parameters", *fault.field)
    kind = one.claim.kind
    if fault.keyword == "additionalProperties":
        return UNKNOWN_PARAMETER.finding(
            one.path,
            field,
            f"{describe(name)} is not a parameter of a {kind}",
            nearest(str(fault.field[-1]), list(fault.known)),
            at_key=True,
        )
    if fault.keyword == "required":
        return MISSING_PARAMETER.finding(
            one.path,
            field,
            f'{one.shown} has no "{name}", which a {kind} needs',
            f'add "{fault.field[-1]}:" under parameters',
        )
    value = _value(one.claim.parameters, fault.field)
    cure = nearest(str(value), list(fault.known)) if fault.known else fault.cure
    return INVALID_PARAMETER.finding(
        one.path, field, f"{name} of {one.shown} is {describe(value)}, which {fault.message}", cure
    )


def _value(parameters: object, field: Field) -> object:
    value = parameters
    for step in field:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, Sequence) and isinstance(step, int) and step < len(value):
            value = value[step]
    return value


def _check_region(one: _Claimed, facts: Facts) -> Iterator[Finding]:
    region = one.claim.parameters.get("region")
    regions = facts.platform.regions
    if isinstance(region, str) and region not in regions:
        yield REGION_NOT_OFFERED.finding(
            one.path,
            (*one.field, "parameters", "region"),
            f"{one.shown} names the region {describe(region)}, where the company keeps no data",
            nearest(region, list(regions)),
        )
