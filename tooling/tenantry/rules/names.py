"""Names of tenants and projects: reserved ones, colliding ones, and room for computed ones."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.layout import tenant_file
from tenantry.naming import MAX_LABEL, PRODUCTION_SUFFIX, tenant_application
from tenantry.rules.contract import Rule
from tenantry.schema.tenant import MAX_PROFILE_NAME
from tenantry.tenant import profile_field
from tenantry.wording import show_character

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts, Facts
    from tenantry.findings import Finding
    from tenantry.index import Index, Origin
    from tenantry.tenant import Tenant

TENANT_NAME = Rule(
    "tenant-name",
    "The folder of a team has a name that cannot be the name of a tenant.",
    "The name becomes a label on every object and part of the names of Argo CD's Applications.",
)
RESERVED_NAME = Rule(
    "reserved-name",
    "A project has a name that the platform needs for itself.",
    "Its namespace would be one of the platform's own, or would answer in the cluster's DNS for "
    "hosts on the internet.",
)
RESERVED_SUFFIX = Rule(
    "reserved-suffix",
    'A project has a name that ends in "-prod".',
    "That is how production namespaces are called: people and computed names would mix them up.",
)
COMPUTED_NAME_TOO_LONG = Rule(
    "computed-name-too-long",
    "A name that is made from a typed one is longer than Kubernetes allows.",
    "The cluster would refuse the object, long after the pull request was merged.",
)
DUPLICATE_PROFILE = Rule(
    "duplicate-profile",
    "Two projects of one file have the same name.",
    "They would share one namespace, and the second would overwrite the first.",
)
NAMESPACE_TAKEN = Rule(
    "namespace-taken",
    "Projects of two teams would have the same namespace.",
    "Each team would be admin of the other's work.",
)
RULES = (
    TENANT_NAME,
    RESERVED_NAME,
    RESERVED_SUFFIX,
    COMPUTED_NAME_TOO_LONG,
    DUPLICATE_PROFILE,
    NAMESPACE_TAKEN,
)

#: Prefixes of namespaces that Kubernetes, its distributions and our apps use.
RESERVED_PREFIXES = (
    "kube-",
    "kubeflow",
    "kubernetes",
    "istio-",
    "knative-",
    "argocd",
    "argo-",
    "azure-",
    "crossplane-",
    "gatekeeper-",
    "tekton-",
    "upbound-",
    "cert-manager",
    "aks-",
    "openshift-",
)

#: Namespaces that our apps, or apps which platforms like ours add later, install themselves into.
RESERVED_NAMESPACES = frozenset(
    (
        "app-routing-system",
        "argo",
        "auth",
        "calico-system",
        "cattle-system",
        "crossplane",
        "dapr-system",
        "default",
        "dex",
        "external-secrets",
        "flux-system",
        "gatekeeper",
        "grafana",
        "harbor",
        "ingress-nginx",
        "istio",
        "jobset-system",
        "keda",
        "kserve",
        "kueue-system",
        "knative",
        "kyverno",
        "lakefs",
        "linkerd",
        "logging",
        "monitoring",
        "oauth2-proxy",
        "observability",
        "opencost",
        "prometheus",
        "reloader",
        "trust-manager",
        "vault",
        "velero",
        "tigera-operator",
        "tenantry",
        "tenantry-system",
    )
)

#: A Service `github` in a namespace `com` answers for github.com in the pods' search path.
#: Two letters are a country's. Source: kubernetes.io/docs/concepts/overview/working-with-objects/
#: namespaces, "Namespaces and DNS".
TOP_LEVEL_DOMAINS = frozenset(
    (
        "app",
        "arpa",
        "biz",
        "cloud",
        "com",
        "dev",
        "edu",
        "example",
        "gov",
        "info",
        "int",
        "internal",
        "invalid",
        "local",
        "localhost",
        "mil",
        "net",
        "online",
        "org",
        "site",
        "svc",
        "tech",
        "test",
        "xyz",
    )
)
_COUNTRY_CODE = 2

#: Words that mean something else where cluster.yaml lists tenants, and ones that mislead there.
_RESERVED_TENANTS = frozenset(("all", "canary", "none", "default"))

_MAX_TENANT = MAX_LABEL - len(tenant_application(""))
_TENANT_NAME = re.compile(rf"(?=.{{1,{_MAX_TENANT}}}\Z)[a-z]([-a-z0-9]*[a-z0-9])?\Z")


@lru_cache(maxsize=8)
def platform_namespaces(facts: Facts) -> frozenset[str]:
    """Return the namespaces that are the platform's, as far as code, facts and apps know them."""
    own = {facts.platform.gitops.namespace}
    for app in facts.apps:
        own.update(app.namespaces)
    for cluster in facts.clusters.values():
        own |= _mesh_namespaces(cluster)
    return RESERVED_NAMESPACES | own


def _mesh_namespaces(facts: ClusterFacts) -> set[str]:
    mesh = facts.cluster.mesh
    gateways = [mesh.gateway, *filter(None, facts.cluster.audiences.values())]
    return {
        mesh.namespace,
        mesh.egress.namespace,
        *(gateway.namespace for gateway in gateways),
        *(gateway.service_account.namespace for gateway in gateways),
    }


@lru_cache(maxsize=8)
def _reserved(facts: Facts) -> frozenset[str]:
    hosts = [*facts.platform.network.egress, *facts.platform.company.email_domains]
    hosts += [cluster.cluster.domain for cluster in facts.clusters.values()]
    last_labels = {host.rpartition(".")[2] for host in hosts}
    return platform_namespaces(facts) | TOP_LEVEL_DOMAINS | last_labels


def check_names(tenant: Tenant, facts: Facts) -> Iterator[Finding]:
    """Look at the names in one file."""
    if tenant.name in _RESERVED_TENANTS or not _TENANT_NAME.match(tenant.name):
        yield _tenant_name(tenant)
    reserved = _reserved(facts)
    for number, profile in enumerate(tenant.profiles):
        name = profile.name
        if name in reserved or len(name) == _COUNTRY_CODE or name.startswith(RESERVED_PREFIXES):
            yield from _reserved_name(tenant, number, name, facts)
        if name.endswith(PRODUCTION_SUFFIX):
            yield _reserved_suffix(tenant, number, name)
        if len(name) > MAX_PROFILE_NAME:
            yield _too_long(tenant, number, name)
    if len(tenant.profiles) > 1:
        yield from _duplicates(tenant)


def _tenant_name(tenant: Tenant) -> Finding:
    name = tenant.name
    application = tenant_application(name)
    if name in _RESERVED_TENANTS:
        reason = f'"{name}" has a meaning of its own in the clusters\' facts'
        cure = f"rename the folder, for instance to {name}-team"
    elif len(application) > MAX_LABEL:
        reason = (
            f'"{application}", the name of its Application, would have {len(application)} '
            f"characters, more than {MAX_LABEL}"
        )
        cure = f"rename the folder to at most {_MAX_TENANT} characters"
    else:
        foreign = next((f": {c} is {show_character(c)}" for c in name if not c.isascii()), "")
        reason = f'"{name}" is not a name that Kubernetes takes{foreign}'
        cure = (
            "rename the folder: lower-case letters, digits and hyphens; a letter first, "
            "a letter or digit last"
        )
    return TENANT_NAME.finding(
        tenant.path, (), f"the folder {name} cannot be a tenant: {reason}", cure
    )


def _reserved_name(tenant: Tenant, number: int, name: str, facts: Facts) -> Iterator[Finding]:
    prefix = next((prefix for prefix in RESERVED_PREFIXES if name.startswith(prefix)), None)
    if name in platform_namespaces(facts):
        reason = "is a namespace of the platform itself"
    elif prefix is not None:
        reason = f'starts with "{prefix}", as namespaces of the platform itself do'
    else:
        reason = "is also the end of host names on the internet, which it would answer for"
    yield RESERVED_NAME.finding(
        tenant.path,
        profile_field(number, "name"),
        f'the project name "{name}" {reason}',
        f"choose another name, such as {_suggestion(tenant, name, prefix)}",
    )


def _suggestion(tenant: Tenant, name: str, prefix: str | None) -> str:
    stem = name.removeprefix(prefix or "").strip("-") or name
    return f"{tenant.name}-{stem}"[:MAX_PROFILE_NAME].rstrip("-")


def _reserved_suffix(tenant: Tenant, number: int, name: str) -> Finding:
    stem = name.removesuffix(PRODUCTION_SUFFIX)
    return RESERVED_SUFFIX.finding(
        tenant.path,
        profile_field(number, "name"),
        f'the project name "{name}" ends in "{PRODUCTION_SUFFIX}", as production namespaces do',
        f'name it "{stem}" and write "production: true" to get the namespace {name}',
    )


def _too_long(tenant: Tenant, number: int, name: str) -> Finding:
    computed = name + PRODUCTION_SUFFIX
    return COMPUTED_NAME_TOO_LONG.finding(
        tenant.path,
        profile_field(number, "name"),
        f'the production namespace would be "{computed}", which has {len(computed)} characters; '
        f"Kubernetes allows {MAX_LABEL}",
        f"shorten the name to at most {MAX_PROFILE_NAME} characters",
    )


def _duplicates(tenant: Tenant) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for number, profile in enumerate(tenant.profiles):
        earlier = first.setdefault(profile.name, number)
        if earlier != number:
            yield DUPLICATE_PROFILE.finding(
                tenant.path,
                profile_field(number, "name"),
                f'"{profile.name}" is already the name of project {earlier + 1} of this file',
                "give each project a name of its own, or join the two",
            )


def check_namespaces(index: Index, _facts: Facts) -> Iterator[Finding]:
    """Look for namespaces that two tenants would have."""
    for namespace, origins in index.namespaces.shared.items():
        tenants = list(dict.fromkeys(origin.tenant for origin in origins))
        if len(tenants) > 1:
            for origin in origins:
                yield _taken(namespace, origin, tenants)


def _taken(namespace: str, origin: Origin, tenants: list[str]) -> Finding:
    other = tenants[1] if origin.tenant == tenants[0] else tenants[0]
    more = f" and {len(tenants) - 2} more" if len(tenants) > 2 else ""  # noqa: PLR2004 - the two
    return NAMESPACE_TAKEN.finding(
        tenant_file(origin.tenant),
        profile_field(origin.profile, "name"),
        f'the namespace "{namespace}" is also made by {tenant_file(other)}{more}',
        "choose a name that no other team uses",
    )
