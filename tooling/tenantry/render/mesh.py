"""The namespace's place in the mesh: encrypted in, and only known hosts out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.manifest import Shared
from tenantry.render.metadata import KEPT_ANNOTATIONS, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest
    from tenantry.placement import Placement

#: What the distribution's default Sidecar lets a namespace see. A namespace's own Sidecar
#: replaces that one, so its hosts are repeated. Source: kubeflow/community-distribution,
#: common/istio/istio-install/base/sidecar-prune-egress.yaml.
_PLATFORM_NAMESPACES = ("kubeflow", "kubeflow-system", "knative-serving", "knative-eventing")

_STRICT = Shared({"mtls": {"mode": "STRICT"}})


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield the PeerAuthentication and the Sidecar."""
    yield {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        # Kept for the reason that the NetworkPolicy deny-all is.
        "metadata": metadata(placement, "default", KEPT_ANNOTATIONS),
        "spec": _STRICT,
    }
    yield {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Sidecar",
        "metadata": metadata(placement, "default"),
        "spec": _sidecar(placement.facts),
    }


@lru_cache(maxsize=64)
def _sidecar(facts: ClusterFacts) -> Shared:
    mesh = facts.cluster.mesh
    egress = mesh.egress
    hosts = [
        "./*",
        *(f"{namespace}/*" for namespace in _PLATFORM_NAMESPACES),
        f"{mesh.namespace}/*",
        f"{egress.namespace}/{egress.service}.{egress.namespace}.svc.cluster.local",
    ]
    return Shared(
        {"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}, "egress": [{"hosts": hosts}]}
    )
