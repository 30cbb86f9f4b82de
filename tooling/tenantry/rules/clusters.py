"""Clusters: that profiles name clusters which are there, and that clusters name such tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.findings import Severity
from tenantry.index import homes
from tenantry.layout import CLUSTER_FILE, CLUSTERS, PLATFORM_FACTS, cluster_file
from tenantry.rules.contract import Rule
from tenantry.schema.redaction import describe
from tenantry.spelling import nearest
from tenantry.tenant import profile_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.tenant import Tenant

UNKNOWN_CLUSTER = Rule(
    "unknown-cluster",
    "A project names a cluster that is not there.",
    "The project would not run where the team expects it.",
)
DUPLICATE_CLUSTER = Rule(
    "duplicate-cluster",
    "A project names a cluster twice.",
    "Deleting one of the lines would not move the project.",
)
PLACED_NOWHERE = Rule(
    "placed-nowhere",
    "A project lives on no cluster.",
    "Nothing would be made of it, without any error.",
    Severity.WARNING,
)
GLOBAL_CLUSTER = Rule(
    "global-cluster",
    "Not exactly one cluster owns what exists once in the world.",
    "Two owners would fight over it; with none, nobody would make it.",
)
NO_CLUSTER = Rule(
    "no-cluster",
    "There is no cluster.",
    "There is nothing to render for.",
)
UNKNOWN_TENANT = Rule(
    "unknown-tenant",
    "A cluster or the list of canaries names a tenant that is not there.",
    "Who reads the facts would believe that changes are tried with that team.",
    Severity.WARNING,
)
RULES = (
    UNKNOWN_CLUSTER,
    DUPLICATE_CLUSTER,
    PLACED_NOWHERE,
    GLOBAL_CLUSTER,
    NO_CLUSTER,
    UNKNOWN_TENANT,
)


def check_clusters(tenant: Tenant, facts: Facts) -> Iterator[Finding]:
    """Look at where the projects of one file live."""
    for number, profile in enumerate(tenant.profiles):
        if profile.clusters is not None:
            yield from _check_named(tenant.path, number, profile.clusters, facts)
        elif (
            not facts.unknown_clusters and facts.clusters and not homes(tenant.name, profile, facts)
        ):
            yield PLACED_NOWHERE.finding(
                tenant.path,
                profile_field(number, "name"),
                f"{profile.name} lives on no cluster: none takes the tenant {tenant.name}",
                f'write "clusters: [{", ".join(facts.clusters)}]" with the clusters you need',
            )


def _check_named(
    path: str, number: int, clusters: tuple[str, ...], facts: Facts
) -> Iterator[Finding]:
    seen: set[str] = set()
    for item, name in enumerate(clusters):
        field = profile_field(number, "clusters", item)
        if name in seen:
            yield DUPLICATE_CLUSTER.finding(
                path, field, f"the cluster {name} is named twice", "delete one of the two"
            )
        elif name not in facts.clusters and name not in facts.unknown_clusters:
            yield UNKNOWN_CLUSTER.finding(
                path,
                field,
                f"there is no cluster {describe(name)}",
                nearest(name, sorted({*facts.clusters, *facts.unknown_clusters})),
            )
        seen.add(name)


def check_global_cluster(facts: Facts) -> Iterator[Finding]:
    """Look for the one cluster that owns what exists once in the world."""
    owners = [name for name, cluster in facts.clusters.items() if cluster.cluster.global_]
    if facts.unknown_clusters and not owners:
        return  # It may be one of those whose facts are not known.
    if not facts.clusters:
        yield NO_CLUSTER.finding(
            PLATFORM_FACTS,
            (),
            "there is no cluster",
            f"add a folder {CLUSTERS}/NAME with a {CLUSTER_FILE}",
        )
    elif not owners:
        yield GLOBAL_CLUSTER.finding(
            cluster_file(next(iter(facts.clusters)), CLUSTER_FILE),
            (),
            "no cluster owns what exists once in the world",
            f'write "global: true" in the {CLUSTER_FILE} of exactly one cluster',
        )
    elif len(owners) > 1:
        for name in owners:
            others = ", ".join(other for other in owners if other != name)
            yield GLOBAL_CLUSTER.finding(
                cluster_file(name, CLUSTER_FILE),
                ("global",),
                f"{name} is global, and so is {others}",
                'keep "global: true" in one of them',
            )


def check_named_tenants(facts: Facts) -> Iterator[Finding]:
    """Look at the tenants that the platform's facts name."""
    for item, tenant in enumerate(facts.platform.canaries):
        yield from _check_tenant(PLATFORM_FACTS, ("canaries", item), tenant, facts)
    for name, cluster in facts.clusters.items():
        tenants = cluster.cluster.tenants
        if isinstance(tenants, str):
            continue
        for item, tenant in enumerate(tenants):
            path = cluster_file(name, CLUSTER_FILE)
            yield from _check_tenant(path, ("tenants", item), tenant, facts)


def _check_tenant(path: str, field: Field, tenant: str, facts: Facts) -> Iterator[Finding]:
    if tenant not in facts.known_tenants:
        cure = nearest(tenant, sorted(facts.known_tenants))
        if not cure.startswith("did"):
            cure = "remove it, or add the tenant's folder"
        yield UNKNOWN_TENANT.finding(path, field, f'there is no tenant "{tenant}"', cure)
