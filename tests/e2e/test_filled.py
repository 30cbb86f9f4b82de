"""Argo CD fills an empty cluster with all that this repository holds for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.e2e import notes
from tests.e2e.gitops import delivery, monorepo
from tests.e2e.gitops.argo_cd import SELDOM
from tests.repository import ROOT

from tenantry import layout, naming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.gitops.delivery import Delivery

#: Argo CD reports what it saw last; these belong to the objects that report.
_REPORTING = ("Application", "AppProject")


@pytest.fixture(scope="module")
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return what takes a line for the end of the run."""
    return notes.writer(request, "Argo CD")


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, note: Callable[[str], None]
) -> Iterator[Delivery]:
    """Return the cluster with the most tenants, filled."""
    folder = tmp_path_factory.mktemp("filled")
    sources = monorepo.copy(ROOT, folder / "ml-platform", folder / "hosts")
    sources.publish()
    name = delivery.fullest(sources.tenants())
    with delivery.filled(name, folder / "cluster", sources, print, SELDOM) as (found, took):
        note(f"{len(found.own())} Applications Synced in {took:.0f} s on {name}")
        yield found


def test_everything_of_this_repository_is_synced(
    cluster: Delivery, note: Callable[[str], None]
) -> None:
    """What comes from elsewhere is listed: nothing is fetched here."""
    elsewhere = cluster.elsewhere()
    for name, url in sorted(elsewhere.items()):
        note(f"not synced: remote: {name} from {url}")
    folders = {path.split("/")[1] for path in cluster.files() if _is_of_tenants(path)}
    tenants = {f"tenant-{name}" for name in folders}
    assert len(tenants) > 5
    assert {"root", naming.TENANTS, *tenants} <= set(cluster.own())
    assert all(not url.startswith(cluster.sources.url) for url in elsewhere.values())
    assert cluster.unsynced() == {}


def _is_of_tenants(path: str) -> bool:
    return path.startswith(f"{layout.RENDERED_TENANTS}/")


def test_the_same_commit_twice_makes_no_difference(cluster: Delivery) -> None:
    """Neither another publish nor another look at everything, from scratch, writes anything."""
    cluster.wait(cluster.is_settled, "the sync")
    tip, before = cluster.tip(), _versions(cluster)
    cluster.sources.publish()
    assert cluster.tip() == tip
    own = cluster.own()
    cluster.refresh(*own, hard=True)
    cluster.wait(lambda: not cluster.is_refreshing(*own), "a hard refresh")
    cluster.wait(cluster.is_settled, "the sync after it")
    assert _versions(cluster) == before
    assert len(before) > 100


def _versions(cluster: Delivery) -> dict[str, str]:
    """Return the resourceVersion of every rendered object, but of those that report."""
    return {
        path: body["metadata"]["resourceVersion"]
        for path, body in cluster.live().items()
        if body["kind"] not in _REPORTING
    }
