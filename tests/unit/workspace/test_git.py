"""Git, run so that nothing but the objects counts."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tenantry.workspace import git, trees
from tenantry.workspace.git import Git, GitError, complaint
from tenantry.workspace.repository import BRANCHES, BranchMovedError, Move, Repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Return a repository whose branch main has one commit."""
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\nname = Jane Doe\nemail = jane.doe@example.com\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (tmp_path / "repository").mkdir()
    repository = Repository(tmp_path / "repository")
    repository.run("init", "--quiet", "--initial-branch=main")
    repository.move([Move("main", None, _commit(repository, tmp_path, "one"))], "first")
    return repository


def _commit(repository: Repository, scratch: Path, text: str, parent: str | None = None) -> str:
    folder = scratch / f"tree-{text}"
    (folder / "tenants").mkdir(parents=True)
    (folder / "tenants" / "a.yaml").write_text(text, encoding="utf-8")
    tree = trees.write_tree(repository, folder, scratch / f"{text}.index")
    return repository.write_commit(tree, parent, text, "@1700000000 +0100")


def test_branches_move_all_or_none(repository: Repository, tmp_path: Path) -> None:
    """A branch that somebody else moved meanwhile holds back all others as well."""
    one = repository.refs(BRANCHES)["main"]
    two = _commit(repository, tmp_path, "two", one)
    moves = [Move("new", None, two), Move("main", two, two)]
    with pytest.raises(BranchMovedError, match="cannot lock ref 'refs/heads/main'"):
        repository.move(moves, "test")
    assert repository.refs(BRANCHES) == {"main": one}
    repository.move([Move("new", None, two), Move("main", one, two)], "test")
    assert repository.refs(BRANCHES) == {"main": two, "new": two}


def test_a_branch_that_appeared_meanwhile_is_not_overwritten(
    repository: Repository, tmp_path: Path
) -> None:
    two = _commit(repository, tmp_path, "two")
    with pytest.raises(BranchMovedError):
        repository.move([Move("main", None, two)], "test")


def test_a_commit_is_read_as_it_was_written(repository: Repository, tmp_path: Path) -> None:
    one = repository.refs(BRANCHES)["main"]
    commit = repository.commit(_commit(repository, tmp_path, "two", one))
    assert commit.parents == (one,)
    assert commit.committed == "@1700000000 +0100"
    assert commit.message == "two"
    assert repository.history(commit.id) == [commit.id, one]


@pytest.mark.parametrize(
    "revision", ["", "-1", "--all", "nothing", "main\0x", "main^{tree}", "a..b"]
)
def test_what_is_no_commit_resolves_to_none(repository: Repository, revision: str) -> None:
    assert repository.resolve(revision) is None


def test_ancestry_counts_a_commit_as_part_of_itself(repository: Repository, tmp_path: Path) -> None:
    one = repository.refs(BRANCHES)["main"]
    two = _commit(repository, tmp_path, "two", one)
    assert repository.is_ancestor(one, one)
    assert repository.is_ancestor(one, two)
    assert not repository.is_ancestor(two, one)


def test_variables_of_a_surrounding_git_do_not_lead_astray(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook that runs tenantry has GIT_DIR and GIT_INDEX_FILE set."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, "/nowhere")
    assert repository.resolve("main") == repository.refs(BRANCHES)["main"]


def test_an_alias_for_a_branch_is_told_apart(repository: Repository) -> None:
    repository.run("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    assert repository.indirect_refs(BRANCHES) == ["alias"]


def test_sources_come_out_byte_for_byte(repository: Repository, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    (folder / "tenants").mkdir(parents=True)
    contents = {
        "tenants/crlf": b"a\r\nb",
        "tenants/empty": b"",
        "tenants/\u00e4 b": bytes(range(256)),
    }
    for path, content in contents.items():
        (folder / path).write_bytes(content)
    tree = trees.write_tree(repository, folder, tmp_path / "index")
    out = tmp_path / "out"
    out.mkdir()
    found = trees.entries(repository, tree)
    trees.check_out(repository, found, out)
    assert list(trees.refusals(found)) == []
    assert {path: (out / path).read_bytes() for path in contents} == contents


def test_a_rendered_tree_holds_files_only(repository: Repository, tmp_path: Path) -> None:
    folder = tmp_path / "linked"
    folder.mkdir()
    (folder / "link").symlink_to("/etc/hostname")
    with pytest.raises(ValueError, match="'link' has no place in a rendered tree"):
        trees.write_tree(repository, folder, tmp_path / "index")


def test_a_lost_object_is_told_with_its_file(repository: Repository, tmp_path: Path) -> None:
    lost = [trees.Entry("100644", "a" * 40, "tenants/a.yaml")]
    with pytest.raises(GitError, match=r"tenants/a\.yaml cannot be read from the repository"):
        trees.check_out(repository, lost, tmp_path)


def test_scratch_objects_stay_out_of_the_repository(repository: Repository, tmp_path: Path) -> None:
    before = repository.run("count-objects", "-v")
    scratch = trees.scratch_objects(repository, tmp_path / "objects")
    two = _commit(Repository(repository.root, scratch, durable=False), tmp_path, "two")
    assert repository.run("count-objects", "-v") == before
    assert repository.resolve(two) is None


def test_a_folder_without_a_repository_is_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(GitError, match=r"^git remote failed: fatal: not a git repository"):
        Repository(tmp_path).remotes()


def test_a_machine_without_git_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="the program git is not installed"):
        Repository(tmp_path).remotes()


def test_a_git_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text(f"#!/bin/sh\nexec {shutil.which('sleep')} 60\n", encoding="utf-8")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(git, "TIMEOUT", 0.1)
    with pytest.raises(GitError, match="git remote did not end within"):
        Git(tmp_path).run("remote")


@pytest.mark.parametrize(
    ("stderr", "told"),
    [
        (b"hint: x\nfatal: no\n", "fatal: no"),
        (b"", "it gave no reason"),
        (
            b"fatal: cannot reach 'https://jane:secret@git.example.com/x'",
            "fatal: cannot reach 'https://git.example.com/x'",
        ),
        (b"error: \x1b[31mred\xff", "error: ?[31mred\xef\xbf\xbd".encode("latin-1").decode()),
    ],
)
def test_a_complaint_is_one_harmless_line_without_a_password(stderr: bytes, told: str) -> None:
    assert complaint(stderr) == told
