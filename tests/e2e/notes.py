"""Lines for the end of a run: what was counted and measured, in whichever process it was.

Owns how they travel from the processes of `pytest -n` to the one that prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_NOTES = pytest.StashKey[list[str]]()
_KEY = "tenantry_notes"


def of(config: pytest.Config) -> list[str]:
    """Return the lines so far; whoever has one to add appends it."""
    return config.stash.setdefault(_NOTES, [])


def send(config: pytest.Config) -> None:
    """Hand this process's lines to the one that prints; nothing to do where they are the same."""
    output: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if output is not None:
        output[_KEY] = of(config)


def receive(config: pytest.Config, output: dict[str, Any]) -> None:
    """Add the lines of a process that is done."""
    of(config).extend(output.get(_KEY, ()))


def writer(request: pytest.FixtureRequest, about: str) -> Callable[[str], None]:
    """Return what takes a line about something."""
    return lambda line: of(request.config).append(f"{about}: {line}")
