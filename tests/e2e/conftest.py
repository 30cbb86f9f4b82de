"""A real control plane for each cluster of this repository, filled with its rendered tree."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from tests.e2e import foundation, notes
from tests.e2e.platform import Platform, fill
from tests.e2e.versions import components
from tests.repository import ROOT, rendered
from xdist.scheduler import LoadScopeScheduling

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from xdist.remote import Producer

CLUSTERS = sorted(path.parent.name for path in (ROOT / layout.CLUSTERS).glob("*/cluster.yaml"))

_GITOPS = "tests/e2e/gitops/"
_LONGEST = (_GITOPS, *(f"tests/e2e/test_{name}.py" for name in ("demo", "filled", "wiped")))
_OF_CLUSTER = re.compile(rf"\[({'|'.join(map(re.escape, CLUSTERS))})(-|\])")


class ByCluster(LoadScopeScheduling):
    """Under `pytest -n`, keeps in one process what shares a running cluster."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(_GITOPS):
            return _GITOPS
        found = _OF_CLUSTER.search(nodeid)
        return found[1] if found else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByCluster:
    """Share out the tests by cluster, in the order in which they were collected."""
    config.option.loadscopereorder = False
    return ByCluster(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what was counted."""
    notes.send(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - a plugin's type, without the plugin
    """Take over what another process counted."""
    notes.receive(node.config, getattr(node, "workeroutput", {}))


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
    plane = foundation.start(folder, _tell)
    client = plane.client()
    found = Platform(request.param, trees / request.param, plane, client)
    try:
        fill(found)
        yield found
    finally:
        client.close()
        plane.processes.stop()
        notes.of(request.config).append(_counted(found))
        if request.session.testsfailed:
            notes.of(request.config).append(f"  logs of its control plane: {plane.folder}")


def _counted(platform: Platform) -> str:
    return (
        f"{platform.cluster}: {platform.accepted:,} objects accepted, "
        f"{len(platform.refusals)} refused, {platform.cells:,} cells of who may do what asked, "
        f"{platform.rule_sets:,} foreign namespaces closed"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what differs from a cluster, what was counted and measured, and where logs are."""
    for component in components(ROOT):
        if component.differs:
            terminalreporter.write_line(f"other than on a cluster: {component}")
    for line in notes.of(terminalreporter.config):
        terminalreporter.write_line(line)
