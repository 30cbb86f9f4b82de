"""Processes of a test session: started with a log each, ended by their own id, never by name."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

#: Seconds that a process gets to end by itself.
_GRACE = 5
_PR_SET_PDEATHSIG = 1
_PORTS = (20_000, 32_000)
#: Go collects its garbage less often: memory for time, within bounds.
_GO = {"GOGC": "400", "GOMEMLIMIT": "3GiB"}
#: The same for a program that ends soon.
GO_BRIEFLY = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}


class NotStartedError(Exception):
    """A process died or did not become ready. One line of text that names its log."""


def free_port() -> int:
    """Return a port on this machine that nobody listens on.

    Not one of those that the machine gives to connections: one would take it meanwhile.
    """
    while True:
        port = random.randrange(*_PORTS)  # noqa: S311 - no secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class Processes:
    """The processes that were started, in that order."""

    folder: Path
    _running: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(
        self, name: str, words: Sequence[str], variables: Mapping[str, str] | None = None
    ) -> None:
        """Start a process that writes to its own log."""
        with self.log(name).open("wb") as log:
            process = subprocess.Popen(
                list(words),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**(os.environ if variables is None else variables), **_GO},
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one thread starts all of them
            )
        self._running.append((name, process))

    def wait(self, name: str, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until `ready`. Raises NotStartedError where the process dies or takes too long."""
        end = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > end:
                raise NotStartedError(
                    f"{name} was not ready after {seconds:.0f} s: {self._last_words(name)}"
                )
            time.sleep(0.1)

    def check(self) -> None:
        """Raise NotStartedError for a process that died."""
        for name, process in self._running:
            code = process.poll()
            if code is not None:
                raise NotStartedError(f"{name} ended with code {code}: {self._last_words(name)}")

    def ids(self) -> list[int]:
        """Return the process ids, in the order of their start."""
        return [process.pid for _, process in self._running]

    def stop(self) -> None:
        """End all of them, the last one first, and wait until they are gone."""
        while self._running:
            _, process = self._running.pop()
            process.terminate()
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log(self, name: str) -> Path:
        """Return the log of a process."""
        return self.folder / f"{name}.log"

    def _last_words(self, name: str) -> str:
        lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        last = next((line for line in reversed(lines) if line.strip()), "it wrote nothing")
        return f"{last[:300]} (log: {self.log(name)})"


def _die_with_parent() -> None:
    """Let the kernel end this process when the test session dies, however it dies (Linux only).

    At once: an API server that is asked to end, and whose etcd is gone already, waits for it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
