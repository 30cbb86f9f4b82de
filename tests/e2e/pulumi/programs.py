"""The programs of Pulumi: engine and command line, and the language host for Python.

Owns how the language host is put together. The version of its own that Pulumi releases is no Go
module that can be had; the last one that was part of the SDK's module is, and it speaks with the
engine of today. The script that it starts is that of today's SDK.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.repository import ROOT

from tenantry import layout
from tenantry.workspace import cache, gomodules, toolchain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SDK = "github.com/pulumi/pulumi/sdk/v3"
_HOST = "pulumi-language-python"
_SCRIPT = f"{_HOST}-exec"


@dataclass(frozen=True)
class Programs:
    """Where they are."""

    pulumi: Path
    host: Path
    """Folder of the language host, to be put on PATH."""


def find(tell: Callable[[str], None]) -> Programs:
    """Find both; build them where they are not at hand."""
    return Programs(toolchain.find(ROOT, "pulumi", tell), _language_host(tell))


def _language_host(tell: Callable[[str], None]) -> Path:
    source = ROOT / layout.BINARIES / _HOST
    key = cache.key((source / "go.mod").read_bytes(), (source / "go.sum").read_bytes())
    folder: Path = cache.folder("binaries") / f"{_HOST}-{key}"
    if not (folder / _SCRIPT).is_file():
        tell(f"building {_HOST}: done once, takes a minute")
        with cache.replacing(folder) as scratch:
            gomodules.build(source, f"{_SDK}/python/cmd/{_HOST}", scratch / _HOST, [])
            shutil.copyfile(_script(), scratch / _SCRIPT)
            (scratch / _SCRIPT).chmod(0o755)
    return folder


def _script() -> Path:
    """Return the script of the SDK that the engine is built with."""
    sums = (ROOT / layout.BINARIES / "pulumi" / "go.sum").read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(_SDK)} (v\S+) (h1:\S+)$", sums, re.MULTILINE)
    assert found is not None, "go.sum of pulumi names no SDK"
    module = gomodules.Module(_SDK, found[1], found[2])
    return gomodules.files_of([module])[_SDK] / "python" / "cmd" / _SCRIPT


def on_path(programs: Programs) -> str:
    """Return a PATH with our Python, the command line and the language host first."""
    own = (ROOT / ".venv" / "bin", programs.pulumi.parent, programs.host)
    return os.pathsep.join([*map(str, own), os.environ["PATH"]])
