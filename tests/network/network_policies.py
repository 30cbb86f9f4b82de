"""Verdicts of NetworkPolicies, as a network plugin that keeps to the API gives them.

Owns the meaning of kind NetworkPolicy. Source: k8s.io/api networking/v1, types.go. What the API
leaves open is not judged: named ports are refused, nodes and host networks are no endpoints.
`make e2e` asks Cyclonus, which is not ours, the same questions and wants the same answers.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from tests.network.world import selects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.network.world import Connection, Endpoint, Object, Objects

_SPEC = {"podSelector", "policyTypes", "ingress", "egress"}
_PEER = {"podSelector", "namespaceSelector", "ipBlock"}


def lets_out(objects: Objects, connection: Connection) -> bool:
    """Whether the policies of the sender's namespace let a connection out."""
    return _passes(objects, connection, connection.source, connection.destination, "Egress")


def lets_in(objects: Objects, connection: Connection) -> bool:
    """Whether the policies of the receiver's namespace let a connection in."""
    return _passes(objects, connection, connection.destination, connection.source, "Ingress")


def _passes(
    objects: Objects, connection: Connection, pod: Endpoint, other: Endpoint, direction: str
) -> bool:
    """Judge one end: a pod that no policy of this direction selects is open."""
    if not pod.namespace:
        return True
    policies = [
        each
        for each in objects.of("NetworkPolicy", pod.namespace)
        if direction in _types(each) and selects(each["spec"]["podSelector"], pod.labels)
    ]
    return not policies or any(
        _matches(rule, pod, other, connection)
        for each in policies
        for rule in each["spec"].get(direction.lower()) or []
    )


def _types(policy: Object) -> list[str]:
    spec: dict[str, Any] = policy["spec"]
    if unknown := set(spec) - _SPEC:
        raise ValueError(f"a NetworkPolicy has no {unknown}")
    return spec.get("policyTypes") or (["Ingress", "Egress"] if "egress" in spec else ["Ingress"])


def _matches(rule: Mapping[str, Any], pod: Endpoint, other: Endpoint, to: Connection) -> bool:
    """Whether a rule allows; no peers are all peers, no ports are all ports."""
    peers = [*(rule.get("from") or []), *(rule.get("to") or [])]
    ports = rule.get("ports") or []
    return (not ports or any(_is_port(port, to) for port in ports)) and (
        not peers or any(_is_peer(peer, pod, other) for peer in peers)
    )


def _is_port(port: Mapping[str, Any], to: Connection) -> bool:
    if port.get("protocol", "TCP") != to.protocol:
        return False
    first = port.get("port")
    if first is None:
        return True
    last = port.get("endPort", first)
    if not isinstance(first, int) or not isinstance(last, int):
        raise TypeError(f"a named port is not judged: {first}")
    return first <= to.port <= last


def _is_peer(peer: Mapping[str, Any], pod: Endpoint, other: Endpoint) -> bool:
    if unknown := set(peer) - _PEER:
        raise ValueError(f"a NetworkPolicyPeer has no {unknown}")
    if "ipBlock" in peer:
        return _in_block(peer["ipBlock"], other.address)
    if not other.namespace:
        return False
    if "namespaceSelector" in peer:
        if not selects(peer["namespaceSelector"], other.namespace_labels):
            return False
    elif other.namespace != pod.namespace:
        return False
    return selects(peer.get("podSelector") or {}, other.labels)


def _in_block(block: Mapping[str, Any], address: str) -> bool:
    ip = ip_address(address)
    return ip in ip_network(block["cidr"]) and not any(
        ip in ip_network(hole) for hole in block.get("except") or []
    )
