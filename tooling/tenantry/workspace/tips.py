"""Where the rendered branches stand, here and on a remote, and what forbids a next commit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tenantry import layout, publication
from tenantry.findings import Finding, warning
from tenantry.workspace.repository import BRANCHES, REMOTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tenantry.workspace.repository import Commit, Repository


@dataclass(frozen=True, slots=True)
class Tip:
    """A cluster's branch before publishing."""

    cluster: str
    local: str | None
    """Commit of the branch here, if it is there."""
    remote: str | None
    """Commit of the branch on the remote, if one was asked for and has it."""
    commit: Commit | None
    """The later of both: parent of the next commit."""

    @property
    def branch(self) -> str:
        """Name of the branch."""
        return layout.rendered_branch(self.cluster)


def read(
    repository: Repository, clusters: Sequence[str], remote: str | None
) -> tuple[list[Tip], list[Finding]]:
    """Return where the clusters' branches stand; findings where here and there are at odds."""
    local = repository.refs(BRANCHES + layout.rendered_branch(""))
    there: dict[str, str] = {}
    if remote is not None:
        there = repository.fetch_branches(remote, map(layout.rendered_branch, clusters))
    found, findings = [], []
    for cluster in clusters:
        here, far = local.get(cluster), there.get(layout.rendered_branch(cluster))
        if here and far and not _in_line(repository, here, far):
            findings.append(_diverged(cluster, str(remote)))
            continue
        later = far if here is None or (far and repository.is_ancestor(here, far)) else here
        found.append(Tip(cluster, here, far, repository.commit(later) if later else None))
    return found, findings


def _in_line(repository: Repository, one: str, other: str) -> bool:
    return repository.is_ancestor(one, other) or repository.is_ancestor(other, one)


def _diverged(cluster: str, remote: str) -> Finding:
    branch = layout.rendered_branch(cluster)
    return Finding(
        branch,
        "branch-diverged",
        f"the branch here and the one on {remote} each have commits that the other lacks",
        f"nothing is lost by deleting yours, as it can be rendered again: git branch -D {branch}",
    )


@dataclass(frozen=True)
class Mainline:
    """The branch that pull requests merge to, in every copy that counts."""

    repository: Repository
    branch: str | None
    """None where nobody knows its name."""
    remote: str | None = None
    """Where set, only this remote's copy counts."""

    def misses(self, source: str, place: str) -> Iterator[Finding]:
        """Yield a finding where no copy holds `source`, a warning where there is no copy."""
        if self.branch is None:
            return
        short = source[: publication.SHORT]
        cure = f"run git fetch, so that {self.branch} is here and current"
        if not self._copies:
            text = f"there is no branch {self.branch} here, so {short} may be merged or not"
            yield warning(Finding(place, "mainline-unknown", text, cure))
        elif not any(self.repository.is_ancestor(source, copy) for copy in self._copies):
            text = f"{short} is not part of {self.branch}"
            cure = f"{cure}; publish only what was merged"
            yield Finding(place, "source-not-merged", text, cure)

    @cached_property
    def _copies(self) -> list[str]:
        names = [f"{REMOTES}{self.remote}/{self.branch}"]
        if self.remote is None:
            names = [f"{BRANCHES}{self.branch}", f"{REMOTES}origin/{self.branch}"]
        return [commit for name in names if (commit := self.repository.resolve(name))]


def refusals(
    repository: Repository, tips: Iterable[Tip], source: str, mainline: Mainline
) -> Iterator[Finding]:
    """Yield what stands against moving the branches to a render of `source`."""
    shown = repository.checked_out()
    indirect = repository.indirect_refs(BRANCHES)
    for tip in tips:
        if tip.branch in shown or tip.branch in indirect:
            yield Finding(
                tip.branch,
                "branch-in-use",
                "a working tree shows this branch, or it is only another name for a branch",
                "nobody works on a rendered branch: git switch to another one, or delete it",
            )
        elif tip.commit is not None:
            yield from _newer(repository, tip, tip.commit, source, mainline)


def _newer(
    repository: Repository, tip: Tip, commit: Commit, source: str, mainline: Mainline
) -> Iterator[Finding]:
    """Refuse to step back: of two builds that overlap, the older one must not win.

    A published source that was never merged is no reason: publishing is what mends that.
    """
    trailers, _ = publication.read_trailers(tip.branch, commit.message)
    known = repository.resolve(trailers.source) if trailers else None
    if known is None or known == source or not repository.is_ancestor(source, known):
        return
    if any(finding.is_error for finding in mainline.misses(known, tip.branch)):
        return
    yield Finding(
        tip.branch,
        "source-older",
        f"{known[: publication.SHORT]} is published already, and it is later than "
        f"{source[: publication.SHORT]}",
        "publish the latest commit; to undo a change, revert it by a pull request",
    )
