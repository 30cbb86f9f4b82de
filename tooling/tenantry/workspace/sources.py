"""Reads what the platform engineers write: files as models, and the facts made of them.

Apps and policies are read by `apps` and `policies` beside it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from tenantry import layout
from tenantry.apps import settled
from tenantry.catalogue import Catalogue
from tenantry.facts import ClusterFacts, Facts
from tenantry.naming import MAX_LABEL
from tenantry.reader import Document, read_document
from tenantry.reader.characters import GENERATED, WRITTEN, Room
from tenantry.schema.base import LABEL_PATTERN
from tenantry.schema.check import check
from tenantry.schema.cluster import Cluster, Outputs, Release
from tenantry.schema.compatibility import Compatibility
from tenantry.schema.platform import Platform
from tenantry.workspace.apps import claim_kinds, load_apps
from tenantry.workspace.files import read_bounded
from tenantry.workspace.missteps import (
    link,
    missing_file,
    unread_file,
    unreadable_file,
    unusable_folder_name,
)
from tenantry.workspace.policies import load_policies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from pathlib import Path

    from tenantry.apps import App
    from tenantry.findings import Finding

M = TypeVar("M", bound=BaseModel)


@dataclass
class Sources:
    """One repository on disk. Collects what is wrong with what it was asked to read."""

    root: Path
    findings: list[Finding] = field(default_factory=list)
    read: Callable[[str, bytes], Document] = read_document
    """Reads what people write, given its path and bytes."""
    seen: list[bytes] = field(default_factory=list)
    """All contents and names that were read, in order: what follows from them follows from this."""

    def document(self, path: str) -> Document | None:
        """Return a file that was read, or None where there is none to read."""
        # The one file that has a line for each namespace of all tenants.
        is_generated = path.endswith(f"/{layout.OUTPUTS_FILE}")
        room = GENERATED if is_generated else WRITTEN
        try:
            content = self.content(path, room)
        except FileNotFoundError:
            return None
        except OSError as error:
            self.findings.append(unreadable_file(path, error))
            return None
        return read_document(path, content, room) if is_generated else self.read(path, content)

    def content(self, path: str, room: Room = WRITTEN) -> bytes:
        """Return the bytes of a file. Raises OSError."""
        content = read_bounded(f"{self.root}/{path}", room)
        self.seen += (os.fsencode(path), content)
        return content

    def model(self, model: type[M], path: str, who: str) -> M | None:
        """Return a file as a model. A missing one is a finding that names who fills it."""
        found = len(self.findings)
        document = self.document(path)
        if document is None:
            if len(self.findings) == found:
                self.findings.append(missing_file(path, who))
            return None
        value, findings = check(model, document)
        self.findings += findings
        return value

    def optional(self, model: type[M], path: str) -> M | None:
        """Return a file as a model, or None where there is no such file."""
        document = self.document(path)
        if document is None:
            return None
        value, findings = check(model, document)
        self.findings += findings
        return value

    def folders(self, path: str) -> list[str]:
        """Return the names of the folders in a folder, sorted; links are findings."""
        names = []
        try:
            with os.scandir(f"{self.root}/{path}") as entries:
                for entry in entries:
                    if entry.is_symlink():
                        self.findings.append(link(f"{path}/{entry.name}"))
                    elif entry.is_dir():
                        names.append(entry.name)
        except FileNotFoundError:
            pass
        return self._noted(names)

    def names(self, folder: str) -> list[str]:
        """Return the names of whatever stands in a folder, sorted; none where it is not there."""
        try:
            return self._noted(os.listdir(f"{self.root}/{folder}"))  # noqa: PTH208 - names only
        except FileNotFoundError:
            return []

    def _noted(self, names: list[str]) -> list[str]:
        names.sort()
        self.seen.append(os.fsencode("\0".join(names)))
        return names

    def refuse_all_but(self, folder: str, known: Iterable[str]) -> None:
        """Find fault with whatever stands in a folder and is not known there: nothing reads it."""
        names = self.names(folder)
        expected = [*known, layout.README]
        self.findings += [
            unread_file(f"{folder}/{name}", expected) for name in names if name not in expected
        ]

    def named_folders(self, path: str) -> list[str]:
        """Return the names of the folders that name a cluster or an app, sorted."""
        names = self.folders(path)
        for name in names:
            if len(name) > MAX_LABEL or not re.fullmatch(LABEL_PATTERN, name):
                self.findings.append(unusable_folder_name(f"{path}/{name}"))
        return names


def load_facts(sources: Sources, today: date) -> Facts | None:
    """Return the facts of the platform and all clusters, or None where they cannot be known."""
    engineer = "a platform engineer"
    platform = sources.model(Platform, layout.PLATFORM_FACTS, engineer)
    policies = load_policies(sources)
    apps = load_apps(sources, policies)
    catalogue = Catalogue(dict(claim_kinds(sources, apps)))
    loaded = {
        name: _load_cluster(sources, name, platform, catalogue, apps)
        for name in sources.named_folders(layout.CLUSTERS)
    }
    if platform is None:
        return None
    clusters = {name: facts for name, facts in loaded.items() if facts is not None}
    owners = tuple(name for name, facts in clusters.items() if facts.cluster.global_)
    return Facts(
        platform,
        clusters,
        catalogue,
        today,
        known_tenants=frozenset(sources.folders(layout.TENANTS)),
        unknown_clusters=frozenset(name for name, facts in loaded.items() if facts is None),
        apps=tuple(settled(app, owners) for app in apps),
        policies=policies,
        compatibility=sources.optional(Compatibility, layout.COMPATIBILITY) or Compatibility(),
    )


def _load_cluster(
    sources: Sources,
    name: str,
    platform: Platform | None,
    catalogue: Catalogue,
    apps: tuple[App, ...],
) -> ClusterFacts | None:
    engineer = "a platform engineer"
    files = (layout.CLUSTER_FILE, layout.OUTPUTS_FILE, layout.RELEASE_FILE)
    sources.refuse_all_but(f"{layout.CLUSTERS}/{name}", files)
    cluster = sources.model(Cluster, layout.cluster_file(name, layout.CLUSTER_FILE), engineer)
    release = sources.model(Release, layout.cluster_file(name, layout.RELEASE_FILE), engineer)
    before = len(sources.findings)
    outputs = sources.optional(Outputs, layout.cluster_file(name, layout.OUTPUTS_FILE))
    faulty = len(sources.findings) > before
    if cluster is None or platform is None or release is None:
        return None
    known = outputs or Outputs()
    # Argo CD writes what teams' repositories hold: it is no controller that may do more.
    argo_cd = platform.gitops.namespace
    found = {namespace for app in apps for namespace in app.namespaces}
    namespaces = tuple(sorted(found - {argo_cd}))
    return ClusterFacts(name, cluster, platform, release, known, catalogue, faulty, namespaces)


def place_findings(root: Path, findings: list[Finding]) -> list[Finding]:
    """Give findings of any files their line and column, reading each file once more."""
    documents: dict[str, Document | None] = {}
    placed = []
    for finding in findings:
        if finding.line or not finding.field:
            placed.append(finding)
            continue
        if finding.path not in documents:
            documents[finding.path] = Sources(root).document(finding.path)
        document = documents[finding.path]
        placed += [finding] if document is None else document.place([finding])
    return placed
