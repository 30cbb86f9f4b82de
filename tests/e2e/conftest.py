"""A real control plane for each cluster of this repository, filled with its rendered tree."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from tests.e2e import control_plane
from tests.e2e.platform import Platform, fill
from tests.e2e.versions import components
from tests.repository import ROOT, rendered

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLUSTERS = sorted(path.parent.name for path in (ROOT / layout.CLUSTERS).glob("*/cluster.yaml"))

_PLATFORMS = pytest.StashKey[list[Platform]]()


def _tell(message: str) -> None:
    print(f"\ntenantry: {message}", file=sys.__stderr__, flush=True)


@pytest.fixture(scope="session")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the rendered tree of every cluster."""
    output = tmp_path_factory.mktemp("trees")
    rendered(ROOT, output)
    return output


@pytest.fixture(scope="session", params=CLUSTERS)
def platform(
    request: pytest.FixtureRequest, trees: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """Return a running cluster with its tree in it; what was refused is noted, not raised."""
    folder = tmp_path_factory.mktemp(f"control-plane-{request.param}")
    plane = control_plane.start(ROOT, folder, _tell)
    client = plane.client()
    try:
        found = Platform(request.param, trees / request.param, plane, client)
        request.config.stash.setdefault(_PLATFORMS, []).append(found)
        fill(found, _tell)
        yield found
    finally:
        client.close()
        plane.processes.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what differs from a cluster, how much was asked, and where the logs are on a failure."""
    for component in components(ROOT):
        if component.differs:
            terminalreporter.write_line(f"other than on a cluster: {component}")
    failed = bool(terminalreporter.stats.keys() & {"failed", "error"})
    for platform in terminalreporter.config.stash.get(_PLATFORMS, []):
        terminalreporter.write_line(
            f"{platform.cluster}: {platform.accepted:,} objects accepted, "
            f"{len(platform.refusals)} refused, {platform.cells:,} cells of who may do what asked, "
            f"{platform.rule_sets:,} foreign namespaces closed"
        )
        if failed:
            terminalreporter.write_line(f"  logs of its control plane: {platform.plane.folder}")
