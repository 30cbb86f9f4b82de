"""Who may do what: a RoleBinding a person, and one AuthorizationPolicy a namespace.

People get their roles in development. In production they may look: changes come through Git
alone, and this module renders what the Profile controller gives elsewhere.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.manifest import Shared
from tenantry.naming import EDITOR, VIEWER, kfam_binding
from tenantry.render.metadata import metadata
from tenantry.render.principals import gateway_principal, principal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest, Tree
    from tenantry.placement import Placement

_RBAC = "rbac.authorization.k8s.io"

_ROLES = {
    role: Shared({"apiGroup": _RBAC, "kind": "ClusterRole", "name": f"kubeflow-{role}"})
    for role in ("admin", "edit", "view")
}

#: What Knative asks of its queue-proxy. Source: kubeflow/dashboard profile_controller.go,
#: getAuthorizationPolicy.
_KNATIVE_PATHS = ("/healthz", "/metrics", "/wait-for-drain")


_KNATIVE_NAMESPACE = "knative-serving"
#: Source: kubeflow/community-distribution, common/istio/cluster-local-gateway/base.
_INNER_GATEWAY = "cluster-local-gateway-service-account"


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield bindings for people, then the policy for their traffic."""
    if placement.in_production:
        yield from _service_accounts(placement)
        everyone = {*placement.admins, *placement.contributors, *placement.viewers}
        for address in sorted(everyone):
            yield _binding(placement, address, "view")
        yield _production_policy(placement)
        return
    for role, addresses in (
        ("admin", placement.admins),
        ("edit", placement.contributors),
        ("view", placement.viewers),
    ):
        for address in addresses:
            yield _binding(placement, address, role)
    yield _development_policy(placement)


def _binding(placement: Placement, address: str, role: str) -> Manifest:
    """Return a binding that KFAM recognises as its own: it lists people by these annotations."""
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": metadata(
            placement, kfam_binding(address, role), {"user": address, "role": role}
        ),
        "roleRef": _ROLES[role],
        "subjects": [{"apiGroup": _RBAC, "kind": "User", "name": address}],
    }


def _service_accounts(placement: Placement) -> Iterator[Manifest]:
    for name, role in ((EDITOR, "edit"), (VIEWER, "view")):
        yield {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata(placement, name),
        }
        subject = {"kind": "ServiceAccount", "name": name, "namespace": placement.namespace}
        yield {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": metadata(placement, name),
            "roleRef": _ROLES[role],
            "subjects": [subject],
        }


def _development_policy(placement: Placement) -> Manifest:
    """Let admins and contributors through the gateway; viewers stand in no policy.

    KFAM's own policies ignore the role, so naming a viewer would open notebooks' terminals.
    """
    header = placement.facts.platform.identity.user_header
    people = sorted({*placement.admins, *placement.contributors})
    rule: Tree = {
        **_gateway(placement.facts),
        "when": [{"key": f"request.headers[{header}]", "values": people}],
    }
    return _policy(placement, "people", [rule])


def _production_policy(placement: Placement) -> Manifest:
    same_namespace = {"from": [{"source": {"namespaces": [placement.namespace]}}]}
    return _policy(placement, "workloads", [same_namespace, _knative(placement.facts)])


def _policy(placement: Placement, name: str, rules: list[Tree]) -> Manifest:
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": metadata(placement, name),
        "spec": {"action": "ALLOW", "rules": rules},
    }


@lru_cache(maxsize=64)
def _knative(facts: ClusterFacts) -> Shared:
    """Return the rule for Knative's probes and counts, directly and through its inner gateway.

    Kubeflow's own policy in development names no source, and so lets every visitor of a page read
    these paths of it. STRICT mutual TLS gives Knative a name that can be asked for.
    """
    inner = principal(facts, facts.cluster.mesh.namespace, _INNER_GATEWAY)
    sources: Tree = [
        {"source": {"namespaces": [_KNATIVE_NAMESPACE]}},
        {"source": {"principals": [inner]}},
    ]
    return Shared({"from": sources, "to": [{"operation": {"paths": list(_KNATIVE_PATHS)}}]})


@lru_cache(maxsize=64)
def _gateway(facts: ClusterFacts) -> Shared:
    """Return the one source that passes people's requests on.

    A header alone proves nothing: any pod may send it.
    """
    gateway = gateway_principal(facts, facts.cluster.mesh.gateway)
    return Shared({"from": [{"source": {"principals": [gateway]}}]})
