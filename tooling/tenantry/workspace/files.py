"""Reads and writes of single files: no links followed, nothing left half written."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

from tenantry.reader.characters import WRITTEN, Room

if TYPE_CHECKING:
    from pathlib import Path

#: End of the name of a file that is being written. A later run removes one that a crash left.
TEMPORARY = ".tenantry-new"

_READ_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)  # opening a named pipe would wait for a writer for ever
)
_WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0)


class WorkspaceError(Exception):
    """The machine, not the input, is in the way: no space, no permission. One line of text."""


def read_bounded(path: str | Path, room: Room = WRITTEN) -> bytes:
    """Return a regular file's bytes, one more than `room` has where it has more.

    Raises OSError for what is not a readable regular file, links included.
    """
    descriptor = os.open(path, _READ_FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is not a regular file")
        return os.read(descriptor, room.bytes + 1)
    finally:
        os.close(descriptor)


def write_atomically(path: str | Path, content: bytes) -> bool:
    """Make `path` hold `content`; return whether it changed.

    Whoever dies on the way leaves the old file or the new one, never a part. Parents are made.
    """
    name = os.fspath(path)
    with contextlib.suppress(FileNotFoundError):
        if _holds(name, content):
            return False
    try:
        replace_file(name, content)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(name), exist_ok=True)  # noqa: PTH103, PTH120 - hot path
        replace_file(name, content)
    return True


def replace_file(path: str, content: bytes) -> None:
    """Write `path` whole, through a temporary file beside it."""
    temporary = path + TEMPORARY
    descriptor = os.open(temporary, _WRITE_FLAGS, 0o644)
    try:
        try:
            _write_all(descriptor, content)
        finally:
            os.close(descriptor)
        os.rename(temporary, path)  # noqa: PTH104 - hot path
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - hot path
        if isinstance(error, OSError) and error.filename is None:
            error.filename = path  # a full disk is reported without one
        raise


def _write_all(descriptor: int, content: bytes) -> None:
    written = os.write(descriptor, content)
    while written < len(content):
        written += os.write(descriptor, content[written:])


def _holds(path: str, content: bytes) -> bool:
    with open(path, "rb") as stream:  # noqa: PTH123 - hot path
        return stream.read(len(content) + 1) == content
