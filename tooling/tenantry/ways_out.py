"""Ways out of a namespace that many need alike, as rules of NetworkPolicies, made of the facts.

Owns peers and ports. Tenants' namespaces have them by `render.network`, the platform's by naming
them in their manifests, as ``fromFact: toApiServer``; who may go which way is said there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tenantry.facts import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Tree

#: Address of the node-local DNS cache, where a cluster has one.
_NODE_LOCAL_DNS = "169.254.20.10/32"
#: Azure's services for the machine itself: they hand out its identity, settings and secrets.
_OF_THE_NODE = ("169.254.0.0/16", "168.63.129.16/32")
#: RFC 1918. Apps go there without the proxy: their NO_PROXY names the same ranges.
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


def to_resolver(facts: ClusterFacts) -> Tree:  # noqa: ARG001 - one form for all ways
    """Return the way to the cluster's DNS."""
    peers: Tree = [pods("kube-system", {"k8s-app": "kube-dns"}), _addresses([_NODE_LOCAL_DNS])[0]]
    return {
        "to": peers,
        "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
    }


def to_api_server(facts: ClusterFacts) -> Tree:
    """Return the way to the cluster's API server."""
    api_server = facts.cluster.api_server
    return {"to": _addresses(api_server.ranges), "ports": tcp(api_server.port)}


def to_istiod(facts: ClusterFacts) -> Tree:
    """Return the way on which the mesh's proxies get certificates and configuration."""
    return {"to": [pods(facts.cluster.mesh.namespace, {"app": "istiod"})], "ports": tcp(15012)}


def to_outside(facts: ClusterFacts) -> Tree:
    """Return the way to what lies outside of the cluster, by TLS.

    Where the company has a proxy, only to its own private addresses: all else passes the proxy.
    """
    if facts.platform.network.proxy is not None:
        return {"to": _addresses(_PRIVATE), "ports": tcp(443)}
    return {
        "to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": list(_OF_THE_NODE)}}],
        "ports": tcp(443),
    }


def to_proxy(facts: ClusterFacts) -> Tree:
    """Return the way to the company's proxy; nothing where there is none."""
    proxy = facts.platform.network.proxy
    if proxy is None:
        return None
    ports = sorted({port for _, port in (address_of(proxy.http), address_of(proxy.https))})
    return {"to": _addresses(proxy.ranges), "ports": tcp(*ports)}


WAYS_OUT: Final[Mapping[str, Callable[[ClusterFacts], Tree]]] = {
    "toResolver": to_resolver,
    "toApiServer": to_api_server,
    "toIstiod": to_istiod,
    "toOutside": to_outside,
    "toProxy": to_proxy,
}


def pods(namespace: str, labels: dict[str, str]) -> Tree:
    """Return pods of a namespace, as a peer."""
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {"matchLabels": labels},
    }


def tcp(*ports: int) -> Tree:
    """Return ports of TCP."""
    return [{"protocol": "TCP", "port": port} for port in ports]


def _addresses(ranges: Iterable[str]) -> list[Tree]:
    return [{"ipBlock": {"cidr": cidr}} for cidr in ranges]
