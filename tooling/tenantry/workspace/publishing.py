"""Publishes: renders a commit and moves the branches `rendered/<cluster>`, all of them or none.

Order: render, store objects, push, move local branches. Only the last two are visible, each is
one transaction of Git, and a run that dies before either leaves nothing but unnamed objects.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tenantry import __version__, layout, publication
from tenantry.findings import Finding, warning
from tenantry.workspace import tips, trees
from tenantry.workspace.repository import BranchMovedError, Move, Repository
from tenantry.workspace.snapshot import (
    Render,
    Snapshot,
    choose,
    find_source,
    require_remote,
    text_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tenantry.workspace.repository import Commit
    from tenantry.workspace.tips import Tip


@dataclass(frozen=True, slots=True)
class Request:
    """What to publish."""

    root: Path
    clusters: tuple[str, ...] = ()
    """None named: all that the source describes."""
    source: str = "HEAD"
    remote: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What publishing means for one cluster's branch."""

    cluster: str
    tip: Tip
    new: str
    changed: int
    """Files that differ from the commit before."""
    made: bool
    """Whether `new` is a commit made now, not the one that was there."""


@dataclass(slots=True)
class Outcome:
    """What publishing found and did. Where an error is among the findings, nothing moved."""

    findings: list[Finding] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether an error is among the findings."""
        return any(finding.is_error for finding in self.findings)


def publish(request: Request, render: Render) -> Outcome:
    """Render a commit and move each cluster's branch, unless there is a finding against it."""
    repository = Repository(request.root)
    source = find_source(repository, request.source)
    if request.remote is not None:
        require_remote(repository, request.remote)
    left_out = list(_left_out(repository, request.source, source))
    with tempfile.TemporaryDirectory(prefix="tenantry-") as name:
        folder = Path(name)
        if request.dry_run:
            scratch = trees.scratch_objects(repository, folder / "objects")
            repository = replace(repository, environment=scratch, durable=False)
        outcome = _plan(request, repository, Snapshot(repository, source, folder), render)
    if not (outcome.failed or request.dry_run):
        outcome.findings += _carry_out(request, repository, outcome.steps)
    outcome.findings = left_out + outcome.findings
    return outcome


def _left_out(repository: Repository, named: str, source: str) -> Iterator[Finding]:
    if named != "HEAD" and source != repository.resolve("HEAD"):
        return
    count = repository.uncommitted(layout.SOURCES)
    if count:
        files = "1 changed file is" if count == 1 else f"{count} changed files are"
        text = f"{files} not committed and so not part of what is published"
        yield warning(
            Finding(
                ".", "uncommitted-changes", text, "see git status; commit them and get them merged"
            )
        )


def _plan(request: Request, repository: Repository, snapshot: Snapshot, render: Render) -> Outcome:
    """Return what would be done, and what was found on the way. No branch moves."""
    findings = snapshot.check_out()
    if findings:
        return Outcome(findings)
    clusters = choose(request.clusters, snapshot.clusters())
    findings += snapshot.render(render, clusters)
    if any(finding.is_error for finding in findings):
        return Outcome(findings)
    branch = text_at(snapshot.sources, layout.PLATFORM_FACTS, "gitops", "branch")
    mainline = tips.Mainline(repository, branch, request.remote)
    unmerged = mainline.misses(snapshot.commit, ".")
    # On this machine a branch that is not merged may be looked at; Argo CD reads the remote.
    findings += unmerged if request.remote is not None else map(warning, unmerged)
    found, at_odds = tips.read(repository, clusters, request.remote)
    at_odds += tips.refusals(repository, found, snapshot.commit, mainline)
    findings += at_odds
    if any(finding.is_error for finding in findings):
        return Outcome(findings)
    source = repository.commit(snapshot.commit)
    outcome = Outcome(findings)
    for tip in found:
        outcome.findings += _tampering(snapshot, tip)
        outcome.steps.append(_step(repository, snapshot, source, tip))
    return outcome


def _tampering(snapshot: Snapshot, tip: Tip) -> Iterator[Finding]:
    """Say so where the commit to build upon is not what it says, as far as can be seen cheaply.

    The next commit mends the branch, and hides from `verify` that there was anything to mend.
    """
    if tip.commit is None:
        return
    published, _ = publication.read_trailers(tip.branch, tip.commit.message)
    if published is None:
        text = "was not made by tenantry publish"
    elif (
        published.source == snapshot.commit
        and published.version == __version__
        and tip.commit.tree != snapshot.tree(tip.cluster)
    ):
        text = f"is not as {published.source[: publication.SHORT]} renders it"
    else:
        return
    commit = tip.commit.id[: publication.SHORT]
    cure = "ask who wrote to the branch; tenantry verify --all shows the files"
    yield warning(Finding(tip.branch, "branch-tampered", f"its last commit {commit} {text}", cure))


def _step(repository: Repository, snapshot: Snapshot, source: Commit, tip: Tip) -> Step:
    trailers = publication.Trailers(source.id, snapshot.release(tip.cluster), __version__)
    tree = snapshot.tree(tip.cluster)
    if tip.commit is not None:
        published, _ = publication.read_trailers(tip.branch, tip.commit.message)
        if not publication.is_due(trailers, tree, published, tip.commit.tree):
            return Step(tip.cluster, tip, tip.commit.id, 0, made=False)
        changed = len(trees.differences(repository, tip.commit.tree, tree))
        parent = tip.commit.id
    else:
        changed = sum(1 for _ in trees.files(snapshot.rendered(tip.cluster)))
        parent = None
    text = publication.message(tip.cluster, trailers, changed)
    new = repository.write_commit(tree, parent, text, source.committed)
    return Step(tip.cluster, tip, new, changed, made=True)


def _carry_out(
    request: Request, repository: Repository, steps: Sequence[Step]
) -> Iterator[Finding]:
    if request.remote is not None:
        moves = [Move(step.tip.branch, step.tip.remote, step.new) for step in steps]
        moves = [move for move in moves if move.old != move.new]
        reason = repository.push(request.remote, moves) if moves else None
        if reason is not None:
            yield _not_pushed(request.remote, moves, reason)
            return
    moves = [Move(step.tip.branch, step.tip.local, step.new) for step in steps]
    moves = [move for move in moves if move.old != move.new]
    try:
        if moves:
            repository.move(moves, "tenantry publish")
    except BranchMovedError as error:
        yield _not_moved(moves, str(error))


def _not_pushed(remote: str, moves: Sequence[Move], reason: str) -> Finding:
    branches = ", ".join(move.branch for move in moves)
    return Finding(
        branches,
        "push-rejected",
        f"{remote} did not take the branches, and nothing has moved there or here: {reason}",
        f"run tenantry publish --remote {remote} again, which starts from what {remote} has now; "
        "if it is refused again, ask a platform engineer who may push",
    )


def _not_moved(moves: Sequence[Move], reason: str) -> Finding:
    branches = ", ".join(move.branch for move in moves)
    return Finding(
        branches,
        "branch-moved",
        f"Git did not move the branches here: {reason}",
        "run the command again; a .lock file that Git names may be deleted when no other Git runs",
    )
