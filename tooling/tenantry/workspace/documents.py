"""Documents that were read before, known by the digest of their bytes.

Owns which are remembered. A file that did not change is not read strictly again; what is found and
what is rendered are the same with it and without it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tenantry.reader import Document, read_document
from tenantry.workspace import kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tenantry.reader.composer import Data

_KIND = "documents"


@dataclass
class Documents:
    """What a repository's files held when they were last read, and those read by now."""

    root: Path
    known: dict[str, tuple[int, Data]]
    """By digest of a file's bytes: the number of empty values, and the data."""
    used: dict[str, tuple[int, Data]] = field(default_factory=dict)

    def read(self, path: str, content: bytes) -> Document:
        """Return what `read_document` returns. Faulty and doubtful files are always read anew."""
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
        """Remember the files that were read by now, and no others."""
        if self.used.keys() - self.known.keys():
            kept.keep(_KIND, self.root, self.used)


@dataclass(frozen=True)
class _Marks:
    """Where everything in a known file stands: only findings ask, so it is read anew for them."""

    content: bytes

    def __iter__(self) -> Iterator[Any]:
        return iter(read_document("", self.content).marks)


def open_documents(root: Path) -> Documents:
    """Return what is known of a repository's files."""
    return Documents(root, kept.load(_KIND, root) or {})
