"""Our own analysers mean what Kubernetes and Istio mean, also where no rendered object goes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.network import mesh, network_policies
from tests.network.world import Connection, Endpoint, Object, Objects, Request

_POD = Endpoint("10.244.0.1", "team", {"app": "web"}, {"name": "team"}, "default", sidecar=True)
_OTHER = Endpoint("10.244.0.2", "other", {"app": "web"}, {"name": "other"}, "caller", sidecar=True)
_PLAIN = Endpoint("10.244.0.3", "other", {"app": "web"}, {"name": "other"})
_OUTSIDE = Endpoint("198.51.100.7")

_METRICS: dict[str, Any] = {"to": [{"operation": {"paths": ["/metrics"]}}]}
_CALLER: dict[str, Any] = {
    "from": [{"source": {"principals": ["cluster.local/ns/other/sa/caller"]}}]
}
_NAMED: dict[str, Any] = {"when": [{"key": "request.headers[x-name]", "values": ["*"]}]}


def _without(key: str) -> Object:
    """Return a selector of what has no `web` under a key, or not the key at all."""
    return {"matchExpressions": [{"key": key, "operator": "NotIn", "values": ["web"]}]}


def _to(
    source: Endpoint = _OTHER,
    destination: Endpoint = _POD,
    headers: dict[str, str] | None = None,
    **request: str,
) -> Connection:
    return Connection(source, destination, "TCP", 80, Request(headers or {}, **request))


def _network_policy(spec: Object) -> Objects:
    return Objects([_object("NetworkPolicy", {"podSelector": {}, **spec})])


def _object(kind: str, spec: Object, namespace: str = "team") -> Object:
    return {"kind": kind, "metadata": {"name": "policy", "namespace": namespace}, "spec": spec}


def _authorization(*rules: Object, **spec: object) -> Objects:
    return Objects([_object("AuthorizationPolicy", {"rules": list(rules), **spec})])


@pytest.mark.parametrize(
    ("spec", "source", "allowed"),
    [
        ({"ingress": [{}]}, _OTHER, True),
        ({"podSelector": _without("app"), "ingress": []}, _OTHER, True),
        ({"podSelector": _without("tier"), "ingress": []}, _OTHER, False),
        ({"ingress": []}, _OTHER, False),
        ({"policyTypes": ["Egress"]}, _OTHER, True),
        ({"podSelector": {"matchLabels": {"app": "db"}}, "ingress": []}, _OTHER, True),
        ({"ingress": [{"from": [{"podSelector": {}}]}]}, _OTHER, False),
        ({"ingress": [{"from": [{"podSelector": {}}]}]}, _OUTSIDE, False),
        ({"ingress": [{"from": [{"namespaceSelector": {}}]}]}, _OTHER, True),
        ({"ingress": [{"from": [{"namespaceSelector": {}}]}]}, _OUTSIDE, False),
        ({"ingress": [{"from": [{"ipBlock": {"cidr": "198.51.100.0/24"}}]}]}, _OUTSIDE, True),
        (
            {
                "ingress": [
                    {"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["198.51.100.0/24"]}}]}
                ]
            },
            _OUTSIDE,
            False,
        ),
        ({"ingress": [{"ports": [{"protocol": "TCP", "port": 80}]}]}, _OTHER, True),
        ({"ingress": [{"ports": [{"port": 1, "endPort": 90}]}]}, _OTHER, True),
        ({"ingress": [{"ports": [{"protocol": "UDP", "port": 80}]}]}, _OTHER, False),
        (
            {
                "ingress": [
                    {
                        "from": [
                            {
                                "namespaceSelector": {"matchLabels": {"name": "other"}},
                                "podSelector": {"matchLabels": {"app": "db"}},
                            }
                        ]
                    }
                ]
            },
            _OTHER,
            False,
        ),
    ],
)
def test_a_network_policy_lets_in_what_kubernetes_says(
    spec: dict[str, Any], source: Endpoint, *, allowed: bool
) -> None:
    assert network_policies.lets_in(_network_policy(spec), _to(source)) is allowed


@pytest.mark.parametrize(
    ("rule", "connection", "allowed"),
    [
        ({}, _to(_PLAIN), True),
        (_METRICS, _to(path="/metrics"), True),
        (_METRICS, _to(path="/metrics/x"), False),
        (_METRICS, _to(), False),
        (_CALLER, _to(), True),
        (_CALLER, _to(_PLAIN), False),
        (_NAMED, _to(headers={"X-Name": ""}), True),
        (_NAMED, _to(path="/"), False),
        (_NAMED | _CALLER, _to(_POD, headers={"X-Name": "a"}), False),
        ({"to": [{"operation": {"hosts": ["a.example:*"]}}]}, _to(host="A.example:8080"), True),
        ({"to": [{"operation": {"hosts": ["a.example"]}}]}, _to(host="a.example.b"), False),
        ({"to": [{"operation": {"paths": ["*/end"]}}]}, _to(path="/the/end"), True),
        ({"when": [{"key": "connection.sni", "values": ["a"]}]}, _to(server_name="a"), True),
        ({"when": [{"key": "connection.sni", "values": ["a"]}]}, _to(server_name="b"), False),
        ({"when": [{"key": "source.namespace", "notValues": ["other"]}]}, _to(), False),
    ],
)
def test_a_rule_of_the_mesh_matches_what_istio_says(
    rule: dict[str, Any], connection: Connection, *, allowed: bool
) -> None:
    assert mesh.admits(_authorization(rule), connection) is allowed


def test_without_policies_the_mesh_admits_everybody_and_an_empty_one_nobody() -> None:
    assert mesh.admits(Objects([]), _to(_PLAIN))
    assert not mesh.admits(_authorization(), _to())


def test_a_refusing_policy_wins_over_an_allowing_one() -> None:
    rules = [{"to": [{"operation": {"paths": ["/metrics"]}}]}]
    both = [
        _object("AuthorizationPolicy", {"rules": [{}]}),
        _object("AuthorizationPolicy", {"rules": rules, "action": "DENY"}),
    ]
    assert mesh.admits(Objects(both), _to(path="/"))
    assert not mesh.admits(Objects(both), _to(path="/metrics"))


def test_a_policy_of_the_root_namespace_holds_everywhere() -> None:
    root = [_object("AuthorizationPolicy", {"rules": []}, "istio-system")]
    assert not mesh.admits(Objects(root), _to())


def test_strict_mutual_tls_refuses_whoever_has_no_proxy_but_asks_no_pod_without_one() -> None:
    strict = Objects([_object("PeerAuthentication", {"mtls": {"mode": "STRICT"}})])
    assert mesh.admits(strict, _to())
    assert not mesh.admits(strict, _to(_PLAIN))
    assert mesh.admits(strict, _to(_OTHER, _PLAIN))


@pytest.mark.parametrize(
    "objects",
    [
        _authorization({"from": [{"source": {"ipBlocks": ["10.0.0.0/8"]}}]}),
        _authorization({"when": [{"key": "source.namespace", "values": ["a"], "else": []}]}),
        _authorization({}, targetRefs=[]),
        Objects([_object("PeerAuthentication", {"portLevelMtls": {}})]),
    ],
)
def test_a_field_that_is_not_understood_is_an_error_and_no_verdict(objects: Objects) -> None:
    with pytest.raises(ValueError, match="not judged"):
        mesh.admits(objects, _to(_PLAIN))


def test_an_action_or_a_named_port_that_is_not_understood_is_an_error() -> None:
    with pytest.raises(KeyError, match="CUSTOM"):
        mesh.admits(_authorization({}, action="CUSTOM"), _to())
    with pytest.raises(TypeError, match="named port"):
        network_policies.lets_in(
            _network_policy({"ingress": [{"ports": [{"port": "http"}]}]}), _to()
        )
