"""Principals: how Istio names the identity of a workload."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenantry.facts import ClusterFacts
    from tenantry.schema.cluster import Gateway


def principal(facts: ClusterFacts, namespace: str, service_account: str) -> str:
    """Return the principal of a service account in the cluster's mesh."""
    return f"{facts.cluster.mesh.trust_domain}/ns/{namespace}/sa/{service_account}"


def gateway_principal(facts: ClusterFacts, gateway: Gateway) -> str:
    """Return the principal of the proxy behind a gateway."""
    account = gateway.service_account
    return principal(facts, account.namespace, account.name)
