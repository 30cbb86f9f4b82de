"""How much a namespace may request: its ResourceQuota and LimitRange.

Only `requests.*` are bounded, and only `defaultRequest` is set: so pods with no requests, only
requests, only limits, or both are all admitted, and nothing is throttled by a default.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.manifest import Shared
from tenantry.quantity import show_bytes, show_cpu
from tenantry.render.metadata import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest
    from tenantry.placement import Placement
    from tenantry.quotas import Allowance

#: Ways round the gateway that no tier may open.
_NEVER = {"services.loadbalancers": "0", "services.nodeports": "0"}


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield the quota and, where the tier has one, the default request of a container."""
    yield {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": metadata(placement, "quota"),
        "spec": _quota(placement.facts, placement.tier_name, placement.allowance),
    }
    container = _default_request(placement.facts, placement.tier_name)
    if container is not None:
        yield {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": metadata(placement, "defaults"),
            "spec": container,
        }


@lru_cache(maxsize=1024)
def _quota(facts: ClusterFacts, tier: str, allowance: Allowance) -> Shared:
    objects = {name: str(count) for name, count in sorted(facts.tiers[tier].objects.items())}
    return Shared(
        {
            "hard": {
                "requests.cpu": show_cpu(allowance.cpu),
                "requests.memory": show_bytes(allowance.memory),
                "requests.storage": show_bytes(allowance.storage),
                "requests.nvidia.com/gpu": str(allowance.gpu),
                **objects,
                **_NEVER,
            }
        }
    )


@lru_cache(maxsize=256)
def _default_request(facts: ClusterFacts, tier: str) -> Shared | None:
    container = facts.tiers[tier].container
    if container is None:
        return None
    request = {
        "cpu": show_cpu(container.cpu.amount),
        "memory": show_bytes(container.memory.amount),
    }
    return Shared({"limits": [{"type": "Container", "defaultRequest": request}]})
