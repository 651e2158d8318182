"""Brings photographs into the library: decoder threads decode, the inference thread reads, one photograph a task.

Few photographs are under way at a time, so that a comparison never waits for more than one or two of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.imaging import load_photo, photo_name
from siamgui.core.types import Photo
from siamgui.gui.inference import Found, Inference
from siamgui.gui.photos.sources import UnusablePhoto
from siamgui.gui.tasks import Task, Workers
from siamgui.gui.training.labelling.book import Book
from siamgui.gui.training.labelling.state import Imported, Importing
from siamgui.labelling.import_plan import ImportPlan
from siamgui.storage.label_import import Collected, Taken
from siamgui.storage.label_store import StoredFace

UNDER_WAY = 3
"""Photographs between file and library at a time."""
AskBook = Callable[[Callable[[Book], object]], Task]


class Collector(QObject):
    """One import. progressed: `state` is another one. finished: with an Imported, after the labels are stored."""

    progressed = Signal()
    finished = Signal(object)
    failed = Signal(object)
    """The library could not be written; what was read before is kept."""

    def __init__(
        self, plan: ImportPlan, decoders: Workers, inference: Inference, ask: AskBook, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._plan = plan
        self._decoders = decoders
        self._inference = inference
        self._ask = ask
        self._next = 0
        self._under_way: set[_Reader] = set()
        self._face: dict[Path, StoredFace] = {}
        self._copies: list[Path] = []
        self._unread = 0
        self._started = time.monotonic()
        self._over = False
        self.state = Importing(plan.name, 0, len(plan.photos))

    def start(self) -> None:
        self._go_on()

    @Slot()
    def stop(self) -> None:
        """Read no further; what was read is kept, with its labels."""
        self.state = Importing(self._plan.name, self.state.done, self.state.total, None, True)
        self.progressed.emit()
        self._go_on()

    def _go_on(self) -> None:
        while not self.state.stopping and len(self._under_way) < UNDER_WAY and self._next < len(self._plan.photos):
            reader = _Reader(self._next, self._plan, self._decoders, self._inference, self._ask, self)
            reader.done.connect(self._read)
            self._under_way.add(reader)
            self._next += 1
            reader.start()
        if not self._under_way and not self._over:
            self._over = True
            plan, collected = self._plan, Collected(dict(self._face), 0, tuple(self._copies), ())
            task = self._ask(lambda book: book.finish_import(plan, collected))
            task.succeeded.connect(self._finished)
            task.failed.connect(self.failed)

    @Slot(object)
    def _read(self, reader: _Reader) -> None:
        self._under_way.discard(reader)
        reader.deleteLater()
        if reader.broken is not None and not self._over:
            self._over = True
            self.failed.emit(reader.broken)
        if self._over:
            return
        if reader.face is not None:
            if reader.again:
                self._copies.append(reader.path)
            self._face[reader.path] = reader.face
        else:
            self._unread += 1
        done = self.state.done + 1
        spent = time.monotonic() - self._started
        seconds = spent / done * (self.state.total - done) if done >= 2 * UNDER_WAY else None
        self.state = Importing(self._plan.name, done, self.state.total, seconds, self.state.stopping)
        self.progressed.emit()
        self._go_on()

    @Slot(object)
    def _finished(self, answer: tuple[int, Taken]) -> None:
        new, taken = answer
        name, copies, unread = self._plan.name, len(self._copies), self._unread
        stopped = self._next < len(self._plan.photos)
        self.finished.emit(Imported(name, new, taken.pairs, copies, taken.disputed, taken.alike, unread, stopped))


class _Reader(QObject):
    """The way of one photograph from its file to the library.

    face: as it is there, or None where it could not be used. again: whether a file with its bytes was there before.
    broken: what kept the library from taking it.
    """

    done = Signal(object)

    def __init__(
        self, index: int, plan: ImportPlan, decoders: Workers, inference: Inference, ask: AskBook, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.path = plan.photos[index]
        self.face: StoredFace | None = None
        self.again = False
        self.broken: Exception | None = None
        self._person = plan.persons[index]
        self._decoders, self._inference, self._ask = decoders, inference, ask
        self._photo: Photo | None = None

    def start(self) -> None:
        task = self._decoders.start(partial(load_photo, self.path))
        task.succeeded.connect(self._decoded)
        task.failed.connect(self._unusable)

    @Slot(object)
    def _decoded(self, photo: Photo) -> None:
        self._photo = photo
        sha256, person = photo.sha256, self._person
        self._then(self._ask(lambda book: book.known(sha256, person)), self._looked_up)

    @Slot(object)
    def _looked_up(self, face: StoredFace | None) -> None:
        assert self._photo is not None
        if face is not None:
            self._stored(face)
            return
        task = self._inference.find(self._photo)
        task.succeeded.connect(self._found)
        task.failed.connect(self._unusable)

    @Slot(object)
    def _found(self, found: Found) -> None:
        photo, path, person = self._photo, self.path, self._person
        assert photo is not None
        self._photo = None
        faces = len(found.detection.faces)
        self._then(self._ask(lambda book: book.add(photo, found.reading, faces, path, person)), self._stored)

    @Slot(object)
    def _stored(self, face: StoredFace) -> None:
        self.again = face.path is not None and face.path != str(self.path.absolute())
        self.face = face
        self.done.emit(self)

    @Slot(object)
    def _unusable(self, error: Exception) -> None:
        known = error if isinstance(error, SiamguiError) else UnusablePhoto(name=photo_name(self.path))
        path, text = self.path, str(known)
        self._then(self._ask(lambda book: book.add_problem(path, text)), self._noted)

    @Slot(object)
    def _noted(self) -> None:
        self.done.emit(self)

    def _then(self, task: Task, slot: Callable[..., None]) -> None:
        task.succeeded.connect(slot)
        task.failed.connect(self._broken)

    @Slot(object)
    def _broken(self, error: Exception) -> None:
        self.broken = error
        self.done.emit(self)
