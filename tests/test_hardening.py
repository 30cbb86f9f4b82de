"""Promises about the platform's own namespaces: all are closed, but for what a page lists."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from tests.hardening import Opening, Platform, peer_authentications, shown, steps_of
from tests.network.network_policies import lets_out
from tests.network.world import Connection, Endpoint, Request, name_of
from tests.repository import ROOT, TODAY, Files, manifests

from tenantry import layout
from tenantry.workspace.sources import Sources, load_facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.network.world import Object

    from tenantry.facts import Facts

_PAGE = ROOT / "docs" / "hardening.md"
_POD = "10.244.0.10"
_TEAM = Endpoint(_POD, "churn", namespace_labels={"app.kubernetes.io/part-of": "kubeflow-profile"})
_DNS = Endpoint(
    _POD,
    "kube-system",
    {"k8s-app": "kube-dns"},
    {"kubernetes.io/metadata.name": "kube-system"},
)
_ISTIOD = Endpoint(
    _POD,
    "istio-system",
    {"app": "istiod"},
    {"kubernetes.io/metadata.name": "istio-system"},
)
#: A login and a gateway have no account there.
_WITHOUT_API_SERVER = ("istio-egress", "oauth2-proxy")
#: They work on their own node: one measures it, one tells its kubelet of GPUs.
_CALLS_NOBODY = ("node-exporter", "nvidia-device-plugin")

_ROW = re.compile(r"^\| `([^|]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def facts(own_root: Path) -> Facts:
    """Return what this repository says of its platform."""
    found = load_facts(Sources(own_root), TODAY)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def platforms(facts: Facts, own_trees: Files) -> dict[str, Platform]:
    """Return the clusters, by name."""
    return {name: Platform.rendered(name, facts, own_trees) for name in facts.clusters}


def _listed() -> dict[Opening, str]:
    """Return the openings that the page lists, with their reasons."""
    return {
        Opening(namespace.strip("`"), pods, what): why
        for namespaces, pods, what, why in _ROW.findall(_PAGE.read_text("utf-8"))
        for namespace in namespaces.split(", ")
    }


def test_what_is_open_is_just_what_the_page_lists(platforms: dict[str, Platform]) -> None:
    """A namespace of a new app is open until it is closed or listed; what is closed goes."""
    found = {opening for platform in platforms.values() for opening in platform.openings()}
    listed = _listed()
    assert sorted(found - listed.keys()) == []
    assert sorted(listed.keys() - found) == []
    assert min(map(len, listed.values())) > 10


def test_every_namespace_of_the_platform_is_looked_at(
    facts: Facts, platforms: dict[str, Platform]
) -> None:
    for name, platform in platforms.items():
        used = {each for app in platform.apps for each in app.namespaces}
        assert used - platform.namespaces.keys() <= {"kube-system"}, name
        assert {app.name for app in facts.apps} >= {app.name for app in platform.apps}


def test_each_policy_that_closes_a_namespace_is_missed_when_it_is_gone(
    platforms: dict[str, Platform],
) -> None:
    listed = _listed()
    gone = 0
    for platform in platforms.values():
        for policy in filter(_closes, platform.objects):
            without = replace(platform, objects=platform.objects.with_(policy, None))
            assert without.openings() - listed.keys(), name_of(policy)
            gone += 1
    assert gone >= sum(len(platform.namespaces) for platform in platforms.values())


def _closes(manifest: Object) -> bool:
    spec = manifest.get("spec", {})
    if manifest["kind"] == "NetworkPolicy":
        return not spec.get("ingress") and not spec.get("egress")
    # That of the whole mesh. Where a namespace says it once more, nobody misses it.
    return (manifest["kind"], manifest["metadata"].get("namespace")) == (
        "PeerAuthentication",
        "istio-system",
    )


def test_the_default_deny_of_the_mesh_is_held_to_what_it_is(
    platforms: dict[str, Platform],
) -> None:
    for platform in platforms.values():
        apps = tuple(app for app in platform.apps if app.name != "istio")
        left = replace(platform, apps=apps).openings()
        assert Opening("kubeflow", "all", "no default deny") in left


def test_no_exception_of_upstream_from_mutual_tls_is_unseen(facts: Facts) -> None:
    """Only the number of upstream's objects is known, unless a patch names each of them."""
    found = 0
    for app in facts.apps:
        named = {name for name, _ in steps_of(app) if "/PeerAuthentication " in name}
        assert peer_authentications(app) == len(named), app.name
        found += len(named)
    assert found


def test_what_needs_plain_text_has_a_permission_for_that_port(
    platforms: dict[str, Platform], own_trees: Files
) -> None:
    """Steps of pipelines have no proxy: what a team's pods may call must take them as they are."""
    plain = {
        (each.namespace, each.pods, int(each.what.rpartition(" ")[2]))
        for platform in platforms.values()
        for each in platform.openings()
        if each.what.startswith("plain text on")
    }
    without_proxy = {
        (each.namespace, each.pods)
        for platform in platforms.values()
        for each in platform.openings()
        if each.what == "no proxy of the mesh"
    }
    called = {
        (namespace, shown({"matchLabels": labels}), port)
        for namespace, labels, port in _peers(own_trees, "egress", "to")
        if namespace == "kubeflow"
    }
    assert len(called) > 3
    for namespace, pods, port in called:
        assert (namespace, pods) in without_proxy or (namespace, pods, port) in plain


def test_who_is_let_into_a_teams_namespace_is_let_out_of_the_platforms(
    platforms: dict[str, Platform], own_trees: Files
) -> None:
    checked = 0
    for namespace, labels, port in _peers(own_trees, "ingress", "from"):
        for platform in platforms.values():
            if namespace not in platform.namespaces:
                continue
            source = Endpoint(_POD, namespace, labels)
            assert _goes(platform, source, _TEAM, port), (namespace, labels, port)
            if labels != platform.gateway:
                assert not _goes(platform, source, _TEAM, 22), (namespace, labels)
            checked += 1
    assert checked > 5


def test_every_namespace_reaches_what_no_component_does_without(
    facts: Facts, platforms: dict[str, Platform]
) -> None:
    for name, platform in platforms.items():
        api_server = facts.clusters[name].cluster.api_server
        address = str(ip_network(api_server.ranges[0])[1])
        for namespace, labels in platform.namespaces.items():
            if namespace in _CALLS_NOBODY:
                continue
            pod = Endpoint(_POD, namespace, {"app": "istiod"} if namespace == platform.mesh else {})
            if namespace == "istio-egress":
                pod = Endpoint(_POD, namespace, {"app": "istio-egressgateway"})
            assert _goes(platform, pod, _DNS, 53), (name, namespace)
            reaches = _goes(platform, pod, Endpoint(address), api_server.port)
            assert reaches or namespace in _WITHOUT_API_SERVER, (name, namespace)
            if labels.get("istio-injection") == "enabled":
                assert _goes(platform, pod, _ISTIOD, 15012), (name, namespace)


@pytest.mark.parametrize(
    ("namespace", "labels", "port", "goes"),
    [
        ("oauth2-proxy", {"app.kubernetes.io/name": "oauth2-proxy"}, 4180, True),
        ("argocd", {"app.kubernetes.io/name": "argocd-server"}, 8080, True),
        ("argocd", {"app.kubernetes.io/name": "argocd-redis"}, 6379, False),
        ("opencost", {"app.kubernetes.io/name": "opencost"}, 9090, True),
        ("opencost", {"app.kubernetes.io/name": "opencost"}, 9003, False),
        ("kubeflow", {"app": "jupyter-web-app"}, 5000, True),
        ("kubeflow", {"app": "kubeflow-dashboard"}, 8082, True),
        ("kubeflow", {"app": "ml-pipeline-ui"}, 3000, True),
        ("kubeflow", {"app": "seaweedfs"}, 8333, False),
        ("kubeflow", {"katib.kubeflow.org/component": "db-manager"}, 6789, False),
        ("kubeflow", {"app": "mysql"}, 3306, False),
        ("external-secrets", {}, 10250, False),
        ("kube-system", {}, 443, False),
    ],
)
def test_the_front_door_leads_to_pages_and_to_nothing_else(
    namespace: str,
    labels: dict[str, str],
    port: int,
    goes: bool,  # noqa: FBT001 - a verdict
    platforms: dict[str, Platform],
) -> None:
    for platform in platforms.values():
        there = Endpoint(_POD, namespace, labels, platform.objects.namespace_labels(namespace))
        gateway = Endpoint(_POD, platform.mesh, platform.gateway)
        assert _goes(platform, gateway, there, port) == goes
        assert not _goes(platform, gateway, Endpoint("198.51.100.7"), 443)


def _goes(platform: Platform, source: Endpoint, to: Endpoint, port: int) -> bool:
    """Whether a namespace's policies let a connection out."""
    return lets_out(platform.objects, Connection(source, to, "TCP", port, Request()))


def _peers(trees: Files, direction: str, key: str) -> Iterator[tuple[str, dict[str, str], int]]:
    """Yield pods of the platform that teams' policies name, with each port, or 8080 for any."""
    found = {}
    for spec in _policies_of_teams(trees):
        for rule in spec.get(direction) or ():
            ports = [each["port"] for each in rule.get("ports") or [{"port": 8080}]]
            for namespace, labels in filter(None, map(_pods_of_the_platform, rule[key])):
                found.update({(namespace, str(labels), p): (namespace, labels, p) for p in ports})
    yield from found.values()


def _policies_of_teams(trees: Files) -> Iterator[Object]:
    for path, text in trees.items():
        if path.partition("/")[2].startswith(f"{layout.RENDERED_TENANTS}/"):
            yield from (each["spec"] for each in manifests(text) if each["kind"] == "NetworkPolicy")


def _pods_of_the_platform(peer: Object) -> tuple[str, dict[str, str]] | None:
    labels = (peer.get("podSelector") or {}).get("matchLabels")
    place = (peer.get("namespaceSelector") or {}).get("matchLabels") or {}
    namespace = place.get("kubernetes.io/metadata.name")
    if not labels or namespace in (None, "kube-system"):
        return None
    return namespace, labels
