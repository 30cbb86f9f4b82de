"""`tenantry verify`, in real Git repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tenantry import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Platform

    from tenantry.findings import Finding

FILE = "tenants/vision/main.yaml"
ASK = "(publish again, and ask who wrote to the branch)"


@pytest.fixture
def published(platform: Platform, capsys: pytest.CaptureFixture[str]) -> Platform:
    """Return a platform with several tenants, published."""
    platform.commit(vision="two\n", churn="one\n")
    platform.publish()
    capsys.readouterr()
    return platform


def _source(platform: Platform, branch: str = "main") -> str:
    return platform.git("rev-parse", branch)[:12]


def test_what_publish_wrote_is_what_it_says(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also after the sources went on, and with changes that are not committed."""
    published.commit(vision="three\n")
    published.write(vision="four\n")
    assert published.verify("--all") == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "the branches are what they say\n"


def test_every_file_that_was_touched_by_hand_is_named(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = {FILE: "evil\n", "tenants/churn/main.yaml": None, "tenants/x/more.yaml": "evil\n"}
    published.tamper("rendered/prod", changes)
    source = _source(published)
    assert published.verify() == 1
    cure = "(publish again, and ask who wrote to the branch)"
    assert capsys.readouterr().out == (
        f"rendered/prod:tenants/churn/main.yaml: branch-tampered: {source} renders this file, "
        f"but the branch lacks it {cure}\n"
        f"rendered/prod:{FILE}: branch-tampered: the file is not as {source} renders it {cure}\n"
        "rendered/prod:tenants/x/more.yaml: branch-tampered: the branch has this file, but "
        f"{source} does not render it {cure}\n"
    )


def test_only_so_many_files_are_named_and_the_rest_is_counted(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    published.tamper("rendered/dev", {f"more/{number:02}.yaml": "x\n" for number in range(23)})
    assert published.verify() == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 21
    assert lines[0].startswith("rendered/dev: branch-tampered: 3 more files are not as ")
    assert lines[-1].startswith("rendered/dev:more/19.yaml: branch-tampered: ")


def test_a_file_made_a_program_or_a_link_is_found(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    """Equal bytes are not enough: Argo CD reads modes as well."""
    tree = published.git("ls-tree", "-r", "rendered/dev")
    blob = tree.splitlines()[-1].split()[2]
    listing = f"100755 blob {blob}\tmain.yaml\n".encode()
    vision = published.git("mktree", feed=listing)
    churn = published.git("rev-parse", "rendered/dev:tenants/churn")
    listing = f"040000 tree {churn}\tchurn\n040000 tree {vision}\tvision\n".encode()
    tenants = published.git("mktree", feed=listing)
    root = published.git("mktree", feed=f"040000 tree {tenants}\ttenants\n".encode())
    message = published.git("log", "-1", "--format=%B", "rendered/dev")
    commit = published.git("commit-tree", root, feed=message.encode())
    published.git("update-ref", "refs/heads/rendered/dev", commit)
    assert published.verify("--cluster", "dev") == 1
    assert f"rendered/dev:{FILE}: branch-tampered: the file is not as " in capsys.readouterr().out


def test_a_commit_by_hand_without_trailers_is_found(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its files are named, however many commits were made by hand since the last publish."""
    parent = published.git("rev-parse", "rendered/dev")[:12]
    published.tamper("rendered/dev", {"more.yaml": "evil\n"}, "quick fix\n")
    published.tamper("rendered/dev", {FILE: "evil\n"}, "another\n")
    assert published.verify() == 1
    after = f"by hand after {parent}, the last published commit"
    assert capsys.readouterr().out == (
        "rendered/dev: trailer-missing: the commit has none of the trailers that tenantry publish "
        "writes (the commit was not made by tenantry publish: publish again, and ask who made it)\n"
        f"rendered/dev:more.yaml: branch-tampered: the file was added {after} {ASK}\n"
        f"rendered/dev:{FILE}: branch-tampered: the file was changed {after} {ASK}\n"
    )


def test_a_branch_that_was_never_published_has_no_files_to_compare(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    commit = published.git("commit-tree", "rendered/dev^{tree}", feed=b"mine\n")
    published.git("update-ref", "refs/heads/rendered/dev", commit)
    assert published.verify() == 1
    assert capsys.readouterr().out.count("\n") == 1


def test_annotations_for_github_point_at_no_file_of_a_branch(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    """GitHub could show no line of it."""
    published.tamper("rendered/dev", {FILE: "evil\n"})
    assert published.verify("--format", "github") == 1
    assert capsys.readouterr().out.startswith("::error title=branch-tampered::the file is not as ")


def test_a_clone_of_one_branch_is_told_how_to_get_the_rendered_ones(
    published: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Git fetches only main there, unless it is told what else."""
    address = f"file://{published.root}"
    published.git("clone", "--quiet", "--single-branch", address, str(tmp_path / "c"))
    clone = type(published)(tmp_path / "c")
    assert clone.verify("--remote", "origin", "--cluster", "dev") == 1
    cure = 'run git fetch origin "+refs/heads/rendered/*:refs/remotes/origin/rendered/*"; if it is'
    assert cure in capsys.readouterr().out
    clone.git("fetch", "--quiet", "origin", "+refs/heads/rendered/*:refs/remotes/origin/rendered/*")
    assert clone.verify("--remote", "origin", "--cluster", "dev") == 0


def test_a_source_that_nobody_has_is_found(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    message = f"x\n\nSource-Revision: {'a' * 40}\nRelease: main\nTenantry-Version: {__version__}\n"
    published.tamper("rendered/dev", {}, message)
    assert published.verify() == 1
    told = (
        "rendered/dev: source-unknown: its source aaaaaaaaaaaa is not a commit of this repository"
    )
    assert capsys.readouterr().out.startswith(told)


def test_a_source_that_was_never_merged_is_found(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    """A forger's commit may name another branch as the one to merge to: that one does not count."""
    published.git("switch", "--quiet", "--create", "evil")
    facts = published.root / "clusters" / "platform.yaml"
    facts.write_text("gitops:\n  branch: evil\n", encoding="utf-8")
    published.commit(vision="evil\n")
    published.publish("--cluster", "dev")
    published.git("switch", "--quiet", "main")
    capsys.readouterr()
    assert published.verify() == 1
    assert capsys.readouterr().out == (
        f"rendered/dev: source-not-merged: {_source(published, 'evil')} is not part of main (run "
        "git fetch, so that main is here and current; publish only what was merged)\n"
    )


def test_without_a_main_branch_nobody_can_tell_and_that_is_said(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    source = _source(published)
    published.git("branch", "--move", "main", "trunk")
    assert published.verify("--cluster", "dev") == 0
    assert capsys.readouterr().out == (
        f"rendered/dev: warning: mainline-unknown: there is no branch main here, so {source} may "
        "be merged or not (run git fetch, so that main is here and current)\n"
    )


def test_a_missing_branch_is_found(published: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    published.git("branch", "--delete", "--force", "rendered/dev")
    assert published.verify() == 1
    assert capsys.readouterr().out == (
        "rendered/dev: branch-missing: there is no such branch (run tenantry publish --cluster "
        "dev)\n"
    )


def test_a_branch_without_a_cluster_is_found(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    published.git("branch", "rendered/elsewhere", "rendered/dev")
    assert published.verify() == 1
    told = f"rendered/elsewhere: cluster-unknown: its source {_source(published)} has no cluster"
    assert capsys.readouterr().out.startswith(told)


def test_another_release_than_the_source_pins_is_found(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    message = published.git("log", "-1", "--format=%B", "rendered/dev")
    published.tamper("rendered/dev", {}, message.replace("Release: main", "Release: v9.9.9"))
    assert published.verify() == 1
    told = "rendered/dev: release-differs: it says release v9.9.9, but its source pins main"
    assert capsys.readouterr().out.startswith(told)


def test_another_version_is_a_warning_that_excuses_no_difference(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    message = published.git("log", "-1", "--format=%B", "rendered/dev")
    message = message.replace(f"Version: {__version__}", "Version: 9.9.9")
    published.tamper("rendered/dev", {}, message)
    assert published.verify() == 0
    told = "rendered/dev: warning: version-differs: it was rendered by Tenantry 9.9.9"
    assert capsys.readouterr().out.startswith(told)
    published.tamper("rendered/dev", {FILE: "evil\n"})
    assert published.verify() == 1
    assert f"rendered/dev:{FILE}: branch-tampered: " in capsys.readouterr().out


def test_a_source_that_does_not_render_is_found(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = published.commit(broken="x\n")
    message = published.git("log", "-1", "--format=%B", "rendered/dev").splitlines()
    message[2] = f"Source-Revision: {broken}"
    published.tamper("rendered/dev", {}, "\n".join(message))
    assert published.verify() == 1
    assert capsys.readouterr().out.startswith(
        f"rendered/dev: source-refused: its source {broken[:12]} does not render: 1 error, the "
        "first in tenants/broken/profiles.yaml: unknown-field: x is no field ("
    )


def test_all_finds_in_the_past_what_a_later_publish_mended(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    published.tamper("rendered/dev", {FILE: "evil\n"})
    published.commit(vision="three\n")
    published.publish()
    assert published.verify() == 0
    capsys.readouterr()
    assert published.verify("--all") == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"rendered/dev~1:{FILE}: branch-tampered: ")


def test_a_merge_into_a_rendered_branch_is_found(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    message = published.git("log", "-1", "--format=%B", "rendered/dev")
    words = ("rendered/dev^{tree}", "-p", "rendered/dev", "-p", "main")
    commit = published.git("commit-tree", *words, feed=message.encode())
    published.git("update-ref", "refs/heads/rendered/dev", commit)
    assert published.verify() == 1
    assert capsys.readouterr().out.startswith("rendered/dev: branch-merged: ")


def test_the_branches_of_a_remote_are_verified_as_fetched(
    published: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What Argo CD reads is the remote's, whatever stands here."""
    published.git("clone", "--quiet", "--bare", ".", str(tmp_path / "remote.git"))
    published.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    remote = type(published)(tmp_path / "remote.git")
    remote.tamper("rendered/dev", {FILE: "evil\n"})
    published.git("fetch", "--quiet", "origin")
    assert published.verify() == 0
    assert published.verify("--remote", "origin") == 1
    assert capsys.readouterr().out.startswith(f"origin/rendered/dev:{FILE}: branch-tampered: ")


def test_a_shallow_clone_says_how_to_get_the_source(
    published: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published.commit(vision="three\n")
    address = f"file://{published.root}"
    published.git(
        "clone", "--quiet", "--depth=1", "--no-single-branch", address, str(tmp_path / "c")
    )
    clone = type(published)(tmp_path / "c")
    assert clone.verify("--remote", "origin", "--cluster", "dev") == 1
    assert "git fetch --unshallow in a shallow clone" in capsys.readouterr().out


def test_verifying_writes_nothing(published: Platform) -> None:
    """Not even objects, where trees differ."""
    published.tamper("rendered/dev", {FILE: "evil\n"})
    before = published.git("count-objects", "-v")
    refs = published.git("for-each-ref")
    assert published.verify(render=lambda _, output, __: _write_other(output)) == 1
    assert published.git("count-objects", "-v") == before
    assert published.git("for-each-ref") == refs


def _write_other(output: Path) -> list[Finding]:
    for cluster in ("dev", "prod"):
        (output / cluster).mkdir()
        (output / cluster / "other.yaml").write_text("other\n", encoding="utf-8")
    return []


def test_a_path_that_would_move_the_cursor_is_shown_harmless(
    published: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    published.tamper("rendered/dev", {"a\x1b[2J\n::error::.yaml": "x\n"})
    assert published.verify() == 1
    assert capsys.readouterr().out.startswith("rendered/dev:a?[2J?::error::.yaml: branch-tampered:")
