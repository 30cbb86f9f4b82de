"""Processes of the tests themselves: each fault is one clear line, and nothing is left behind."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from tests.e2e import control_plane
from tests.e2e.certificates import make_certificate, make_key
from tests.e2e.processes import NotStartedError, Processes, free_port
from tests.repository import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def _python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def _is_running(number: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(number, 0)
        return True
    return False


def test_a_process_that_dies_is_named_with_its_last_words_and_its_log(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    processes.start("etcd", _python("print('no space left on device'); raise SystemExit(4)"))
    with pytest.raises(NotStartedError) as refusal:
        processes.wait("etcd", lambda: False)
    processes.stop()
    log = tmp_path / "etcd.log"
    assert str(refusal.value) == f"etcd ended with code 4: no space left on device (log: {log})"


def test_a_process_that_is_never_ready_is_not_waited_for_forever(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    processes.start("slow", _python("import time; time.sleep(60)"))
    with pytest.raises(NotStartedError, match=r"slow was not ready after 0 s: it wrote nothing"):
        processes.wait("slow", lambda: False, seconds=0.2)
    processes.stop()


def test_stopping_ends_what_was_started_and_nothing_else(tmp_path: Path) -> None:
    mine, others = Processes(tmp_path), Processes(tmp_path)
    mine.start("mine", _python("import time; time.sleep(60)"))
    others.start("others", _python("import time; time.sleep(60)"))
    number = mine.ids()[0]
    mine.stop()
    assert not _is_running(number)
    others.check()
    others.stop()


def test_a_missing_openssl_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotStartedError, match=r"^openssl is needed .* not found: install it$"):
        make_key(tmp_path / "a.key")


def test_an_openssl_that_refuses_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(NotStartedError, match=r"^openssl req failed: [^\n]+$"):
        make_certificate(tmp_path / "a.crt", ["no such kind of name"])


def test_a_port_in_use_is_one_line_and_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real etcd and API server."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = iter([taken.getsockname()[1], *(free_port() for _ in range(9))])
        monkeypatch.setattr(control_plane, "free_port", lambda: next(ports))
        processes = Processes(tmp_path)
        monkeypatch.setattr(control_plane, "Processes", lambda _: processes)
        with pytest.raises(NotStartedError, match=r"kube-apiserver ended with code .*in use"):
            control_plane.start(ROOT, tmp_path, print)
    assert processes.ids() == []


def test_a_control_plane_that_dies_midway_is_noticed(tmp_path: Path) -> None:
    plane = control_plane.start(ROOT, tmp_path, print)
    try:
        os.kill(plane.processes.ids()[0], 9)
        with pytest.raises(NotStartedError, match=r"etcd ended with code -9"):
            plane.processes.wait("the cluster", lambda: False)
    finally:
        plane.processes.stop()
    assert plane.processes.ids() == []
