"""Facts and tenants for tests, made from YAML as people write it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from tenantry.catalogue import Catalogue, claim_kind
from tenantry.facts import ClusterFacts, Facts
from tenantry.index import Entry, Index, entry_of
from tenantry.layout import tenant_file
from tenantry.reader import Document, read_document
from tenantry.rules import FACTS_RULES, INDEX_RULES, TENANT_RULES
from tenantry.schema.check import check
from tenantry.schema.cluster import Cluster, Outputs, Release
from tenantry.schema.platform import Platform
from tenantry.schema.tenant import TenantFile
from tenantry.tenant import Tenant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tenantry.findings import Finding

M = TypeVar("M", bound=BaseModel)

TODAY = date(2026, 11, 22)

PLATFORM = """
company: {name: Example, emailDomains: [example.com, example.org]}
identity:
  owner: platform@tenantry.invalid
  issuer: https://login.example.com
  audience: platform
  userClaim: email
  groupsClaim: groups
  userHeader: kubeflow-userid
  groupsHeader: kubeflow-groups
gitops:
  repository: https://github.com/example/platform
  branch: main
  namespace: argocd
  server: https://kubernetes.default.svc
network: {egress: [github.com]}
supply: {registries: [registry.example.com/], packageIndex: https://packages.example.com/simple}
regions: [westeurope, northeurope]
defaultTier: insight
tiers:
  insight:
    production: false
    default: {cpu: 4, memory: 16Gi, storage: 100Gi, gpu: 0}
    cap: {cpu: 16, memory: 64Gi, storage: 1Ti, gpu: 0}
    container: {cpu: 100m, memory: 256Mi}
  ml-product:
    extends: insight
    production: true
    cap: {cpu: 64, memory: 512Gi, storage: 10Ti, gpu: 8}
prices: {currency: EUR, cpuHour: 0.1, memoryGibHour: 0.01, storageGibMonth: 0.1, gpuHour: 3}
"""

CLUSTER = """
description: A cluster
tenants: all
domain: ml.example.com
region: westeurope
kubernetesVersion: "1.36"
apiServer: {ranges: [10.0.0.0/28], port: 443}
mesh:
  namespace: istio-system
  trustDomain: cluster.local
  gateway:
    namespace: kubeflow
    name: gateway
    serviceAccount: {namespace: istio-system, name: gateway}
    pods: {app: gateway}
    login: true
  egress: {namespace: istio-egress, service: egress, port: 443, targetPort: 8443}
audiences: {team: , company: }
capacity:
  pools:
    general: {purpose: general, cpu: 100, memory: 400Gi}
    gpu: {purpose: gpu, cpu: 20, memory: 100Gi, gpu: 4, queue: gpu}
  storage: 4Ti
  overcommit: {cpu: 1.5, memory: 1.1, storage: 2}
"""

OUTPUTS = """
azure:
  tenantId: 00000000-0000-0000-0000-000000000001
  subscriptionId: 00000000-0000-0000-0000-000000000002
  resourceGroup: rg
  oidcIssuer: https://ISSUER.example.com/
keyVault: https://vault.example.com
identities: {churn: 00000000-0000-0000-0000-000000000003}
"""

XRD = """
spec:
  group: claims.example.com
  names: {kind: Database}
  versions:
    - name: v1
      referenceable: true
      schema:
        openAPIV3Schema:
          properties:
            spec:
              properties:
                placement:
                  properties:
                    tenant: {type: string}
                    profile: {type: string}
                    environment: {type: string}
                    cluster: {type: string}
                    region: {type: string}
                    tier: {type: string}
                    costCenter: {type: string}
                parameters:
                  type: object
                  required: [size]
                  properties:
                    size: {type: string, enum: [small, medium, large]}
                    storageGB: {type: integer, minimum: 32, maximum: 4096}
                    region: {type: string}
                    backup: {type: object, properties: {days: {type: integer}}}
"""


def data_of(text: str) -> dict[str, Any]:
    """Return the data of a YAML text that has no fault."""
    document = read_document("test.yaml", dedent(text).encode())
    assert not document.faults, document.faults
    assert isinstance(document.data, dict)
    return document.data


def make_facts(
    platform: str = "{}",
    clusters: Mapping[str, str] | None = None,
    outputs: str | None = OUTPUTS,
    tenants: Iterable[str] = ("retail",),
) -> Facts:
    """Return facts of a sound platform, changed by what the YAML texts say."""
    shared = Platform.model_validate(_merged(data_of(PLATFORM), data_of(platform)))
    catalogue = Catalogue({"Database": claim_kind("claim-database", data_of(XRD))})
    known = {
        name: ClusterFacts(
            name,
            Cluster.model_validate(_merged(data_of(CLUSTER), data_of(text))),
            shared,
            Release(revision="main"),
            Outputs.model_validate(data_of((outputs or "{}").replace("ISSUER", name))),
            catalogue,
        )
        for name, text in ({"prod": "global: true"} if clusters is None else clusters).items()
    }
    return Facts(shared, known, catalogue, TODAY, frozenset(tenants))


def _merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Put `change` over `base`; null takes a field away."""
    result = dict(base)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = _merged(result[key], value)
        else:
            result[key] = value
    return result


def read_tenant(text: str, name: str = "retail") -> tuple[Tenant, Document]:
    """Return the tenant whose file holds `text`, which no model refuses."""
    document = read_document(tenant_file(name), dedent(text).encode())
    file, findings = check(TenantFile, document)
    assert file is not None, findings
    return Tenant(name, file), document


def profile(fields: str = "", name: str = "churn") -> str:
    """Return a file of one project with an admin and the given fields."""
    head = f"profiles:\n  name: {name}\n  admins: [jane.doe@example.com]\n"
    return head + "".join(f"  {line}\n" for line in dedent(fields).strip().splitlines())


def judge(text: str, facts: Facts | None = None, name: str = "retail") -> list[Finding]:
    """Return what all rules say about one tenant's file, placed."""
    tenant, document = read_tenant(text, name)
    facts = facts or make_facts()
    return document.place(finding for rule in TENANT_RULES for finding in rule(tenant, facts))


def ids(text: str, facts: Facts | None = None, name: str = "retail") -> list[str]:
    """Return the ids of the rules that one tenant's file breaks."""
    return [finding.rule for finding in judge(text, facts, name)]


def lines(findings: Iterable[Finding]) -> list[str]:
    """Write findings as people read them, without the path."""
    return [
        f"{finding.line}:{finding.column}: {finding.rule}: {finding.message} ({finding.cure})"
        for finding in findings
    ]


def judge_facts(facts: Facts) -> list[Finding]:
    """Return what all rules say about the platform's own facts."""
    return [finding for rule in FACTS_RULES for finding in rule(facts)]


def entries(files: Mapping[str, str], facts: Facts) -> list[Entry]:
    """Return the index's entries of tenants, by name and text of the file."""
    return [entry_of(read_tenant(text, name)[0], facts) for name, text in files.items()]


def judge_together(files: Mapping[str, str], facts: Facts | None = None) -> list[Finding]:
    """Return what all rules say about several tenants together."""
    facts = facts or make_facts(outputs=None)
    index = Index.of(entries(files, facts))
    return [finding for rule in INDEX_RULES for finding in rule(index, facts)]


#: The repository's root.
ROOT = Path(__file__).parents[1]
