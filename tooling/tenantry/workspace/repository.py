"""Commits, branches and remotes of one Git repository. What they hold is for others.

Nothing here writes the index, the working tree or HEAD of whoever runs it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tenantry.workspace.git import Git, GitError, complaint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BRANCHES = "refs/heads/"
REMOTES = "refs/remotes/"

_IDENTITY = re.compile(r"(?P<name>[^<>\n]+) <(?P<email>[^<>\n]+)> [0-9]+ [-+][0-9]{4}\s*")
_FALLBACK_IDENTITY = ("Tenantry", "tenantry@example.com")


class BranchMovedError(GitError):
    """A branch is no longer where it was read: somebody else wrote it meanwhile."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit object as it is stored."""

    id: str
    tree: str
    parents: tuple[str, ...]
    committed: str
    """Committer date as Git stores it: seconds and time zone."""
    message: str


@dataclass(frozen=True, slots=True)
class Move:
    """A branch that is to go from one commit to another, if it still stands at the first."""

    branch: str
    old: str | None
    new: str


class Repository(Git):
    """A Git repository, reached from the folder `root`, which may be its top or lie deeper."""

    def resolve(self, revision: str) -> str | None:
        """Return the id of the commit that a person named, or None where it names none."""
        if not revision or revision.startswith("-") or "\0" in revision:
            return None
        found = self.attempt("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if found.returncode not in (0, 1, 128):
            raise GitError(f"git rev-parse failed: {complaint(found.stderr)}")
        return found.stdout.decode().strip() or None

    def commit(self, commit: str) -> Commit:
        """Return a commit by its id."""
        raw = self.run("cat-file", "commit", commit).decode("utf-8", "replace")
        head, _, message = raw.partition("\n\n")
        lines = [line.split(" ", 1) for line in head.splitlines() if not line.startswith(" ")]
        facts = {line[0]: line[-1] for line in lines}
        parents = tuple(line[1] for line in lines if line[0] == "parent")
        committed = "@" + " ".join(facts["committer"].rsplit(" ", 2)[1:])
        return Commit(commit, facts["tree"], parents, committed, message)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Return whether `newer` holds all of `older`: true also where both are the same."""
        result = self.attempt("merge-base", "--is-ancestor", older, newer)
        if result.returncode not in (0, 1):
            raise GitError(f"git merge-base failed: {complaint(result.stderr)}")
        return result.returncode == 0

    def history(self, commit: str) -> list[str]:
        """Return the ids of a commit and its line of first parents, newest first."""
        return self.run("rev-list", "--first-parent", commit).decode().split()

    def refs(self, prefix: str) -> dict[str, str]:
        """Return the refs under a prefix that ends with a slash: rest of the name to commit."""
        listing = self.run("for-each-ref", "--format=%(refname) %(objectname)", prefix).decode()
        pairs = (line.rsplit(" ", 1) for line in listing.splitlines())
        return {name.removeprefix(prefix): commit for name, commit in pairs}

    def indirect_refs(self, prefix: str) -> list[str]:
        """Return the refs under a prefix that only point at another ref."""
        listing = self.run("for-each-ref", "--format=%(symref) %(refname)", prefix).decode()
        lines = (line.split(" ", 1) for line in listing.splitlines())
        return [name.removeprefix(prefix) for target, name in lines if target]

    def checked_out(self) -> frozenset[str]:
        """Return the branches that a working tree of this repository shows."""
        listing = self.run("worktree", "list", "--porcelain").decode("utf-8", "replace")
        mark = f"branch {BRANCHES}"
        lines = listing.splitlines()
        return frozenset(line.removeprefix(mark) for line in lines if line.startswith(mark))

    def uncommitted(self, folders: Iterable[str]) -> int:
        """Return how many files in the folders differ from the last commit."""
        listing = self.run(
            "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--",
            *folders,
        )  # fmt: skip
        return listing.count(b"\0")

    def remotes(self) -> list[str]:
        """Return the names of the configured remotes."""
        return self.run("remote").decode().split()

    def fetch_branches(self, remote: str, branches: Iterable[str]) -> dict[str, str]:
        """Bring the objects of a remote's branches here, moving no ref; return their commits."""
        wanted = [BRANCHES + branch for branch in branches]
        listing = self.run("ls-remote", "--refs", "--", remote, *wanted).decode()
        pairs = (line.split("\t", 1) for line in listing.splitlines())
        found = {name: commit for commit, name in pairs if name in wanted}
        if found:
            self.run(
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=",
                "--no-recurse-submodules", "--", remote, *found,
            )  # fmt: skip
        return {name.removeprefix(BRANCHES): commit for name, commit in found.items()}

    @cached_property
    def identity(self) -> dict[str, str]:
        """Who commits, as variables: what Git is configured with, else Tenantry itself."""
        known = self.attempt("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
        match = _IDENTITY.fullmatch(known.stdout.decode("utf-8", "replace"))
        name, email = match.group("name", "email") if match else _FALLBACK_IDENTITY
        return {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", name), ("EMAIL", email))
        }

    def write_commit(self, tree: str, parent: str | None, message: str, date: str) -> str:
        """Store a commit; return its id. The same arguments and identity give the same id."""
        parents = ["-p", parent] if parent else []
        variables = {**self.identity, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        words = ("commit-tree", "--no-gpg-sign", tree, *parents, "-F", "-")
        return self.run(*words, feed=message.encode(), variables=variables).decode().strip()

    def push(self, remote: str, moves: Sequence[Move]) -> str | None:
        """Move a remote's branches, all or none, never by force; return why it refused."""
        refspecs = [f"{move.new}:{BRANCHES}{move.branch}" for move in moves]
        result = self.attempt(
            "push", "--atomic", "--porcelain", "--no-verify", "--no-follow-tags",
            "--recurse-submodules=no", "--", remote, *refspecs,
        )  # fmt: skip
        if not result.returncode:
            return None
        refused = [line for line in result.stdout.splitlines() if line.startswith(b"!\t")]
        return complaint(b"; ".join(line.split(b"\t")[-1] for line in refused) or result.stderr)

    def move(self, moves: Sequence[Move], reason: str) -> None:
        """Move local branches in one transaction, each only from where it was read."""
        zero = "0" * len(moves[0].new)
        steps = [
            f"option no-deref\nupdate {BRANCHES}{move.branch} {move.new} {move.old or zero}\n"
            for move in moves
        ]
        feed = "".join(("start\n", *steps, "prepare\n", "commit\n")).encode()
        result = self.attempt(
            "update-ref", "-m", reason, "--stdin",
            feed=feed, variables=self.identity,
        )  # fmt: skip
        if result.returncode:
            raise BranchMovedError(complaint(result.stderr))
