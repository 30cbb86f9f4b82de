"""Rules about facts that stand for themselves."""

import pytest
from tests.factories import OUTPUTS, judge_facts, judge_together, make_facts, profile


def test_a_cluster_stands_in_one_of_the_companys_regions() -> None:
    (finding,) = judge_facts(make_facts(clusters={"prod": "{global: true, region: westeurop}"}))
    assert (finding.path, finding.rule) == ("clusters/prod/cluster.yaml", "region-not-offered")
    assert finding.cure == 'did you mean "westeurope"?'


@pytest.mark.parametrize("domain", ["tenantry.invalid", "a.b.invalid"])
def test_nobody_logs_in_from_where_the_platforms_identity_lives(domain: str) -> None:
    facts = make_facts(f"company: {{emailDomains: [example.com, {domain}]}}")
    (finding,) = judge_facts(facts)
    assert (finding.rule, finding.field) == ("login-domain", ("company", "emailDomains", 1))


@pytest.mark.parametrize("text", ["10.0.0.0/8", "10.255.255.255/32", "0.0.0.0/8"])
def test_a_range_of_addresses_is_taken(text: str) -> None:
    facts = make_facts(clusters={"prod": f"{{global: true, apiServer: {{ranges: [{text}]}}}}"})
    assert judge_facts(facts) == []


@pytest.mark.parametrize("text", ["0.0.0.0/0", "10.0.0.0/7", "10.0.0.256/24", "010.0.0.1/24"])
def test_a_range_that_is_none_or_everything_is_refused(text: str) -> None:
    facts = make_facts(clusters={"prod": f"{{global: true, apiServer: {{ranges: [{text}]}}}}"})
    assert [finding.rule for finding in judge_facts(facts)] == ["address-range"]


def test_missing_outputs_warn_and_name_who_fills_them() -> None:
    found = judge_facts(make_facts(outputs=None))
    assert [(finding.rule, finding.field, finding.is_error) for finding in found] == [
        ("outputs-missing", ("azure",), False),
        ("outputs-missing", ("keyVault",), False),
    ]
    assert found[0].path == "clusters/prod/outputs.yaml"
    assert found[0].cure == (
        "to be filled by `tenantry facts`, from the cluster's infrastructure stack"
    )


def test_namespaces_without_identity_warn_once_a_cluster() -> None:
    files = {
        "a": profile(name="churn"),
        "b": profile("tier: ml-product\nproduction: true", name="fraud"),
        "c": profile(name="sales"),
        "d": profile(name="voice"),
    }
    (finding,) = judge_together(files, make_facts(outputs=OUTPUTS))
    assert finding.rule == "identity-missing"
    assert finding.message == (
        "4 namespaces have no identity on the cluster prod yet: fraud, fraud-prod, sales, ..."
    )
    assert not finding.is_error


def test_one_namespace_without_identity_is_named() -> None:
    (finding,) = judge_together({"a": profile(name="sales")}, make_facts(outputs=OUTPUTS))
    assert finding.message == "1 namespace has no identity on the cluster prod yet: sales"


def test_known_identities_are_silent_and_so_are_clusters_without_azure() -> None:
    assert judge_together({"a": profile(name="churn")}, make_facts(outputs=OUTPUTS)) == []
    assert judge_together({"a": profile(name="sales")}, make_facts(outputs=None)) == []


def test_user_and_groups_stand_in_two_headers() -> None:
    (finding,) = judge_facts(make_facts("identity: {groupsHeader: kubeflow-userid}"))
    assert (finding.rule, finding.field) == ("same-header", ("identity", "groupsHeader"))


@pytest.mark.parametrize(
    ("branch", "expected"),
    [("rendered/prod", ["branch-taken"]), ("rendered", []), ("release/rendered/prod", [])],
)
def test_sources_and_rendered_trees_have_branches_of_their_own(
    branch: str, expected: list[str]
) -> None:
    facts = make_facts(f"gitops: {{branch: {branch}}}")
    assert [finding.rule for finding in judge_facts(facts)] == expected


def test_outputs_of_one_cluster_do_not_serve_another() -> None:
    """Whoever copies a folder copies an issuer that is not the new cluster's."""
    two = {"lab": "{domain: lab.example.com}", "prod": "global: true"}
    assert judge_facts(make_facts(clusters=two)) == []
    (finding,) = judge_facts(make_facts(clusters=two, outputs=OUTPUTS.replace("ISSUER", "one")))
    assert (finding.rule, finding.path) == ("shared-outputs", "clusters/prod/outputs.yaml")


@pytest.mark.parametrize(
    ("range_", "expected"),
    [("10.0.0.0/8", []), ("10.0.0.0/7", ["address-range"]), ("10.0.0.256/28", ["address-range"])],
)
def test_the_proxys_ranges_are_judged_as_the_api_servers(range_: str, expected: list[str]) -> None:
    proxy = f"{{http: http://p.example.com, https: http://p.example.com, ranges: [{range_}]}}"
    found = judge_facts(make_facts(f"network: {{proxy: {proxy}}}"))
    assert [finding.rule for finding in found] == expected
