"""What is missing or in the way is one clear line, and no process stays."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from tests.e2e import foundation
from tests.e2e.gitops import argo_cd, delivery, redis
from tests.e2e.processes import NotStartedError

from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.gitops.monorepo import Repository


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
    sources: Repository,
    team: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever listens there is not taken for Argo CD."""
    assert team.remote.is_dir()
    plane = foundation.start(tmp_path, print)
    monkeypatch.setattr(foundation, "start", lambda *_: plane)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setattr(argo_cd, "free_port", lambda: number)
        with pytest.raises(
            NotStartedError, match=f"git cannot be started: port {number} is in use"
        ):
            delivery.start("prod", tmp_path, sources, print)
    assert plane.processes.ids() == []
