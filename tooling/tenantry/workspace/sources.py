"""Reads what the platform engineers write: the facts and the apps."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from pydantic import BaseModel

from tenantry import layout
from tenantry.apps import App
from tenantry.catalogue import Catalogue, ClaimKind, claim_kind
from tenantry.facts import ClusterFacts, Facts
from tenantry.findings import Finding
from tenantry.naming import MAX_LABEL
from tenantry.reader import Document, read_document
from tenantry.schema.app import AppFile
from tenantry.schema.base import LABEL_PATTERN
from tenantry.schema.check import check
from tenantry.schema.cluster import Cluster, Outputs, Release
from tenantry.schema.platform import Platform
from tenantry.workspace.files import read_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from tenantry.manifest import Manifest

M = TypeVar("M", bound=BaseModel)


@dataclass
class Sources:
    """One repository on disk. Collects what is wrong with what it was asked to read."""

    root: Path
    findings: list[Finding] = field(default_factory=list)

    def document(self, path: str) -> Document | None:
        """Return a file that was read, or None where there is none to read."""
        try:
            content = read_bounded(f"{self.root}/{path}")
        except FileNotFoundError:
            return None
        except OSError as error:
            self.findings.append(_unreadable(path, error))
            return None
        return read_document(path, content)

    def model(self, model: type[M], path: str, who: str) -> M | None:
        """Return a file as a model. A missing one is a finding that names who fills it."""
        found = len(self.findings)
        document = self.document(path)
        if document is None:
            if len(self.findings) == found:
                self.findings.append(_missing(path, who))
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
        return sorted(names)

    def named_folders(self, path: str) -> list[str]:
        """Return the names of the folders that name a cluster or an app, sorted."""
        names = self.folders(path)
        for name in names:
            if len(name) > MAX_LABEL or not re.fullmatch(LABEL_PATTERN, name):
                self.findings.append(_bad_folder(f"{path}/{name}"))
        return names


def load_facts(sources: Sources, today: date) -> Facts | None:
    """Return the facts of the platform and all clusters, or None where they cannot be known."""
    engineer = "a platform engineer"
    platform = sources.model(Platform, layout.PLATFORM_FACTS, engineer)
    apps = tuple(_load_apps(sources))
    catalogue = Catalogue(dict(_claim_kinds(sources, apps)))
    loaded = {
        name: _load_cluster(sources, name, platform, catalogue)
        for name in sources.named_folders(layout.CLUSTERS)
    }
    if platform is None:
        return None
    return Facts(
        platform,
        {name: facts for name, facts in loaded.items() if facts is not None},
        catalogue,
        today,
        known_tenants=frozenset(sources.folders(layout.TENANTS)),
        unknown_clusters=frozenset(name for name, facts in loaded.items() if facts is None),
        apps=apps,
    )


def _load_cluster(
    sources: Sources,
    name: str,
    platform: Platform | None,
    catalogue: Catalogue,
) -> ClusterFacts | None:
    engineer = "a platform engineer"
    cluster = sources.model(Cluster, layout.cluster_file(name, layout.CLUSTER_FILE), engineer)
    release = sources.model(Release, layout.cluster_file(name, layout.RELEASE_FILE), engineer)
    before = len(sources.findings)
    outputs = sources.optional(Outputs, layout.cluster_file(name, layout.OUTPUTS_FILE))
    faulty = len(sources.findings) > before
    if cluster is None or platform is None or release is None:
        return None
    known = outputs or Outputs()
    return ClusterFacts(name, cluster, platform, release, known, catalogue, faulty)


def _load_apps(sources: Sources) -> Iterator[App]:
    for name in sources.named_folders(layout.APPS):
        app = sources.model(AppFile, layout.app_file(name), "whoever adds the app")
        manifests = tuple(_load_manifests(sources, f"{layout.APPS}/{name}/{layout.MANIFESTS}"))
        if app is not None:
            yield App(name, app, manifests)


def _load_manifests(sources: Sources, folder: str) -> Iterator[tuple[str, Manifest]]:
    try:
        names = sorted(os.listdir(sources.root / folder))  # noqa: PTH208 - names are all we want
    except FileNotFoundError:
        return
    for name in names:
        document = sources.document(f"{folder}/{name}")
        if document is None:
            continue
        sources.findings += document.faults
        if _is_object(document.data):
            yield name, document.data
        elif not document.faults:
            sources.findings.append(_no_object(f"{folder}/{name}"))


def _is_object(data: Any) -> TypeGuard[Manifest]:  # noqa: ANN401 - a file's own data
    """Whether a file holds what tells one object of a cluster from all others."""
    if not isinstance(data, dict) or not isinstance(data.get("metadata"), dict):
        return False
    metadata = data["metadata"]
    if str(data.get("kind")).endswith("List") and "items" in data:
        return False
    names = (data.get("apiVersion"), data.get("kind"), metadata.get("name"))
    return all(isinstance(name, str) and name for name in names) and isinstance(
        metadata.get("namespace", ""), str
    )


def _claim_kinds(sources: Sources, apps: tuple[App, ...]) -> Iterator[tuple[str, ClaimKind]]:
    offered: dict[str, str] = {}
    for app in apps:
        for name, manifest in app.manifests:
            if manifest.get("kind") != "CompositeResourceDefinition":
                continue
            path = app.manifest_path(name)
            try:
                kind = claim_kind(app.name, manifest)
            except (LookupError, TypeError, AttributeError) as error:
                sources.findings.append(_no_claim_kind(path, error))
                continue
            if kind.kind in offered:
                sources.findings.append(_same_claim_kind(path, kind.kind, offered[kind.kind]))
            offered.setdefault(kind.kind, path)
            yield kind.kind, kind


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


def _unreadable(path: str, error: OSError) -> Finding:
    if os.path.islink(path) or error.errno in (40, 62):  # noqa: PTH114 - ELOOP on Linux, macOS
        return link(path)
    return Finding(
        path,
        "unreadable-file",
        f"the file cannot be read: {error.strerror or error}",
        "make it a regular file that you may read",
    )


def _missing(path: str, who: str) -> Finding:
    return Finding(path, "missing-file", "the file is missing", f"to be written by {who}")


def link(path: str) -> Finding:
    """Return the finding of a symbolic link."""
    return Finding(
        path,
        "link",
        "this is a symbolic link, and links are not followed",
        "replace it with the file itself",
    )


def _bad_folder(path: str) -> Finding:
    return Finding(
        path,
        "folder-name",
        "the folder's name cannot name anything on a cluster",
        "rename it: lower-case letters, digits and hyphens, at most 63 characters; start and end "
        "with a letter or digit",
    )


def _no_object(path: str) -> Finding:
    return Finding(
        path,
        "no-object",
        "the file holds no Kubernetes object",
        "write one object a file, with apiVersion, kind and metadata.name, each of them text",
    )


def _no_claim_kind(path: str, error: Exception) -> Finding:
    reason = str(error).strip("'") or type(error).__name__
    return Finding(
        path,
        "no-claim-kind",
        f"the XRD offers no claim kind: {reason} is missing or of the wrong form",
        f'write it as {layout.APPS_PAGE} says under "A new kind of claim"',
    )


def _same_claim_kind(path: str, kind: str, other: str) -> Finding:
    return Finding(
        path,
        "duplicate-claim-kind",
        f"the kind {kind} is offered by {other} as well",
        "give it a kind of its own: claims name no group",
        ("spec", "names", "kind"),
    )
