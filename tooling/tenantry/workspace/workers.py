"""A second process for half of the tenants, where there are enough of them to pay for it.

The child is forked, so it starts with the facts in memory; only findings, index entries and
counts cross the pipe. Every answer is the same with one process and with two.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

#: Below this many tenants a second process costs more than it saves.
PAYS_FROM = 500

Step = tuple[str, tuple[Any, ...]]


def worker_count(tenants: int, wanted: int | None) -> int:
    """Return 1 or 2: how many processes share the tenants."""
    if not hasattr(os, "fork") or sys.platform == "darwin":
        return 1  # macOS's frameworks do not survive a fork
    if wanted is not None:
        return max(1, min(wanted, 2))
    cores = len(os.sched_getaffinity(0))
    return 2 if tenants >= PAYS_FROM and cores > 1 else 1


@dataclass
class Worker:
    """A forked process that calls methods of `target` when told to."""

    process: ForkProcess
    pipe: Connection

    @classmethod
    def start(cls, target: object) -> Worker:
        """Fork a process that holds `target` as it is now."""
        import multiprocessing  # noqa: PLC0415 - slow to import, and few jobs need it

        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(target, theirs, ours), daemon=True)
        # The child must never hear of Ctrl-C, not even between its start and its first line: the
        # parent does, and closes the pipe.
        heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            process.start()
        finally:
            signal.signal(signal.SIGINT, heard)
        theirs.close()
        return cls(process, ours)

    def begin(self, method: str, *arguments: object) -> None:
        """Tell the process to call a method; `result` waits for it."""
        try:
            self.pipe.send((method, arguments))
        except ConnectionError:
            raise _died() from None

    def result(self) -> Any:  # noqa: ANN401 - whatever the method returns
        """Return what the method returned, or raise what it raised."""
        try:
            succeeded, value = self.pipe.recv()
        except (EOFError, ConnectionError):
            raise _died() from None
        if not succeeded:
            raise value
        return value

    def stop(self) -> None:
        """End the process."""
        self.pipe.close()
        self.process.join(timeout=1)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _died() -> WorkspaceError:
    return WorkspaceError("a worker process ended unexpectedly; run the command again")


def _serve(target: object, pipe: Connection, others: Connection) -> None:
    others.close()
    while True:
        try:
            method, arguments = pipe.recv()
        except EOFError:
            return
        call: Callable[..., Any] = getattr(target, method)
        try:
            answer: tuple[bool, object] = (True, call(*arguments))
        except Exception as error:  # noqa: BLE001 - it is raised again in the parent
            answer = (False, error)
        try:
            pipe.send(answer)
        except ConnectionError:
            return  # the parent is gone, and nobody is left to tell
