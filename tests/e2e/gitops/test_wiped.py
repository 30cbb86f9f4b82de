"""An empty cluster becomes what it was: the last test of the folder, since it ends the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.e2e.gitops import delivery

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.client import Manifest
    from tests.e2e.gitops.argo_cd import Programs
    from tests.e2e.gitops.delivery import Delivery


def test_an_empty_cluster_becomes_the_same_again(
    cluster: Delivery, programs: Programs, tmp_path: Path, note: Callable[[str], None]
) -> None:
    """With etcd wiped and the root applied again, every object is what it was."""
    cluster.wait(cluster.is_settled, "the sync")
    before = {path: _stored(body) for path, body in cluster.live().items()}
    delivery.stop(cluster)
    again = delivery.start(cluster.cluster, tmp_path / "again", programs, cluster.sources, note)
    try:
        took = again.wait(again.is_settled, "the sync of the empty cluster", seconds=400)
        note(f"{len(again.own())} Applications Synced in {took:.0f} s on the cluster made anew")
        after = {path: _stored(body) for path, body in again.live().items()}
    finally:
        delivery.stop(again)
    assert sorted(after) == sorted(before)
    assert [path for path, body in before.items() if after[path] != body] == []


def _stored(body: Manifest) -> dict[str, Any]:
    """Return an object without what the server and controllers write."""
    metadata = {
        key: body["metadata"].get(key)
        for key in ("name", "namespace", "labels", "annotations", "finalizers")
    }
    rest = {key: part for key, part in body.items() if key not in {"metadata", "status"}}
    if body["kind"] == "Service":
        given = {"clusterIP", "clusterIPs"}
        rest["spec"] = {key: part for key, part in body["spec"].items() if key not in given}
    return {**rest, "metadata": metadata}
