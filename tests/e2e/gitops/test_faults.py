"""What is missing or in the way is one clear line, and no process stays."""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
from typing import TYPE_CHECKING

import pytest
from tests.e2e import foundation
from tests.e2e.gitops import argo_cd, delivery, redis
from tests.e2e.processes import NotStartedError, Processes, free_port

from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.control_plane import ControlPlane
    from tests.e2e.gitops.delivery import Delivery


def _program(folder: Path, name: str, says: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def test_a_missing_redis_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WorkspaceError, match=r"redis-server 6 or newer is needed .*`make redis`"):
        argo_cd.find(print)


def test_a_redis_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, "redis-server", "Redis server v=5.0.14 sha=00000000:0")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WorkspaceError, match=r"redis-server 6 or newer .*found: Redis server v=5"):
        redis.find()


def test_valkey_serves_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, "valkey-server", "Valkey server v=8.1.1 sha=00000000:0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis.find() == str(tmp_path / "valkey-server")


def test_a_stale_cache_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of another version in the cache is built anew; without Go that is one line."""
    _program(tmp_path / "path", "redis-server", "Redis server v=7.0.0")
    _program(tmp_path / "path", "argocd", "argocd: v2.0.0")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(WorkspaceError, match=r"^Go 1\.24 or newer is needed and was not found"):
        argo_cd.find(print)


def test_a_port_in_use_leaves_no_process(
    cluster: Delivery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever listens there is not taken for Redis; what was started before it is ended.

    A second Argo CD, for the cluster that runs: it does not come so far as to touch an Application.
    """
    plane = _beside(cluster.plane, tmp_path)
    monkeypatch.setattr(foundation, "start", lambda *_: plane)
    ended: list[int] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        ports = iter([free_port(), number])
        monkeypatch.setattr(argo_cd, "free_port", lambda: next(ports))
        monkeypatch.setattr(plane.processes, "stop", lambda: ended.extend(_end(plane.processes)))
        with pytest.raises(
            NotStartedError, match=f"redis cannot be started: port {number} is in use"
        ):
            delivery.start("prod", tmp_path, cluster.sources, print)
    assert len(ended) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(ended[0], 0)


def _beside(plane: ControlPlane, folder: Path) -> ControlPlane:
    """Return the same control plane for processes of one's own."""
    other = dataclasses.replace(plane, folder=folder, processes=Processes(folder))
    shutil.copytree(plane.certificate.parent, other.certificate.parent)
    shutil.copyfile(plane.kubeconfig, other.kubeconfig)
    return other


def _end(processes: Processes) -> list[int]:
    """End them; return which there were."""
    found = processes.ids()
    Processes.stop(processes)
    return found
