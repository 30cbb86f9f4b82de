"""One cluster that a real Argo CD fills, for all tests of this folder.

It ends with the last of them: Argo CD never rests, and would slow down what comes after.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from tests.e2e import notes
from tests.e2e.gitops import delivery, monorepo, trial
from tests.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.gitops.delivery import Delivery
    from tests.e2e.gitops.monorepo import Repository


def _tell(message: str) -> None:
    print(f"\ntenantry: {message}", file=sys.__stderr__, flush=True)


@pytest.fixture(scope="session")
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return what takes a line for the end of the run: what was measured, what was left out."""
    return notes.writer(request, "Argo CD")


@pytest.fixture(scope="package")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a copy of this repository with the trial tenants, and the apps that they need.

    Whole clusters are filled beside this folder, by `test_filled.py` and `test_wiped.py`.
    """
    folder = tmp_path_factory.mktemp("git")
    found = monorepo.copy(ROOT, folder / "ml-platform", folder / "hosts")
    trial.take_over(found)
    found.merge("Let the trial tenants take over")
    found.publish()
    return found


@pytest.fixture(scope="package")
def team(sources: Repository) -> Repository:
    """Return the repository of the trial team."""
    return trial.make_team_repository(sources.folder.parent / "team", sources)


@pytest.fixture(scope="package")
def cluster(
    sources: Repository, team: Repository, note: Callable[[str], None]
) -> Iterator[Delivery]:
    """Return the cluster with the most tenants, once Argo CD has filled it."""
    assert team.remote.is_dir()
    name = delivery.fullest(sources.tenants())
    with delivery.filled(name, sources.folder.parent / "argo-cd", sources, _tell) as (found, took):
        note(f"the trial tenants were Synced in {took:.0f} s on {name}")
        yield found
