"""When the machine is in the way: no space, no permission, a worker that dies, Ctrl-C."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
from tests.repository import files, make_repository, rendered, smallest

from tenantry.cli import run
from tenantry.workspace.files import TEMPORARY
from tenantry.workspace.pipeline import Job

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository of two tenants."""
    return make_repository(tmp_path / "platform", growth=smallest("churn"), vision=smallest("eyes"))


def _render(root: Path, *words: str) -> int:
    return run(["render", "--root", str(root), "--today", "2026-11-22", *words])


@pytest.mark.parametrize("step", ["write", "rename", "mkdir", "open"])
@pytest.mark.parametrize("count", [1, 5])
def test_a_full_disk_is_one_line_and_exit_code_1(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    step: str,
    count: int,
) -> None:
    """And the next run, with space, gives what a clean render gives."""
    really = getattr(os, step)
    left = [count]

    def refuse(target: Any, *rest: Any, **options: Any) -> Any:  # noqa: ANN401 - as `os` takes it
        changes = step != "open" or bool(rest[0] & os.O_CREAT)
        left[0] -= changes
        if changes and left[0] <= 0:
            named = [target] if isinstance(target, str) else []
            raise OSError(errno.ENOSPC, "No space left on device", *named)
        return really(target, *rest, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, step, refuse)
        assert _render(root) == 1
    printed = capsys.readouterr()
    line = printed.err.splitlines()[-1]
    assert "No space left on device" in line
    assert line.startswith("tenantry: ")
    assert "bug" not in line
    assert "Traceback" not in printed.err
    assert not [path for path in files(root / "build") if path.endswith(TEMPORARY)]
    assert rendered(root) == rendered(root, root.parent / "clean")


def test_a_tree_that_may_not_be_written_is_one_line(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "build").write_text("not a folder", encoding="utf-8")
    assert _render(root) == 1
    err = capsys.readouterr().err
    assert err.splitlines()[-1].startswith("tenantry: ")
    assert "bug" not in err


def test_a_foreign_file_in_the_tree_is_one_line_that_names_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "build" / "prod").mkdir(parents=True)
    (root / "build" / "prod" / "notes.txt").write_text("mine", encoding="utf-8")
    assert _render(root) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"tenantry: {root}/build/prod/notes.txt was not written by tenantry, so it is not removed: "
        "move it, or choose another --output"
    )


_DRIVER = """
import os, signal, sys, time
from tenantry.cli import run
from tenantry.workspace.shard import Shard

parent = os.getpid()
{body}
sys.exit(run(sys.argv[1:]))
"""


def _start(root: Path, body: str, *words: str) -> subprocess.Popen[str]:
    code = _DRIVER.format(body=dedent(body))
    return subprocess.Popen(
        [sys.executable, "-c", code, "render", "--root", str(root), "--format", "text", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _assert_no_process_left(group: int) -> None:
    """Wait a while: who reaps an orphan takes its time on a busy machine."""
    until = time.monotonic() + 5
    while _lives(group) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(group)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("method", ["judge", "render"])
def test_a_worker_that_is_killed_is_one_line_and_leaves_no_process(root: Path, method: str) -> None:
    body = f"""
        really = Shard.{method}
        def die(self, *rest):
            if os.getpid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)
            return really(self, *rest)
        Shard.{method} = die
    """
    process = _start(root, body, "--processes", "2")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert err == "tenantry: a worker process ended unexpectedly; run the command again\n"
    _assert_no_process_left(process.pid)


def test_a_worker_that_dies_between_two_steps_is_one_line(root: Path) -> None:
    body = """
        from tenantry.workspace import pipeline
        really = pipeline.Worker.result
        def die(self):
            value = really(self)
            self.process.kill()
            self.process.join()
            return value
        pipeline.Worker.result = die
    """
    process = _start(root, body, "--processes", "2")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert err == "tenantry: a worker process ended unexpectedly; run the command again\n"


def test_a_fault_in_a_worker_is_a_fault_of_the_command(root: Path) -> None:
    body = """
        really = Shard.judge
        def fail(self):
            if os.getpid() != parent:
                raise OSError(28, "No space left on device", "x")
            return really(self)
        Shard.judge = fail
    """
    process = _start(root, body, "--processes", "2")
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, "tenantry: x: No space left on device\n")


@pytest.mark.parametrize("processes", ["1", "2"])
def test_ctrl_c_is_one_line_and_exit_code_130(root: Path, processes: str) -> None:
    """The terminal sends it to the worker too. Nothing was written, and no process is left."""
    body = """
        def wait(self):
            os.write(1, b"judging\\n")
            time.sleep(20)
        Shard.judge = wait
    """
    with _start(root, body, "--processes", processes) as process:
        assert process.stdout is not None
        for _ in range(int(processes)):
            assert process.stdout.readline() == "judging\n"
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (130, "\ntenantry: interrupted\n")
    assert not (root / "build").exists()
    _assert_no_process_left(process.pid)


def test_a_worker_ends_with_its_parent(root: Path) -> None:
    """Killed from outside, the parent can tell nobody; and the worker prints no traceback."""
    body = """
        def die(self):
            if os.getpid() == parent:
                os.kill(parent, signal.SIGKILL)
            time.sleep(0.2)
            return [], []
        Shard.judge = die
    """
    process = _start(root, body, "--processes", "2")
    _, err = process.communicate(timeout=10)  # ends when the worker closes its standard error
    assert process.returncode == -signal.SIGKILL
    assert err == ""


def test_a_job_that_names_no_output_writes_nothing(root: Path) -> None:
    assert Job.__dataclass_fields__["output"].default is None
    before = files(root)
    assert run(["validate", "--root", str(root), "--today", "2026-11-22"]) == 0
    assert files(root) == before
