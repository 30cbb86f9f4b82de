"""Files of other people's repositories: fetched once, at just the pinned revision."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tenantry.workspace.checkouts import Checkouts
from tenantry.workspace.git import GitError

if TYPE_CHECKING:
    from pathlib import Path


def _git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=Sample", "-c", "user.email=sample@example.com")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *words], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def upstream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return somebody's repository with a file in two versions, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    folder = tmp_path / "upstream"
    (folder / "deploy").mkdir(parents=True)
    _git(folder, "init", "--quiet")
    for text, tag in (("one", "v1.0.0"), ("two", "v2.0.0")):
        (folder / "deploy" / "file").write_text(text)
        _git(folder, "add", ".")
        _git(folder, "commit", "--quiet", "--message", text)
        _git(folder, "tag", tag)
    return folder


def test_a_tag_is_laid_out_as_it_was(upstream: Path) -> None:
    with Checkouts() as checkouts:
        tree = checkouts.tree(upstream.as_uri(), "v1.0.0")
        assert (tree / "deploy" / "file").read_text() == "one"
        assert checkouts.tree(upstream.as_uri(), "v1.0.0") == tree
    assert not tree.exists()


def test_a_commit_is_fetched_once(
    upstream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the cache holds needs no repository any more; what it lacks is an error."""
    address = "https://git.example.com/upstream"
    (tmp_path / "gitconfig").write_text(f'[url "{upstream.as_uri()}"]\n\tinsteadOf = {address}\n')
    commit = _git(upstream, "rev-parse", "v1.0.0")
    # Not led to a folder, so that the cache is what answers.
    monkeypatch.setattr(Checkouts, "_copy", lambda _, __: None)
    for gone in (False, True):
        if gone:
            shutil.rmtree(upstream)
        with Checkouts() as checkouts:
            tree = checkouts.tree(address, commit)
            assert (tree / "deploy" / "file").read_text() == "one"
    with Checkouts() as checkouts, pytest.raises(GitError, match="git fetch failed"):
        checkouts.tree(address, "v2.0.0")


def test_gits_settings_lead_to_a_copy_on_this_machine(upstream: Path, tmp_path: Path) -> None:
    """Nothing is copied into the cache."""
    address = "https://git.example.com/upstream"
    (tmp_path / "gitconfig").write_text(f'[url "{upstream}"]\n\tinsteadOf = {address}\n')
    with Checkouts() as checkouts:
        assert (checkouts.tree(address, "v2.0.0") / "deploy" / "file").read_text() == "two"
    assert not (tmp_path / "cache").exists()


def test_an_unknown_revision_is_an_error(upstream: Path) -> None:
    with Checkouts() as checkouts, pytest.raises(GitError):
        checkouts.tree(upstream.as_uri(), "v3.0.0")
