"""Runs Git, with every setting and variable fixed that could change bytes. `repository` asks."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tenantry.publication import printable
from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Seconds that one call may take. The longest writes the first tree of 10,000 tenants: 20 s.
TIMEOUT = 600

#: Variables that would point Git at another repository, index or object store than `root`
#: (`git rev-parse --local-env-vars`), or change what a commit id or a path means. Settings that
#: a build server passes in for its login (GIT_CONFIG_COUNT, GIT_SSH_COMMAND) stay.
_DROPPED = frozenset(
    f"GIT_{name}"
    for name in (
        "DIR",
        "WORK_TREE",
        "IMPLICIT_WORK_TREE",
        "INDEX_FILE",
        "OBJECT_DIRECTORY",
        "ALTERNATE_OBJECT_DIRECTORIES",
        "COMMON_DIR",
        "NAMESPACE",
        "PREFIX",
        "GRAFT_FILE",
        "SHALLOW_FILE",
        "REPLACE_REF_BASE",
        "ATTR_SOURCE",
        "GLOB_PATHSPECS",
        "NOGLOB_PATHSPECS",
        "ICASE_PATHSPECS",
        "AUTHOR_DATE",
        "COMMITTER_DATE",
        "QUARANTINE_PATH",
    )
)

_FIXED = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    # refs/replace would show another content than the one that a commit id stands for.
    "GIT_NO_REPLACE_OBJECTS": "1",
}

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    # Its shared half would be written beside the user's own index.
    "core.splitIndex=false",
    "core.ignoreCase=false",
    "commit.gpgSign=false",
    "push.gpgSign=false",
    "i18n.commitEncoding=UTF-8",
    "gc.auto=0",
    "maintenance.auto=false",
)

_CREDENTIALS = re.compile(r"//[^/@\s]*@")


class GitError(WorkspaceError):
    """Git itself failed. One line, for a person."""


@dataclass(frozen=True)
class Git:
    """Git in the folder `root`, to which all paths are relative."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables for every call beside those of this process."""
    durable: bool = True
    """Whether objects are on the disk before a branch names them, also after a power cut."""

    def attempt(
        self,
        *arguments: str,
        feed: bytes = b"",
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run Git and return what became of it, failure included."""
        try:
            return subprocess.run(  # noqa: S603 - a list, no shell; names follow "--"
                self.command(*arguments),
                check=False,
                capture_output=True,
                timeout=TIMEOUT,
                env=self.variables(variables),
                input=feed,
            )
        except FileNotFoundError as error:
            raise GitError("the program git is not installed, or not on the PATH") from error
        except subprocess.TimeoutExpired as error:
            raise GitError(f"git {arguments[0]} did not end within {TIMEOUT} seconds") from error

    def run(
        self,
        *arguments: str,
        feed: bytes = b"",
        variables: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run Git and return what it printed."""
        result = self.attempt(*arguments, feed=feed, variables=variables)
        if result.returncode:
            raise GitError(f"git {arguments[0]} failed: {complaint(result.stderr)}")
        return result.stdout

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of a call, with every setting that could change bytes fixed."""
        fsync = f"core.fsync={'committed' if self.durable else 'none'}"
        settings = [word for setting in (*_SETTINGS, fsync) for word in ("-c", setting)]
        return ["git", "-C", str(self.root), *settings, *arguments]

    def variables(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a call."""
        kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
        return {**kept, **_FIXED, **self.environment, **(more or {})}


def complaint(stderr: bytes) -> str:
    """Return the first thing that Git complains of, as one line without a password in it."""
    lines = stderr.decode("utf-8", "replace").splitlines()
    found = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    text = found[0].strip() if found else "it gave no reason"
    return _CREDENTIALS.sub("//", printable(text))
