"""The queue in which a namespace's jobs wait for GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.render.metadata import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.manifest import Manifest
    from tenantry.placement import Placement


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield a LocalQueue for each pool of GPUs, where the namespace may request any.

    Named by its pool and never `default`: Kueue would put every pod of the namespace, notebooks
    included, into a queue of that name. Source: kubernetes-sigs/kueue pod_webhook.go.
    """
    if not placement.allowance.gpu:
        return
    for name, pool in sorted(placement.facts.cluster.capacity.pools.items()):
        if pool.gpu and pool.queue is not None:
            yield {
                "apiVersion": "kueue.x-k8s.io/v1beta2",
                "kind": "LocalQueue",
                "metadata": metadata(placement, f"pool-{name}"),
                "spec": {"clusterQueue": pool.queue},
            }
