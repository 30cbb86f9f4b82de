"""Documents that were read before, kept in the user's cache by the digest of their bytes.

Owns what is kept and when it counts. A file that did not change need not be read strictly again;
the findings and what is rendered are the same with it and without it. Whoever publishes or judges
other people's changes does without (docs/decisions/015).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml._yaml

import tenantry.reader
from tenantry.reader import Document, read_document
from tenantry.reader.characters import Room
from tenantry.workspace import cache
from tenantry.workspace.files import read_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.reader.composer import Data

_KIND = "documents"

#: So many repositories of one user are remembered; the one that was not used for longest goes.
_KEPT = 8

#: Larger than 10,000 files of apps; what is larger is neither read nor written.
_ROOM = Room(bytes=16 * 1024 * 1024, nodes=0)

_DIGEST = 64


@dataclass
class Documents:
    """What one repository's files held when they were last read, and those read by now."""

    file: Path
    known: dict[str, tuple[int, Data]]
    """By digest of a file's bytes: the number of empty values, and the data."""
    used: dict[str, tuple[int, Data]] = field(default_factory=dict)

    def read(self, path: str, content: bytes) -> Document:
        """Return what `read_document` returns, positions of a known file worked out when asked."""
        name = hashlib.sha256(content).hexdigest()
        known = self.known.get(name)
        if known is not None:
            self.used[name] = known
            nulls, data = known
            return Document(path, data, marks=_Marks(content), nulls=nulls)
        document = read_document(path, content)
        if not document.faults and not document.doubts:
            self.used[name] = (document.nulls, document.data)
        return document

    def keep(self) -> None:
        """Write down what was read, and nothing else; where that cannot be, nothing is lost."""
        if self.used.keys() <= self.known.keys():
            with contextlib.suppress(OSError):
                os.utime(self.file)  # so that it is not the next to go
            return
        text = json.dumps(self.used, ensure_ascii=False, separators=(",", ":")).encode()
        content = _digest(text) + text
        if len(content) <= _ROOM.bytes:
            with contextlib.suppress(OSError):
                _replace(self.file, content)
                _forget(self.file.parent)


@dataclass(frozen=True)
class _Marks:
    """Where everything in a known file stands: only findings ask, so it is read anew for them."""

    content: bytes

    def __iter__(self) -> Iterator[Any]:
        return iter(read_document("", self.content).marks)


def open_documents(root: Path) -> Documents | None:
    """Return what is known of a repository's files; None where the user has no home."""
    try:
        file = cache.folder(_KIND) / cache.key(os.fsencode(root.resolve()), _reader())
    except RuntimeError:
        return None
    return Documents(file, _load(file))


def _load(file: Path) -> dict[str, tuple[int, Data]]:
    """Return what a file of the cache holds, or nothing where it is not just what we wrote."""
    try:
        content = read_bounded(file, _ROOM)
    except OSError:
        return {}
    if len(content) > _ROOM.bytes or _digest(content[_DIGEST:]) != content[:_DIGEST]:
        return {}
    known: dict[str, tuple[int, Data]] = json.loads(content[_DIGEST:])
    return known


@lru_cache(maxsize=1)
def _reader() -> bytes:
    """Return what tells this reader from every other: its source, and that of what it builds on."""
    folder = Path(tenantry.reader.__file__).parent
    sources = [path.read_bytes() for path in (Path(__file__), *sorted(folder.glob("*.py")))]
    versions = f"{yaml.__version__} {yaml._yaml.get_version_string()}"  # noqa: SLF001 - libyaml's
    return cache.key(versions.encode(), *sources).encode()


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
    for path in files[_KEPT:]:
        path.unlink(missing_ok=True)
