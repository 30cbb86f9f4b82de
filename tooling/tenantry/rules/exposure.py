"""Exposure: the host names of exposed services, who may open them, and the gateways in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.index import homes
from tenantry.layout import CLUSTER_FILE, cluster_file, tenant_file
from tenantry.naming import MAX_LABEL, namespace_of
from tenantry.placement import environments
from tenantry.rules.contract import Rule
from tenantry.schema.tenant import Audience
from tenantry.tenant import profile_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts, Facts
    from tenantry.findings import Field, Finding
    from tenantry.index import Index
    from tenantry.schema.cluster import Gateway
    from tenantry.schema.tenant import Profile
    from tenantry.tenant import Tenant

DUPLICATE_EXPOSURE = Rule(
    "duplicate-exposure",
    "A project exposes two services under one name.",
    "They would share one host name.",
)
EXPOSED_HOST_TOO_LONG = Rule(
    "exposed-host-too-long",
    "The host name of an exposed service has a part that is longer than DNS allows.",
    "No browser could open it.",
)
EXPOSED_HOST_TAKEN = Rule(
    "exposed-host-taken",
    "Two exposed services would have the same host name.",
    "People would reach the wrong one.",
)
AUDIENCE_NOT_OFFERED = Rule(
    "audience-not-offered",
    "A service is exposed to an audience that a cluster does not serve.",
    "Nobody could open it there.",
)
GATEWAY_LOGIN = Rule(
    "gateway-login",
    "A gateway asks for a login where it must not, or asks for none where it must.",
    "What is meant for a team would be open to the internet, or the public would be locked out.",
)
GATEWAY_SHARED_ACCOUNT = Rule(
    "gateway-shared-account",
    "A gateway without login runs as the same service account as one with login.",
    "Policies trust the user header from that account: anybody could be anybody.",
)
DOMAIN_TAKEN = Rule(
    "domain-taken",
    "Two clusters have the same domain.",
    "A service that runs on both would have one host name for two places.",
)
RULES = (
    DUPLICATE_EXPOSURE,
    EXPOSED_HOST_TOO_LONG,
    EXPOSED_HOST_TAKEN,
    AUDIENCE_NOT_OFFERED,
    GATEWAY_LOGIN,
    GATEWAY_SHARED_ACCOUNT,
    DOMAIN_TAKEN,
)


def check_exposure(tenant: Tenant, facts: Facts) -> Iterator[Finding]:
    """Look at the exposed services of one file."""
    for number, profile in enumerate(tenant.profiles):
        if profile.expose:
            yield from _check_names(tenant, number, profile)
            yield from _check_audiences(tenant, number, profile, facts)


def _check_names(tenant: Tenant, number: int, profile: Profile) -> Iterator[Finding]:
    seen: set[str] = set()
    longest = namespace_of(profile.name, environments(profile)[-1])
    for item, exposure in enumerate(profile.expose):
        field = profile_field(number, "expose", item, "name")
        if exposure.name in seen:
            yield DUPLICATE_EXPOSURE.finding(
                tenant.path,
                field,
                f'{profile.name} already exposes a service "{exposure.name}"',
                "delete one of the two, or name another service",
            )
        seen.add(exposure.name)
        label = f"{exposure.name}-{longest}"
        if len(label) > MAX_LABEL:
            yield EXPOSED_HOST_TOO_LONG.finding(
                tenant.path,
                field,
                f'the host name would start with "{label}", which has {len(label)} characters; '
                f"DNS allows {MAX_LABEL}",
                f"shorten the service's name by {len(label) - MAX_LABEL}",
            )


def _check_audiences(
    tenant: Tenant, number: int, profile: Profile, facts: Facts
) -> Iterator[Finding]:
    for cluster in homes(tenant.name, profile, facts):
        offered = facts.clusters[cluster].cluster.audiences
        for item, exposure in enumerate(profile.expose):
            if exposure.audience in offered:
                continue
            names = sorted(offered)
            cure = f"write {' or '.join(names)}" if names else "remove the service"
            yield AUDIENCE_NOT_OFFERED.finding(
                tenant.path,
                profile_field(number, "expose", item, "audience"),
                f'{exposure.name} of {profile.name} is for the audience "{exposure.audience}", '
                f"which the cluster {cluster} does not serve",
                cure,
            )


def check_exposed_hosts(index: Index, _facts: Facts) -> Iterator[Finding]:
    """Look for exposed services that would have one host name."""
    spaces = dict(index.entries)
    for label, origins in index.exposed.shared.items():
        # One service is no clash with itself, and one name twice in a project is refused there.
        projects = list(dict.fromkeys(origin[:2] for origin in origins))
        if len(projects) == 1:
            continue
        for origin in dict.fromkeys(origins):
            tenant, number = projects[1] if origin[:2] == projects[0] else projects[0]
            yield EXPOSED_HOST_TAKEN.finding(
                tenant_file(origin.tenant),
                profile_field(origin.profile, "expose", origin.item, "name"),
                f'the host name would start with "{label}", as for a service of '
                f"{spaces[tenant][number].profile} in {tenant_file(tenant)}",
                "rename the service",
            )


def check_gateways(facts: Facts) -> Iterator[Finding]:
    """Look at the gateways and domains of all clusters."""
    domains: dict[str, str] = {}
    for name, cluster in facts.clusters.items():
        yield from _check_logins(cluster)
        yield from _check_accounts(cluster)
        earlier = domains.setdefault(cluster.cluster.domain, name)
        if earlier != name:
            yield DOMAIN_TAKEN.finding(
                cluster_file(name, CLUSTER_FILE),
                ("domain",),
                f"{cluster.cluster.domain} is also the domain of the cluster {earlier}",
                "give each cluster a domain of its own",
            )


def _gateways(cluster: ClusterFacts) -> Iterator[tuple[Field, Gateway, bool]]:
    """Yield each gateway's field, the gateway, and whether it must ask for a login."""
    mesh = cluster.cluster.mesh
    yield ("mesh", "gateway"), mesh.gateway, True
    for audience, gateway in cluster.cluster.audiences.items():
        if gateway is None and audience is not Audience.PUBLIC:
            continue  # The mesh's own gateway, which is looked at already.
        yield (
            ("audiences", audience.value),
            gateway or mesh.gateway,
            audience is not Audience.PUBLIC,
        )


def _check_logins(cluster: ClusterFacts) -> Iterator[Finding]:
    for field, gateway, wanted in _gateways(cluster):
        if gateway.login is wanted:
            continue
        whom = "what only people with a login may open" if wanted else "the public"
        has = "lets everybody in" if wanted else "asks for a login"
        yield GATEWAY_LOGIN.finding(
            cluster_file(cluster.name, CLUSTER_FILE),
            (*field, "login"),
            f"the gateway {gateway.namespace}/{gateway.name} serves {whom}, and {has}",
            f'name a gateway that has "login: {str(wanted).lower()}"',
        )


def _check_accounts(cluster: ClusterFacts) -> Iterator[Finding]:
    gateways = list(_gateways(cluster))
    trusted = {gateway.service_account for _, gateway, _ in gateways if gateway.login}
    for field, gateway, _ in gateways:
        account = gateway.service_account
        if not gateway.login and account in trusted:
            yield GATEWAY_SHARED_ACCOUNT.finding(
                cluster_file(cluster.name, CLUSTER_FILE),
                (*field, "serviceAccount"),
                f"the gateway {gateway.namespace}/{gateway.name} has no login and runs as "
                f"{account.namespace}/{account.name}, as a gateway with login does",
                "give it a service account of its own",
            )
