"""Placement: which environment of which profile lives on which cluster. One pure function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tenantry.naming import namespace_of
from tenantry.quotas import Allowance, allowance
from tenantry.schema.tenant import Environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts
    from tenantry.schema.platform import Tier
    from tenantry.schema.tenant import Profile
    from tenantry.tenant import Tenant


@dataclass(frozen=True, eq=False)
class Placement:
    """One environment of one profile on one cluster: what is rendered. Equal only to itself."""

    tenant: Tenant
    profile: Profile
    environment: Environment
    facts: ClusterFacts

    @cached_property
    def namespace(self) -> str:
        """Its namespace."""
        return namespace_of(self.profile.name, self.environment)

    @cached_property
    def tier_name(self) -> str:
        """The tier that holds, given or by default."""
        return self.profile.tier or self.facts.platform.default_tier

    @property
    def tier(self) -> Tier:
        """What the profile may use."""
        return self.facts.tiers[self.tier_name]

    @cached_property
    def allowance(self) -> Allowance:
        """How much the namespace may request."""
        return allowance(self.profile.quota, self.tier)

    @property
    def in_production(self) -> bool:
        """Whether only Git changes it."""
        return self.environment is Environment.PRODUCTION

    @cached_property
    def admins(self) -> list[str]:
        """Addresses of its admins, sorted."""
        return self.tenant.people(self.profile.admins)

    @cached_property
    def contributors(self) -> list[str]:
        """Addresses of its contributors, sorted."""
        return self.tenant.people(self.profile.contributors)

    @cached_property
    def viewers(self) -> list[str]:
        """Addresses of its viewers, sorted."""
        return self.tenant.people(self.profile.viewers)


def environments(profile: Profile) -> tuple[Environment, ...]:
    """Return the environments of a profile."""
    if profile.production:
        return (Environment.DEVELOPMENT, Environment.PRODUCTION)
    return (Environment.DEVELOPMENT,)


def takes(facts: ClusterFacts, tenant: str) -> bool:
    """Whether a cluster takes a tenant's profiles that name no cluster."""
    wanted = facts.cluster.tenants
    if wanted == "all":
        return True
    return tenant in (facts.platform.canaries if wanted == "canary" else wanted)


def is_placed(tenant: str, profile: Profile, facts: ClusterFacts) -> bool:
    """Whether a profile lives on a cluster: where it says so, else where the platform says so."""
    if profile.clusters is not None:
        return facts.name in profile.clusters
    return takes(facts, tenant)


def placements(tenant: Tenant, facts: ClusterFacts) -> Iterator[Placement]:
    """Yield what a tenant has on a cluster, by profile as written, development first."""
    for profile in tenant.profiles:
        if is_placed(tenant.name, profile, facts):
            for environment in environments(profile):
                yield Placement(tenant, profile, environment, facts)
