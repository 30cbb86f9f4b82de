"""Values that were worked out before, kept in the user's cache: a file a repository and kind.

Owns that a value is whole and that of this very tooling, or not there at all. The form is JSON,
which runs nothing. Whoever publishes or judges other people's changes does without
(docs/decisions/015).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import pydantic_core
import yaml._yaml

import tenantry
from tenantry.reader.characters import Room
from tenantry.workspace import cache
from tenantry.workspace.files import read_bounded

#: So many repositories of one user are remembered; the one that was not used for longest goes.
_REPOSITORIES = 8

#: What is larger is neither read nor written. This repository's apps and two trees take 1 MiB.
_ROOM = Room(bytes=16 * 1024 * 1024, nodes=0)

#: Digits of the digest that stands before the text.
_DIGEST = 64


def load(kind: str, root: Path) -> Any:  # noqa: ANN401 - whatever was kept
    """Return what was kept, or None where there is nothing, or not just what we wrote."""
    try:
        file = _file(kind, root)
        content = read_bounded(file, _ROOM)
    except (OSError, RuntimeError):  # RuntimeError: the user has no home
        return None
    if len(content) > _ROOM.bytes or _digest(content[_DIGEST:]) != content[:_DIGEST]:
        return None
    with contextlib.suppress(OSError):
        os.utime(file)
    return json.loads(content[_DIGEST:])


def keep(kind: str, root: Path, value: object) -> None:
    """Write a value down in the place of the last one; where that cannot be, nothing is lost."""
    text = json.dumps(value, separators=(",", ":")).encode()
    content = _digest(text) + text
    if len(content) > _ROOM.bytes:
        return
    with contextlib.suppress(OSError, RuntimeError):
        file = _file(kind, root)
        _replace(file, content)
        _forget(file.parent)


def _file(kind: str, root: Path) -> Path:
    return cache.folder(kind) / cache.key(os.fsencode(root.resolve()), _tooling())


@lru_cache(maxsize=1)
def _tooling() -> bytes:
    """Return what tells this tooling from every other: its modules, and what it builds upon."""
    libyaml = yaml._yaml.get_version_string()  # noqa: SLF001 - no other place tells
    versions = (sys.version, yaml.__version__, libyaml, pydantic_core.__version__)
    package = os.path.dirname(tenantry.__file__)  # noqa: PTH120 - hot path
    return cache.key(*map(str.encode, (*versions, package, *modules(package)))).encode()


def modules(package: str) -> list[str]:
    """Return the state of each module of a package: no file changes and keeps it.

    Git's index trusts the same. Reading the modules would take longer than what is kept saves.
    """
    found = []
    for entry in os.scandir(package):
        if entry.is_dir():
            found += modules(entry.path)
        elif entry.name.endswith(".py"):
            now = entry.stat()
            found.append(
                f"{entry.path} {now.st_ino} {now.st_size} {now.st_mtime_ns} {now.st_ctime_ns}"
            )
    return sorted(found)


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()


def _replace(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, whoever else does so at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(prefix=".", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(scratch).replace(file)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise


def _forget(folder: Path) -> None:
    """Remove all but the files that were used last; what a run that died left goes in its turn."""
    files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_REPOSITORIES:]:
        path.unlink(missing_ok=True)
