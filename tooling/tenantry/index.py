"""The index: the little that rules must know of all tenants at once. Only it outlives a tenant.

Entries are tuples of plain values, so that worker processes hand them over cheaply; what they
mean is the rules' business.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tenantry.naming import PRODUCTION_SUFFIX
from tenantry.placement import takes
from tenantry.quotas import allowance
from tenantry.schema.platform import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tenantry.facts import Facts
    from tenantry.schema.tenant import Profile
    from tenantry.tenant import Tenant

#: Amounts in the order of `rules.amounts.RESOURCES`: cpu, memory, storage, gpu.
Requests = tuple[int, int, int, int]

_NO_TIER = Tier()


class Space(NamedTuple):
    """What one profile takes up on the platform."""

    profile: str
    production: bool
    clusters: tuple[str, ...]
    """Where it lives."""
    requests: Requests
    """What each of its namespaces may request."""
    exposed: tuple[str, ...]
    """Names of the services it exposes."""
    egress: tuple[str, ...]
    """Its egress hosts, which could name a Service or pod of another namespace."""
    repository: str
    """Address of the repository it deploys; empty where there is none."""

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Its namespaces, development first."""
        if self.production:
            return (self.profile, self.profile + PRODUCTION_SUFFIX)
        return (self.profile,)


class Entry(NamedTuple):
    """What one tenant takes up on the platform. Its spaces stand in the order of its file."""

    tenant: str
    spaces: tuple[Space, ...]


class Origin(NamedTuple):
    """Where a name comes from: a profile by number, and an item of a list of it."""

    tenant: str
    profile: int
    item: int = 0


@dataclass(slots=True)
class Registry:
    """Names that must be unique, with where they come from."""

    owners: dict[str, Origin] = field(default_factory=dict)
    """The first origin of each name."""
    shared: dict[str, list[Origin]] = field(default_factory=dict)
    """All origins of the names that have several."""

    def add(self, name: str, origin: Origin) -> None:
        """Note that `origin` makes `name`."""
        earlier = self.owners.setdefault(name, origin)
        if earlier is not origin:
            self.shared.setdefault(name, [earlier]).append(origin)


@dataclass(frozen=True, slots=True)
class Index:
    """What all tenants take up together."""

    entries: tuple[Entry, ...]
    """By name of the tenant."""
    namespaces: Registry
    exposed: Registry
    """First labels of the host names of exposed services."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Index:
        """Gather the entries of all tenants, in any order."""
        index = cls(tuple(sorted(entries)), Registry(), Registry())
        for entry in index.entries:
            for number, space in enumerate(entry.spaces):
                index._add(entry.tenant, number, space)
        return index

    def _add(self, tenant: str, number: int, space: Space) -> None:
        origin = Origin(tenant, number)
        for namespace in space.namespaces:
            self.namespaces.add(namespace, origin)
        for item, name in enumerate(space.exposed):
            origin = Origin(tenant, number, item)
            for namespace in space.namespaces:
                self.exposed.add(f"{name}-{namespace}", origin)

    def spaces(self, cluster: str) -> Iterator[tuple[str, Space]]:
        """Yield tenant and space of each profile that lives on a cluster."""
        for tenant, spaces in self.entries:
            for space in spaces:
                if cluster in space.clusters:
                    yield tenant, space


def entry_of(tenant: Tenant, facts: Facts) -> Entry:
    """Return what the index keeps of a tenant. Cheap; runs beside the tenant's rules."""
    return Entry(
        tenant.name, tuple([_space(tenant.name, profile, facts) for profile in tenant.profiles])
    )


def _space(tenant: str, profile: Profile, facts: Facts) -> Space:
    return Space(
        profile.name,
        profile.production,
        homes(tenant, profile, facts),
        _requests(profile, facts),
        tuple([exposure.name for exposure in profile.expose]) if profile.expose else (),
        profile.egress,
        profile.repository.url if profile.repository is not None else "",
    )


def homes(tenant: str, profile: Profile, facts: Facts) -> tuple[str, ...]:
    """Return the names of the clusters that a profile lives on."""
    if profile.clusters is None:
        return _usual_homes(tenant, facts)
    return tuple([name for name in facts.clusters if name in profile.clusters])


@lru_cache(maxsize=8)
def _takers_of_all(facts: Facts) -> tuple[str, ...]:
    return tuple(
        name for name, cluster in facts.clusters.items() if cluster.cluster.tenants == "all"
    )


@lru_cache(maxsize=8)
def _named_tenants(facts: Facts) -> frozenset[str]:
    """Return the tenants that some cluster takes by name."""
    named = set(facts.platform.canaries)
    for cluster in facts.clusters.values():
        if not isinstance(cluster.cluster.tenants, str):
            named.update(cluster.cluster.tenants)
    return frozenset(named)


def _usual_homes(tenant: str, facts: Facts) -> tuple[str, ...]:
    if tenant not in _named_tenants(facts):
        return _takers_of_all(facts)
    return _homes_of_named(tenant, facts)


@lru_cache(maxsize=256)
def _homes_of_named(tenant: str, facts: Facts) -> tuple[str, ...]:
    return tuple(name for name, cluster in facts.clusters.items() if takes(cluster, tenant))


def _requests(profile: Profile, facts: Facts) -> Requests:
    tier = profile.tier or facts.platform.default_tier
    if profile.quota is None:
        return _given(tier, facts)
    amounts = allowance(profile.quota, facts.tiers.get(tier, _NO_TIER))
    return (amounts.cpu, amounts.memory, amounts.storage, amounts.gpu)


@lru_cache(maxsize=256)
def _given(tier: str, facts: Facts) -> Requests:
    amounts = allowance(None, facts.tiers.get(tier, _NO_TIER))
    return (amounts.cpu, amounts.memory, amounts.storage, amounts.gpu)
