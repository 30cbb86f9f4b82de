"""Reads the folders of `apps/`: what each says of itself, its own objects, the kinds it offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from pydantic import ValidationError

from tenantry import layout
from tenantry.apps import App
from tenantry.catalogue import ClaimKind, claim_kind
from tenantry.schema.app import AppFile
from tenantry.schema.upstream import Upstream
from tenantry.workspace.missteps import (
    duplicate_claim_kind,
    no_claim_kind,
    no_object,
    no_upstream,
    unreadable_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tenantry.manifest import Manifest
    from tenantry.policies import Policy
    from tenantry.workspace.sources import Sources


def load_apps(sources: Sources, policies: Iterable[Policy]) -> tuple[App, ...]:
    """Return all apps. One that comes from `policies/` holds the objects of all policies."""
    objects = tuple(each for policy in policies for each in policy.delivered())
    return tuple(_load_apps(sources, objects))


def _load_apps(sources: Sources, policies: tuple[tuple[str, Manifest], ...]) -> Iterator[App]:
    for name in sources.named_folders(layout.APPS):
        app = sources.model(AppFile, layout.app_file(name), "whoever adds the app")
        own = () if app is not None and app.policies else (layout.UPSTREAM_FILE, layout.MANIFESTS)
        sources.refuse_all_but(f"{layout.APPS}/{name}", (layout.APP_FILE, *own))
        folder = layout.app_file(name, layout.MANIFESTS)
        manifests = tuple(load_manifests(sources, folder, sources.names(folder)))
        upstream = _load_upstream(sources, layout.app_file(name, layout.UPSTREAM_FILE))
        if app is None:
            continue
        yield App(name, app, policies if app.policies else manifests, upstream)
        # A second app of policies is refused; that it holds the same objects need not be told too.
        policies = () if app.policies else policies


def _load_upstream(sources: Sources, path: str) -> Upstream | None:
    """Return what an app's source holds, as a program wrote it down: JSON, which is read fast."""
    try:
        return Upstream.model_validate_json(sources.content(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        sources.findings.append(unreadable_file(path, error))
    except ValidationError:
        sources.findings.append(no_upstream(path))
    return None


def load_manifests(
    sources: Sources, folder: str, names: Iterable[str]
) -> Iterator[tuple[str, Manifest]]:
    """Yield the object of each file of a folder, with the file's name; all else is a finding."""
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


def claim_kinds(sources: Sources, apps: tuple[App, ...]) -> Iterator[tuple[str, ClaimKind]]:
    """Yield each claim kind that the XRDs of apps offer, by its name."""
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
