"""Rules about claims."""

import pytest
from tests.factories import ids, judge, lines, make_facts, profile

PRODUCTION = "tier: ml-product\nproduction: true\n"


def claim(fields: str = "", parameters: str = "size: small", more: str = "") -> str:
    """Return a file that claims one database."""
    return profile(
        f"{more}claims:\n  - {{name: db, kind: Database, {fields} parameters: {{{parameters}}}}}"
    )


@pytest.mark.parametrize(
    "parameters", ["size: small", "size: large, storageGB: 32", "size: small, storageGB: 4096"]
)
def test_parameters_that_fit_are_taken(parameters: str) -> None:
    assert ids(claim(parameters=parameters)) == []


def test_an_unknown_kind_gets_the_nearest() -> None:
    text = profile("claims: [{name: db, kind: Databse}]")
    assert lines(judge(text)) == [
        '4:29: unknown-claim-kind: the platform offers no "Databse" (did you mean "Database"?)'
    ]


def test_an_unknown_parameter_gets_the_nearest() -> None:
    text = profile(
        "claims:\n  - name: db\n    kind: Database\n    parameters: {size: small, storageGb: 64}"
    )
    assert lines(judge(text)) == [
        (
            '7:33: unknown-parameter: "storageGb" is not a parameter of a Database '
            '(did you mean "storageGB"?)'
        )
    ]


def test_an_unknown_parameter_inside_another_is_refused() -> None:
    assert ids(claim(parameters="size: small, backup: {dayz: 3}")) == ["unknown-parameter"]


def test_a_missing_parameter_is_named() -> None:
    text = profile("claims: [{name: db, kind: Database}]")
    assert lines(judge(text)) == [
        (
            '4:12: missing-parameter: the claim db of churn has no "size", which a Database needs '
            '(add "size:" under parameters)'
        )
    ]


def test_a_value_outside_a_list_gets_the_nearest() -> None:
    text = profile("claims:\n  - name: db\n    kind: Database\n    parameters:\n      size: smal")
    assert lines(judge(text)) == [
        (
            '8:15: invalid-parameter: size of the claim db of churn is "smal", which is not one '
            "of: "
            'small, medium, large (did you mean "small"?)'
        )
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        "size: small, storageGB: 31",
        "size: small, storageGB: 4097",
        "size: small, storageGB: many",
        "size: 3",
    ],
)
def test_a_value_that_does_not_fit_is_refused(parameters: str) -> None:
    assert ids(claim(parameters=parameters)) == ["invalid-parameter"]


def test_a_secret_in_a_parameter_is_not_repeated() -> None:
    key = "AKIAIOSFODNN7EXAMPLE0"
    found = judge(claim(parameters=f"size: {key}"))
    assert {finding.rule for finding in found} == {"invalid-parameter", "secret-in-text"}
    assert not any(key in finding.message + finding.cure for finding in found)


def test_one_name_twice_is_refused_within_a_kind_and_environment() -> None:
    two = "claims:\n" + "  - {name: db, kind: Database, parameters: {size: small}}\n" * 2
    assert lines(judge(profile(two))) == [
        (
            '6:14: duplicate-claim: churn already claims a Database "db" in development '
            "(give it a name of its own, or delete it)"
        )
    ]
    other = two.replace("size: small}}", "size: small}, environment: production}", 1)
    assert ids(profile(PRODUCTION + other)) == []


def test_a_claim_for_production_needs_production() -> None:
    assert ids(claim("environment: production,")) == ["claim-needs-production"]
    assert ids(claim("environment: production,", more=PRODUCTION)) == []


def test_a_region_is_one_of_the_companys() -> None:
    assert ids(claim(parameters="size: small, region: northeurope")) == []
    (finding,) = judge(claim(parameters="size: small, region: northeurop"))
    assert finding.rule == "region-not-offered"
    assert finding.cure == 'did you mean "northeurope"?'


def test_a_platform_without_kinds_says_so() -> None:
    facts = make_facts()
    object.__setattr__(facts.catalogue, "kinds", {})
    (finding,) = judge(claim(), facts)
    assert finding.cure == "remove it"
