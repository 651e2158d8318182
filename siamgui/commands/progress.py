"""A line on standard error that says how far a long command is."""

from __future__ import annotations

import sys
import time

from siamgui.core.i18n import tr


class ProgressLine:
    """Call it with (done, total), of photos or of steps.

    On a terminal the line is rewritten; elsewhere a new one appears now and then.
    """

    def __init__(self, *, steps: bool = False) -> None:
        self._steps = steps
        self._start = self._last = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self._every = 0.2 if self._terminal else 15.0

    def __call__(self, done: int, total: int) -> None:
        if not self._due(last=done == total):
            return
        left = (self._last - self._start) / done * (total - done)
        counts = {"done": f"{done:,}", "total": f"{total:,}", "left": duration(left)}
        text = tr("{done} of {total} photos, {left} left", **counts)
        if self._steps:
            text = tr("{done} of {total} steps, {left} left", **counts)
        self._show(text, last=done == total)

    def _due(self, *, last: bool) -> bool:
        """Whether something is to be shown now."""
        now = time.monotonic()
        due = now - self._last >= self._every or (self._terminal and last)
        self._last = now if due else self._last
        return due

    def _show(self, text: str, *, last: bool) -> None:
        if self._terminal:
            print(f"\r\x1b[K{text}", end="\n" if last else "", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """ "12 s" or "3 min 20 s"."""
    whole = round(seconds)
    if whole < 60:
        return tr("{seconds} s", seconds=whole)
    return tr("{minutes} min {seconds} s", minutes=whole // 60, seconds=whole % 60)
