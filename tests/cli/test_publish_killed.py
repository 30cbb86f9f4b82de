"""`tenantry publish`, killed: every branch is a whole commit, and the next run completes it."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import stat
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Platform


WRAPPER = """\
#!/bin/sh
# Counts the calls of Git; at the chosen one kills whoever called, before Git runs or while it does.
read n < "$COUNT"
n=$((n + 1))
echo $n > "$COUNT"
test $n = "$KILL_AT" || exec "$REAL_GIT" "$@"
kill -9 $PPID
test "$WHEN" = before || "$REAL_GIT" "$@" > /dev/null 2>&1
echo > "$COUNT.killed"
"""


def _killed_publish(platform: Platform, tools: Path, at: int, when: str, *words: str) -> bool:
    """Publish in a process that is killed at its call `at` of Git; return whether it was."""
    count = tools / "count"
    count.write_text("0\n", encoding="utf-8")
    told = tools / "count.killed"
    told.unlink(missing_ok=True)

    def child() -> None:
        path = f"{tools}{os.pathsep}{os.environ['PATH']}"
        os.environ.update(COUNT=str(count), KILL_AT=str(at), WHEN=when, PATH=path)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os._exit(platform.publish(*words))

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    while process.exitcode and not told.exists():
        time.sleep(0.01)  # the call of Git outlives whoever made it
    return process.exitcode != 0


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for the PATH, with a `git` that kills."""
    folder = tmp_path / "tools"
    folder.mkdir()
    (folder / "git").write_text(WRAPPER, encoding="utf-8")
    (folder / "git").chmod(stat.S_IRWXU)
    monkeypatch.setenv("REAL_GIT", str(shutil.which("git")))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return folder


@pytest.mark.parametrize("when", ["before", "while"])
def test_a_publish_killed_at_any_call_of_git_leaves_old_or_new_branches(
    platform: Platform, tools: Path, when: str
) -> None:
    """Every branch is a whole commit, nothing of the person's changed, and a rerun completes."""
    platform.publish()
    old = platform.tips()
    platform.commit(vision="two\n")
    platform.write(vision="not committed\n")
    platform.publish()
    new = platform.tips()
    before = platform.surroundings()
    reached = []
    at = 0
    killed = True
    while killed:
        at += 1
        _put_back(platform, old)
        killed = _killed_publish(platform, tools, at, when)
        reached.append(platform.tips())
        assert reached[-1] in (old, new)
        assert platform.surroundings() == before
    assert at > len(("render", "store", "commit", "move"))
    assert reached[0] == old
    assert reached[-1] == new
    assert platform.git("fsck", "--strict", "--no-dangling") == ""


def test_a_publish_killed_around_its_push_is_completed_by_the_next(
    platform: Platform, remote: Platform, tools: Path
) -> None:
    """Here and there each branch is old or new, the remote's first, and a rerun joins them."""
    platform.publish("--remote", "origin")
    old = remote.tips()
    platform.merge(vision="two\n")
    states: list[tuple[bool, bool]] = []
    killed = True
    while killed:
        _put_back(platform, old)
        _put_back(remote, old)
        killed = _killed_publish(platform, tools, len(states) + 1, "before", "--remote", "origin")
        states.append((platform.tips() != old, remote.tips() != old))
    assert sorted(set(states)) == [(False, False), (False, True), (True, True)]
    pushed = states.index((False, True)) + 1
    _put_back(platform, old)
    _put_back(remote, old)
    assert _killed_publish(platform, tools, pushed, "before", "--remote", "origin")
    assert platform.tips() != remote.tips()
    assert platform.publish("--remote", "origin") == 0
    assert platform.tips() == remote.tips()
    assert remote.tips() != old


def _put_back(platform: Platform, tips: dict[str, str]) -> None:
    steps = "".join(f"update refs/heads/{branch} {commit}\n" for branch, commit in tips.items())
    platform.git("update-ref", "--stdin", feed=steps.encode())
