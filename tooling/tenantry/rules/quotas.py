"""Quotas: that each amount of one profile can be meant, and that tier and clusters have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tenantry.findings import Severity
from tenantry.index import homes
from tenantry.quantity import Quantity, parse_bytes
from tenantry.rules.amounts import RESOURCES, Resource, amount_of, text_of
from tenantry.rules.capacity import capacity_of
from tenantry.rules.contract import Rule
from tenantry.tenant import profile_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.schema.platform import Tier
    from tenantry.schema.tenant import Profile
    from tenantry.tenant import Tenant

QUOTA_EXCEEDS_TIER = Rule(
    "quota-exceeds-tier",
    "A quota asks for more than the tier allows.",
    "The tier is what was agreed on with those who pay for the cluster.",
)
GPU_NOT_IN_TIER = Rule(
    "gpu-not-in-tier",
    "A quota asks for GPUs in a tier that has none.",
    "GPUs are few and are not shared; only some tiers hand them out.",
)
QUOTA_EXCEEDS_CLUSTER = Rule(
    "quota-exceeds-cluster",
    "A quota asks for more than a whole cluster has.",
    "Pods that use it would wait forever.",
)
QUOTA_ZERO = Rule(
    "quota-zero",
    "A quota gives no CPU or no memory.",
    "Not one pod could start.",
)
QUOTA_BELOW_CONTAINER = Rule(
    "quota-below-container",
    "A quota is less than what a single container is taken to ask for.",
    "A container that asks for nothing could not start.",
    Severity.WARNING,
)
DECIMAL_UNIT = Rule(
    "decimal-unit",
    "An amount is written in units of 1000 where units of 1024 were probably meant.",
    "8G is less than 8Gi, and what needs 8Gi would not start.",
    Severity.WARNING,
)
RULES = (
    QUOTA_EXCEEDS_TIER,
    GPU_NOT_IN_TIER,
    QUOTA_EXCEEDS_CLUSTER,
    QUOTA_ZERO,
    QUOTA_BELOW_CONTAINER,
    DECIMAL_UNIT,
)

#: What a pod cannot do without.
_NEEDED = ("cpu", "memory")


class _Asked(NamedTuple):
    """One amount of one profile's quota."""

    tenant: Tenant
    profile: Profile
    resource: Resource
    value: Quantity | int
    field: Field

    @property
    def shown(self) -> str:
        return f"{self.profile.name} asks for {self.resource.name} {text_of(self.value)}"


def check_quotas(tenant: Tenant, facts: Facts) -> Iterator[Finding]:
    """Look at the quotas of one file."""
    for number, profile in enumerate(tenant.profiles):
        if profile.quota is None:
            continue
        tier_name = profile.tier or facts.platform.default_tier
        for resource in RESOURCES:
            value = getattr(profile.quota, resource.name)
            if value is None:
                continue
            field = profile_field(number, "quota", resource.name)
            asked = _Asked(tenant, profile, resource, value, field)
            yield from _check_alone(asked)
            refused = False
            for finding in _check_tier(asked, tier_name, facts) if tier_name in facts.tiers else ():
                refused = refused or finding.is_error
                yield finding
            if not refused:
                yield from _check_clusters(asked, facts)


def _check_alone(asked: _Asked) -> Iterator[Finding]:
    value = asked.value
    if not amount_of(value) and asked.resource.name in _NEEDED:
        yield QUOTA_ZERO.finding(
            asked.tenant.path,
            asked.field,
            f"{asked.shown}: no pod could start",
            "write the amount that the project needs, or leave the line out to get the tier's",
        )
    elif isinstance(value, Quantity) and value.text.endswith(("k", "M", "G", "T", "P")):
        yield from _check_unit(asked, value)


def _check_unit(asked: _Asked, value: Quantity) -> Iterator[Finding]:
    meant = parse_bytes(_binary(value.text))
    if meant is not None and value.amount:
        yield DECIMAL_UNIT.finding(
            asked.tenant.path,
            asked.field,
            f"{asked.shown}, which is {meant.amount - value.amount:,} bytes less than {meant.text}",
            f"write {meant.text}, or keep {value.text} if units of 1000 are meant",
        )


def _binary(text: str) -> str:
    return text[:-1] + text[-1].upper() + "i"


def _check_tier(asked: _Asked, tier_name: str, facts: Facts) -> Iterator[Finding]:
    tier = facts.tiers[tier_name]
    name, amount = asked.resource.name, amount_of(asked.value)
    cap = getattr(tier.cap, name)
    if amount <= (0 if cap is None else amount_of(cap)):
        yield from _check_container(asked, tier)
        return
    if name == "gpu" and not cap:
        yield GPU_NOT_IN_TIER.finding(
            asked.tenant.path,
            asked.field,
            f"{asked.shown}, and the tier {tier_name} has no GPU",
            _lines_or(_larger_tier(asked, facts)),
        )
        return
    limit = f"more than the {text_of(cap)} that the tier {tier_name} allows"
    if cap is None:
        limit = f"and the tier {tier_name} allows none"
    larger = _larger_tier(asked, facts)
    lower = f"write {text_of(cap)} or less" if cap is not None else "remove the line"
    yield QUOTA_EXCEEDS_TIER.finding(
        asked.tenant.path, asked.field, f"{asked.shown}, {limit}", f"{lower}{_or(larger)}"
    )


def _lines_or(cure: str) -> str:
    return f"{cure}, or remove the line" if cure else "remove the line"


def _or(cure: str) -> str:
    return f", or {cure}" if cure else ""


def _larger_tier(asked: _Asked, facts: Facts) -> str:
    """Return the cure "take the smallest tier that allows it", or nothing where none does."""
    caps = {
        name: amount_of(getattr(tier.cap, asked.resource.name) or 0)
        for name, tier in facts.tiers.items()
    }
    fitting = [name for name, cap in caps.items() if cap >= amount_of(asked.value)]
    if not fitting:
        return ""
    return f'write "tier: {min(fitting, key=lambda name: (caps[name], name))}"'


def _check_container(asked: _Asked, tier: Tier) -> Iterator[Finding]:
    container, name = tier.container, asked.resource.name
    if container is None or name not in _NEEDED:
        return
    given: Quantity = getattr(container, name)
    if 0 < amount_of(asked.value) < given.amount:
        yield QUOTA_BELOW_CONTAINER.finding(
            asked.tenant.path,
            asked.field,
            f"{asked.shown}, less than the {given.text} that a container which names no request "
            "is given",
            f"write {given.text} or more",
        )


def _check_clusters(asked: _Asked, facts: Facts) -> Iterator[Finding]:
    name = asked.resource.name
    for cluster in homes(asked.tenant.name, asked.profile, facts):
        there = getattr(capacity_of(facts.clusters[cluster]), name)
        if amount_of(asked.value) > there:
            yield QUOTA_EXCEEDS_CLUSTER.finding(
                asked.tenant.path,
                asked.field,
                f"{asked.shown}, more than the {asked.resource.show(there)} that the whole "
                f"cluster {cluster} has",
                f"write {asked.resource.show(there)} or less" + _other_clusters(asked, facts),
            )


def _other_clusters(asked: _Asked, facts: Facts) -> str:
    large = [
        name
        for name, cluster in facts.clusters.items()
        if getattr(capacity_of(cluster), asked.resource.name) >= amount_of(asked.value)
    ]
    return f', or write "clusters: [{", ".join(large)}]"' if large else ""
