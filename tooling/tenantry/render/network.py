"""NetworkPolicies: nothing in or out, then one named allowance for each thing that must work.

They see pods and ports, never host names: `egress` adds those at the egress gateway. Ports are
the pods' own, which is what a NetworkPolicy matches.

Sources of peers and ports: kubeflow/community-distribution 26.03.1-rc.2 (common/istio,
common/knative, applications/pipeline, applications/katib), knative/serving
pkg/networking/constants.go, kubeflow/notebooks culling_controller.go.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.manifest import Shared
from tenantry.render.metadata import KEPT_ANNOTATIONS, metadata
from tenantry.ways_out import pods, tcp, to_api_server, to_istiod, to_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest, Tree
    from tenantry.placement import Placement
    from tenantry.schema.cluster import Gateway

_DENY_ALL = Shared({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield the refusal of everything, then the allowances."""
    # Kept when the tenant leaves: a namespace whose data stays must end up shut, not open.
    yield network_policy(placement, "deny-all", _DENY_ALL, KEPT_ANNOTATIONS)
    for name, spec in _allowances(placement.facts, placement.in_production):
        yield network_policy(placement, name, spec)


def network_policy(
    placement: Placement, name: str, spec: Shared, annotations: Shared | None = None
) -> Manifest:
    """Return a NetworkPolicy of the placement's namespace."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(placement, name, annotations),
        "spec": spec,
    }


@lru_cache(maxsize=64)
def _allowances(facts: ClusterFacts, in_production: bool) -> tuple[tuple[str, Shared], ...]:  # noqa: FBT001 - a cache key
    mesh = facts.cluster.mesh
    egress = mesh.egress
    return (
        ("allow-dns", _policy(egress=[to_resolver(facts)])),
        ("allow-namespace", _own_namespace()),
        ("allow-istiod", _policy(egress=[to_istiod(facts)])),
        ("allow-kubeflow", _kubeflow(mesh.namespace, in_production=in_production)),
        ("allow-api-server", _policy(egress=[to_api_server(facts)])),
        ("allow-gateway", allow_from_gateway(mesh.gateway)),
        (
            "allow-egress-gateway",
            _to(pods(egress.namespace, {"istio": egress.service}), egress.target_port),
        ),
    )


def allow_from_gateway(gateway: Gateway) -> Shared:
    """Return the allowance of a gateway's proxy to any port: a team picks its services' ports."""
    return _policy(ingress=[{"from": [pods(gateway.service_account.namespace, gateway.pods)]}])


def _own_namespace() -> Shared:
    peers: Tree = [{"podSelector": {}}]
    return _policy(ingress=[{"from": peers}], egress=[{"to": peers}])


def _kubeflow(mesh_namespace: str, *, in_production: bool) -> Shared:
    local_gateway = pods(mesh_namespace, {"istio": "cluster-local-gateway"})
    callers: list[Tree] = [
        _rule("from", pods("knative-serving", {"app": "activator"}), 8012, 8013, 8112),
        _rule("from", pods("knative-serving", {"app": "autoscaler"}), 9090),
        _rule("from", local_gateway, 8012, 8013, 8112),
        _rule("from", pods("kubeflow", {"katib.kubeflow.org/component": "controller"}), 6788, 6789),
    ]
    if not in_production:
        callers.append(_rule("from", pods("kubeflow", {"app": "notebook-controller"}), 8888))
    services: list[Tree] = [
        _rule("to", pods("kubeflow", {"app": "ml-pipeline"}), 8887, 8888),
        _rule("to", pods("kubeflow", {"component": "metadata-grpc-server"}), 8080),
        _rule("to", pods("kubeflow", {"app": "seaweedfs"}), 8333),
        _rule("to", pods("kubeflow", {"katib.kubeflow.org/component": "db-manager"}), 6789),
        _rule("to", local_gateway, 8080, 8081),
    ]
    return _policy(ingress=callers, egress=services)


def _to(peer: Tree, *ports: int) -> Shared:
    return _policy(egress=[_rule("to", peer, *ports)])


def _policy(ingress: list[Tree] | None = None, egress: list[Tree] | None = None) -> Shared:
    spec: dict[str, Tree] = {"podSelector": {}}
    types = [("Ingress", "ingress", ingress), ("Egress", "egress", egress)]
    spec["policyTypes"] = [name for name, _, rules in types if rules]
    spec.update({key: rules for _, key, rules in types if rules})
    return Shared(spec)


def _rule(direction: str, peer: Tree, *ports: int) -> Tree:
    return {direction: [peer], "ports": tcp(*ports)}
