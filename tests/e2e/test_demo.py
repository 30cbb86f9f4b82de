"""`make demo` leaves nothing behind, however it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest
from tests.e2e.waiting import wait
from tests.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def running() -> Iterator[pexpect.spawn[str]]:
    """Return a demo in a terminal of its own, from its very beginning."""
    words = ["-m", "tests.e2e.gitops.demo"]
    with pexpect.spawn(
        sys.executable, words, cwd=str(ROOT), encoding="utf-8", timeout=300
    ) as child:
        yield child


def test_ctrl_c_ends_everything(running: pexpect.spawn[str]) -> None:
    """While Argo CD is at work: no process stays, and no file."""
    folder = _folder(running)
    running.expect("Applications are synced")
    children = _children(running)
    assert len(children) >= 7
    running.sendcontrol("c")
    running.expect("demo: ended")
    _assert_gone(running, folder, children, code=130)


def test_a_termination_signal_ends_everything(running: pexpect.spawn[str]) -> None:
    """While the control plane starts."""
    folder = _folder(running)
    wait(lambda: len(_children(running)) >= 2, "etcd and API server", seconds=300, pause=0.5)
    children = _children(running)
    running.kill(signal.SIGTERM)
    _assert_gone(running, folder, children, code=143)


def test_a_control_plane_that_dies_is_one_line(running: pexpect.spawn[str]) -> None:
    """And ends the demo, with all that still ran."""
    folder = _folder(running)
    wait(lambda: len(_children(running)) >= 2, "etcd and API server", seconds=300, pause=0.5)
    children = _children(running)
    etcd = next(number for number, words in children.items() if "etcd" in words.split()[0])
    subprocess.run(["kill", "-9", str(etcd)], check=True)
    running.expect(r"demo: etcd ended with code -9[^\n]*\n")
    _assert_gone(running, folder, children, code=1)
    assert "Traceback" not in str(running.before)


def _folder(running: pexpect.spawn[str]) -> Path:
    """Return the demo's folder, once it says it."""
    running.expect(r"in /\S+")
    folder = Path(str(running.after).removeprefix("in "))
    assert folder.is_dir()
    return folder


def _assert_gone(
    running: pexpect.spawn[str], folder: Path, children: dict[int, str], *, code: int
) -> None:
    with suppress(pexpect.EOF):
        running.expect(pexpect.EOF)
    running.close()
    assert running.exitstatus == code
    wait(lambda: not children.keys() & _processes().keys(), "the end of all processes", pause=0.5)
    assert not folder.exists()


def _children(running: pexpect.spawn[str]) -> dict[int, str]:
    found = _processes()
    return {number: words for number, (parent, words) in found.items() if parent == running.pid}


def _processes() -> dict[int, tuple[int, str]]:
    """Return every process on this machine, with its parent and its words."""
    listed = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split(None, 2) for line in listed.splitlines())
    return {int(row[0]): (int(row[1]), row[2]) for row in rows if len(row) > 2}
