"""Runs Go: builds programs from pinned modules, and finds the files of a module at a version."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Seconds that one call may take: kube-apiserver from nothing takes 5 minutes on two cores.
TIMEOUT = 1800

#: The first Go that knows `tool` in go.mod. A newer one that go.mod asks for, Go fetches itself.
_OLDEST = (1, 24)

MISSING = (
    "Go 1.24 or newer is needed and was not found: install it from https://go.dev/dl or with your "
    "system's package manager, and see that `go version` works"
)


@dataclass(frozen=True, slots=True)
class Module:
    """A Go module at one version, with the checksum of its files."""

    path: str
    version: str
    sum: str


def build(folder: Path, package: str, target: Path, stamps: Sequence[str]) -> None:
    """Compile `package`, pinned by the go.mod in `folder`, to `target`."""
    flags = " ".join(["-s -w", *(f"-X {stamp}" for stamp in stamps)])
    words = ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", f"-ldflags={flags}"]
    _run([*words, f"-o={target}", package], folder, f"{package} could not be built")


def files_of(modules: Sequence[Module]) -> dict[str, Path]:
    """Return the folder with the files of each module, by the module's path.

    Raises WorkspaceError where a module cannot be had, or is not what its checksum says.
    """
    names = [f"{module.path}@{module.version}" for module in modules]
    with tempfile.TemporaryDirectory() as nowhere:
        # Outside any module, so that no go.mod around decides on a version.
        said = _run(
            ["mod", "download", "-json", *names], Path(nowhere), "Go could not fetch its modules"
        )
    known = {answer["Path"]: answer for answer in _answers(said)}
    for module in modules:
        if known[module.path]["Sum"] != module.sum:
            raise WorkspaceError(
                f"{module.path} {module.version} is not the one that was pinned: its checksum is "
                f"{known[module.path]['Sum']}, expected {module.sum}"
            )
    return {path: Path(answer["Dir"]) for path, answer in known.items()}


def _answers(said: str) -> list[dict[str, str]]:
    """Split what `go mod download -json` prints: objects, one after the other."""
    decoder = json.JSONDecoder()
    found, start = [], 0
    while text := said[start:].lstrip():
        start = len(said) - len(text)
        answer, length = decoder.raw_decode(text)
        found.append(answer)
        start += length
    return found


def _run(words: Sequence[str], folder: Path, trouble: str) -> str:
    """Run Go; return what it prints."""
    program = _go()
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell
            [program, *words],
            cwd=folder,
            env=_variables(),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise WorkspaceError(f"{trouble}: Go did not end within {TIMEOUT // 60} minutes") from error
    if done.returncode:
        raise WorkspaceError(f"{trouble}: {_reason(done)}")
    return done.stdout


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """Return the line that tells most: an error of a module, else the last of all."""
    said = f"{done.stdout}\n{done.stderr}"
    error = re.search(r'"Error": "(.*)"', said)
    lines = [line for line in said.splitlines() if line.strip()]
    return error[1] if error else lines[-1] if lines else f"exit code {done.returncode}"


def _go() -> str:
    """Return the program `go`. Raises WorkspaceError where it is missing or too old."""
    program = shutil.which("go")
    if program is None:
        raise WorkspaceError(MISSING)
    try:
        said = subprocess.run(  # noqa: S603 - a list, no shell
            [program, "version"], capture_output=True, text=True, timeout=60, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise WorkspaceError(MISSING) from error
    found = re.search(r"go(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < _OLDEST:
        raise WorkspaceError(f"{MISSING} (found: {said.strip() or program})")
    return program


def _variables() -> dict[str, str]:
    """Return the environment for Go, without what would change which code is compiled."""
    variables = {name: value for name, value in os.environ.items() if name != "GOFLAGS"}
    variables |= {"GOWORK": "off", "CGO_ENABLED": "0", "GO111MODULE": "on"}
    # Some systems forbid the newer Go that a go.mod asks for; only the user may.
    variables.setdefault("GOTOOLCHAIN", "auto")
    return variables
