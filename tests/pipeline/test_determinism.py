"""The same sources give the same bytes, whoever renders them, wherever, and however often."""

from __future__ import annotations

import contextlib
import locale
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from tests.repository import (
    PARTS,
    Files,
    files,
    rendered,
    several_clusters,
    smallest,
    write_tenants,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """Circumstances of a render that must not matter."""

    name: str
    environment: Mapping[str, str]
    words: tuple[str, ...] = ()
    folder: str = "."
    """Working directory, from the repository's root."""
    prepare: Callable[[Path], None] = field(default=lambda _root: None)
    umask: int = 0o022


def _turkish() -> str:
    """Return a Turkish locale, whose lower case of I is not i, or C where there is none."""
    saved = locale.setlocale(locale.LC_CTYPE)
    for name in ("tr_TR.UTF-8", "tr_TR.utf8", "tr_TR"):
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            locale.setlocale(locale.LC_CTYPE, saved)
            return name
    return "C"


def _write_backwards(root: Path) -> None:
    """Make every file anew, last name first: many file systems list by age."""
    contents = {path: (root / path).read_bytes() for part in PARTS for path in _below(root, part)}
    for path in contents:
        (root / path).unlink()
    for folder in sorted((p for part in PARTS for p in (root / part).rglob("*")), reverse=True):
        folder.rmdir()
    for path, content in sorted(contents.items(), reverse=True):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def _use_windows_line_endings(root: Path) -> None:
    for part in PARTS:
        for path in _below(root, part):
            content = (root / path).read_bytes()
            assert b"\r" not in content
            (root / path).write_bytes(content.replace(b"\n", b"\r\n"))


def _below(root: Path, part: str) -> list[str]:
    return [f"{part}/{path}" for path in files(root / part)]


MACHINES = (
    Machine(
        "another hash seed, plain C locale, far east, two processes",
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "LANG": "C", "TZ": "Pacific/Kiritimati"},
        ("--processes", "2", "--root", "."),
    ),
    Machine(
        "a folder further down, Turkish, far west, files made in another order",
        {"PYTHONHASHSEED": "2", "LC_ALL": _turkish(), "LANG": "tr_TR.UTF-8", "TZ": "Etc/GMT+12"},
        ("--processes", "1"),
        folder="tenants/growth",
        prepare=_write_backwards,
        umask=0o077,
    ),
    Machine(
        "Windows line endings, no locale, processes as it likes",
        {"PYTHONHASHSEED": "3", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        prepare=_use_windows_line_endings,
    ),
)


def _sources(target: Path) -> Path:
    """Lay out several clusters and teams, one of them with a day."""
    write_tenants(
        several_clusters(target), {"growth": smallest("churn") + "  reviewBy: 2027-01-31\n"}
    )
    return target


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return what the sources become in this process."""
    return rendered(_sources(tmp_path_factory.mktemp("plain") / "platform"))


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_circumstances_do_not_change_a_byte(tmp_path: Path, plain: Files, machine: Machine) -> None:
    root = _sources(tmp_path / "platform")
    machine.prepare(root)
    output = tmp_path / "trees"
    result = subprocess.run(
        [
            *(sys.executable, "-m", "tenantry", "render", "--today", "2026-11-22"),
            *("--output", os.path.relpath(output, root / machine.folder), *machine.words),
        ],
        cwd=root / machine.folder,
        env={"PATH": os.environ["PATH"], **machine.environment},
        umask=machine.umask,
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert files(output) == plain


def test_the_day_does_not_change_a_byte(tmp_path: Path, plain: Files) -> None:
    """Only what is said of dates changes: a `reviewBy` is past by then."""
    root = _sources(tmp_path / "platform")
    result = subprocess.run(
        [sys.executable, "-m", "tenantry", "render", "--root", str(root), "--today", "2030-01-01"],
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert b"review-past" in result.stdout
    assert files(root / "build") == plain
