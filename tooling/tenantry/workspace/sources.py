"""Reads what the platform engineers write: the facts and the apps."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from pydantic import BaseModel, ValidationError

from tenantry import layout
from tenantry.apps import App
from tenantry.catalogue import Catalogue, ClaimKind, claim_kind
from tenantry.facts import ClusterFacts, Facts
from tenantry.naming import MAX_LABEL
from tenantry.reader import Document, read_document
from tenantry.schema.app import AppFile
from tenantry.schema.base import LABEL_PATTERN
from tenantry.schema.check import check
from tenantry.schema.cluster import Cluster, Outputs, Release
from tenantry.schema.compatibility import Compatibility
from tenantry.schema.platform import Platform
from tenantry.schema.upstream import Upstream
from tenantry.workspace.files import read_bounded
from tenantry.workspace.missteps import (
    duplicate_claim_kind,
    link,
    missing_file,
    no_claim_kind,
    no_object,
    no_upstream,
    unread_file,
    unreadable_file,
    unusable_folder_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from tenantry.findings import Finding
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
            self.findings.append(unreadable_file(path, error))
            return None
        return read_document(path, content)

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
        return sorted(names)

    def refuse_all_but(self, folder: str, known: Iterable[str]) -> None:
        """Find fault with whatever stands in a folder and is not known there: nothing reads it."""
        try:
            names = sorted(os.listdir(f"{self.root}/{folder}"))  # noqa: PTH208 - names only
        except FileNotFoundError:
            return
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
        compatibility=sources.optional(Compatibility, layout.COMPATIBILITY) or Compatibility(),
    )


def _load_cluster(
    sources: Sources,
    name: str,
    platform: Platform | None,
    catalogue: Catalogue,
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
    return ClusterFacts(name, cluster, platform, release, known, catalogue, faulty)


def _load_apps(sources: Sources) -> Iterator[App]:
    for name in sources.named_folders(layout.APPS):
        sources.refuse_all_but(
            f"{layout.APPS}/{name}", (layout.APP_FILE, layout.UPSTREAM_FILE, layout.MANIFESTS)
        )
        app = sources.model(AppFile, layout.app_file(name), "whoever adds the app")
        manifests = tuple(_load_manifests(sources, f"{layout.APPS}/{name}/{layout.MANIFESTS}"))
        upstream = _load_upstream(sources, layout.app_file(name, layout.UPSTREAM_FILE))
        if app is not None:
            yield App(name, app, manifests, upstream)


def _load_upstream(sources: Sources, path: str) -> Upstream | None:
    """Return what an app's source holds, as a program wrote it down: JSON, which is read fast."""
    try:
        return Upstream.model_validate_json(read_bounded(f"{sources.root}/{path}"))
    except FileNotFoundError:
        return None
    except OSError as error:
        sources.findings.append(unreadable_file(path, error))
    except ValidationError:
        sources.findings.append(no_upstream(path))
    return None


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
        elif not any(fault.is_error for fault in document.faults):
            sources.findings.append(no_object(f"{folder}/{name}"))


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
                sources.findings.append(no_claim_kind(path, error))
                continue
            if kind.kind in offered:
                sources.findings.append(duplicate_claim_kind(path, kind.kind, offered[kind.kind]))
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
