"""The clusters that the table judges, and lines at the end that say how much was judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.network import platform

if TYPE_CHECKING:
    from tests.network.cluster import Cluster

_COUNTS = pytest.StashKey[dict[str, str]]()


@pytest.fixture(scope="session")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Cluster]:
    """Return the clusters of the fixed platform."""
    return platform.clusters(tmp_path_factory.mktemp("network"))


@pytest.fixture
def count(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return where a test writes what it counted, for the last lines of the run."""
    return request.config.stash.setdefault(_COUNTS, {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was counted."""
    for what, number in terminalreporter.config.stash.get(_COUNTS, {}).items():
        terminalreporter.write_line(f"network: {what}: {number}")
