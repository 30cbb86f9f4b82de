"""Facts that stand for themselves: regions, domains of people, address ranges, outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.findings import Severity
from tenantry.layout import (
    CLUSTER_FILE,
    OUTPUTS_FILE,
    PLATFORM_FACTS,
    cluster_file,
    rendered_branch,
)
from tenantry.rules.claims import REGION_NOT_OFFERED
from tenantry.rules.contract import Rule
from tenantry.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts, Facts
    from tenantry.findings import Finding
    from tenantry.index import Index

LOGIN_DOMAIN = Rule(
    "login-domain",
    "A domain that people log in with is one that no person can have.",
    "The platform's own identity, which owns every namespace, would become a person.",
)
ADDRESS_RANGE = Rule(
    "address-range",
    "The range of an API server or proxy is no range of addresses, or is all of them.",
    "Kubernetes would refuse the policies, or they would let pods reach everything.",
)
OUTPUTS_MISSING = Rule(
    "outputs-missing",
    "A cluster lacks facts that only its infrastructure knows.",
    "What depends on them is left out until they are there.",
    Severity.WARNING,
)
IDENTITY_MISSING = Rule(
    "identity-missing",
    "Namespaces have no managed identity yet.",
    "Their pods cannot sign in to Azure.",
    Severity.WARNING,
)
SHARED_OUTPUTS = Rule(
    "shared-outputs",
    "Two clusters claim to be the same issuer of service accounts' tokens.",
    "Pods of one cluster would be taken for those of the other, or could not sign in at all.",
)
SAME_HEADER = Rule(
    "same-header",
    "One header is to hold both the user and the groups.",
    "Whoever may choose a group's name could be any user.",
)
BRANCH_TAKEN = Rule(
    "branch-taken",
    "Pull requests are to merge to a branch that holds rendered trees.",
    "Publishing would overwrite the sources.",
)
RULES = (
    LOGIN_DOMAIN,
    ADDRESS_RANGE,
    OUTPUTS_MISSING,
    IDENTITY_MISSING,
    SHARED_OUTPUTS,
    SAME_HEADER,
    BRANCH_TAKEN,
)

_FILLED = "to be filled by `tenantry facts`, from the cluster's infrastructure stack"

#: How many namespaces a message names.
_NAMED = 3
_MAX_OCTET = 255
#: The shortest prefix of a range of API servers; shorter ones are networks, not servers.
_MIN_PREFIX = 8


def check_headers(facts: Facts) -> Iterator[Finding]:
    """Look at the headers that tell workloads who somebody is."""
    identity = facts.platform.identity
    if identity.user_header == identity.groups_header:
        yield SAME_HEADER.finding(
            PLATFORM_FACTS,
            ("identity", "groupsHeader"),
            f"{identity.groups_header} is the header of the user as well",
            "give the groups a header of their own, such as kubeflow-groups",
        )


def check_branch(facts: Facts) -> Iterator[Finding]:
    """Look at the branch that pull requests merge to."""
    branch = facts.platform.gitops.branch
    if branch.startswith(rendered_branch("")):
        yield BRANCH_TAKEN.finding(
            PLATFORM_FACTS,
            ("gitops", "branch"),
            f"{branch} is a branch for the rendered tree of a cluster",
            "write the branch that holds the sources, such as main",
        )


def check_regions(facts: Facts) -> Iterator[Finding]:
    """Look at the region of each cluster."""
    regions = facts.platform.regions
    for name, cluster in facts.clusters.items():
        region = cluster.cluster.region
        if region not in regions:
            yield REGION_NOT_OFFERED.finding(
                cluster_file(name, CLUSTER_FILE),
                ("region",),
                f'the cluster {name} stands in the region "{region}", where the company keeps no '
                "data",
                nearest(region, list(regions)),
            )


def check_login_domains(facts: Facts) -> Iterator[Finding]:
    """Look at the domains that people log in with."""
    for item, domain in enumerate(facts.platform.company.email_domains):
        if domain == "invalid" or domain.endswith(".invalid"):
            yield LOGIN_DOMAIN.finding(
                PLATFORM_FACTS,
                ("company", "emailDomains", item),
                f"{domain} is under .invalid, where no person has an address",
                "delete the line",
            )


def check_address_ranges(facts: Facts) -> Iterator[Finding]:
    """Look at the address ranges of each cluster's API server, and of the proxy."""
    for name, cluster in facts.clusters.items():
        for item, text in enumerate(cluster.cluster.api_server.ranges):
            fault = _range_fault(text)
            if fault:
                yield ADDRESS_RANGE.finding(
                    cluster_file(name, CLUSTER_FILE),
                    ("apiServer", "ranges", item),
                    f"{text} {fault}",
                    "write the range of the API server's own addresses, such as 10.0.0.0/28",
                )
    proxy = facts.platform.network.proxy
    for item, text in enumerate(proxy.ranges if proxy else ()):
        fault = _range_fault(text)
        if fault:
            yield ADDRESS_RANGE.finding(
                PLATFORM_FACTS,
                ("network", "proxy", "ranges", item),
                f"{text} {fault}",
                "write the range of the proxy's own addresses, such as 10.1.2.0/28",
            )


def _range_fault(text: str) -> str:
    address, _, prefix = text.partition("/")
    octets = address.split(".")
    if any(int(octet) > _MAX_OCTET or octet != str(int(octet)) for octet in octets):
        return "is not a range of IPv4 addresses"
    if int(prefix) < _MIN_PREFIX:
        return f"is {2 ** (32 - int(prefix)):,} addresses, far more than such a service has"
    return ""


def check_issuers(facts: Facts) -> Iterator[Finding]:
    """Look for clusters whose facts from infrastructure are another cluster's."""
    owners: dict[str, str] = {}
    for name, cluster in facts.clusters.items():
        azure = cluster.outputs.azure
        if azure is None:
            continue
        owner = owners.setdefault(azure.oidc_issuer.rstrip("/"), name)
        if owner != name:
            yield SHARED_OUTPUTS.finding(
                cluster_file(name, OUTPUTS_FILE),
                ("azure", "oidcIssuer"),
                f"this is the issuer of the cluster {owner} as well",
                f"delete {cluster_file(name, OUTPUTS_FILE)} if it was copied; infrastructure "
                "writes the cluster's own",
            )


def check_outputs(facts: Facts) -> Iterator[Finding]:
    """Look for facts that the infrastructure has not written yet."""
    for name, cluster in facts.clusters.items():
        outputs = cluster.outputs
        if cluster.outputs_are_faulty:
            continue
        if outputs.azure is None:
            yield OUTPUTS_MISSING.finding(
                cluster_file(name, OUTPUTS_FILE),
                ("azure",),
                f"azure is missing: identities of the cluster {name}'s namespaces are left out",
                _FILLED,
            )
        if outputs.key_vault is None:
            yield OUTPUTS_MISSING.finding(
                cluster_file(name, OUTPUTS_FILE),
                ("keyVault",),
                f"keyVault is missing: secret stores of the cluster {name}'s namespaces are left "
                "out",
                _FILLED,
            )


def check_identities(index: Index, facts: Facts) -> Iterator[Finding]:
    """Look for namespaces whose identity is not known yet, once a cluster."""
    for cluster in facts.clusters.values():
        if cluster.outputs.azure is not None:
            yield from _check_identities(index, cluster)


def _check_identities(index: Index, cluster: ClusterFacts) -> Iterator[Finding]:
    known = cluster.outputs.identities
    missing = [
        namespace
        for _tenant, space in index.spaces(cluster.name)
        for namespace in space.namespaces
        if namespace not in known
    ]
    if missing:
        named = ", ".join(missing[:_NAMED]) + (", ..." if len(missing) > _NAMED else "")
        noun = "namespace has" if len(missing) == 1 else "namespaces have"
        yield IDENTITY_MISSING.finding(
            cluster_file(cluster.name, OUTPUTS_FILE),
            ("identities",),
            f"{len(missing):,} {noun} no identity on the cluster {cluster.name} yet: {named}",
            _FILLED,
        )
