"""Capacity: what each cluster has, against tiers and against the sum of all quotas on it."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.findings import Severity
from tenantry.layout import CLUSTER_FILE, PLATFORM_FACTS, cluster_file
from tenantry.quotas import Allowance, allowance
from tenantry.rules.amounts import RESOURCES, Resource, amount_of, text_of
from tenantry.rules.contract import Rule
from tenantry.schema.cluster import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts, Facts
    from tenantry.findings import Field, Finding
    from tenantry.index import Index, Space

CAPACITY_EXCEEDED = Rule(
    "capacity-exceeded",
    "All quotas of a cluster add up to more than its capacity with overcommit.",
    "What teams were promised would not be there when they need it.",
)
CAPACITY_CROSSED = Rule(
    "capacity-crossed",
    "All quotas of a cluster add up to more than it has, and are still within its overcommit.",
    "The next requests will be refused: time to add nodes or to ask who needs less.",
    Severity.WARNING,
)
DEFAULT_EXCEEDS_CLUSTER = Rule(
    "default-exceeds-cluster",
    "A tier gives more by default than a whole cluster has.",
    "No project of the tier could use on that cluster what it is promised.",
    Severity.WARNING,
)
POOL_WITHOUT_QUEUE = Rule(
    "pool-without-queue",
    "A pool of GPUs has no queue.",
    "Without a Kueue queue, whoever starts first keeps the GPUs.",
    Severity.WARNING,
)
RULES = (CAPACITY_EXCEEDED, CAPACITY_CROSSED, DEFAULT_EXCEEDS_CLUSTER, POOL_WITHOUT_QUEUE)

#: How many of the largest quotas a message names.
_NAMED = 3


@lru_cache(maxsize=64)
def capacity_of(facts: ClusterFacts) -> Allowance:
    """Return what a cluster has in all its pools."""
    capacity = facts.cluster.capacity
    pools = capacity.pools.values()
    return Allowance(
        sum(pool.cpu.amount for pool in pools),
        sum(pool.memory.amount for pool in pools),
        capacity.storage.amount,
        sum(pool.gpu for pool in pools),
    )


def most_promised(facts: ClusterFacts, resource: Resource) -> int:
    """Return how much the quotas on a cluster may add up to. GPUs cannot be shared."""
    there: int = getattr(capacity_of(facts), resource.name)
    factor: float = getattr(facts.cluster.capacity.overcommit, resource.name, 1)
    return int(there * Decimal(repr(factor)))


def check_capacity(index: Index, facts: Facts) -> Iterator[Finding]:
    """Look at the sums of all quotas."""
    for cluster in facts.clusters.values():
        sums = _sums(index, cluster.name)
        for position, resource in enumerate(RESOURCES):
            there: int = getattr(capacity_of(cluster), resource.name)
            if sums[position] <= there:
                continue
            most = max(there, *(getattr(tier, resource.name) for tier in _defaults(facts)))
            fair = [one for one in index.spaces(cluster.name) if one[1].requests[position] <= most]
            asked = sum(_asked(space, position) for _tenant, space in fair)
            if asked > there:
                yield _crossed(cluster, resource, asked, _largest(fair, position, resource))


def _defaults(facts: Facts) -> list[Allowance]:
    """Return what each tier gives. A quota above these and the cluster is refused by itself."""
    return [allowance(None, tier) for tier in facts.tiers.values()]


def _asked(space: Space, position: int) -> int:
    return space.requests[position] * len(space.namespaces)


def _sums(index: Index, cluster: str) -> tuple[int, int, int, int]:
    cpu = memory = storage = gpu = 0
    for _tenant, space in index.spaces(cluster):
        times = 2 if space.production else 1
        asked = space.requests
        cpu += times * asked[0]
        memory += times * asked[1]
        storage += times * asked[2]
        gpu += times * asked[3]
    return cpu, memory, storage, gpu


def _largest(spaces: list[tuple[str, Space]], position: int, resource: Resource) -> str:
    from heapq import nsmallest  # noqa: PLC0415 - needed only where a cluster is full

    asked = ((-_asked(space, position), space.profile, tenant) for tenant, space in spaces)
    return ", ".join(
        f"{profile} of {tenant} with {resource.show(-amount)}"
        for amount, profile, tenant in nsmallest(_NAMED, asked)
    )


def _crossed(cluster: ClusterFacts, resource: Resource, asked: int, largest: str) -> Finding:
    there: int = getattr(capacity_of(cluster), resource.name)
    most = most_promised(cluster, resource)
    rule, limit = CAPACITY_CROSSED, f"the {resource.show(there)} that it has"
    cure = f"add nodes or lower a quota before the sum reaches {resource.show(most)}"
    if asked > most:
        rule, cure = CAPACITY_EXCEEDED, "lower a quota, or add nodes and write down what they have"
        if most != there:
            limit += f", and more than the {resource.show(most)} that its overcommit allows"
    return rule.finding(
        cluster_file(cluster.name, CLUSTER_FILE),
        _field_of(resource),
        f"all quotas on the cluster {cluster.name} add up to {resource.name} "
        f"{resource.show(asked)}, more than {limit}; the largest: {largest}",
        cure,
    )


def _field_of(resource: Resource) -> Field:
    return ("capacity", "storage" if resource.name == "storage" else "pools")


def check_pools(facts: Facts) -> Iterator[Finding]:
    """Look at what each cluster has."""
    for cluster in facts.clusters.values():
        yield from _check_queues(cluster)
        yield from _check_defaults(cluster, facts)


def _check_queues(cluster: ClusterFacts) -> Iterator[Finding]:
    for name, pool in cluster.cluster.capacity.pools.items():
        if pool.queue is None and (pool.gpu or pool.purpose is Purpose.GPU):
            yield POOL_WITHOUT_QUEUE.finding(
                cluster_file(cluster.name, CLUSTER_FILE),
                ("capacity", "pools", name),
                f"the pool {name} has GPUs and no queue that hands them out",
                'add "queue:" with the name of a ClusterQueue',
            )


def _check_defaults(cluster: ClusterFacts, facts: Facts) -> Iterator[Finding]:
    for name, tier in facts.tiers.items():
        for resource in RESOURCES:
            given = getattr(tier.default, resource.name)
            there: int = getattr(capacity_of(cluster), resource.name)
            own = getattr(facts.platform.tiers[name].default, resource.name)
            if own is None and tier.extends in facts.tiers:
                continue
            if given is not None and amount_of(given) > there:
                yield DEFAULT_EXCEEDS_CLUSTER.finding(
                    PLATFORM_FACTS,
                    ("tiers", name, "default", resource.name),
                    f"the tier {name} gives {resource.name} {text_of(given)} by default, more "
                    f"than the {resource.show(there)} that the whole cluster {cluster.name} has",
                    "lower the default or add nodes",
                )
