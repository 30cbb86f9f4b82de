"""A count that two processes keep together: how much of the work both have done so far."""

from __future__ import annotations

import mmap

_SIZE = 8


class Counter:
    """A place to count in for each process. Made before the fork, and shared from then on."""

    def __init__(self, processes: int) -> None:
        # Each process writes its own place only, so nothing has to be locked.
        self._places = memoryview(mmap.mmap(-1, processes * _SIZE)).cast("Q")
        self._told = 0

    def add(self, place: int, done: int) -> None:
        """Count `done` more for the process of this place."""
        self._places[place] += done

    def news(self) -> int:
        """Return what all have done since this was last asked. One process alone asks."""
        told, self._told = self._told, sum(self._places)
        return self._told - told
