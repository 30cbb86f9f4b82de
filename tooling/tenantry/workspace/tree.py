"""A rendered tree on disk: writes what differs, removes what we once wrote and no longer render.

Only files that carry our mark are ever removed; anything else in the way stops the render.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tenantry.workspace.files import TEMPORARY, WorkspaceError, replace_file, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARK = b"# Generated from "


def header(source: str) -> str:
    """Return the first line of a generated file."""
    return f"# Generated from {source} by tenantry; do not edit.\n"


@dataclass
class Tally:
    """How many files a render wrote, found as they should be, and removed."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0

    def __iadd__(self, other: Tally) -> Self:
        """Add the counts of another share of the work."""
        self.written += other.written
        self.unchanged += other.unchanged
        self.removed += other.removed
        return self

    def count(self, *, changed: bool) -> None:
        """Count one file."""
        if changed:
            self.written += 1
        else:
            self.unchanged += 1


@dataclass
class Tree:
    """The rendered tree of one cluster."""

    root: str
    tally: Tally

    def write(self, path: str, content: bytes) -> None:
        """Make one file hold `content`."""
        self.tally.count(changed=write_atomically(f"{self.root}/{path}", content))

    def write_folder(self, path: str, files: Mapping[str, bytes]) -> None:
        """Make one folder hold exactly `files`, or not be there where there are none."""
        folder = f"{self.root}/{path}"
        if not files:
            self.remove(path)
            return
        if _make(folder):
            for name, content in files.items():
                replace_file(f"{folder}/{name}", content)
            self.tally.written += len(files)
            return
        if os.path.islink(folder):  # noqa: PTH114 - hot path
            _refuse_foreign(folder)
        for name in os.listdir(folder):  # noqa: PTH208 - hot path
            if name not in files:
                self.remove(f"{path}/{name}")
        for name, content in files.items():
            self.tally.count(changed=write_atomically(f"{folder}/{name}", content))

    def keep_only(self, path: str, names: frozenset[str] | set[str]) -> None:
        """Remove from a folder what is not named."""
        try:
            present = os.listdir(f"{self.root}/{path}")  # noqa: PTH208 - hot path
        except FileNotFoundError:
            return
        for name in present:
            if name not in names:
                self.remove(f"{path}/{name}" if path else name)

    def remove(self, path: str) -> None:
        """Remove a file or folder that an earlier render wrote."""
        full = f"{self.root}/{path}"
        if os.path.isdir(full) and not os.path.islink(full):  # noqa: PTH112, PTH114 - hot path
            for name in os.listdir(full):  # noqa: PTH208 - hot path
                self.remove(f"{path}/{name}")
            os.rmdir(full)  # noqa: PTH106 - hot path
        elif os.path.lexists(full):
            _refuse_foreign(full)
            os.unlink(full)  # noqa: PTH108 - hot path
            self.tally.removed += 1


def _make(folder: str) -> bool:
    """Make a folder; return whether it was not there."""
    try:
        os.mkdir(folder)  # noqa: PTH102 - hot path
    except FileExistsError:
        return False
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - hot path
    return True


def _refuse_foreign(path: str) -> None:
    """Raise for a file that no render wrote: it may be the only copy of somebody's work."""
    if path.endswith(TEMPORARY):
        return
    if not os.path.islink(path):  # noqa: PTH114 - hot path
        with open(path, "rb") as stream:  # noqa: PTH123 - hot path
            if stream.read(len(_MARK)) == _MARK:
                return
    raise WorkspaceError(
        f"{path} was not written by tenantry, so it is not removed: move it, or choose another "
        "--output"
    )
