"""A platform of two clusters, and apps, for tests of what follows from both."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeVar

import pytest
from pydantic import BaseModel

from tenantry.apps import App
from tenantry.catalogue import Catalogue
from tenantry.facts import ClusterFacts, Facts
from tenantry.reader import read_document
from tenantry.schema.app import AppFile
from tenantry.schema.check import check
from tenantry.schema.cluster import Cluster, Outputs, Release
from tenantry.schema.platform import Platform

if TYPE_CHECKING:
    from tenantry.manifest import Manifest

M = TypeVar("M", bound=BaseModel)

_PLATFORM = """
company: {name: Example, emailDomains: [example.com, example.org]}
identity:
  owner: platform@tenantry.invalid
  issuer: https://login.example.com
  audience: platform
  userClaim: email
  groupsClaim: groups
  userHeader: x-user
  groupsHeader: x-groups
gitops:
  repository: https://github.com/example/platform
  branch: main
  namespace: argocd
  server: https://kubernetes.default.svc
network: {egress: []}
supply: {registries: [registry.example.com/], packageIndex: https://packages.example.com/simple}
regions: [westeurope]
defaultTier: insight
tiers:
  insight: {description: For a start, default: {cpu: 4}}
prices: {currency: EUR, cpuHour: 0.1, memoryGibHour: 0.01, storageGibMonth: 0.1, gpuHour: 3}
"""

_CLUSTER = """
description: A cluster
tenants: all
domain: ml.example.com
region: westeurope
kubernetesVersion: "1.36"
apiServer: {ranges: [10.0.0.0/28, 10.1.0.0/28], port: 443}
mesh:
  namespace: istio-system
  trustDomain: mesh.example
  gateway:
    namespace: kubeflow
    name: kubeflow-gateway
    serviceAccount: {namespace: istio-system, name: front-door}
    pods: {app: istio-ingressgateway}
    login: true
  egress: {namespace: istio-egress, service: istio-egressgateway, port: 443, targetPort: 8443}
audiences: {company: null}
capacity:
  storage: 1Ti
  pools:
    general: {purpose: general, cpu: 16, memory: 64Gi}
    gpu: {purpose: gpu, cpu: 16, memory: 64Gi, gpu: 4, queue: gpu}
  overcommit: {cpu: 1.0, memory: 1.0, storage: 1.0}
"""


def _read(model: type[M], text: str) -> M:
    value, findings = check(model, read_document("facts.yaml", text.encode()))
    assert value is not None, findings
    return value


class MakeApp(Protocol):
    """Makes an app of the YAML text of its file."""

    def __call__(self, name: str, text: str = ..., **manifests: Manifest) -> App:
        """Return the app; `manifests` are its own, by file name without the ending."""


@pytest.fixture
def make_app() -> MakeApp:
    """Return what makes an app."""

    def make(name: str, text: str = "local: true", **manifests: Manifest) -> App:
        needed = "" if "description:" in text else "description: An app\n"
        needed += "" if "\nnamespace:" in f"\n{text}" else f"namespace: {name}\n"
        own = tuple((f"{file}.yaml", manifest) for file, manifest in manifests.items())
        return App(name, _read(AppFile, needed + text), own)

    return make


@pytest.fixture
def dev() -> ClusterFacts:
    """Return a cluster whose infrastructure has given nothing yet."""
    return ClusterFacts(
        "dev",
        _read(Cluster, _CLUSTER),
        _read(Platform, _PLATFORM),
        Release(revision="main"),
        app_namespaces=("argocd", "kubeflow"),
    )


@pytest.fixture
def prod(dev: ClusterFacts) -> ClusterFacts:
    """Return a cluster whose infrastructure has given a key vault."""
    outputs = _read(Outputs, "keyVault: https://vault.example.com")
    return ClusterFacts("prod", dev.cluster, dev.platform, dev.release, outputs)


@pytest.fixture
def make_facts(dev: ClusterFacts, prod: ClusterFacts) -> MakeFacts:
    """Return what makes the facts of both clusters."""

    def make(*apps: App) -> Facts:
        clusters = {"dev": dev, "prod": prod}
        today = date(2026, 11, 22)
        return Facts(dev.platform, clusters, Catalogue(), today, apps=apps)

    return make


class MakeFacts(Protocol):
    """Makes the facts of a platform with these apps."""

    def __call__(self, *apps: App) -> Facts:
        """Return the facts."""
