"""How far long work is, and whether it is still wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable

from siamgui.core.errors import Cancelled

Progress = Callable[[int, int], None]


class Steps:
    """Told to whoever waits: (done, total) after each part; raises Cancelled once stop is set."""

    def __init__(self, progress: Progress | None = None, stop: threading.Event | None = None) -> None:
        self._progress = progress
        self._stop = stop
        self.done = self.total = 0

    def begin(self, total: int) -> None:
        self.done, self.total = 0, max(total, 1)

    def __call__(self, count: int = 1) -> None:
        """count: how many parts are done with. Raises Cancelled."""
        if self._stop is not None and self._stop.is_set():
            raise Cancelled
        self.done = min(self.done + count, self.total)
        if self._progress is not None:
            self._progress(self.done, self.total)
