"""A real control plane for each cluster of this repository, filled with its rendered tree."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from tests.e2e import control_plane, notes
from tests.e2e.platform import Platform, fill
from tests.e2e.versions import components
from tests.repository import ROOT, rendered

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

CLUSTERS = sorted(path.parent.name for path in (ROOT / layout.CLUSTERS).glob("*/cluster.yaml"))

#: What `pytest -n` keeps in one process, the longest first: each has a cluster of its own.
_GITOPS = "gitops"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let clusters stand side by side under `pytest -n`, and begin with the slowest."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: _group(item) != _GITOPS)


def _group(item: pytest.Item) -> str:
    if _GITOPS in item.path.parts:
        return _GITOPS
    call = getattr(item, "callspec", None)
    return str(call.params.get("platform", item.path.stem)) if call else item.path.stem


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
    plane = control_plane.start(ROOT, folder, _tell)
    client = plane.client()
    found = Platform(request.param, trees / request.param, plane, client)
    try:
        fill(found, _tell)
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
