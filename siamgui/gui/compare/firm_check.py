"""Tries the pair that is compared under small changes of its photographs, behind the window, one change at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.types import Change, FaceReading, Firmness, PhotoReading, Side, Strictness
from siamgui.gui.inference import Inference
from siamgui.gui.tasks import Task

Found = Mapping[Strictness, Firmness]


class FirmCheck(QObject):
    """One pair at a time. Between two changes others get their turn at the engine; a face that was tried is not again.

    What was asked of the engine before counts for as long as its readings do: another engine makes others.
    """

    done = Signal()
    """found() has an answer, or it failed."""

    def __init__(self, inference: Inference, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inference = inference
        self._pair: tuple[PhotoReading, PhotoReading] | None = None
        self._tried: dict[FaceReading, dict[Change, FaceReading]] = {}
        self._at: tuple[FaceReading, Change] | None = None  # what is being read
        self._task: Task | None = None
        self._found: tuple[FaceReading, FaceReading, Found] | None = None
        self._failed_for: tuple[FaceReading, FaceReading] | None = None

    def found(self, left: FaceReading, right: FaceReading) -> Found | None:
        """At each strictness; None while it is not known."""
        if self._found is None or self._found[0] is not left or self._found[1] is not right:
            return None
        return self._found[2]

    def failed(self, left: FaceReading, right: FaceReading) -> bool:
        """Whether this pair could not be tried: its verdict stands as it is."""
        pair = self._failed_for
        return pair is not None and pair[0] is left and pair[1] is right

    def check(self, left: PhotoReading, right: PhotoReading) -> None:
        """Find out; of the pair that is asked for already, or known, nothing is asked again."""
        if self._pair is not None and self._pair[0] is left and self._pair[1] is right:
            return
        self.stop()
        self._pair, self._failed_for = (left, right), None
        kept = (left.reading, right.reading)
        self._tried = {reading: self._tried.get(reading, {}) for reading in kept}
        if self.found(*kept) is None:
            self._next()

    def stop(self) -> None:
        """Nothing is asked any more; what was tried of the faces stays for when they come back."""
        self._pair = None
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _next(self) -> None:
        """One more change of one face, or what all of them say once there is none left."""
        from siamgui.core.firmness import changes_of, firmness, read_changed

        assert self._pair is not None
        for read in self._pair:
            left_over = [one for one in changes_of(read.reading.face) if one not in self._tried[read.reading]]
            if left_over:
                self._at = read.reading, left_over[0]
                work = partial(read_changed, photo=read.photo, face=read.reading.face, change=left_over[0])
                self._task = self._inference.ask(work).on(self._read, self._not_read)
                return
        left, right = (read.reading for read in self._pair)
        changed = {Side.LEFT: dict(self._tried[left]), Side.RIGHT: dict(self._tried[right])}
        self._task = self._inference.ask(
            lambda engine: {at: firmness(engine.calibration, left, right, changed, at) for at in Strictness}
        ).on(self._judged, self._not_read)

    @Slot(object)
    def _read(self, changed: FaceReading) -> None:
        if self._pair is not None and self._at is not None:
            reading, change = self._at
            self._tried[reading][change] = changed
            self._next()

    @Slot(object)
    def _judged(self, found: Found) -> None:
        if self._pair is not None:
            self._task = None
            self._found = (self._pair[0].reading, self._pair[1].reading, found)
            self.done.emit()

    @Slot(object)
    def _not_read(self, error: Exception) -> None:
        self._task = None
        if self._pair is not None:
            self._failed_for = (self._pair[0].reading, self._pair[1].reading)
            self.done.emit()
