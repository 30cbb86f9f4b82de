"""Trees between Git and the disk: a commit's sources out, a rendered tree in, their differences."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from tenantry import layout
from tenantry.findings import Finding
from tenantry.publication import Difference, printable
from tenantry.workspace.git import GitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tenantry.workspace.git import Git

#: What a render reads. The tooling that runs is the one that renders: the commit's is not needed.
RENDERED_FROM = tuple(folder for folder in layout.SOURCES if folder != layout.TOOLING)

_FILE, _PROGRAM, _LINK = "100644", "100755", "120000"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a commit."""

    mode: str
    id: str
    path: str


def entries(git: Git, commit: str, folders: Iterable[str] = RENDERED_FROM) -> list[Entry]:
    """Return all files that a commit holds in the folders."""
    listing = os.fsdecode(git.run("ls-tree", "-r", "-z", commit, "--", *folders))
    found = []
    for line in listing.split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        mode, _, name = facts.split(" ")
        found.append(Entry(mode, name, path))
    return found


def refusals(found: Iterable[Entry]) -> Iterator[Finding]:
    """Yield a finding for each entry that is more than a file, or would leave its folder."""
    for entry in found:
        kind = _kind(entry)
        if kind:
            yield Finding(
                printable(entry.path),
                "link",
                f"this is a {kind}, and a render reads nothing but files",
                "replace it with the file itself",
            )


def _kind(entry: Entry) -> str:
    if entry.mode == _LINK:
        return "symbolic link"
    if entry.mode not in (_FILE, _PROGRAM):
        return "submodule"
    steps = [step.lower() for step in entry.path.split("/")]
    return "path that leads elsewhere" if {"", ".", "..", ".git"} & set(steps) else ""


def check_out(git: Git, found: Iterable[Entry], folder: Path) -> None:
    """Write entries that are not refused into an empty folder, byte for byte as committed.

    `git checkout` and `git archive` would apply what .gitattributes and the user's settings say.
    """
    wanted = list(found)
    with tempfile.TemporaryFile() as feed:
        feed.write("".join(f"{entry.id}\n" for entry in wanted).encode())
        feed.seek(0)
        with subprocess.Popen(  # noqa: S603 - a list, no shell, ids from Git itself
            git.command("cat-file", "--batch", "--buffer"),
            stdin=feed,
            stdout=subprocess.PIPE,
            env=git.variables(),
        ) as process:
            assert process.stdout is not None  # noqa: S101 - asked for, one line up
            for entry in wanted:
                _write(entry, process.stdout, folder)


def _write(entry: Entry, objects: IO[bytes], folder: Path) -> None:
    head = objects.readline().split()
    if len(head) != len(("id", "type", "size")):
        raise GitError(f"{entry.path} cannot be read from the repository: it lacks {entry.id}")
    path = folder / entry.path
    path.parent.mkdir(parents=True, exist_ok=True)
    left = int(head[2])
    # Created, never opened: nothing that lies there can be followed.
    with path.open("xb") as stream:
        while left:
            chunk = objects.read(min(left, _CHUNK))
            if not chunk:
                raise GitError(f"git ended before it gave all of {entry.path}")
            stream.write(chunk)
            left -= len(chunk)
    objects.read(len("\n"))
    if entry.mode == _PROGRAM:
        path.chmod(0o755)


def write_tree(git: Git, folder: Path, index: Path) -> str:
    """Store all files of a folder; return the tree's id. `index` is a scratch file, not there yet.

    The bytes are stored as they are, whatever .gitattributes or the user's settings say.
    """
    paths = sorted(files(folder))
    feed = "".join(f"{folder / path}\n" for path in paths)
    ids = git.run("hash-object", "-w", "--no-filters", "--stdin-paths", feed=os.fsencode(feed))
    lines = (
        f"{_FILE} {name}\t{path}\0" for name, path in zip(ids.decode().split(), paths, strict=True)
    )
    own = {"GIT_INDEX_FILE": str(index)}
    git.run("update-index", "-z", "--index-info", feed=os.fsencode("".join(lines)), variables=own)
    return git.run("write-tree", variables=own).decode().strip()


def files(folder: Path, inside: str = "") -> Iterator[str]:
    """Yield the paths of all files below a folder. Anything but a file or folder is a bug."""
    with os.scandir(folder / inside) as found:
        for entry in found:
            path = f"{inside}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from files(folder, f"{path}/")
            elif entry.is_file(follow_symlinks=False) and "\n" not in path:
                yield path
            else:
                raise ValueError(f"{path!r} has no place in a rendered tree")


def differences(git: Git, desired: str, current: str) -> list[Difference]:
    """Return the files in which two trees differ; one that only `current` has is added."""
    raw = git.run("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", desired, current)
    steps = os.fsdecode(raw).split("\0")[:-1]
    pairs = zip(steps[::2], steps[1::2], strict=True)
    return [Difference(path, _WORDS.get(facts[-1], "changed")) for facts, path in pairs]


_WORDS = {"A": "added", "D": "removed"}


def scratch_objects(git: Git, folder: Path) -> dict[str, str]:
    """Return variables that let Git write objects into `folder`, not into the repository."""
    objects = git.run("rev-parse", "--path-format=absolute", "--git-path", "objects").decode()
    (folder / "info").mkdir(parents=True)
    (folder / "info" / "alternates").write_text(objects, encoding="utf-8")
    return {"GIT_OBJECT_DIRECTORY": str(folder)}
