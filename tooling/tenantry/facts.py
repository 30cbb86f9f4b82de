"""Facts: everything about the platform that a rule or renderer may know. Values, no files."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from tenantry.catalogue import Catalogue
from tenantry.schema.cluster import Outputs
from tenantry.schema.compatibility import Compatibility
from tenantry.schema.platform import Amounts, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tenantry.apps import App
    from tenantry.policies import Policy
    from tenantry.schema.cluster import Cluster, Release
    from tenantry.schema.platform import Platform

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, eq=False)
class ClusterFacts:
    """What is known of one cluster, with what it shares with all. Equal only to itself."""

    name: str
    cluster: Cluster
    platform: Platform
    release: Release
    outputs: Outputs = field(default_factory=Outputs)
    catalogue: Catalogue = field(default_factory=Catalogue)
    outputs_are_faulty: bool = False
    """Whether there are outputs that could not be read, which is a finding of its own."""
    app_namespaces: tuple[str, ...] = ()
    """All namespaces that the platform's apps are installed into, but for Argo CD's own."""

    @cached_property
    def tiers(self) -> dict[str, Tier]:
        """The tiers, each with all that it extends."""
        return resolve_tiers(self.platform.tiers)


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of the platform and all its clusters on one day."""

    platform: Platform
    clusters: Mapping[str, ClusterFacts]
    """By name, in order of name."""
    catalogue: Catalogue
    today: date
    """The day that rules judge by: they read no clock."""
    known_tenants: frozenset[str] = frozenset()
    """Names of all folders in `tenants/`."""
    apps: tuple[App, ...] = ()
    """All apps in the repository, in order of name, wherever they are installed."""
    policies: tuple[Policy, ...] = ()
    """All admission policies in the repository, in order of name."""
    compatibility: Compatibility = field(default_factory=Compatibility)
    """Which versions go together."""
    unknown_clusters: frozenset[str] = frozenset()
    """Clusters whose facts are missing or faulty: what depends on them is not judged."""

    @cached_property
    def tiers(self) -> dict[str, Tier]:
        """The tiers, each with all that it extends."""
        return resolve_tiers(self.platform.tiers)


def default_egress(platform: Platform) -> frozenset[str]:
    """Return the hosts that every namespace may reach: those listed, and the package index."""
    index, _ = address_of(platform.supply.package_index)
    return frozenset((*platform.network.egress, index))


def address_of(url: str) -> tuple[str, int]:
    """Return host and port of a URL that the model has accepted."""
    scheme, _, rest = url.partition("://")
    host, _, port = rest.partition("/")[0].partition(":")
    return host, int(port) if port else _DEFAULT_PORTS[scheme]


def resolve_tiers(tiers: Mapping[str, Tier]) -> dict[str, Tier]:
    """Return each tier with what it takes over from the tiers that it extends.

    A tier that extends itself, or one that is not there, keeps only its own facts: a rule
    refuses both.
    """
    return {name: _resolve(name, tiers, ()) for name in tiers}


def _resolve(name: str, tiers: Mapping[str, Tier], seen: tuple[str, ...]) -> Tier:
    tier = tiers[name]
    base_name = tier.extends
    if base_name is None or base_name in seen or base_name == name or base_name not in tiers:
        return tier
    base = _resolve(base_name, tiers, (*seen, name))
    return Tier.model_construct(
        description=tier.description or base.description,
        extends=base_name,
        production=base.production if tier.production is None else tier.production,
        default=_over(tier.default, base.default),
        cap=_over(tier.cap, base.cap),
        objects={**base.objects, **tier.objects},
        container=tier.container or base.container,
    )


def _over(own: Amounts, base: Amounts) -> Amounts:
    return Amounts.model_construct(
        cpu=base.cpu if own.cpu is None else own.cpu,
        memory=base.memory if own.memory is None else own.memory,
        storage=base.storage if own.storage is None else own.storage,
        gpu=base.gpu if own.gpu is None else own.gpu,
    )
