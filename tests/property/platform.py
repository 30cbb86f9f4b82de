"""The platform that drawn files are judged and rendered on: the examples', with all it can have.

Two clusters, of which `dev` takes only projects that name it; identities, a vault, a proxy and a
CA bundle, so that every renderer has something to do.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from tests.repository import BASE, TODAY

from tenantry import layout
from tenantry.facts import ClusterFacts, Facts
from tenantry.index import Index, entry_of
from tenantry.layout import tenant_file
from tenantry.reader import read_document
from tenantry.rules import INDEX_RULES, TENANT_RULES
from tenantry.schema.check import check
from tenantry.schema.cluster import Cluster, Outputs
from tenantry.schema.platform import Platform
from tenantry.schema.tenant import TenantFile
from tenantry.tenant import Tenant
from tenantry.workspace.shard import render_tenant
from tenantry.workspace.sources import Sources, load_facts

if TYPE_CHECKING:
    from tenantry.findings import Finding

#: The team whose file is drawn, and a project of it that has an identity in Azure.
TEAM = "squad"
KNOWN_PROJECT = "qchurn"

_ID = "00000000-0000-0000-0000-00000000000"
_OUTPUTS = {
    "azure": {
        "tenantId": f"{_ID}1",
        "subscriptionId": f"{_ID}2",
        "resourceGroup": "rg",
        "oidcIssuer": "https://issuer.example.com/",
    },
    "keyVault": "https://vault.example.com",
    "identities": {KNOWN_PROJECT: f"{_ID}3", f"{KNOWN_PROJECT}-prod": f"{_ID}4"},
}
_NETWORK = {
    "proxy": {
        "http": "http://proxy.example.com:3128",
        "https": "http://proxy.example.com:3128",
        "ranges": ["10.99.0.0/28"],
    },
    "caBundle": "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n",
    "egress": ["github.com"],
}
_DEV = {"tenants": "canary", "global": False, "domain": "dev.ml.example.com"}


def _facts_of(path: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((BASE / path).read_bytes())
    return data


@cache
def platform_facts() -> Facts:
    """Return the facts, the same each time."""
    base = load_facts(Sources(BASE), TODAY)
    assert base is not None
    platform = Platform.model_validate({**_facts_of(layout.PLATFORM_FACTS), "network": _NETWORK})
    outputs = Outputs.model_validate(_OUTPUTS)
    prod = _facts_of(layout.cluster_file("prod", layout.CLUSTER_FILE))
    clusters = {
        name: ClusterFacts(
            name,
            Cluster.model_validate(facts),
            platform,
            base.clusters["prod"].release,
            outputs,
            base.catalogue,
        )
        for name, facts in {"dev": {**prod, **_DEV}, "prod": prod}.items()
    }
    return Facts(platform, clusters, base.catalogue, TODAY, frozenset({TEAM}))


def read(text: str, team: str = TEAM) -> Tenant | None:
    """Return the team whose file holds `text`, or None where anything in it is an error."""
    document = read_document(tenant_file(team), text.encode())
    file, _ = check(TenantFile, document)
    if file is None:
        return None
    tenant = Tenant(team, file)
    facts = platform_facts()
    findings = [finding for rule in TENANT_RULES for finding in rule(tenant, facts)]
    findings += judge_together([tenant])
    return None if any(finding.is_error for finding in findings) else tenant


def judge_together(tenants: list[Tenant]) -> list[Finding]:
    """Return what the rules say about several teams together."""
    facts = platform_facts()
    index = Index.of([entry_of(tenant, facts) for tenant in tenants])
    return [finding for rule in INDEX_RULES for finding in rule(index, facts)]


def render(tenant: Tenant) -> dict[str, str]:
    """Return the text of every file of a team, by cluster and namespace; "" is the delivery."""
    texts: dict[str, str] = {}
    for cluster, facts in platform_facts().clusters.items():
        namespaces, delivery = render_tenant(tenant, facts)
        texts |= {f"{cluster}/{namespace}": text for namespace, text in namespaces.items()}
        texts[f"{cluster}/"] = delivery
    return texts
