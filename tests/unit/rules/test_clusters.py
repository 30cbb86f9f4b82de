"""Rules about clusters and placement."""

import pytest
from tests.factories import ids, judge, judge_facts, lines, make_facts, profile

TWO = {"dev": "{tenants: canary, domain: dev.example.com}", "prod": "global: true"}


def test_a_known_cluster_is_taken() -> None:
    assert ids(profile("clusters: [dev, prod]"), make_facts(clusters=TWO)) == []


def test_an_unknown_cluster_gets_the_nearest() -> None:
    assert lines(judge(profile("clusters: [prd]"), make_facts(clusters=TWO))) == [
        '4:14: unknown-cluster: there is no cluster "prd" (did you mean "prod"?)'
    ]


def test_a_cluster_twice_is_refused() -> None:
    assert ids(profile("clusters: [prod, prod]")) == ["duplicate-cluster"]


@pytest.mark.parametrize(
    ("tenants", "canaries", "expected"),
    [
        ("all", "[]", []),
        ("[retail]", "[]", []),
        ("[other]", "[]", ["placed-nowhere"]),
        ("canary", "[retail]", []),
        ("canary", "[other]", ["placed-nowhere"]),
        ("[]", "[retail]", ["placed-nowhere"]),
    ],
)
def test_a_project_that_no_cluster_takes_warns(
    tenants: str, canaries: str, expected: list[str]
) -> None:
    facts = make_facts(
        f"canaries: {canaries}", clusters={"prod": f"{{global: true, tenants: {tenants}}}"}
    )
    found = judge(profile(), facts)
    assert [finding.rule for finding in found] == expected
    assert not any(finding.is_error for finding in found)
    assert ids(profile("clusters: [prod]"), facts) == []


def test_the_cure_names_the_clusters() -> None:
    facts = make_facts(clusters={"prod": "{global: true, tenants: []}"})
    assert lines(judge(profile(), facts)) == [
        (
            "2:9: placed-nowhere: churn lives on no cluster: none takes the tenant retail "
            '(write "clusters: [prod]" with the clusters you need)'
        )
    ]


def test_one_cluster_is_global() -> None:
    assert judge_facts(make_facts(clusters=TWO)) == []
    neither = TWO | {"prod": "{}"}
    assert [finding.rule for finding in judge_facts(make_facts(clusters=neither))] == [
        "global-cluster"
    ]
    both = {"dev": "{global: true, domain: dev.example.com}", "prod": "global: true"}
    found = judge_facts(make_facts(clusters=both))
    assert [(finding.path, finding.rule, finding.field) for finding in found] == [
        ("clusters/dev/cluster.yaml", "global-cluster", ("global",)),
        ("clusters/prod/cluster.yaml", "global-cluster", ("global",)),
    ]


def test_there_is_a_cluster() -> None:
    (finding,) = judge_facts(make_facts(clusters={}))
    assert finding.rule == "no-cluster"
    assert finding.cure == "add a folder clusters/NAME with a cluster.yaml"


def test_a_tenant_that_facts_name_should_be_there() -> None:
    known = make_facts("canaries: [retail]", clusters={"prod": "{global: true, tenants: [retail]}"})
    assert judge_facts(known) == []
    found = judge_facts(
        make_facts("canaries: [retial]", clusters={"prod": "{global: true, tenants: [gone]}"})
    )
    assert [(finding.path, finding.rule, finding.field, finding.cure) for finding in found] == [
        ("clusters/platform.yaml", "unknown-tenant", ("canaries", 0), 'did you mean "retail"?'),
        (
            "clusters/prod/cluster.yaml",
            "unknown-tenant",
            ("tenants", 0),
            "remove it, or add the tenant's folder",
        ),
    ]
    assert not any(finding.is_error for finding in found)
