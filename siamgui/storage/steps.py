"""How far long work is, and whether it is still wanted."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from siamgui.core.errors import Cancelled

Progress = Callable[[int, int], None]


_EVERY = 0.05
"""Seconds between two words about it: a row is often done in less than anybody can see."""


class Steps:
    """Told to whoever waits: (done, total) at most every 50 ms, and the last; raises Cancelled once stop is set."""

    def __init__(self, progress: Progress | None = None, stop: threading.Event | None = None) -> None:
        self._progress = progress
        self._stop = stop
        self.done = self.total = 0
        self._told, self._told_at = -1, -math.inf

    def begin(self, total: int) -> None:
        self.done, self.total = 0, max(total, 1)
        self._told, self._told_at = -1, -math.inf

    def __call__(self, count: int = 1) -> None:
        """count: how many parts are done with. Raises Cancelled."""
        if self._stop is not None and self._stop.is_set():
            raise Cancelled
        self.done = min(self.done + count, self.total)
        at = time.monotonic()
        due = self.done == self.total or at - self._told_at >= _EVERY
        if self._progress is not None and due and self.done != self._told:
            self._told, self._told_at = self.done, at
            self._progress(self.done, self.total)
