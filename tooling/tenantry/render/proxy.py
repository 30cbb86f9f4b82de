"""The way to the company's HTTP proxy, for notebooks: its addresses, and its name in the mesh.

Only in development: a production namespace reaches the hosts of its `egress` and nothing else,
while behind a proxy stands whatever the proxy lets through.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.facts import address_of
from tenantry.manifest import Shared
from tenantry.render.metadata import metadata
from tenantry.render.network import network_policy
from tenantry.ways_out import to_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest, Tree
    from tenantry.placement import Placement


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield the allowance and the ServiceEntry, where the network has a proxy."""
    if placement.in_production or placement.facts.platform.network.proxy is None:
        return
    allowance, entry = _way(placement.facts)
    yield network_policy(placement, "allow-proxy", allowance)
    yield {
        "apiVersion": "networking.istio.io/v1",
        "kind": "ServiceEntry",
        "metadata": metadata(placement, "proxy"),
        "spec": entry,
    }


@lru_cache(maxsize=64)
def _way(facts: ClusterFacts) -> tuple[Shared, Shared]:
    proxy = facts.platform.network.proxy
    if proxy is None:
        raise ValueError("there is no proxy")
    addresses = {address_of(proxy.http), address_of(proxy.https)}
    ports = sorted({port for _, port in addresses})
    allowance: dict[str, Tree] = {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [to_proxy(facts)],
    }
    entry: dict[str, Tree] = {
        "hosts": sorted({host for host, _ in addresses}),
        "exportTo": ["."],
        "location": "MESH_EXTERNAL",
        "resolution": "DNS",
        # TCP, though it speaks HTTP: the sidecar must pass CONNECT on as it is.
        "ports": [{"number": port, "name": f"tcp-{port}", "protocol": "TCP"} for port in ports],
    }
    return Shared(allowance), Shared(entry)
