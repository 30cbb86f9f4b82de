"""Who may do what, and which traffic passes: what must hold for every tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.render.conftest import Render, Rendered

_VIEWER = "daniel.brown@example.com"
_PEOPLE = {"jane.doe@example.com", "mei.tanaka@example.com", _VIEWER}


def _rules(rendered: Rendered) -> Iterator[tuple[str, dict[str, Any]]]:
    for _, manifest in rendered.all():
        if manifest["kind"] == "AuthorizationPolicy":
            for rule in manifest["spec"]["rules"]:
                yield manifest["metadata"]["name"], rule


def _sources(rule: dict[str, Any]) -> list[dict[str, Any]]:
    return [item["source"] for item in rule.get("from", [])]


def _headers(rule: dict[str, Any]) -> list[str]:
    return [
        value
        for condition in rule.get("when", [])
        if condition["key"].startswith("request.headers")
        for value in condition["values"]
    ]


def _roles(rendered: Rendered, namespace: str) -> dict[str, str]:
    return {
        binding["subjects"][0]["name"]: binding["roleRef"]["name"]
        for binding in rendered.of("RoleBinding", namespace).values()
        if binding["subjects"][0]["kind"] == "User"
    }


def test_people_get_their_roles_in_development(rendering: Render) -> None:
    assert _roles(rendering(), "churn") == {
        "jane.doe@example.com": "kubeflow-admin",
        "mei.tanaka@example.com": "kubeflow-edit",
        _VIEWER: "kubeflow-view",
    }


def test_people_may_only_look_at_production(rendering: Render) -> None:
    assert _roles(rendering(), "churn-prod") == dict.fromkeys(_PEOPLE, "kubeflow-view")


def test_every_binding_has_one_subject_and_the_role_that_it_says(rendering: Render) -> None:
    """KFAM fails to list a namespace with a binding of several subjects."""
    for _, manifest in rendering().all():
        if manifest["kind"] == "RoleBinding":
            assert len(manifest["subjects"]) == 1
            annotations = manifest["metadata"].get("annotations")
            if annotations:
                assert annotations["user"] == manifest["subjects"][0]["name"]
                assert f"kubeflow-{annotations['role']}" == manifest["roleRef"]["name"]


def test_a_viewer_stands_in_no_policy_for_people(rendering: Render) -> None:
    """It would open notebooks' terminals: such a policy knows no roles."""
    policies = rendering().of("AuthorizationPolicy")
    assert _VIEWER not in str(policies["people"])
    assert "jane.doe@example.com" in str(policies["people"])
    assert "mei.tanaka@example.com" in str(policies["people"])


def test_production_has_no_policy_for_people(rendering: Render) -> None:
    assert "people" not in rendering().of("AuthorizationPolicy", "churn-prod")


def test_a_header_is_believed_only_from_named_proxies(rendering: Render) -> None:
    """Any pod can send a header; so a rule that reads one names principals, without wildcards."""
    read = [(name, rule) for name, rule in _rules(rendering()) if _headers(rule)]
    assert {name for name, _ in read} == {"people", "expose-team-page", "expose-company-page"}
    for _, rule in read:
        assert _sources(rule)
        for source in _sources(rule):
            assert source.keys() == {"principals"}
            assert source["principals"]
            assert not any("*" in principal for principal in source["principals"])


def test_only_a_page_for_the_company_takes_any_user(rendering: Render) -> None:
    wide = {name for name, rule in _rules(rendering()) if "*" in _headers(rule)}
    assert wide == {"expose-company-page"}


def test_every_rule_names_a_source(rendering: Render) -> None:
    assert [name for name, rule in _rules(rendering()) if not _sources(rule)] == []


def test_knative_may_ask_how_a_model_is_and_the_gateway_of_visitors_may_not(
    rendering: Render,
) -> None:
    (rule,) = [rule for name, rule in _rules(rendering()) if "to" in rule and name == "workloads"]
    assert rule["from"] == [
        {"source": {"namespaces": ["knative-serving"]}},
        {
            "source": {
                "principals": [
                    "cluster.local/ns/istio-system/sa/cluster-local-gateway-service-account"
                ]
            }
        },
    ]
    paths = rule["to"][0]["operation"]["paths"]
    assert set(paths) == {"/healthz", "/metrics", "/wait-for-drain"}


def test_every_policy_allows_and_says_what(rendering: Render) -> None:
    """An empty rule would allow everything."""
    for _, manifest in rendering().all():
        if manifest["kind"] == "AuthorizationPolicy":
            assert manifest["spec"]["action"] == "ALLOW"
            assert manifest["spec"]["rules"]
            assert all(manifest["spec"]["rules"])


def test_a_page_for_the_team_takes_its_people_and_nobody_else(rendering: Render) -> None:
    (rule,) = rendering().of("AuthorizationPolicy")["expose-team-page"]["spec"]["rules"]
    assert set(_headers(rule)) == _PEOPLE


def test_a_visitors_login_never_reaches_the_teams_service(rendering: Render) -> None:
    """Its cookie or token is the visitor on the whole platform."""
    routes = rendering().of("VirtualService")
    for name in ("expose-team-page", "expose-company-page"):
        (route,) = routes[name]["spec"]["http"]
        assert route["headers"]["request"]["remove"] == ["authorization", "cookie"]


def test_a_gateway_without_login_passes_no_identity_on(rendering: Render) -> None:
    """Nor is one looked at: a visitor could have typed it."""
    rendered = rendering()
    (route,) = rendered.of("VirtualService")["expose-public-page"]["spec"]["http"]
    assert route["headers"]["request"]["remove"] == [
        "cookie",
        "kubeflow-groups",
        "kubeflow-userid",
    ]
    (rule,) = rendered.of("AuthorizationPolicy")["expose-public-page"]["spec"]["rules"]
    assert "when" not in rule


def test_an_audience_that_the_cluster_does_not_offer_renders_nothing(rendering: Render) -> None:
    assert len(rendering().of("NetworkPolicy")) == 1 + 7 + 1  # the last is the public gateway's
    text = profile("expose: [{name: page, port: 80}]")
    assert "allow-gateway-public" not in rendering(text).of("NetworkPolicy")


@pytest.mark.parametrize("environment", ["churn", "churn-prod"])
def test_nobody_owns_a_namespace(rendering: Render, environment: str) -> None:
    """Neither by the Profile object nor by the annotation that its controller compares."""
    rendered = rendering()
    owner = rendered.of("Namespace", environment)[environment]["metadata"]["annotations"]["owner"]
    assert owner == "platform@tenantry.invalid"
    assert owner not in _roles(rendered, environment)
    for profile_object in rendered.of("Profile", environment).values():
        assert profile_object["spec"] == {"owner": {"kind": "User", "name": owner}}
    assert len(rendered.of("Profile", environment)) == (environment == "churn")
