"""What a platform stack will make: the cluster's facts and the stack's settings, held together.

Pure: what does not fit comes back as findings, before any resource is registered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.azure.identities import ENTRA_ID, Workload, workloads
from infra.azure.names import MIN_IDENTITY, Names
from infra.azure.planning_network import check_network, front_door_address
from infra.azure.planning_pools import plan_pools
from infra.guards import GUARD_IDS
from tenantry import layout
from tenantry.findings import Finding, show_field
from tenantry.schema.cluster import Issuer
from tenantry.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from infra.azure.faults import Fault
    from infra.azure.pools import PoolPlan
    from infra.azure.settings import Settings
    from tenantry.facts import ClusterFacts
    from tenantry.findings import Field

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REGISTRY = re.compile(r"([a-z0-9]{5,50})\.azurecr\.io/.*")


@dataclass(frozen=True)
class Plan:
    """A cluster's platform as it is to be."""

    facts: ClusterFacts
    settings: Settings
    names: Names
    system: PoolPlan
    pools: tuple[PoolPlan, ...]
    registry: str | None
    """Name of the registry; None where this stack has none to make or to read."""
    namespaces: tuple[str, ...]
    """Namespaces of teams on this cluster."""
    repositories: tuple[str, ...]
    """Those of them that read the credentials of a repository."""

    @property
    def administrators(self) -> tuple[str, ...]:
        """Groups of Entra ID whose members may do everything in the cluster."""
        return (str(self.facts.platform.identity.platform_group),)

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """Parts of the platform that are installed, and have something in Azure to act on."""
        facts = self.facts
        installed = workloads(facts.app_namespaces, facts.platform.gitops.namespace)
        return tuple(each for each in installed if _acts(each.name, facts, self.registry))

    @property
    def front_door(self) -> str | None:
        """Address of the front door; None where the internet reaches it, which gives it one."""
        return front_door_address(self.facts, self.settings)

    @property
    def tags(self) -> Mapping[str, str]:
        """What everything is tagged with."""
        return {
            "cluster": self.facts.name,
            "cost-center": self.settings.cost_center,
            "managed-by": "pulumi",
            "owner": self.settings.owner,
        }

    @property
    def wants_zone(self) -> bool:
        """Whether anything needs a public DNS zone."""
        return wants_zone(self.facts)


@dataclass(frozen=True, slots=True)
class Tenancy:
    """What teams have on a cluster, as far as infrastructure cares."""

    namespaces: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()


def wants_zone(facts: ClusterFacts) -> bool:
    """Whether a certificate is proven by DNS, or the internet must find the front door."""
    cluster = facts.cluster
    return cluster.certificates.issuer is Issuer.ACME or not cluster.private


def make_plan(
    facts: ClusterFacts, settings: Settings, tenancy: Tenancy
) -> tuple[Plan | None, list[Finding]]:
    """Return the plan, or None and every reason why there is none."""
    names = Names(settings.name, facts.name)
    system, pools, pool_faults = plan_pools(facts.cluster, settings)
    registry, registry_faults = _registry(facts, settings)
    faults = [
        *pool_faults,
        *registry_faults,
        *check_network(facts, settings, [system, *pools]),
        *_check_names(names),
        *_check_settings(settings),
        *_check_domain(facts, settings),
    ]
    path = stack_file(facts.name)
    findings = [Finding(path, rule, what, cure, field) for rule, field, what, cure in faults]
    findings += [*_check_administrators(facts), *_check_namespaces(tenancy.namespaces)]
    if findings:
        return None, findings
    plan = Plan(
        facts=facts,
        settings=settings,
        names=names,
        system=system,
        pools=tuple(pools),
        registry=registry,
        namespaces=tenancy.namespaces,
        repositories=tenancy.repositories,
    )
    return plan, []


def stack_file(cluster: str) -> str:
    """Return the file that configures a cluster's platform stack."""
    return f"Pulumi.{cluster}.yaml"


def _acts(workload: str, facts: ClusterFacts, registry: str | None) -> bool:
    """Whether there is something in Azure for a part of the platform to act on."""
    if workload in ("cert-manager", "external-dns"):
        return wants_zone(facts)
    if workload == ENTRA_ID:
        return facts.cluster.global_
    return workload != "argo-cd" or registry is not None


def _registry(facts: ClusterFacts, settings: Settings) -> tuple[str | None, list[Fault]]:
    found = [_REGISTRY.fullmatch(prefix) for prefix in facts.platform.supply.registries]
    names = sorted({match[1] for match in found if match})
    there = settings.existing.registry
    field: Field = ("existing", "registry")
    if len(names) > 1 and (there is not None or facts.cluster.global_):
        message = f"supply.registries names several registries of Azure: {', '.join(names)}"
        return None, [("registry", field, message, "leave one in clusters/platform.yaml")]
    if there is not None and not names:
        message = "supply.registries in clusters/platform.yaml names no registry of Azure"
        cure = "add <name>.azurecr.io/ there, or remove existing.registry here"
        return None, [("registry", field, message, cure)]
    if not names or (there is None and not facts.cluster.global_):
        return None, []
    return names[0], []


def _check_names(names: Names) -> Iterator[Fault]:
    for purpose, name, most in names.too_long():
        yield (
            "name-too-long",
            ("name",),
            f'"{name}", the name of a {purpose}, has {len(name)} characters, more than {most}',
            f"shorten name by {len(name) - most}",
        )


def _check_settings(settings: Settings) -> Iterator[Fault]:
    if settings.budget.since.day != 1:
        since = settings.budget.since
        message = f"budgets begin with a month, and {since} is in the midst of one"
        yield "budget", ("budget", "since"), message, f"write {since.replace(day=1)}"
    yield from _check_zones(("zones",), settings.zones)
    for name, pool in settings.pools.items():
        yield from _check_zones(("pools", name, "zones"), pool.zones or ())
    for known in settings.exceptions:
        if known not in GUARD_IDS:
            message = f'there is no guard "{known}"'
            yield "unknown-guard", ("exceptions", known), message, nearest(known, sorted(GUARD_IDS))


def _check_zones(field: Field, zones: Sequence[str]) -> Iterator[Fault]:
    if len(set(zones)) < len(zones):
        message = f"{show_field(field)} names a zone twice: {', '.join(zones)}"
        yield "zones", field, message, f"leave {', '.join(sorted(set(zones)))}"


def _check_namespaces(namespaces: Sequence[str]) -> Iterator[Finding]:
    for each in namespaces:
        if len(each) < MIN_IDENTITY:
            message = f"Azure has no identity for {each}: names of them have {MIN_IDENTITY} letters"
            yield Finding(layout.TENANTS, "name-too-short", message, "lengthen the project's name")


def _check_domain(facts: ClusterFacts, settings: Settings) -> Iterator[Fault]:
    there, domain = settings.existing.dns_zone, facts.cluster.domain
    if there is None:
        return
    field: Field = ("existing", "dnsZone")
    if not wants_zone(facts):
        message = f"nothing needs a DNS zone: {facts.name} is private and signs its own certificate"
        yield "dns-zone", field, message, "remove the block, or set certificates.issuer to acme"
    elif domain != there.zone and not domain.endswith(f".{there.zone}"):
        message = f"the domain {domain} does not lie in the zone {there.zone}"
        yield "dns-zone", (*field, "zone"), message, f"name {domain} or a parent of it"


def _check_administrators(facts: ClusterFacts) -> Iterator[Finding]:
    group = facts.platform.identity.platform_group
    if group is None or not _UUID.fullmatch(group):
        shown = "is missing" if group is None else "is no id of a group in Entra ID"
        yield Finding(
            layout.PLATFORM_FACTS,
            "administrators",
            f"identity.platformGroup {shown}, and nobody could administer the cluster {facts.name}",
            "write the object id of the platform engineers' group, a UUID",
            ("identity", "platformGroup"),
        )
