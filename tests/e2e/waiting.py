"""Waiting for what a control plane does by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def wait(ready: Callable[[], bool], what: str, seconds: float = 60, pause: float = 0.05) -> None:
    """Wait until `ready`, asked after each `pause`; fail with the name of what did not happen."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"{what}: not there after {seconds:.0f} s"
        time.sleep(pause)
