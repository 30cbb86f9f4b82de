"""Hosts outside the mesh: known to the namespace's sidecars, and allowed at the egress gateway.

The sidecar sends TLS for a known host to the egress gateway inside mutual TLS whose outer SNI is
that host; the gateway knows the caller's namespace and the SNI, and lets through only the pairs
that an AuthorizationPolicy names. The gateway's own side (a Gateway for all hosts and the onward
connection by SNI) is the platform's and no tenant changes it. docs/decisions tells why.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.facts import default_egress
from tenantry.manifest import Shared
from tenantry.naming import egress_policy, egress_subset
from tenantry.render.metadata import metadata, metadata_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest, Tree
    from tenantry.placement import Placement

_HTTPS = 443


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield the hosts, their way to the egress gateway, and the permission there."""
    facts = placement.facts
    hosts = tuple(sorted({*default_egress(facts.platform), *placement.profile.egress}))
    for kind, spec in _routing(facts, hosts):
        yield {
            "apiVersion": "networking.istio.io/v1",
            "kind": kind,
            "metadata": metadata(placement, "egress"),
            "spec": spec,
        }
    yield _permission(placement, list(hosts))


@lru_cache(maxsize=512)
def _routing(facts: ClusterFacts, hosts: tuple[str, ...]) -> tuple[tuple[str, Shared], ...]:
    return (
        ("ServiceEntry", _service_entry(hosts)),
        ("VirtualService", _virtual_service(facts, hosts)),
        ("DestinationRule", _destination_rule(facts, hosts)),
    )


def _service_entry(hosts: tuple[str, ...]) -> Shared:
    # Resolution NONE: the sidecar never connects to these hosts itself, it only knows them.
    return Shared(
        {
            "hosts": hosts,
            "exportTo": ["."],
            "location": "MESH_EXTERNAL",
            "resolution": "NONE",
            "ports": [{"number": _HTTPS, "name": "tls", "protocol": "TLS"}],
        }
    )


def _virtual_service(facts: ClusterFacts, hosts: tuple[str, ...]) -> Shared:
    routes: list[Tree] = [
        {
            "match": [{"port": _HTTPS, "sniHosts": [host]}],
            "route": [
                {
                    "destination": {
                        "host": _gateway_host(facts),
                        "subset": egress_subset(host),
                        "port": {"number": facts.cluster.mesh.egress.port},
                    }
                }
            ],
        }
        for host in hosts
    ]
    return Shared({"hosts": hosts, "exportTo": ["."], "gateways": ["mesh"], "tls": routes})


def _destination_rule(facts: ClusterFacts, hosts: tuple[str, ...]) -> Shared:
    port = facts.cluster.mesh.egress.port
    subsets: list[Tree] = [
        {
            "name": egress_subset(host),
            "trafficPolicy": {
                "portLevelSettings": [
                    {"port": {"number": port}, "tls": {"mode": "ISTIO_MUTUAL", "sni": host}}
                ]
            },
        }
        for host in hosts
    ]
    return Shared({"host": _gateway_host(facts), "exportTo": ["."], "subsets": subsets})


def _permission(placement: Placement, hosts: list[str]) -> Manifest:
    egress = placement.facts.cluster.mesh.egress
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": metadata_in(placement, egress.namespace, egress_policy(placement.namespace)),
        "spec": {
            "selector": {"matchLabels": {"istio": egress.service}},
            "action": "ALLOW",
            "rules": [
                {
                    "from": [{"source": {"namespaces": [placement.namespace]}}],
                    "when": [{"key": "connection.sni", "values": hosts}],
                }
            ],
        },
    }


def _gateway_host(facts: ClusterFacts) -> str:
    egress = facts.cluster.mesh.egress
    return f"{egress.service}.{egress.namespace}.svc.cluster.local"
