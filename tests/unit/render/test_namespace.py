"""Limits, network and data of a namespace: what must hold for every tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.factories import profile
from tests.unit.render.conftest import FULL

from tenantry.catalogue import PLACEMENT

if TYPE_CHECKING:
    from tests.unit.render.conftest import Render

_KEPT = {
    "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
    "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
}

both = pytest.mark.parametrize("namespace", ["churn", "churn-prod"])


@both
def test_a_quota_bounds_requests_and_never_limits(rendering: Render, namespace: str) -> None:
    """A bound on limits would refuse every pod that names none."""
    (quota,) = rendering().of("ResourceQuota", namespace).values()
    hard = quota["spec"]["hard"]
    assert {"requests.cpu", "requests.memory", "requests.storage"} <= hard.keys()
    assert "requests.nvidia.com/gpu" in hard
    assert not [name for name in hard if name.startswith("limits") or name in ("cpu", "memory")]
    assert all(isinstance(amount, str) for amount in hard.values())


@both
def test_no_quota_lets_a_service_go_round_the_gateway(rendering: Render, namespace: str) -> None:
    """Not even where a tier says so."""
    platform = "tiers: {insight: {objects: {services.loadbalancers: 5, services.nodeports: 5}}}"
    (quota,) = rendering(platform=platform).of("ResourceQuota", namespace).values()
    assert quota["spec"]["hard"]["services.loadbalancers"] == "0"
    assert quota["spec"]["hard"]["services.nodeports"] == "0"


@both
def test_a_limit_range_gives_default_requests_and_nothing_else(
    rendering: Render, namespace: str
) -> None:
    (limit_range,) = rendering().of("LimitRange", namespace).values()
    (limit,) = limit_range["spec"]["limits"]
    assert limit.keys() == {"type", "defaultRequest"}
    assert limit["defaultRequest"].keys() == {"cpu", "memory"}


@both
def test_every_namespace_is_shut_both_ways_and_stays_so(rendering: Render, namespace: str) -> None:
    """Kept when the tenant leaves: what stays of its data must not stand open."""
    deny_all = rendering().of("NetworkPolicy", namespace)["deny-all"]
    assert deny_all["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert deny_all["metadata"]["annotations"] == _KEPT


@both
def test_no_allowance_opens_a_direction_wholly(rendering: Render, namespace: str) -> None:
    """An empty peer, rule or list of rules would; so would a range of all addresses."""
    for name, policy in rendering().of("NetworkPolicy", namespace).items():
        spec = policy["spec"]
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            for rule in spec.get(direction, []):
                assert rule[peers], name
                assert all(rule[peers]), name
                assert "0.0.0.0/0" not in str(rule), name
        if name != "deny-all":
            allowed = [d.capitalize() for d in ("ingress", "egress") if d in spec]
            assert spec["policyTypes"] == allowed, name


@both
def test_traffic_is_encrypted_and_leaves_only_to_known_hosts(
    rendering: Render, namespace: str
) -> None:
    rendered = rendering()
    (peer,) = rendered.of("PeerAuthentication", namespace).values()
    assert peer["spec"] == {"mtls": {"mode": "STRICT"}}
    (sidecar,) = rendered.of("Sidecar", namespace).values()
    assert sidecar["spec"]["outboundTrafficPolicy"] == {"mode": "REGISTRY_ONLY"}
    assert "*/*" not in sidecar["spec"]["egress"][0]["hosts"]


@both
def test_egress_opens_exactly_the_projects_and_the_platforms_hosts(
    rendering: Render, namespace: str
) -> None:
    """In all four objects alike, and at the gateway for this namespace alone.

    The platform's are its defaults and its package index.
    """
    rendered = rendering()
    hosts = ["api.example-crm.com", "github.com", "packages.example.com"]
    permission = rendered.of("AuthorizationPolicy", namespace)[f"tenant-{namespace}"]
    assert permission["metadata"]["namespace"] == "istio-egress"
    assert permission["spec"]["rules"] == [
        {
            "from": [{"source": {"namespaces": [namespace]}}],
            "when": [{"key": "connection.sni", "values": hosts}],
        }
    ]
    assert permission["spec"]["selector"] == {"matchLabels": {"istio": "egress"}}
    assert list(rendered.of("ServiceEntry", namespace)["egress"]["spec"]["hosts"]) == hosts
    route = rendered.of("VirtualService", namespace)["egress"]["spec"]
    assert list(route["hosts"]) == hosts
    assert [item["match"][0]["sniHosts"] for item in route["tls"]] == [[host] for host in hosts]
    subsets = rendered.of("DestinationRule", namespace)["egress"]["spec"]["subsets"]
    names = [subset["name"] for subset in subsets]
    assert [item["route"][0]["destination"]["subset"] for item in route["tls"]] == names
    snis = [s["trafficPolicy"]["portLevelSettings"][0]["tls"]["sni"] for s in subsets]
    assert snis == hosts


@both
def test_what_a_namespace_knows_is_not_told_to_others(rendering: Render, namespace: str) -> None:
    rendered = rendering()
    for kind in ("ServiceEntry", "VirtualService", "DestinationRule"):
        for name, manifest in rendered.of(kind, namespace).items():
            shown_to = manifest["spec"]["exportTo"]
            gateways = {"istio-system", "istio-public"}
            assert shown_to == ["."] or (name.startswith("expose-") and set(shown_to) <= gateways)


def test_hosts_stand_once_however_often_they_are_named(rendering: Render) -> None:
    text = profile("egress: [github.com, b.example.org, a.example.org]")
    entry = rendering(text).of("ServiceEntry")["egress"]
    own, shared = ["a.example.org", "b.example.org"], ["github.com", "packages.example.com"]
    assert list(entry["spec"]["hosts"]) == own + shared


def test_what_holds_data_outlives_its_line_in_git(rendering: Render) -> None:
    """Namespace, Profile object and claims; and the two objects that shut a namespace."""
    kept = {
        (manifest["kind"], manifest["metadata"]["name"])
        for _, manifest in rendering().all()
        if _KEPT.items() <= manifest["metadata"].get("annotations", {}).items()
    }
    assert kept == {
        ("Namespace", "churn"),
        ("Namespace", "churn-prod"),
        ("Profile", "churn"),
        ("Database", "db"),
        ("NetworkPolicy", "deny-all"),
        ("PeerAuthentication", "default"),
    }


@pytest.mark.parametrize(
    ("namespace", "level"), [("churn", "baseline"), ("churn-prod", "restricted")]
)
def test_pods_meet_the_security_level_of_their_environment(
    rendering: Render, namespace: str, level: str
) -> None:
    labels = rendering().of("Namespace", namespace)[namespace]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == level
    assert labels["istio-injection"] == "enabled"


def test_a_queue_is_never_called_default(rendering: Render) -> None:
    """Kueue would put every pod of the namespace into it."""
    queues = rendering().of("LocalQueue")
    assert list(queues) == ["pool-gpu"]
    assert rendering(profile()).of("LocalQueue") == {}


def test_a_claim_says_what_the_team_wrote_and_whose_it_is_apart(rendering: Render) -> None:
    (claim,) = rendering().of("Database", "churn-prod").values()
    assert claim["spec"] == {
        "parameters": {"size": "small"},
        "placement": {
            "tenant": "growth",
            "profile": "churn",
            "environment": "production",
            "cluster": "prod",
            "region": "westeurope",
            "tier": "ml-product",
        },
    }


def test_a_claim_says_no_more_of_its_place_than_its_kind_takes(rendering: Render) -> None:
    """What each kind must take is asked of its definition when that is read."""
    text = FULL.replace("  monitoring:", "  costCenter: CC-1\n  monitoring:")
    (claim,) = rendering(text).of("Database", "churn-prod").values()
    assert claim["spec"]["placement"].keys() == set(PLACEMENT)


def test_nothing_that_a_controller_owns_is_rendered(rendering: Render) -> None:
    """The Profile controller would fight over them for ever."""
    owned = {
        ("ServiceAccount", "default-editor"),
        ("ServiceAccount", "default-viewer"),
        ("RoleBinding", "default-editor"),
        ("RoleBinding", "default-viewer"),
        ("RoleBinding", "namespaceAdmin"),
        ("AuthorizationPolicy", "ns-owner-access-istio"),
        ("ResourceQuota", "kf-resource-quota"),
    }
    found = {(m["kind"], m["metadata"]["name"]) for m in rendering().namespaces["churn"]}
    assert not found & owned
