"""Rules about exposed services and gateways."""

import pytest
from tests.factories import ids, judge, judge_facts, judge_together, lines, make_facts, profile

from tenantry.schema.tenant import Audience

PRODUCTION = "tier: ml-product\nproduction: true\n"


def expose(*names: str, more: str = "", name: str = "churn", audience: str = "team") -> str:
    """Return a file of one project that exposes some services."""
    items = "".join(f"  - {{name: {one}, port: 80, audience: {audience}}}\n" for one in names)
    return profile(f"{more}expose:\n{items}", name=name)


def test_services_of_different_names_are_taken() -> None:
    assert ids(expose("ui", "api")) == []


def test_one_name_twice_is_refused_at_the_second() -> None:
    assert lines(judge(expose("ui", "api", "ui"))) == [
        (
            '7:14: duplicate-exposure: churn already exposes a service "ui" '
            "(delete one of the two, or name another service)"
        )
    ]


def test_the_host_name_has_room_for_63_characters() -> None:
    assert ids(expose("s" * 40, name="n" * 22)) == []
    assert ids(expose("s" * 40, name="n" * 23)) == ["exposed-host-too-long"]


def test_production_needs_more_room() -> None:
    assert ids(expose("s" * 40, name="n" * 17, more=PRODUCTION)) == []
    label = "s" * 40 + "-" + "n" * 18 + "-prod"
    assert lines(judge(expose("s" * 40, name="n" * 18, more=PRODUCTION))) == [
        (
            f'7:14: exposed-host-too-long: the host name would start with "{label}", which has 64 '
            "characters; DNS allows 63 (shorten the service's name by 1)"
        )
    ]


@pytest.mark.parametrize("audience", ["team", "company"])
def test_an_audience_that_the_cluster_serves_is_taken(audience: str) -> None:
    assert ids(expose("ui", audience=audience)) == []


def test_an_audience_that_the_cluster_does_not_serve_is_refused() -> None:
    assert lines(judge(expose("ui", audience="public"))) == [
        (
            '5:38: audience-not-offered: ui of churn is for the audience "public", which the '
            "cluster "
            "prod does not serve (write company or team)"
        )
    ]


def test_each_cluster_where_the_project_lives_must_serve_the_audience() -> None:
    facts = make_facts(
        clusters={
            "dev": "{domain: dev.example.com, audiences: {company: null}}",
            "prod": "global: true",
        }
    )
    text = expose("ui", audience="company")
    assert [finding.message[-35:] for finding in judge(text, facts)] == [
        ", which the cluster dev does not serve"[-35:]
    ]
    assert ids(expose("ui", audience="company", more="clusters: [prod]\n"), facts) == []


def test_one_host_name_from_two_projects_is_refused_in_both() -> None:
    found = judge_together({"a": expose("a-b", name="c"), "b": expose("a", name="b-c")})
    assert [(finding.path, finding.rule, finding.field) for finding in found] == [
        ("tenants/a/profiles.yaml", "exposed-host-taken", ("profiles", 0, "expose", 0, "name")),
        ("tenants/b/profiles.yaml", "exposed-host-taken", ("profiles", 0, "expose", 0, "name")),
    ]
    assert found[0].message == (
        'the host name would start with "a-b-c", as for a service of b-c in tenants/b/profiles.yaml'
    )


def test_one_host_name_from_two_projects_of_one_file_is_refused() -> None:
    text = """
    profiles:
      - {name: c, admins: [jane@example.com], expose: [{name: a-b, port: 80}]}
      - {name: b-c, admins: [jane@example.com], expose: [{name: x, port: 80}, {name: a, port: 80}]}
    """
    assert [finding.field for finding in judge_together({"a": text})] == [
        ("profiles", 0, "expose", 0, "name"),
        ("profiles", 1, "expose", 1, "name"),
    ]


def test_development_and_production_of_one_project_do_not_meet() -> None:
    assert judge_together({"a": expose("ui", "ui-2", more=PRODUCTION)}) == []


PUBLIC = """
global: true
audiences:
  public:
    namespace: istio-public
    name: public
    serviceAccount: {namespace: %s, name: %s}
    pods: {app: public}
    login: %s
"""


def test_a_public_gateway_has_no_login_and_an_account_of_its_own() -> None:
    facts = make_facts(clusters={"prod": PUBLIC % ("istio-public", "public", "false")})
    assert judge_facts(facts) == []


def test_a_public_gateway_with_login_is_refused() -> None:
    facts = make_facts(clusters={"prod": PUBLIC % ("istio-public", "public", "true")})
    (finding,) = judge_facts(facts)
    assert (finding.rule, finding.field) == ("gateway-login", ("audiences", "public", "login"))
    assert finding.message == (
        "the gateway istio-public/public serves the public, and asks for a login"
    )


def test_a_public_audience_without_a_gateway_of_its_own_is_refused() -> None:
    facts = make_facts()
    facts.clusters["prod"].cluster.audiences[Audience.PUBLIC] = None
    assert [finding.rule for finding in judge_facts(facts)] == ["gateway-login"]


def test_a_gateway_without_login_for_people_with_login_is_refused() -> None:
    facts = make_facts(clusters={"prod": "{global: true, mesh: {gateway: {login: false}}}"})
    assert {finding.rule for finding in judge_facts(facts)} == {"gateway-login"}


def test_a_public_gateway_does_not_share_the_trusted_account() -> None:
    facts = make_facts(clusters={"prod": PUBLIC % ("istio-system", "gateway", "false")})
    (finding,) = judge_facts(facts)
    assert finding.rule == "gateway-shared-account"
    assert finding.field == ("audiences", "public", "serviceAccount")


def test_each_cluster_has_a_domain_of_its_own() -> None:
    same = {"dev": "{}", "prod": "global: true"}
    (finding,) = judge_facts(make_facts(clusters=same))
    assert (finding.path, finding.rule) == ("clusters/prod/cluster.yaml", "domain-taken")
    other = {"dev": "domain: dev.example.com", "prod": "global: true"}
    assert judge_facts(make_facts(clusters=other)) == []
