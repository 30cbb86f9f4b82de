"""Miniature repositories with something wrong in them: put on disk, and what is said of them.

Owns the format of a case, which `tests/examples/invalid/README.md` explains to people. What each
case must print stands beside it.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import NAMESPACE_DNS, uuid5

from tests.repository import BASE, EXAMPLES, PARTS, TODAY, lay

from tenantry import layout
from tenantry.cli import run
from tenantry.naming import MAX_LABEL, PRODUCTION_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

INVALID = EXAMPLES / "invalid"
WARNED = EXAMPLES / "warned"
LIMITS = EXAMPLES / "limits"
#: What infrastructure tells of the base's cluster, so that no case warns that it is missing.
_OUTPUTS = EXAMPLES / "outputs"

EXPECTED = "expected.txt"

#: A file whose name ends so is written without the ending, and each `\xNN` in it as that byte.
_ESCAPED = ".escaped"
_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")
#: What Git or an editor would not keep: links, modes, copies, sizes. One step a line.
_STEPS = "steps.txt"

_NAME = re.compile(r"\bname\"?: *\"?([a-z](?:[-a-z0-9]*[a-z0-9])?)\b")
_RULE = re.compile(r"^[^:]*(?::\d+:\d+)?: (?:warning: )?([a-z0-9-]+): ")


@dataclass(frozen=True)
class Printed:
    """What a command printed, and its exit code."""

    lines: list[str]
    errors: str
    code: int


def cases(folder: Path) -> list[Path]:
    """Return the folders of all cases of a kind."""
    return sorted(path for path in folder.iterdir() if path.is_dir())


def materialise(case: Path, target: Path) -> Path:
    """Put a case over the base and its outputs; return the repository."""
    lay(target, BASE, _OUTPUTS, case)
    (target / layout.TENANTS).mkdir(exist_ok=True)
    for part in PARTS:
        for path in sorted((target / part).rglob(f"*{_ESCAPED}")):
            path.with_name(path.name.removesuffix(_ESCAPED)).write_bytes(content_of(path))
            path.unlink()
    _name_identities(target)
    for words in _steps(case):
        _STEP[words[0]](target, *words[1:])
    return target


def content_of(path: Path) -> bytes:
    """Return what a file of a case holds once it is put on disk."""
    content = path.read_bytes()
    if path.name.endswith(_ESCAPED):
        return _ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()), content)
    return content


def _name_identities(root: Path) -> None:
    """Give every namespace that the case may have an identity, so that none warns of it."""
    outputs = root / layout.cluster_file("prod", layout.OUTPUTS_FILE)
    if outputs.read_bytes() != (_OUTPUTS / outputs.relative_to(root)).read_bytes():
        return
    names = set()
    for path in (root / layout.TENANTS).glob("*/*"):
        if path.is_file():
            names.update(_NAME.findall(path.read_text("utf-8", "replace")))
    namespaces = sorted({name + end for name in names for end in ("", PRODUCTION_SUFFIX)})
    with outputs.open("a", encoding="utf-8") as stream:
        stream.writelines(
            f"{'' if number else 'identities:' + chr(10)}  {name}: {uuid5(NAMESPACE_DNS, name)}\n"
            for number, name in enumerate(namespaces)
            if len(name) <= MAX_LABEL
        )


def _steps(case: Path) -> Iterator[list[str]]:
    if (case / _STEPS).exists():
        for line in (case / _STEPS).read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                yield line.split()


def _link(root: Path, path: str, to: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).symlink_to(to)


def _executable(root: Path, path: str) -> None:
    (root / path).chmod(0o755)


def _folder(root: Path, path: str) -> None:
    (root / path).mkdir(parents=True)


def _pipe(root: Path, path: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(root / path)


def _copy(root: Path, path: str, to: str) -> None:
    (root / to).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / path, root / to)


def _delete(root: Path, path: str) -> None:
    if (root / path).is_dir():
        shutil.rmtree(root / path)
    else:
        (root / path).unlink()


def _pad(root: Path, path: str, size: str) -> None:
    """Lengthen a file with a comment to exactly this many bytes."""
    content = (root / path).read_bytes()
    (root / path).write_bytes(content + b"#" * (int(size) - len(content) - 1) + b"\n")


_STEP: dict[str, Callable[..., None]] = {
    "copy": _copy,
    "delete": _delete,
    "executable": _executable,
    "folder": _folder,
    "link": _link,
    "pad": _pad,
    "pipe": _pipe,
}


def validate(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> Printed:
    """Run `tenantry validate` on a repository."""
    return _run(["validate", f"--today={TODAY}", *options], root, capsys)


def try_to_render(root: Path, output: Path, capsys: pytest.CaptureFixture[str]) -> Printed:
    """Run `tenantry render` on a repository."""
    return _run(["render", f"--today={TODAY}", f"--output={output}"], root, capsys)


def _run(words: list[str], root: Path, capsys: pytest.CaptureFixture[str]) -> Printed:
    capsys.readouterr()
    try:
        code = run([*words, f"--root={root}"])
    finally:
        gc.enable()
    printed = capsys.readouterr()
    return Printed(printed.out.splitlines(), printed.err, code)


def expected(case: Path) -> list[str]:
    """Return the lines that a case must print."""
    return (case / EXPECTED).read_text("utf-8").splitlines()


def rule_of(line: str) -> str:
    """Return the rule id that a line names."""
    found = _RULE.match(line)
    assert found is not None, line
    return found[1]
