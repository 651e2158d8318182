"""Folders that are read one after another, on a thread of their own; it can rest at any moment, and go on."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance, Slot

from siamgui.core.errors import Cancelled
from siamgui.gui.inference import Inference, Ready
from siamgui.gui.search.lent_engine import LentEngine
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Task, Workers
from siamgui.storage.store import Store

if TYPE_CHECKING:
    from siamgui.search.values import ReadingDone, ReadingState

JOBS = 2
"""Photographs that are decoded at a time; the window wants something of the machine too."""


class FolderReading(QObject):
    """current: the folder that is being read, and state how far that is; waiting: what comes after it.

    paused: what was interrupted, until it is read. notes: what the last readings did, by folder.
    """

    changed = Signal()
    ended = Signal()
    """No folder is being read any more."""
    failed = Signal(object)
    """The exception: why a folder was not read to its end."""
    _told = Signal(object)

    def __init__(self, store: WindowStore, inference: Inference, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._inference = store, inference
        self._workers: Workers | None = None
        self._stop = threading.Event()
        self._task: Task | None = None
        self.current: Path | None = None
        self.state: ReadingState | None = None
        self.waiting: tuple[Path, ...] = ()
        self.paused: tuple[Path, ...] = ()
        self.pausing = False
        self.notes: dict[Path, ReadingDone] = {}
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        inference.loading.connect(self._engine_gone)
        inference.when_ready(self._ready)

    @Slot(object)
    def read(self, folders: tuple[Path, ...]) -> None:
        """After those that are waiting already. folders: as os.path.realpath() gives them."""
        new = [one for one in folders if one not in self.waiting and (one != self.current or self.pausing)]
        self.waiting = (*self.waiting, *dict.fromkeys(new))
        self._next()

    def pause(self) -> None:
        """What was read is kept; it comes to rest after the photographs that are being read."""
        if self.current is not None and not self.pausing:
            self.paused = tuple(dict.fromkeys((*self.paused, self.current, *self.waiting)))
            self.waiting = ()
            self._halt()

    def drop(self, folder: Path) -> None:
        """It is not wanted any more."""
        self.waiting = tuple(one for one in self.waiting if one != folder)
        self.paused = tuple(one for one in self.paused if one != folder)
        self.notes.pop(folder, None)
        if folder == self.current:
            self._halt()
        self.changed.emit()

    def stop(self) -> None:
        """And wait until the photograph that is being read is done."""
        self.waiting = ()
        self._stop.set()
        if self._workers is not None:
            self._workers.stop()

    def _halt(self) -> None:
        self.pausing = True
        self._stop.set()
        self.changed.emit()

    def _next(self) -> None:
        ready = self._inference.current
        if self.current is None and self.waiting and ready is not None:
            self.current, *rest = self.waiting
            self.waiting = tuple(rest)
            self.paused = tuple(one for one in self.paused if one != self.current)
            self.notes.pop(self.current, None)
            self._stop = threading.Event()
            if self._workers is None:
                self._workers = Workers(1, "reading", self)
            engine = LentEngine(self._inference, ready, self._stop)
            work = partial(_read, self._store.lent, engine, self.current, self._told, self._stop)
            self._task = self._workers.start(work).on(self._done, self._not_done)
        self.changed.emit()

    @Slot(object)
    def _tell(self, state: ReadingState) -> None:
        if self._task is not None:
            self.state = state
            self.changed.emit()

    @Slot(object)
    def _done(self, done: ReadingDone) -> None:
        self.paused = tuple(one for one in self.paused if one != self.current)
        self.notes[done.collection.folder] = done
        self._over()

    @Slot(object)
    def _not_done(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self.failed.emit(error)
        self._over()

    def _over(self) -> None:
        self._task = self.current = self.state = None
        self.pausing = False
        if self.waiting:
            self._next()
        else:
            self.changed.emit()
        if self.current is None:
            self.ended.emit()

    @Slot()
    def _engine_gone(self) -> None:
        """What is not read yet is read by the next one."""
        if self.current is not None and not self.pausing:
            self.waiting = (self.current, *self.waiting)
            self._halt()

    @Slot(object)
    def _ready(self, _ready: Ready) -> None:
        self._next()


def _read(store: Store, engine: LentEngine, folder: Path, told: SignalInstance, stop: threading.Event) -> ReadingDone:
    """On the reading thread."""
    from siamgui.search.reading import collection_of, read_collection

    collection = collection_of(store, folder, engine.encoder.key)
    return read_collection(store, engine, collection, jobs=JOBS, told=told.emit, stop=stop)
