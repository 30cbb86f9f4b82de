"""The egress gateway is what the tenants' objects take it for. It has not carried a packet yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.login_path import Tree, World
from tests.repository import ROOT, Files, manifests

if TYPE_CHECKING:
    from collections.abc import Iterator

_APP = "istio-egress"


@pytest.fixture
def world(own_trees: Files) -> World:
    """Return this repository, with what it renders."""
    return World(ROOT, own_trees)


def test_the_service_is_the_one_that_every_tenant_routes_to(world: World) -> None:
    egress = world.facts["mesh"]["egress"]
    service = world.own(_APP, "Service", egress["service"])
    assert service["metadata"]["namespace"] == egress["namespace"]
    (port,) = service["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (egress["port"], egress["targetPort"])
    host = f"{egress['service']}.{egress['namespace']}.svc.cluster.local"
    rules = list(_of_tenants(world, "DestinationRule", "egress"))
    assert rules
    assert {rule["spec"]["host"] for rule in rules} == {host}


def test_the_gateway_runs_in_pods_that_the_tenants_policies_select(world: World) -> None:
    label = {"istio": world.facts["mesh"]["egress"]["service"]}
    pods = world.own(_APP, "Deployment", "istio-egressgateway")["spec"]["template"]["metadata"]
    assert label.items() <= pods["labels"].items()
    assert pods["annotations"]["inject.istio.io/templates"] == "gateway"
    gateway = world.own(_APP, "Gateway", "tenants")["spec"]
    assert gateway["selector"] == label
    assert gateway["servers"][0]["tls"] == {"mode": "ISTIO_MUTUAL"}
    policies = list(_permissions(world))
    assert policies
    for policy in policies:
        assert policy["spec"]["selector"]["matchLabels"] == label


def test_both_halves_of_the_way_onward_share_one_cache_of_names(world: World) -> None:
    """Envoy refuses two caches of one name that are not the same to the letter."""
    spec = world.own(_APP, "EnvoyFilter", "onward")["spec"]
    cluster, lookup, forward = (item["patch"]["value"] for item in spec["configPatches"])
    cache = cluster["cluster_type"]["typed_config"]["dns_cache_config"]
    assert lookup["typed_config"]["dns_cache_config"] == cache
    assert forward["typed_config"]["cluster"] == cluster["name"]
    listener = {item["match"]["listener"]["portNumber"] for item in spec["configPatches"][1:]}
    assert listener == {world.facts["mesh"]["egress"]["targetPort"]}


def test_without_a_tenants_policy_nothing_passes(world: World) -> None:
    assert world.own(_APP, "AuthorizationPolicy", "deny-all")["spec"] == {}
    assert world.own(_APP, "PeerAuthentication", "default")["spec"]["mtls"]["mode"] == "STRICT"
    network = world.own(_APP, "NetworkPolicy", "deny-all")["spec"]
    assert network == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def _permissions(world: World) -> Iterator[Tree]:
    namespace = world.facts["mesh"]["egress"]["namespace"]
    for manifest in _tenants_objects(world):
        if manifest["metadata"].get("namespace") == namespace:
            yield manifest


def _of_tenants(world: World, kind: str, name: str) -> Iterator[Tree]:
    for manifest in _tenants_objects(world):
        if (manifest["kind"], manifest["metadata"]["name"]) == (kind, name):
            yield manifest


def _tenants_objects(world: World) -> Iterator[Tree]:
    for path, text in world.files.items():
        if path.startswith(f"{world.cluster}/tenants/"):
            yield from manifests(text)
