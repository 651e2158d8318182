"""Brings photographs into the library, each with what the plan of an import says of it.

Few photographs are under way at a time, so that a comparison never waits for more than one or two of them.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.types import Photo, PhotoReading
from siamgui.gui.inference import Inference
from siamgui.gui.photos.reader import PhotoReader
from siamgui.gui.photos.sources import Source
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Task, Workers
from siamgui.labelling.import_plan import ImportPlan
from siamgui.labelling.types import Imported, Importing
from siamgui.storage.label_import import Collected, Taken
from siamgui.storage.label_operations import AddProblem
from siamgui.storage.label_store import StoredFace
from siamgui.storage.labelling_session import FindForImport, FinishImport, ImportFace, LabellingSession
from siamgui.storage.store import Operation, R

UNDER_WAY = 3
"""Photographs between file and library at a time."""


class Collector(QObject):
    """One import. progressed: `state` is another one. finished: with an Imported, after the labels are stored."""

    progressed = Signal()
    finished = Signal(object)
    failed = Signal(object)
    """The library could not be written; what was read before is kept."""

    def __init__(
        self,
        plan: ImportPlan,
        store: WindowStore,
        session: LabellingSession,
        decoders: Workers,
        inference: Inference,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._plan = plan
        self._person = dict(zip(plan.photos, plan.persons, strict=True))
        self._inference = inference
        self._store = store
        self._session = session
        self._reader = PhotoReader(decoders, inference, self._known, self._keep, UNDER_WAY, self)
        self._reader.read.connect(self._stored)
        self._reader.refused.connect(self._refused)
        self._reader.finished.connect(self._all_read)
        self._face: dict[Path, StoredFace] = {}
        self._copies: list[Path] = []
        self._unread = 0
        self._over = self._broke_off = False
        self._started = time.monotonic()
        self.state = Importing(plan.name, 0, len(plan.photos))

    def start(self) -> None:
        self._reader.add(self._plan.photos)

    @Slot()
    def stop(self) -> None:
        """Read no further; what was read is kept, with its labels."""
        self.state = replace(self.state, seconds=None, stopping=True)
        self.progressed.emit()
        self._reader.end()
        if self._inference.current is None:  # those under way would wait for it
            self._reader.stop()
        if self._reader.share is None:
            self._all_read()

    # One photograph.

    def _known(self, path: Source, photo: Photo) -> Task:
        """The face of a photograph with the same bytes, if it is there and nothing new is said of it."""
        assert isinstance(path, Path)
        ready = self._inference.current
        encoder = ready.info.encoder if ready is not None else ""
        return self._do(FindForImport(self._session, photo.sha256, self._person[path], encoder))

    def _keep(self, path: Source, read: PhotoReading) -> Task:
        assert isinstance(path, Path)
        faces, person = len(read.detection.faces), self._person[path]
        return self._do(ImportFace(self._session, read.photo, read.reading, faces, path, person))

    @Slot(object, object)
    def _stored(self, face: StoredFace, path: Path) -> None:
        if face.path is not None and face.path != str(path.absolute()):
            self._copies.append(path)
        self._face[path] = face
        self._went_on()

    @Slot(object, object)
    def _refused(self, error: SiamguiError, path: Path) -> None:
        self._do(AddProblem(path, str(error)))
        self._unread += 1
        self._went_on()

    def _went_on(self) -> None:
        done = self.state.done + 1
        spent = time.monotonic() - self._started
        seconds = spent / done * (self.state.total - done) if done >= 2 * UNDER_WAY else None
        self.state = replace(self.state, done=done, seconds=seconds)
        self.progressed.emit()

    # The end.

    @Slot()
    def _all_read(self) -> None:
        if self._over:
            return
        self._over = True
        collected = Collected(dict(self._face), 0, tuple(self._copies), ())
        self._do(FinishImport(self._session, self._plan, collected)).on(self._finished)

    @Slot(object)
    def _finished(self, answer: tuple[int, Taken]) -> None:
        new, taken = answer
        plan, copies, unread = self._plan, len(self._copies), self._unread
        stopped = self.state.done < self.state.total
        counts = (new, taken.pairs, copies, taken.disputed, taken.alike, unread, plan.skipped)
        self.finished.emit(Imported(plan.name, *counts, stopped))

    def _do(self, operation: Operation[R]) -> Task:
        return self._store.ask(operation).on(failed=self._broken)

    @Slot(object)
    def _broken(self, error: Exception) -> None:
        self._reader.stop()
        if not self._broke_off:
            self._over = self._broke_off = True
            self.failed.emit(error)
