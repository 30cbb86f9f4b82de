"""An empty cluster becomes what it was, through Argo CD alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.e2e import notes
from tests.e2e.gitops import delivery, monorepo
from tests.e2e.gitops.argo_cd import SELDOM
from tests.repository import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from tests.e2e.client import Manifest


def test_an_empty_cluster_becomes_the_same_again(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """With etcd wiped and the root applied again, every object is what it was.

    On the smaller cluster: `test_filled.py` fills the larger one, and nothing here depends on size.
    """
    sources = monorepo.copy(ROOT, tmp_path / "ml-platform", tmp_path / "hosts")
    sources.publish()
    note = notes.writer(request, "Argo CD")
    tenants = sources.tenants()
    name = min(sorted(tenants), key=lambda each: tenants[each])
    found: list[dict[str, dict[str, Any]]] = []
    for turn in ("first", "again"):
        with delivery.filled(name, tmp_path / turn, sources, print, SELDOM) as (cluster, took):
            note(f"{turn}: {len(cluster.own())} Applications Synced in {took:.0f} s on {name}")
            found.append({path: _stored(body) for path, body in cluster.live().items()})
    before, after = found
    assert len(before) > 100
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
