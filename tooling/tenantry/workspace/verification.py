"""Verifies rendered branches: renders what their trailers name, and compares. Writes nothing.

Facts that a forger could choose (the branch that pull requests merge to) are read from the
working tree of whoever verifies, never from the commit under test.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tenantry import __version__, layout, publication
from tenantry.findings import Finding, warning
from tenantry.publication import SHORT
from tenantry.workspace import tips, trees
from tenantry.workspace.repository import BRANCHES, REMOTES, Repository
from tenantry.workspace.snapshot import Render, Snapshot, choose, require_remote, text_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tenantry.publication import Trailers
    from tenantry.workspace.repository import Commit


@dataclass(frozen=True, slots=True)
class Inspection:
    """What to verify."""

    root: Path
    clusters: tuple[str, ...] = ()
    """None named: all that the working tree describes, and all that have a branch."""
    remote: str | None = None
    """Verify the branches as last fetched from this remote, not those here."""
    every: bool = False
    """Verify all commits of the branches, not only the last."""

    @property
    def branches(self) -> str:
        """What the refs of the rendered branches begin with."""
        namespace = f"{REMOTES}{self.remote}/" if self.remote else BRANCHES
        return namespace + layout.rendered_branch("")


@dataclass(frozen=True, slots=True)
class Published:
    """One commit of a rendered branch, with what it says of itself."""

    cluster: str
    place: str
    """Its name for people, which `git show` takes as well: ``rendered/prod~2``."""
    commit: Commit
    trailers: Trailers


def verify(inspection: Inspection, render: Render) -> list[Finding]:
    """Return in what the rendered branches are not what they say."""
    repository = Repository(inspection.root)
    if inspection.remote is not None:
        require_remote(repository, inspection.remote)
    found = repository.refs(inspection.branches)
    known = {*_clusters(inspection.root), *found}
    findings: list[Finding] = []
    sources: dict[str, list[Published]] = {}
    for cluster in choose(inspection.clusters, sorted(known)):
        if cluster not in found:
            findings.append(_missing(cluster, inspection))
            continue
        for place, commit in _commits(repository, inspection, cluster, found[cluster]):
            trailers, faults = publication.read_trailers(place, commit.message)
            findings += faults
            findings += _merges(place, commit)
            if trailers is None:
                findings += _by_hand(repository, place, commit)
            else:
                published = Published(cluster, place, commit, trailers)
                sources.setdefault(trailers.source, []).append(published)
    for source, commits in sources.items():
        findings += _against_source(repository, inspection, source, commits, render)
    return findings


def _clusters(root: Path) -> list[str]:
    return [path.parent.name for path in (root / layout.CLUSTERS).glob(f"*/{layout.CLUSTER_FILE}")]


def _missing(cluster: str, inspection: Inspection) -> Finding:
    cure = f"run tenantry publish --cluster {cluster}"
    if inspection.remote:
        here = f"{REMOTES}{inspection.remote}/{layout.rendered_branch('*')}"
        refspec = f"+{BRANCHES}{layout.rendered_branch('*')}:{here}"
        cure = f'run git fetch {inspection.remote} "{refspec}"; if it is still missing, {cure}'
    return Finding(_name(inspection, cluster), "branch-missing", "there is no such branch", cure)


def _name(inspection: Inspection, cluster: str) -> str:
    branch = layout.rendered_branch(cluster)
    return f"{inspection.remote}/{branch}" if inspection.remote else branch


def _commits(
    repository: Repository, inspection: Inspection, cluster: str, tip: str
) -> Iterator[tuple[str, Commit]]:
    name = _name(inspection, cluster)
    commits = repository.history(tip) if inspection.every else [tip]
    for number, commit in enumerate(commits):
        yield (f"{name}~{number}" if number else name), repository.commit(commit)


def _merges(place: str, commit: Commit) -> Iterator[Finding]:
    if len(commit.parents) > 1:
        yield Finding(
            place,
            "branch-merged",
            "the commit merges another branch in, and publish never merges",
            "publish again, and ask who wrote to the branch",
        )


def _by_hand(repository: Repository, place: str, commit: Commit) -> Iterable[Finding]:
    """Return in what a commit that publish did not make differs from the last one that it made."""
    for older in repository.history(commit.id)[1:]:
        parent = repository.commit(older)
        if publication.read_trailers(place, parent.message)[0] is not None:
            found = trees.differences(repository, parent.tree, commit.tree)
            return publication.changed_by_hand(place, older, found)
    return ()


def _against_source(
    repository: Repository,
    inspection: Inspection,
    source: str,
    commits: Sequence[Published],
    render: Render,
) -> Iterator[Finding]:
    if repository.resolve(source) != source:
        yield from (_unknown(published) for published in commits)
        return
    branch = text_at(inspection.root, layout.PLATFORM_FACTS, "gitops", "branch")
    mainline = tips.Mainline(repository, branch, inspection.remote)
    for published in commits:
        yield from mainline.misses(source, published.place)
        yield from _version(published)
    with tempfile.TemporaryDirectory(prefix="tenantry-") as name:
        folder = Path(name)
        scratch = trees.scratch_objects(repository, folder / "objects")
        repository = replace(repository, environment=scratch, durable=False)
        yield from _compare(Snapshot(repository, source, folder), repository, commits, render)


def _unknown(published: Published) -> Finding:
    return Finding(
        published.place,
        "source-unknown",
        f"its source {published.trailers.source[:SHORT]} is not a commit of this repository",
        "run git fetch (git fetch --unshallow in a shallow clone); if it stays unknown, publish "
        "again, and ask who wrote to the branch",
    )


def _version(published: Published) -> Iterator[Finding]:
    version = published.trailers.version
    if version != __version__:
        text = f"it was rendered by Tenantry {version}, and this is {__version__}"
        cure = f"differences may come from that: to be sure, verify with {version}"
        yield warning(Finding(published.place, "version-differs", text, cure))


def _compare(
    snapshot: Snapshot, repository: Repository, commits: Sequence[Published], render: Render
) -> Iterator[Finding]:
    clusters = sorted({published.cluster for published in commits})
    faults = snapshot.check_out()
    present = [cluster for cluster in clusters if cluster in snapshot.clusters()]
    faults = faults or snapshot.render(render, present)
    errors = [finding for finding in faults if finding.is_error]
    desired = {} if errors else {cluster: snapshot.tree(cluster) for cluster in present}
    for published in commits:
        if errors:
            yield _not_rendered(published, errors)
        elif published.cluster not in present:
            yield _no_such_cluster(published)
        else:
            yield from _release(snapshot, published)
            yield from _tree(repository, published, desired[published.cluster])


def _tree(repository: Repository, published: Published, desired: str) -> Iterable[Finding]:
    if published.commit.tree == desired:
        return ()
    found = trees.differences(repository, desired, published.commit.tree)
    return publication.tampered(published.place, published.trailers, found, __version__)


def _release(snapshot: Snapshot, published: Published) -> Iterator[Finding]:
    pinned = snapshot.release(published.cluster)
    if published.trailers.release != pinned:
        yield Finding(
            published.place,
            "release-differs",
            f"it says release {published.trailers.release}, but its source pins {pinned}",
            "publish again, and ask who wrote to the branch",
        )


def _not_rendered(published: Published, errors: Sequence[Finding]) -> Finding:
    first = errors[0]
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    return Finding(
        published.place,
        "source-refused",
        f"its source {published.trailers.source[:SHORT]} does not render: {count}, the first in "
        f"{first.path}: {first.rule}: {first.message}",
        f"verify with Tenantry {published.trailers.version}; if that says the same, publish again",
    )


def _no_such_cluster(published: Published) -> Finding:
    return Finding(
        published.place,
        "cluster-unknown",
        f"its source {published.trailers.source[:SHORT]} has no cluster {published.cluster}",
        "delete the branch if the cluster is gone; if not, ask who wrote to the branch",
    )
