"""What the user wants of a run that is under way: pause, resume, stop and keep the best, or leave and go on later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import IO

from siamgui.core.errors import Cancelled

GRACE = 0.5
"""Seconds a step may take to end by itself after "cancel"; then leave_now() is called."""


class Control:
    """Words from another thread, asked for by the trainer before every step."""

    def __init__(self, leave_now: Callable[[], None], said: Callable[[bool], None]) -> None:
        """leave_now: ends the process; the state on the disk is whole at any moment. said: whether it now pauses."""
        self._leave_now, self._said = leave_now, said
        self._go_on = threading.Event()
        self._go_on.set()
        self._stop = self._cancel = False
        self._watch: threading.Timer | None = None

    def hear(self, word: str) -> None:
        """One word; whatever is none of them is passed over."""
        if word == "pause":
            self._go_on.clear()
        elif word == "resume":
            self._go_on.set()
        elif word == "stop":
            self._stop = True
            self._go_on.set()
        elif word == "cancel" and not self._cancel:
            self._cancel = True
            self._go_on.set()
            self._watch = threading.Timer(GRACE, self._leave_now)
            self._watch.daemon = True
            self._watch.start()

    def check(self) -> bool:
        """True: end training and keep the best. Waits while paused. Raises Cancelled."""
        if not self._go_on.is_set():
            self._said(True)
            self._go_on.wait()
            self._said(False)
        if self._cancel:
            raise Cancelled
        return self._stop

    def listen(self, stream: IO[str]) -> threading.Thread:
        """Hear the lines of stream on a thread of its own; its end means "cancel": whoever started the run is gone."""

        def read() -> None:
            for line in stream:
                self.hear(line.strip())
            self.hear("cancel")

        thread = threading.Thread(target=read, name="control", daemon=True)
        thread.start()
        return thread

    def done(self) -> None:
        """The run has ended by itself."""
        if self._watch is not None:
            self._watch.cancel()
