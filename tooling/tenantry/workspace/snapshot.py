"""The sources of one commit on disk, rendered: what `publish` stores and `verify` compares with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tenantry import layout, publication
from tenantry.findings import Finding
from tenantry.reader import read_document
from tenantry.workspace import trees
from tenantry.workspace.files import read_bounded
from tenantry.workspace.pipeline import Job, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tenantry.reader.composer import Data
    from tenantry.workspace.git import Git
    from tenantry.workspace.repository import Repository

#: Render the repository in one folder to another, where each of the named clusters gets a folder.
#: Where an error is among the findings, nothing was written.
Render = Callable[[Path, Path, Sequence[str]], list[Finding]]


class UnknownNameError(Exception):
    """A person named a cluster, revision or remote that is not there. One line, for them."""


@dataclass
class Snapshot:
    """The sources of a commit, checked out below `folder`, and what they rendered to."""

    git: Git
    commit: str
    folder: Path
    """An empty folder that this snapshot may fill. Whoever made it removes it."""
    found: list[trees.Entry] = field(default_factory=list)
    stored: dict[str, str] = field(default_factory=dict)
    """The trees that are in the object store already, by cluster."""

    @property
    def sources(self) -> Path:
        """Where the sources are checked out."""
        return self.folder / "sources"

    def rendered(self, cluster: str) -> Path:
        """Return where a cluster's tree is rendered."""
        return self.folder / layout.BUILD / cluster

    def clusters(self) -> list[str]:
        """Return the clusters that the commit describes, sorted."""
        return sorted(filter(None, map(_cluster_of, (entry.path for entry in self.found))))

    def check_out(self) -> list[Finding]:
        """Write the sources to disk. Where a finding is returned, nothing was written."""
        self.found = trees.entries(self.git, self.commit)
        findings = list(trees.refusals(self.found))
        if not findings:
            self.sources.mkdir()
            trees.check_out(self.git, self.found, self.sources)
        return findings

    def render(self, render: Render, clusters: Sequence[str]) -> list[Finding]:
        """Render the clusters. Where an error is among the findings, there is no tree."""
        output = self.folder / layout.BUILD
        output.mkdir()
        findings = render(self.sources, output, clusters)
        if any(finding.is_error for finding in findings):
            return findings
        return findings + list(self._empty(clusters))

    def _empty(self, clusters: Sequence[str]) -> Iterator[Finding]:
        for cluster in clusters:
            folder = self.rendered(cluster)
            if not folder.is_dir() or not any(folder.iterdir()):
                yield Finding(
                    layout.cluster_file(cluster, layout.CLUSTER_FILE),
                    "nothing-rendered",
                    f"nothing was rendered for {cluster}, and an empty branch would empty it",
                    "to retire a cluster, delete its folder in clusters/ and then its branch",
                )

    def tree(self, cluster: str) -> str:
        """Store what a cluster rendered to in the object store; return its tree's id."""
        if cluster not in self.stored:
            index = self.folder / f"{cluster}.index"
            self.stored[cluster] = trees.write_tree(self.git, self.rendered(cluster), index)
        return self.stored[cluster]

    def release(self, cluster: str) -> str:
        """Return the release that a cluster is pinned to."""
        path = layout.cluster_file(cluster, layout.RELEASE_FILE)
        return text_at(self.sources, path, "revision") or "main"


def find_source(repository: Repository, revision: str) -> str:
    """Return the id of the commit to publish."""
    source = repository.resolve(revision)
    if source is None and repository.attempt("rev-parse", "--git-dir").returncode:
        raise UnknownNameError(
            "this folder is not in a Git repository, and only commits are published"
        )
    if source is None:
        raise UnknownNameError(
            f"{publication.printable(revision)} names no commit of this repository"
        )
    return source


def require_remote(repository: Repository, remote: str) -> None:
    """Refuse a remote that is not configured: Git would take it for an address or a program."""
    known = repository.remotes()
    if remote not in known:
        listed = ", ".join(known) or "none"
        raise UnknownNameError(
            f"{publication.printable(remote)} is not a remote of this repository (it has {listed})"
        )


def choose(named: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the named clusters, or all."""
    if not known:
        raise UnknownNameError(f"no cluster is described in {layout.CLUSTERS}/")
    for name in named:
        if name not in known:
            listed = ", ".join(known)
            raise UnknownNameError(
                f"{publication.printable(name)} is not a cluster here (there is {listed})"
            )
    return sorted(set(named)) or list(known)


def pipeline_render(today: date) -> Render:
    """Return the render of this tooling, which judges dates as of `today`."""

    def render(root: Path, output: Path, clusters: Sequence[str]) -> list[Finding]:
        return run(Job(root=root, today=today, output=output, clusters=tuple(clusters))).findings

    return render


def text_at(root: Path, path: str, *keys: str) -> str | None:
    """Return one text of a YAML file, or None. What is wrong with the file, a render says."""
    try:
        data: Data = read_document(path, read_bounded(root / path)).data
    except OSError:
        return None
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return str(data) if isinstance(data, str) else None


def _cluster_of(path: str) -> str | None:
    match path.split("/"):
        case [layout.CLUSTERS, cluster, layout.CLUSTER_FILE]:
            return cluster
    return None
