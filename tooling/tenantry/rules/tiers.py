"""Tiers: that a profile's tier is there and has what is asked, and that tiers hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.layout import PLATFORM_FACTS
from tenantry.rules.amounts import RESOURCES, Resource, amount_of, text_of
from tenantry.rules.contract import Rule
from tenantry.schema.redaction import describe
from tenantry.spelling import nearest
from tenantry.tenant import profile_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.findings import Finding
    from tenantry.schema.platform import Tier
    from tenantry.tenant import Tenant

UNKNOWN_TIER = Rule(
    "unknown-tier",
    "A tier is named that the platform does not have.",
    "Nothing would say how much the project may use.",
)
PRODUCTION_NOT_IN_TIER = Rule(
    "production-not-in-tier",
    "A project asks for production, which its tier does not have.",
    "Production is supported only where a tier promises it.",
)
TIER_CYCLE = Rule(
    "tier-cycle",
    "A tier extends itself, directly or through others.",
    "There would be no first tier to take facts from.",
)
DEFAULT_EXCEEDS_CAP = Rule(
    "default-exceeds-cap",
    "A tier gives more by default than a profile may ask for.",
    "Writing down the amount that one has anyway would be refused.",
)
OBJECT_COUNT_KEY = Rule(
    "object-count-key",
    "A tier limits the number of something that a ResourceQuota cannot count.",
    "Kubernetes would ignore the limit or refuse the quota.",
)
RULES = (
    UNKNOWN_TIER,
    PRODUCTION_NOT_IN_TIER,
    TIER_CYCLE,
    DEFAULT_EXCEEDS_CAP,
    OBJECT_COUNT_KEY,
)

#: What a ResourceQuota counts without the form count/RESOURCE.GROUP. Source:
#: kubernetes.io/docs/concepts/policy/resource-quotas, "Object count quota".
_COUNTED = (
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "services",
    "services.loadbalancers",
    "services.nodeports",
)


def check_tier(tenant: Tenant, facts: Facts) -> Iterator[Finding]:
    """Look at the tier of each project of one file."""
    for number, profile in enumerate(tenant.profiles):
        if profile.tier is None and not profile.production:
            continue
        name = profile.tier or facts.platform.default_tier
        tier = facts.tiers.get(name)
        if tier is None:
            if profile.tier is not None:
                yield UNKNOWN_TIER.finding(
                    tenant.path,
                    profile_field(number, "tier"),
                    f"the platform has no tier {describe(name)}",
                    nearest(name, sorted(facts.tiers)),
                )
        elif profile.production and not tier.production:
            yield PRODUCTION_NOT_IN_TIER.finding(
                tenant.path,
                profile_field(number, "production"),
                f"{profile.name} asks for production, which the tier {name} does not have",
                _tiers_with_production(facts),
            )


def _tiers_with_production(facts: Facts) -> str:
    names = sorted(name for name, tier in facts.tiers.items() if tier.production)
    if not names:
        return "remove the line"
    return f'write "tier: {names[0]}", or remove the line'


def check_tiers(facts: Facts) -> Iterator[Finding]:
    """Look at the tiers themselves."""
    tiers = facts.platform.tiers
    if facts.platform.default_tier not in tiers:
        yield UNKNOWN_TIER.finding(
            PLATFORM_FACTS,
            ("defaultTier",),
            f'defaultTier names the tier "{facts.platform.default_tier}", which is not there',
            nearest(facts.platform.default_tier, sorted(tiers)),
        )
    for name, tier in tiers.items():
        yield from _check_base(name, tier, facts)
        yield from _check_default(name, facts)
        yield from _check_objects(name, tier)


def _check_base(name: str, tier: Tier, facts: Facts) -> Iterator[Finding]:
    tiers = facts.platform.tiers
    if tier.extends is None:
        return
    if tier.extends not in tiers:
        yield UNKNOWN_TIER.finding(
            PLATFORM_FACTS,
            ("tiers", name, "extends"),
            f'the tier {name} extends "{tier.extends}", which is not there',
            nearest(tier.extends, sorted(set(tiers) - {name})),
        )
        return
    way = [name]
    base: str | None = tier.extends
    while base is not None and base in tiers and base not in way:
        way.append(base)
        base = tiers[base].extends
    if base == name == min(way):
        yield TIER_CYCLE.finding(
            PLATFORM_FACTS,
            ("tiers", name, "extends"),
            f"the tier {name} extends itself: {' -> '.join([*way, name])}",
            "delete the line" if way == [name] else 'remove "extends:" from one of them',
        )


def _check_default(name: str, facts: Facts) -> Iterator[Finding]:
    tier = facts.tiers[name]
    for resource in RESOURCES:
        given, cap = getattr(tier.default, resource.name), getattr(tier.cap, resource.name)
        if not given or (cap is not None and amount_of(given) <= amount_of(cap)):
            continue
        own = facts.platform.tiers[name]
        if is_inherited(own, resource, facts):
            continue
        limit = f"its cap names no {resource.name}" if cap is None else f"its cap is {text_of(cap)}"
        part = "cap" if getattr(own.default, resource.name) is None else "default"
        yield DEFAULT_EXCEEDS_CAP.finding(
            PLATFORM_FACTS,
            ("tiers", name, part, resource.name),
            f"the tier {name} gives {resource.name} {text_of(given)} by default, but {limit}",
            f"{'add' if cap is None else 'raise'} tiers.{name}.cap.{resource.name}, or lower the "
            "default",
        )


def is_inherited(tier: Tier, resource: Resource, facts: Facts) -> bool:
    """Whether default and cap of a resource are another tier's, where they are looked at."""
    own = (getattr(tier.default, resource.name), getattr(tier.cap, resource.name))
    return tier.extends in facts.platform.tiers and own == (None, None)


def _check_objects(name: str, tier: Tier) -> Iterator[Finding]:
    for key in tier.objects:
        resource = key.removeprefix("count/")
        if key in _COUNTED or (key != resource and resource[:1].isalpha()):
            continue
        yield OBJECT_COUNT_KEY.finding(
            PLATFORM_FACTS,
            ("tiers", name, "objects", key),
            f'"{key}" is not something that a ResourceQuota counts',
            _count_cure(key),
            at_key=True,
        )


def _count_cure(key: str) -> str:
    if key.partition(".")[0] in ("requests", "limits", "cpu", "memory"):
        return "amounts belong under default: and cap:"
    cure = nearest(key, list(_COUNTED))
    return cure if cure.startswith("did") else "write count/RESOURCE.GROUP, as in count/jobs.batch"
