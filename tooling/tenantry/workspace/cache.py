"""The user's cache folder: what can be made again, kept by the digest of what it is made from.

Owns where it is and how a folder in it comes to be whole or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Digits of a digest that name a folder: enough that no two sources ever meet.
_DIGITS = 16


def folder(kind: str) -> Path:
    """Return the cache folder for one kind of thing; it need not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME")
    # The specification tells to ignore a relative path there.
    root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    return root / "tenantry" / kind


def key(*sources: bytes) -> str:
    """Return a short name for exactly these sources."""
    return digest(*sources)[:_DIGITS]


def digest(*sources: bytes) -> str:
    """Return what no other sources have, even where somebody looks for some."""
    found = hashlib.sha256()
    for source in sources:
        found.update(len(source).to_bytes(8, "big") + source)
    return found.hexdigest()


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give an empty folder to fill, and put it in the place of `target` once it is full.

    Whoever dies on the way leaves the old `target`. Two who fill it at once do not meet: the
    second finds the first one's folder and replaces it by an equal one.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise WorkspaceError(
            f"the cache folder {target.parent} cannot be written ({error.strerror}): make it "
            "writable, or name another with the variable XDG_CACHE_HOME"
        ) from error
    try:
        yield scratch
        shutil.rmtree(target, ignore_errors=True)
        with contextlib.suppress(OSError):
            scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
