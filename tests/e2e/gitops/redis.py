"""Where redis-server is, which Argo CD keeps its cache in: the one program that nobody builds."""

from __future__ import annotations

import re
import shutil
import subprocess

from tenantry.workspace.files import WorkspaceError

_NAMES = ("redis-server", "valkey-server")
_OLDEST = 6

MISSING = (
    f"redis-server {_OLDEST} or newer is needed and was not found: install it with "
    "`make redis`, or as package redis-server (Debian, Ubuntu) or redis (Homebrew)"
)


def find() -> str:
    """Return the program. Raises WorkspaceError with one line that says how to get it."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise WorkspaceError(MISSING)
    try:
        said = subprocess.run(
            [found, "--version"], capture_output=True, text=True, timeout=60, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise WorkspaceError(f"{found} does not run: {error}") from error
    version = re.search(r"\bv=(\d+)", said)
    if version is None or int(version[1]) < _OLDEST:
        raise WorkspaceError(f"{MISSING} (found: {said.strip() or found})")
    return found


def command(program: str, port: int, folder: str) -> list[str]:
    """Return what starts it: on this machine only, and keeping nothing."""
    return [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", folder]
