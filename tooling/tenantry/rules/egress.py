"""Egress: that a host which pods may reach is a host outside, and nothing else in disguise."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.facts import default_egress
from tenantry.findings import Severity
from tenantry.layout import PLATFORM_FACTS, tenant_file
from tenantry.rules.contract import Rule
from tenantry.rules.names import platform_namespaces
from tenantry.tenant import profile_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.index import Index
    from tenantry.tenant import Tenant

EGRESS_METADATA = Rule(
    "egress-metadata",
    "An egress host is a metadata service of a cloud.",
    "Such services hand out the credentials of the machine that a pod runs on.",
)
EGRESS_ADDRESS = Rule(
    "egress-address",
    "An egress host is an address, or a name that anybody can point at any address.",
    "What is allowed is checked by name; an address could be anything, the cluster included.",
)
EGRESS_INSIDE = Rule(
    "egress-inside",
    "An egress host is a name that means something only inside a cluster or a network.",
    "The egress gateway would carry traffic past the policies between namespaces.",
)
EGRESS_OWN_DOMAIN = Rule(
    "egress-own-domain",
    "An egress host is under the domain of one of our clusters.",
    "Traffic would leave the mesh and come back in as if from outside.",
)
DUPLICATE_EGRESS = Rule(
    "duplicate-egress",
    "An egress host is listed twice.",
    "Deleting one of the lines would not close the way.",
)
EGRESS_BY_DEFAULT = Rule(
    "egress-by-default",
    "An egress host is already one of the platform's defaults.",
    "The line has no effect.",
    Severity.WARNING,
)
EGRESS_NAMESPACE = Rule(
    "egress-namespace",
    "An egress host is, inside the cluster, the name of a Service of another namespace.",
    "The egress gateway would reach that namespace for whoever lists the host.",
)
RULES = (
    EGRESS_METADATA,
    EGRESS_ADDRESS,
    EGRESS_INSIDE,
    EGRESS_OWN_DOMAIN,
    DUPLICATE_EGRESS,
    EGRESS_BY_DEFAULT,
    EGRESS_NAMESPACE,
)

#: Azure, Google, AWS and Alibaba; 168.63.129.16 is Azure's platform address on every machine.
_METADATA = frozenset(
    (
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "metadata.google.internal",
        "instance-data.ec2.internal",
    )
)
_METADATA_PREFIX = "metadata.azure."

#: The WHATWG URL standard's "ends in a number": parsers take such a name for an IPv4 address.
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\Z")

#: The last label of a host on the internet. Source: RFC 3696 section 2, RFC 5890.
_TOP_LEVEL = re.compile(r"(?:[a-z]{2,63}|xn--[a-z0-9-]+)\Z")

#: Public names that resolve to the address written in them, or to the machine itself.
_ANY_ADDRESS = ("nip.io", "sslip.io", "xip.io", "localtest.me", "lvh.me", "vcap.me")

#: Ends of names that no public DNS server answers: Kubernetes' own, and RFC 6761, 6762, 7686, 8375
#: with ICANN's .internal.
_INSIDE = (
    "svc",
    "pod",
    "cluster",
    "corp",
    "home",
    "local",
    "internal",
    "internal.cloudapp.net",
    "localhost",
    "localdomain",
    "intranet",
    "lan",
    "home.arpa",
    "in-addr.arpa",
    "ip6.arpa",
    "invalid",
    "test",
    "example",
    "onion",
)


def is_under(host: str, domains: tuple[str, ...]) -> bool:
    """Whether a host is one of `domains` or below one."""
    return any(host == domain or host.endswith("." + domain) for domain in domains)


def is_address(host: str) -> bool:
    """Whether a host is an IPv4 address, in any notation, or a name that stands for any."""
    return bool(_ENDS_IN_NUMBER.match(host)) or is_under(host, _ANY_ADDRESS)


@lru_cache(maxsize=8)
def _own_domains(facts: Facts) -> tuple[str, ...]:
    return tuple(cluster.cluster.domain for cluster in facts.clusters.values())


@lru_cache(maxsize=8)
def _defaults(facts: Facts) -> frozenset[str]:
    return default_egress(facts.platform)


def check_egress(tenant: Tenant, facts: Facts) -> Iterator[Finding]:
    """Look at the egress hosts of one file."""
    for number, profile in enumerate(tenant.profiles):
        if not profile.egress:
            continue
        seen: set[str] = set()
        for item, host in enumerate(profile.egress):
            field = profile_field(number, "egress", item)
            yield from _check_host(tenant.path, field, host, facts)
            if host in seen:
                yield _duplicate(tenant.path, field, host)
            elif host in _defaults(facts):
                yield EGRESS_BY_DEFAULT.finding(
                    tenant.path,
                    field,
                    f"every project may reach {host} anyway",
                    "delete the line",
                )
            seen.add(host)


def check_default_egress(facts: Facts) -> Iterator[Finding]:
    """Look at the hosts that every namespace may reach."""
    seen: set[str] = set()
    for item, host in enumerate(facts.platform.network.egress):
        field = ("network", "egress", item)
        yield from _check_host(PLATFORM_FACTS, field, host, facts)
        if host in seen:
            yield _duplicate(PLATFORM_FACTS, field, host)
        seen.add(host)


def _duplicate(path: str, field: Field, host: str) -> Finding:
    return DUPLICATE_EGRESS.finding(path, field, f"{host} is listed twice", "delete one of the two")


def _check_host(path: str, field: Field, host: str, facts: Facts) -> Iterator[Finding]:
    """Yield the first reason why a host may not be reached."""
    if host in _METADATA or host.startswith(_METADATA_PREFIX):
        yield EGRESS_METADATA.finding(
            path,
            field,
            f"{host} is a metadata service, which hands out credentials of the machine",
            "delete the line; pods sign in to Azure with their namespace's own identity",
        )
    elif is_address(host):
        yield EGRESS_ADDRESS.finding(
            path,
            field,
            f"{host} stands for an address and not for a host",
            "write the host's name, such as api.github.com",
        )
    elif is_under(host, _INSIDE) or names_platform(host, facts):
        yield EGRESS_INSIDE.finding(
            path,
            field,
            f"{host} is a name inside a cluster or a network, not a host on the internet",
            "delete the line; reach services of the platform by their own addresses",
        )
    elif is_under(host, _own_domains(facts)):
        yield EGRESS_OWN_DOMAIN.finding(
            path,
            field,
            f"{host} is an address of this platform itself",
            'delete the line; "expose:" of the other project is the way in',
        )


def names_platform(host: str, facts: Facts) -> bool:
    """Whether a host ends in a namespace of the platform, as in ``kubernetes.default``.

    Nor can any other host end so: the last label of a host on the internet is letters, or `xn--`.
    """
    namespace = host.rpartition(".")[2]
    return namespace in platform_namespaces(facts) or not _TOP_LEVEL.match(namespace)


def check_hosts_against_namespaces(index: Index, _facts: Facts) -> Iterator[Finding]:
    """Look for hosts such as ``api.churn`` or ``web-0.web.churn`` where `churn` is a namespace."""
    namespaces = index.namespaces.owners
    for tenant, spaces in index.entries:
        for number, space in enumerate(spaces):
            for host in space.egress:
                namespace = host.rpartition(".")[2]
                if namespace in namespaces:
                    yield EGRESS_NAMESPACE.finding(
                        tenant_file(tenant),
                        profile_field(number, "egress"),
                        f"{host} is, inside the cluster, a name of the namespace {namespace}",
                        'delete the line; "expose:" of that project is the way in',
                    )
