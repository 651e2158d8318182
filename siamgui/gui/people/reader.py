"""From files and pictures to candidates: decoder threads decode, the inference thread reads, one at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.gui.inference import Found, Inference
from siamgui.gui.people.state import Candidate
from siamgui.gui.photos.embedder import Share
from siamgui.gui.photos.sources import Decoded, Source, UnusablePhoto, decode
from siamgui.gui.tasks import Task, Workers

if TYPE_CHECKING:
    from siamgui.core.types import FaceReading, Photo


class Reader(QObject):
    """Takes photographs in the order in which they are added; answers each with read or refused."""

    read = Signal(object)
    """Candidate"""
    refused = Signal(object)
    """SiamguiError: why a photograph cannot be used."""
    finished = Signal()
    """Nothing is waiting any more."""

    def __init__(self, decoders: Workers, inference: Inference, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._decoders = decoders
        self._inference = inference
        self._waiting: deque[Source] = deque()
        self._task: Task | None = None
        self._name = ""
        self._photo: Photo | None = None
        self._done = 0

    @property
    def share(self) -> Share | None:
        """How far it has come; None when idle."""
        if self._task is None and not self._waiting:
            return None
        return Share(self._done, self._done + len(self._waiting) + (self._task is not None))

    def add(self, sources: Sequence[Source]) -> None:
        """Read these after those that are waiting already."""
        self._waiting.extend(sources)
        self.go_on()

    @Slot()
    def stop(self) -> None:
        """Forget what is waiting, and the answer that is on its way."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._done = 0

    @Slot()
    def go_on(self) -> None:
        """With what is waiting; harmless at any time. Waits for an engine."""
        if self._task is not None or self._inference.current is None:
            return
        if not self._waiting:
            self._done = 0
            return
        source = self._waiting.popleft()
        self._name = source.name
        self._start(self._decoders.start(partial(decode, source)), self._decoded)

    def _start(self, task: Task, succeeded: object) -> None:
        self._task = task
        task.succeeded.connect(succeeded)
        task.failed.connect(self._failed)

    @Slot(object)
    def _decoded(self, decoded: Decoded) -> None:
        self._photo = decoded.photo
        self._start(self._inference.find(decoded.photo), self._found)

    @Slot(object)
    def _found(self, found: Found) -> None:
        photo, self._photo = self._photo, None
        assert photo is not None
        work = partial(make_candidate, photo, found.reading, len(found.detection.faces))
        self._start(self._decoders.start(work), self._pictured)

    @Slot(object)
    def _pictured(self, candidate: Candidate) -> None:
        self._next()
        self.read.emit(candidate)
        self._end()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._photo = None
        self._next()
        self.refused.emit(error if isinstance(error, SiamguiError) else UnusablePhoto(name=self._name))
        self._end()

    def _next(self) -> None:
        self._task = None
        self._done += 1

    def _end(self) -> None:
        self.go_on()
        if self._task is None and not self._waiting:
            self.finished.emit()


def make_candidate(photo: Photo, reading: FaceReading, faces: int) -> Candidate:
    """For worker threads. Raises PhotoTooPoor."""
    from siamgui.storage.people_store import check_quality
    from siamgui.storage.people_view import TILE
    from siamgui.storage.pictures import picture_of, square_of

    check_quality(photo, reading)
    return Candidate(photo, reading, faces, square_of(picture_of(photo.pixels, reading.face), TILE))
