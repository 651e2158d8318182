"""The window's one connection to the store: one thread that writes, others that look, and notices of what changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from siamgui.gui.tasks import Task, Workers
from siamgui.storage.store import Operation, R, Store, Topics

READERS = 2
LOOK_ELSEWHERE = 1000
"""Milliseconds between two looks at whether another process has changed something, while the window is used."""


class WindowStore(QObject):
    """ask() from the GUI thread; nothing is opened before that."""

    changed = Signal(object)
    """Topics that may be others now, whoever changed them; it comes before the answer to who did."""
    _noticed = Signal(object)

    def __init__(self, parent: QObject | None = None, path: Path | None = None) -> None:
        """path: as in Store."""
        super().__init__(parent)
        self._store = Store(path)
        self._store.listen(self._noticed.emit)
        self._noticed.connect(self.changed, Qt.ConnectionType.QueuedConnection)
        self._writer = Workers(1, "store", self)
        self._readers = Workers(READERS, "store reader", self)
        self._elsewhere: Task | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_ELSEWHERE)
        self._timer.timeout.connect(self._look_elsewhere)

    def ask(self, operation: Operation[R]) -> Task:
        """Carry out one operation; its result is what the task succeeds with.

        Changes are made in the order in which they were asked for. Who looks after a change has succeeded sees it.
        """
        if not self._timer.isActive():
            self._timer.start()
        workers = self._writer if operation.changes else self._readers
        return workers.start(partial(self._store.do, operation))

    def stop(self) -> None:
        """Let every change that was asked for be written, then close the file and end the threads."""
        self._timer.stop()
        self._readers.stop()
        written = threading.Event()
        self._writer.start(written.set)
        written.wait()
        self._writer.stop()
        self._store.close()

    @Slot()
    def _look_elsewhere(self) -> None:
        if self._elsewhere is None and QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive:
            self._elsewhere = self._writer.start(self._store.look_elsewhere)
            self._elsewhere.finished.connect(self._looked_elsewhere)

    @Slot()
    def _looked_elsewhere(self) -> None:
        self._elsewhere = None


class StoreView(QObject):
    """What a page shows of the store, looked up again whenever it may have changed.

    One look at a time: what changes meanwhile is looked at afterwards, so that many changes do not cost many looks.
    """

    seen = Signal(object)
    """What the operation found."""
    failed = Signal(object)

    def __init__(
        self, store: WindowStore, topics: Topics, operation: Callable[[], Operation[R]], parent: QObject | None = None
    ) -> None:
        """topics: what it depends on. operation: makes the request, each time anew. Idle until the first look()."""
        super().__init__(parent)
        self._store = store
        self._topics = topics
        self._operation = operation
        self._task: Task | None = None
        self._again = False
        self._wanted = False
        store.changed.connect(self._changed)

    @property
    def looking(self) -> bool:
        """Whether something newer than what was seen is on its way."""
        return self._task is not None

    @Slot()
    def look(self) -> None:
        """Now, and from now on after every change."""
        self._wanted = True
        if self._task is not None:
            self._again = True
            return
        self._again = False
        self._task = self._store.ask(self._operation())
        self._task.succeeded.connect(self._seen)
        self._task.failed.connect(self._failed)

    @Slot(object)
    def _changed(self, topics: Topics) -> None:
        if self._wanted and topics & self._topics:
            self.look()

    @Slot(object)
    def _seen(self, found: object) -> None:
        self._next()
        self.seen.emit(found)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._next()
        self.failed.emit(error)

    def _next(self) -> None:
        self._task = None
        if self._again:
            self.look()
