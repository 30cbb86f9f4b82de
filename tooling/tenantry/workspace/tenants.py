"""Reads the tenants: which there are, and one of them at a time."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.findings import Finding
from tenantry.schema.check import check
from tenantry.schema.tenant import TenantFile
from tenantry.tenant import Tenant
from tenantry.workspace.missteps import link
from tenantry.workspace.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tenantry.reader import Document

_EXECUTABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


#: Names that people give the file, in small letters. Some computers take those for one name.
_MEANT = frozenset((layout.TENANT_FILE, "profiles.yml"))


def tenant_names(sources: Sources) -> list[str]:
    """Return the names of all tenants, sorted. What is no folder is a finding."""
    names = sources.folders(layout.TENANTS)
    known = {*names, layout.README}
    try:
        present = os.listdir(sources.root / layout.TENANTS)  # noqa: PTH208 - names only
    except FileNotFoundError:
        return []  # Git keeps no empty folder: a platform without any tenant has none
    for name in sorted(present):
        path = f"{layout.TENANTS}/{name}"
        if name not in known and not os.path.islink(sources.root / path):  # noqa: PTH114 - as above
            sources.findings.append(
                Finding(
                    path,
                    "unexpected-file",
                    f"{layout.TENANTS}/ holds one folder a team, a README.md, and nothing else",
                    f"move it to {layout.TENANTS}/<team>/{layout.TENANT_FILE}, or delete it",
                )
            )
    return names


def load_tenant(root: Path, name: str) -> tuple[Tenant | None, Document | None, list[Finding]]:
    """Return a tenant, the document it was read from, and what is wrong with its folder or file."""
    sources = Sources(root)
    sources.findings += _folder_faults(root, name)
    found = len(sources.findings)
    document = sources.document(layout.tenant_file(name))
    if document is None:
        if len(sources.findings) == found and not any(map(_is_misnamed, sources.findings)):
            sources.findings.append(_no_file(name))
        return None, None, sources.findings
    file, faults = check(TenantFile, document)
    tenant = None if file is None else Tenant(name, file)
    return tenant, document, sources.findings + faults


def _folder_faults(root: Path, name: str) -> Iterator[Finding]:
    folder = layout.tenant_folder(name)
    with os.scandir(f"{root}/{folder}") as entries:
        for entry in entries:
            if entry.name != layout.TENANT_FILE:
                path = f"{folder}/{entry.name}"
                yield link(path) if entry.is_symlink() else _unexpected(path)
            elif (
                entry.is_file(follow_symlinks=False)
                and entry.stat(follow_symlinks=False).st_mode & _EXECUTABLE
            ):
                path = f"{folder}/{entry.name}"
                yield Finding(
                    path,
                    "executable-file",
                    "the file is marked as executable",
                    f"run: git update-index --chmod=-x {path}",
                )


def _unexpected(path: str) -> Finding:
    cure = "move it to the team's own repository, or delete it"
    if path.rpartition("/")[2].lower() in _MEANT:
        cure = f"rename it to exactly {layout.TENANT_FILE}; if both are there, delete one"
    return Finding(
        path,
        "unexpected-file",
        f"a tenant's folder holds {layout.TENANT_FILE} and nothing else",
        cure,
    )


def _is_misnamed(finding: Finding) -> bool:
    return finding.rule == "unexpected-file" and finding.path.rpartition("/")[2].lower() in _MEANT


def _no_file(name: str) -> Finding:
    return Finding(
        layout.tenant_folder(name),
        "missing-file",
        f"the folder has no {layout.TENANT_FILE}",
        f"add {layout.tenant_file(name)}, or delete the folder",
    )
