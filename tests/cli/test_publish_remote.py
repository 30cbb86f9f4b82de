"""`tenantry publish --remote`: there and here move together, or nothing does."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tenantry.workspace.git import GitError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Platform


def test_a_fresh_clone_builds_on_what_the_remote_has(
    platform: Platform, remote: Platform, tmp_path: Path
) -> None:
    """A build server starts without the rendered branches, and never makes a second root."""
    assert platform.publish("--remote", "origin") == 0
    first = remote.tips()
    assert first == platform.tips()
    platform.commit(vision="two\n")
    platform.git("push", "--quiet", "origin", "main")
    platform.git("clone", "--quiet", "--single-branch", str(remote.root), str(tmp_path / "clone"))
    clone = type(platform)(tmp_path / "clone")
    assert clone.publish("--remote", "origin") == 0
    assert remote.git("rev-parse", "rendered/prod^") == first["rendered/prod"]
    assert clone.tips() == remote.tips()
    assert platform.publish("--remote", "origin") == 0
    assert platform.tips() == remote.tips()


def test_a_refused_push_moves_nothing_anywhere(
    platform: Platform, remote: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the remote refuses only one of the branches."""
    platform.publish("--remote", "origin")
    before = platform.tips()
    hook = remote.root / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ntest "$1" != refs/heads/rendered/prod\n', encoding="utf-8")
    hook.chmod(0o755)
    platform.merge(vision="two\n")
    capsys.readouterr()
    assert platform.publish("--remote", "origin") == 1
    assert platform.tips() == before
    assert remote.tips() == before
    out = capsys.readouterr().out
    assert "rendered/dev, rendered/prod: push-rejected: origin did not take the branches" in out
    assert "[remote rejected] (hook declined)" in out


def test_a_remote_that_is_gone_moves_nothing_here(platform: Platform, remote: Platform) -> None:
    shutil.rmtree(remote.root)
    with pytest.raises(GitError, match=r"git ls-remote failed: fatal: .*remote\.git"):
        platform.publish("--remote", "origin")
    assert platform.tips() == {}


def test_branches_that_went_two_ways_are_not_joined(
    platform: Platform, remote: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.publish("--remote", "origin")
    remote_tip = remote.tamper("rendered/dev", {"there.yaml": "x\n"})
    platform.tamper("rendered/dev", {"here.yaml": "x\n"})
    assert platform.publish("--remote", "origin") == 1
    assert remote.tips()["rendered/dev"] == remote_tip
    assert "rendered/dev: branch-diverged: " in capsys.readouterr().out


def test_a_source_that_is_not_merged_is_never_pushed(
    platform: Platform, remote: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    """Argo CD would sync what nobody agreed to. On this machine it may be looked at."""
    source = platform.commit(vision="two\n")
    assert platform.publish("--remote", "origin") == 1
    assert remote.tips() == platform.tips() == {}
    told = capsys.readouterr()
    assert told.out.startswith(f".: source-not-merged: {source[:12]} is not part of main (")
    assert told.err == "nothing was published\n"
    platform.git("switch", "--quiet", "--create", "feature")
    platform.git("branch", "--force", "main", "main~1")
    assert platform.publish() == 0
    assert capsys.readouterr().out.startswith(".: warning: source-not-merged: ")
