"""Rendering of one tenant, in memory, for tests of what renderers promise."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from tests.factories import OUTPUTS, make_facts, read_tenant

from tenantry.placement import placements
from tenantry.render import render_placement
from tenantry.render.delivery import render_delivery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tenantry.facts import ClusterFacts

Objects = list[dict[str, Any]]

FULL = """\
groups:
  science: [mei.tanaka@example.com]
profiles:
  name: churn
  tier: ml-product
  admins: [jane.doe@example.com]
  contributors: [science]
  viewers: [daniel.brown@example.com]
  production: true
  quota: {gpu: 1}
  repository: {url: "https://github.com/example/churn", revision: v1.*}
  expose:
    - {name: team-page, port: 80}
    - {name: company-page, port: 80, audience: company}
    - {name: public-page, port: 80, audience: public}
  claims:
    - {name: db, kind: Database, parameters: {size: small}}
    - {name: db, kind: Database, environment: production, parameters: {size: small}}
  egress: [api.example-crm.com]
  monitoring: {slack: "https://example.slack.com/archives/C0123ABCD"}
"""

_PUBLIC = """
global: true
audiences:
  public:
    namespace: istio-public
    name: public
    serviceAccount: {namespace: istio-public, name: public}
    pods: {app: public}
    login: false
"""


class Render(Protocol):
    """Renders a tenant's file."""

    def __call__(self, text: str = ..., tenant: str = ..., platform: str = ...) -> Rendered:
        """Return everything that it becomes on one cluster."""


class Rendered:
    """What a tenant becomes on one cluster."""

    def __init__(self, namespaces: Mapping[str, Objects], delivery: Objects) -> None:
        self.namespaces = namespaces
        self.delivery = delivery

    def all(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield namespace and object of all namespaces."""
        for namespace, objects in self.namespaces.items():
            for manifest in objects:
                yield namespace, manifest

    def of(self, kind: str, namespace: str = "churn") -> dict[str, dict[str, Any]]:
        """Return the objects of a kind in a namespace's file, by name."""
        return {
            manifest["metadata"]["name"]: manifest
            for manifest in self.namespaces[namespace]
            if manifest["kind"] == kind
        }


@lru_cache
def _facts(platform: str) -> ClusterFacts:
    return make_facts(platform, {"prod": _PUBLIC}, OUTPUTS).clusters["prod"]


@pytest.fixture(scope="session")
def rendering() -> Render:
    """Return what renders a tenant; by default one that uses everything."""

    def render(text: str = FULL, tenant: str = "growth", platform: str = "{}") -> Rendered:
        facts = _facts(platform)
        owner, _ = read_tenant(text, tenant)
        placed = list(placements(owner, facts))
        namespaces: dict[str, Objects] = {
            placement.namespace: [dict(manifest) for manifest in render_placement(placement)]
            for placement in placed
        }
        delivery = [dict(manifest) for manifest in render_delivery(owner, facts, placed)]
        return Rendered(namespaces, delivery)

    return render
