"""Findings about a project that is not the first of its file, and words that depend on several."""

from __future__ import annotations

import pytest
from tests.factories import judge, judge_facts, judge_together, make_facts, profile

from tenantry.naming import MAX_LABEL, tenant_application

_TWO = """
profiles:
  - name: first
    admins: [jane.doe@example.com]
  - name: kube-x-prod
    admins: [jane.doe@example.com, gone]
    contributors: [jane.doe@example.com, john@example.org, john@example.org, a@other.net]
    tier: gone
    reviewBy: 2026-11-21
    quota: {cpu: 0}
    egress: [a.svc, github.com, api.x.com, api.x.com]
    expose:
      - {name: ui, port: 80, audience: company}
      - {name: ui, port: 81, audience: public}
    claims: [{name: db, kind: Datebase}]
    repository: {url: https://github.com/example/platform, revision: HEAD}
    clusters: [prod, prod, gone]
  - name: first
    admins: [jane.doe@example.com]
    production: true
  - name: PLACEHOLDER
    admins: [jane.doe@example.com]
"""

_LONG = "c" * 59


def test_what_is_wrong_with_the_second_project_stands_at_the_second_project() -> None:
    found = judge(_TWO.replace("PLACEHOLDER", _LONG))
    assert sorted((finding.line, finding.column, finding.rule) for finding in found) == [
        (5, 11, "reserved-name"),
        (5, 11, "reserved-suffix"),
        (6, 36, "unknown-group"),
        (7, 20, "person-in-two-roles"),
        (7, 60, "duplicate-person"),
        (7, 78, "address-outside-domains"),
        (8, 11, "unknown-tier"),
        (9, 15, "review-past"),
        (10, 18, "quota-zero"),
        (11, 14, "egress-inside"),
        (11, 21, "egress-by-default"),
        (11, 44, "duplicate-egress"),
        (14, 16, "duplicate-exposure"),
        (14, 40, "audience-not-offered"),
        (15, 31, "unknown-claim-kind"),
        (16, 17, "repository-needs-production"),
        (16, 23, "platform-repository"),
        (16, 70, "head-revision"),
        (17, 22, "duplicate-cluster"),
        (17, 28, "unknown-cluster"),
        (18, 11, "duplicate-profile"),
        (20, 17, "production-not-in-tier"),
        (21, 11, "computed-name-too-long"),
    ]


def test_a_service_is_judged_by_the_clusters_that_take_the_team_and_after_one_that_fits() -> None:
    facts = make_facts(
        clusters={"dev": "{global: true, tenants: [risk], audiences: {team: }}", "prod": "{}"},
    )
    text = profile(
        """
        expose:
          - {name: ui, port: 80, audience: company}
          - {name: api, port: 80, audience: public}
        """
    )
    (finding,) = judge(text, facts)
    assert (finding.line, finding.column, finding.rule) == (6, 39, "audience-not-offered")
    assert finding.message.endswith('"public", which the cluster prod does not serve')


def test_a_folder_that_is_no_name_is_told_so_even_where_it_would_just_fit() -> None:
    longest = MAX_LABEL - len(tenant_application(""))
    (finding,) = judge(profile(), name="A" * longest)
    assert finding.message.endswith("is not a name that Kubernetes takes")
    (finding,) = judge(profile(), name="a" * (longest + 1))
    assert finding.message.endswith(f"would have {MAX_LABEL + 1} characters, more than {MAX_LABEL}")


@pytest.mark.parametrize(
    ("team", "name", "suggested"),
    [
        ("retail", "default", "retail-default"),
        ("retail", "kube-x", "retail-x"),
        ("a" * 57, "default", "a" * 57),
        ("a" * 55, "default", "a" * 55 + "-de"),
    ],
)
def test_the_name_that_is_suggested_fits_and_ends_well(
    team: str, name: str, suggested: str
) -> None:
    cures = [f.cure for f in judge(profile(name=name), name=team) if f.rule == "reserved-name"]
    assert cures == [f"choose another name, such as {suggested}"]


def test_an_address_outside_all_domains_is_told_which_there_are() -> None:
    (finding,) = judge(profile("viewers: [jane@q.jp]"))
    assert finding.cure == "write an address that ends in @example.com or @example.org"


def test_an_amount_that_one_cluster_lacks_is_sent_to_those_that_have_it() -> None:
    small = "{global: true, capacity: {pools: {general: {cpu: 1}, gpu: {cpu: 1}}}}"
    facts = make_facts(clusters={"dev": small, "east": "{}", "prod": "{}"})
    cures = [
        f.cure
        for f in judge(profile("quota: {cpu: 8}"), facts)
        if f.rule == "quota-exceeds-cluster"
    ]
    assert cures == ['write 2 or less, or write "clusters: [east, prod]"']


@pytest.mark.parametrize("key", ["requests.cpu", "limits.memory", "cpu", "memory"])
def test_an_amount_among_numbers_of_objects_is_told_where_amounts_belong(key: str) -> None:
    facts = make_facts(f"{{tiers: {{insight: {{objects: {{{key}: 1}}}}}}}}")
    cures = {f.cure for f in judge_facts(facts) if f.rule == "object-count-key"}
    assert cures == {"amounts belong under default: and cap:"}


def test_an_amount_is_held_against_the_clusters_that_take_the_team() -> None:
    small = "{global: true, tenants: [risk], capacity: {pools: {general: {cpu: 1}, gpu: {cpu: 1}}}}"
    facts = make_facts(clusters={"dev": small, "prod": "{}"}, tenants=("retail", "risk"))
    assert judge(profile("quota: {cpu: 8}"), facts) == []
    (finding,) = judge(profile("quota: {cpu: 8}"), facts, name="risk")
    assert finding.rule == "quota-exceeds-cluster"


def test_the_least_amount_is_less_than_a_container_is_given() -> None:
    (finding,) = judge(profile("quota: {cpu: 1m}"))
    assert finding.rule == "quota-below-container"


def test_a_default_of_its_own_is_looked_at_after_one_that_is_taken_over() -> None:
    facts = make_facts("{tiers: {ml-product: {default: {memory: 10Ti}}}}")
    found = [f for f in judge_facts(facts) if f.rule == "default-exceeds-cluster"]
    assert [f.field for f in found] == [("tiers", "ml-product", "default", "memory")]


def test_a_project_that_lives_nowhere_is_told_of_all_clusters() -> None:
    nobody = "{global: true, tenants: [risk]}"
    facts = make_facts(clusters={"dev": nobody, "prod": "{tenants: [risk]}"})
    second = "  - name: two\n    admins: [jane.doe@example.com]\n"
    first = "  - name: one\n    admins: [jane.doe@example.com]\n    clusters: [dev]\n"
    (finding,) = judge(f"profiles:\n{first}{second}", facts)
    assert (finding.line, finding.rule) == (5, "placed-nowhere")
    assert finding.cure == 'write "clusters: [dev, prod]" with the clusters you need'


def test_each_of_three_global_clusters_is_told_of_the_others() -> None:
    owner = "global: true"
    facts = make_facts(clusters={"a": owner, "b": owner, "c": owner})
    found = [f.message for f in judge_facts(facts) if f.rule == "global-cluster"]
    assert found == [
        "a is global, and so is b, c",
        "b is global, and so is a, c",
        "c is global, and so is a, b",
    ]


def test_the_tenants_of_every_cluster_are_looked_up() -> None:
    facts = make_facts(clusters={"dev": "{global: true}", "prod": "{tenants: [retial]}"})
    found = [f for f in judge_facts(facts) if f.rule == "unknown-tenant"]
    assert [(f.path, f.field) for f in found] == [("clusters/prod/cluster.yaml", ("tenants", 0))]


def test_a_host_that_is_a_namespace_stands_at_its_project() -> None:
    one = "  - name: one\n    admins: [jane.doe@example.com]\n"
    two = "  - name: two\n    admins: [jane.doe@example.com]\n    egress: [api.churn]\n"
    files = {"risk": f"profiles:\n{one}{two}", "sales": profile()}
    (finding,) = judge_together(files)
    assert (finding.rule, finding.field) == ("egress-namespace", ("profiles", 1, "egress"))


def test_a_cluster_that_takes_the_team_by_name_must_serve_its_services() -> None:
    facts = make_facts(
        clusters={
            "dev": "{global: true, tenants: [risk], audiences: {company: null}}",
            "prod": "{}",
        },
        tenants=("risk",),
    )
    text = profile("expose: [{name: ui, port: 80, audience: company}]")
    (finding,) = judge(text, facts, name="risk")
    assert finding.rule == "audience-not-offered"
    assert finding.message.endswith("which the cluster dev does not serve")


def test_a_second_project_is_reviewed_although_the_first_has_time() -> None:
    one = "  - name: one\n    admins: [jane.doe@example.com]\n    reviewBy: 2030-01-01\n"
    two = "  - name: two\n    admins: [jane.doe@example.com]\n    reviewBy: 2026-11-23\n"
    (finding,) = judge(f"profiles:\n{one}{two}")
    assert (finding.line, finding.rule) == (7, "review-near")


def test_two_teams_share_a_host_although_one_project_has_a_name_twice() -> None:
    ui = "{name: ui, port: 80, audience: company}"
    files = {
        "risk": profile(f"expose: [{ui}, {ui}, {{name: b-c, port: 80, audience: company}}]", "a"),
        "sales": profile("expose: [{name: b, port: 80, audience: company}]", "c-a"),
    }
    found = [f for f in judge_together(files) if f.rule == "exposed-host-taken"]
    assert [(f.path, f.field[-2]) for f in found] == [
        ("tenants/risk/profiles.yaml", 2),
        ("tenants/sales/profiles.yaml", 0),
    ]


def test_the_longest_address_is_taken_beside_a_group_too() -> None:
    longest = "a" * 218 + "@example.com"
    for address, expected in ((longest, []), (f"a{longest}", ["binding-name-too-long"])):
        text = f"groups: {{all: ['{address}']}}\n{profile('viewers: [all]')}"
        assert [finding.rule for finding in judge(text)] == expected


def test_the_smallest_tier_that_allows_an_amount_is_proposed() -> None:
    more = "{a-huge: {cap: {cpu: 100}}, z-mid: {cap: {cpu: 48}}}"
    facts = make_facts(f"{{tiers: {more}}}")
    for amount, tier in (("32", "z-mid"), ("48", "z-mid"), ("64", "ml-product")):
        cures = [f.cure for f in judge(profile(f"quota: {{cpu: {amount}}}"), facts)]
        assert cures == [f'write 16 or less, or write "tier: {tier}"']


def test_not_one_gpu_is_allowed_by_a_tier_that_names_none() -> None:
    facts = make_facts("{tiers: {insight: {cap: {gpu: null}}}}")
    (finding,) = judge(profile("quota: {gpu: 1}"), facts)
    assert finding.rule == "gpu-not-in-tier"


def test_the_largest_unit_of_1000_is_doubted_too() -> None:
    assert "decimal-unit" in {f.rule for f in judge(profile("quota: {storage: 1P}"))}
