"""`tenantry publish`, in real Git repositories."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from tenantry import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Platform

FILE = "tenants/vision/main.yaml"


def test_first_publish_starts_a_branch_of_its_own_for_each_cluster(platform: Platform) -> None:
    """A rendered branch has no parent in the sources, holds the tree, and says where it is from."""
    source = platform.git("rev-parse", "HEAD")
    assert platform.publish() == 0
    assert sorted(platform.tips()) == ["rendered/dev", "rendered/prod"]
    assert platform.git("rev-list", "--count", "rendered/prod") == "1"
    assert platform.git("ls-tree", "-r", "--name-only", "rendered/prod") == FILE
    assert platform.show(f"rendered/prod:{FILE}") == b"# prod\none\n"
    assert platform.git("log", "-1", "--format=%B", "rendered/prod") == (
        f"Render prod from {source[:12]}: 1 file changed\n\n"
        f"Source-Revision: {source}\n"
        "Release: main\n"
        f"Tenantry-Version: {__version__}"
    )


def test_next_publish_builds_on_the_last_and_counts_what_changed(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.publish()
    before = platform.tips()
    platform.commit(vision="two\n", churn="one\n")
    assert platform.publish("--cluster", "prod") == 0
    after = platform.tips()
    assert after["rendered/dev"] == before["rendered/dev"]
    assert platform.git("rev-parse", "rendered/prod^") == before["rendered/prod"]
    told = f"rendered/prod: 2 files changed, now at {after['rendered/prod'][:12]}"
    assert told in capsys.readouterr().err


def test_same_source_and_parent_give_the_same_commit_anywhere(
    platform: Platform, tmp_path: Path
) -> None:
    """Two machines that publish one commit make one commit, whatever their clocks say."""
    platform.git("clone", "--quiet", ".", str(tmp_path / "other"))
    other = type(platform)(tmp_path / "other")
    platform.publish()
    time.sleep(1.1)
    other.publish()
    assert other.tips() == platform.tips()


def test_a_source_that_changes_no_tree_makes_no_commit(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.publish()
    before = platform.tips()
    (platform.root / "README.md").write_text("words\n", encoding="utf-8")
    platform.commit()
    assert platform.publish() == 0
    assert platform.tips() == before
    assert "rendered/dev: nothing to do" in capsys.readouterr().err


def test_a_new_release_makes_a_commit_even_of_the_same_tree(platform: Platform) -> None:
    platform.publish()
    before = platform.tips()
    pin = platform.root / "clusters" / "prod" / "release.yaml"
    pin.write_text("revision: v1.0.0\n", encoding="utf-8")
    platform.commit()
    platform.publish()
    assert platform.tips()["rendered/dev"] == before["rendered/dev"]
    assert "Release: v1.0.0" in platform.git("log", "-1", "--format=%B", "rendered/prod")
    assert platform.git("diff", before["rendered/prod"], "rendered/prod") == ""


def test_index_working_tree_and_head_stay_as_they_are(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is not committed is not published, and is said so."""
    platform.write(vision="staged\n", churn="untracked\n")
    platform.git("add", "tenants/vision")
    platform.write(vision="unstaged\n")
    before = platform.surroundings()
    assert platform.publish() == 0
    assert platform.surroundings() == before
    assert platform.show(f"rendered/dev:{FILE}") == b"# dev\none\n"
    assert capsys.readouterr().out == (
        ".: warning: uncommitted-changes: 2 changed files are not committed and so not part of "
        "what is published (see git status; commit them and get them merged)\n"
    )


def test_a_fault_in_the_source_publishes_nothing(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.publish()
    before = platform.tips()
    platform.commit(vision="two\n", broken="one\n")
    assert platform.publish() == 1
    assert platform.tips() == before
    out = capsys.readouterr().out
    assert out == "tenants/broken/profiles.yaml: unknown-field: x is no field (remove it)\n"


def test_a_cluster_that_renders_to_nothing_is_not_published(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty branch would make Argo CD remove everything."""
    assert platform.publish(render=lambda *_: []) == 1
    assert platform.tips() == {}
    assert "clusters/dev/cluster.yaml: nothing-rendered: " in capsys.readouterr().out


def test_a_dry_run_leaves_not_even_an_object(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    before = platform.git("count-objects", "-v")
    assert platform.publish("--dry-run") == 0
    assert platform.git("count-objects", "-v") == before
    assert platform.tips() == {}
    assert "rendered/prod: new branch of 1 file at " in capsys.readouterr().err


def test_no_hook_filter_or_line_ending_setting_takes_part(platform: Platform) -> None:
    """Bytes are stored as rendered, whatever a machine's settings or .gitattributes say."""
    mark = platform.root / "hook-ran"
    hooks = platform.root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("reference-transaction", "pre-commit", "post-commit", "post-checkout"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{mark}'\n", encoding="utf-8")
        (hooks / name).chmod(0o755)
    attributes = "* text eol=crlf ident filter=shout export-subst\ntenants/** export-ignore\n"
    (platform.root / ".gitattributes").write_text(attributes, encoding="utf-8")
    platform.commit(vision="$Id$ $Format:%H$\n")
    mark.unlink()
    for name in ("smudge", "clean"):
        platform.git("config", f"filter.shout.{name}", "tr a-z A-Z")
    platform.git("config", "core.autocrlf", "true")
    platform.git("config", "core.attributesFile", str(platform.root / ".gitattributes"))
    platform.git("config", "commit.gpgSign", "true")
    assert platform.publish() == 0
    assert platform.show(f"rendered/dev:{FILE}") == b"# dev\n$Id$ $Format:%H$\n"
    assert not mark.exists()


def test_a_replaced_object_is_not_published(platform: Platform) -> None:
    """`git replace` would publish other sources than those that the trailer names."""
    honest = platform.git("rev-parse", "HEAD:tenants/vision/profiles.yaml")
    forged = platform.git("hash-object", "-w", "--stdin", feed=b"forged\n")
    platform.git("replace", honest, forged)
    platform.publish()
    assert platform.show(f"rendered/dev:{FILE}") == b"# dev\none\n"


def test_a_link_in_the_sources_is_refused_and_not_followed(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = platform.root.parent / "secret"
    secret.write_text("secret\n", encoding="utf-8")
    (platform.root / "tenants" / "vision" / "profiles.yaml").unlink()
    (platform.root / "tenants" / "vision" / "profiles.yaml").symlink_to(secret)
    platform.commit()
    assert platform.publish() == 1
    assert platform.tips() == {}
    assert capsys.readouterr().out == (
        "tenants/vision/profiles.yaml: link: this is a symbolic link, and a render reads nothing "
        "but files (replace it with the file itself)\n"
    )


def test_a_path_that_leaves_its_folder_is_refused(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    """Git stores such trees, though it would not check one out."""
    blob = platform.git("hash-object", "-w", "--stdin", feed=b"x\n")
    inner = platform.git("mktree", feed=f"100644 blob {blob}\tescaped\n".encode())
    tenants = platform.git("mktree", feed=f"040000 tree {inner}\t..\n".encode())
    clusters = platform.git("rev-parse", "HEAD:clusters")
    listing = f"040000 tree {clusters}\tclusters\n040000 tree {tenants}\ttenants\n"
    root = platform.git("mktree", feed=listing.encode())
    source = platform.git("commit-tree", root, "-m", "evil")
    assert platform.publish("--source", source) == 1
    assert (
        "tenants/../escaped: link: this is a path that leads elsewhere" in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--cluster", "nowhere"), "nowhere is not a cluster here (there is dev, prod)"),
        (("--source", "nothing"), "nothing names no commit of this repository"),
        (("--source=--all",), "--all names no commit of this repository"),
        (("--remote", "ext::sh"), "ext::sh is not a remote of this repository (it has none)"),
        (("--remote=--exec=sh",), "--exec=sh is not a remote of this repository (it has none)"),
    ],
)
def test_a_name_that_is_not_there_is_a_usage_error(
    platform: Platform, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert platform.publish(*words) == 2
    assert capsys.readouterr().err == f"tenantry: {told}\n"
    assert platform.tips() == {}


def test_sources_without_a_cluster_are_a_usage_error(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(platform.root / "clusters")
    platform.commit()
    assert platform.publish() == 2
    assert capsys.readouterr().err == "tenantry: no cluster is described in clusters/\n"


def test_of_two_publishes_that_overlap_the_older_does_not_win(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    old = platform.git("rev-parse", "HEAD")
    new = platform.commit(vision="two\n")
    platform.publish()
    before = platform.tips()
    capsys.readouterr()
    assert platform.publish("--source", old, "--cluster", "dev") == 1
    assert platform.tips() == before
    assert capsys.readouterr().out == (
        f"rendered/dev: source-older: {new[:12]} is published already, and it is later than "
        f"{old[:12]} (publish the latest commit; to undo a change, revert it by a pull request)\n"
    )


def test_a_source_that_was_never_merged_does_not_block_main(platform: Platform) -> None:
    main = platform.git("rev-parse", "HEAD")
    platform.git("switch", "--quiet", "--create", "feature")
    platform.commit(vision="not merged\n")
    assert platform.publish() == 0
    assert platform.publish("--source", main) == 0
    assert platform.show(f"rendered/dev:{FILE}") == b"# dev\none\n"


def test_a_branch_that_somebody_works_on_is_left_alone(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.publish()
    before = platform.tips()
    platform.git("worktree", "add", "--quiet", str(platform.root.parent / "seen"), "rendered/dev")
    platform.commit(vision="two\n")
    assert platform.publish() == 1
    assert platform.tips() == before
    assert "rendered/dev: branch-in-use: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("message", "told"),
    [("quick fix\n", "was not made by tenantry publish"), (None, "is not as {} renders it")],
)
def test_a_tampered_branch_is_mended_by_the_next_publish_which_says_so(
    platform: Platform, capsys: pytest.CaptureFixture[str], message: str | None, told: str
) -> None:
    """Nobody would look for it afterwards."""
    platform.publish()
    files = {FILE: "evil\n", "more.yaml": "evil\n"}
    evil = platform.tamper("rendered/dev", files, message)
    capsys.readouterr()
    assert platform.publish() == 0
    source = platform.git("rev-parse", "HEAD")[:12]
    assert capsys.readouterr().out == (
        f"rendered/dev: warning: branch-tampered: its last commit {evil[:12]} "
        f"{told.format(source)} (ask who wrote to the branch; tenantry verify --all shows the "
        "files)\n"
    )
    assert platform.git("ls-tree", "-r", "--name-only", "rendered/dev") == FILE
    assert platform.show(f"rendered/dev:{FILE}") == b"# dev\none\n"
    assert platform.verify() == 0


def test_a_commit_without_identity_is_by_tenantry(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build server without user.name publishes as well."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    assert platform.publish() == 0
    shown = platform.git("log", "-1", "--format=%an <%ae> %cn", "rendered/dev")
    assert shown == "Tenantry <tenantry@example.com> Tenantry"


def test_a_folder_without_git_is_a_usage_error(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(platform.root / ".git")
    assert platform.publish() == 2
    assert capsys.readouterr().err == (
        "tenantry: this folder is not in a Git repository, and only commits are published\n"
    )
