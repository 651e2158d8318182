"""The window's one connection to the store: one thread that writes, others that look, and notices of what changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from siamgui.gui.tasks import Target, Task, Workers
from siamgui.storage.errors import LibraryError
from siamgui.storage.pending import Pending
from siamgui.storage.removal_wording import pending_words
from siamgui.storage.store import ALL_TOPICS, Operation, R, Store, Topics
from siamgui.vault.errors import Locked

READERS = 2
LOOK_ELSEWHERE = 1000
"""Milliseconds between two looks at whether another process has changed something, while the window is used."""
REST = 400
"""Milliseconds after a look of a page before it looks at what others change, so that many changes cost few looks."""


@dataclass(frozen=True, slots=True)
class Condition:
    """trouble: what keeps anything from being saved. pending: what was removed and is not gone yet."""

    trouble: LibraryError | None = None
    pending: frozenset[Pending] = frozenset()

    @property
    def words(self) -> tuple[str, ...]:
        trouble = () if self.trouble is None else (str(self.trouble),)
        return (*trouble, *pending_words(self.pending))


class WindowStore(QObject):
    """ask() from the GUI thread; nothing is opened before that."""

    changed = Signal(object)
    """Topics that may be others now, whoever changed them; it comes before the answer to who did."""
    condition_changed = Signal()
    """`condition` is another one."""
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
        self._closed: threading.Event | None = None
        self.condition = Condition()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_ELSEWHERE)
        self._timer.timeout.connect(self._look_elsewhere)

    def ask(self, operation: Operation[R], then: Callable[[R], object] | None = None) -> Task:
        """Carry out one operation; its result is what the task succeeds with.

        then: makes something else of the result, on the thread of the operation. Changes are made in the order in which
        they were asked for. Who looks after a change has succeeded sees it.
        """
        if not self._timer.isActive() and self._closed is None:
            self._timer.start()
        workers = self._writer if operation.changes else self._readers
        return workers.start(lambda: self._do(operation) if then is None else then(self._do(operation)))

    def _do(self, operation: Operation[R]) -> R:
        if self._closed is not None and self._closed.is_set():  # asked for by something that was already to go
            raise Locked
        return self._store.do(operation)

    @property
    def lent(self) -> Store:
        """For a thread of its own with long work, which must have ended before retire() is called."""
        return self._store

    def retire(self) -> threading.Event:
        """Have every change that was asked for written and then the file closed; the event is set when that is done.

        What is only looked at is cancelled. stop() is to follow.
        """
        if self._closed is None:
            self._closed = threading.Event()
            self._timer.stop()
            self._readers.dismiss()
            self._writer.start(self._close)
        return self._closed

    def alone(self, work: Callable[[], object]) -> Task:
        """Have work done, on the writing thread, while nothing of the library is open; then all pages look again."""
        return self._writer.start(lambda: self._store.alone(work))

    def stop(self) -> None:
        """The same, and wait for it."""
        self.retire().wait()
        self._writer.stop()

    def look_anew(self) -> None:
        """Everything may be others now, or can be looked at again."""
        self.changed.emit(ALL_TOPICS)

    def _close(self) -> None:
        assert self._closed is not None
        try:
            self._readers.join()
            self._store.close()
        finally:
            self._closed.set()

    @Slot()
    def _look_elsewhere(self) -> None:
        if self._elsewhere is None:
            active = QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive
            self._elsewhere = self._writer.start(lambda: self._look_after(active))
            self._elsewhere.succeeded.connect(self._condition_known)
            self._elsewhere.finished.connect(self._looked_elsewhere)

    def _look_after(self, active: bool) -> Condition:
        """On the writing thread. active: whether anybody would see what others have changed."""
        if active:
            self._store.look_elsewhere()
        if self._store.pending:
            with suppress(LibraryError):  # next time
                self._store.settle()
        return Condition(self._store.trouble(), self._store.pending)

    @Slot(object)
    def _condition_known(self, condition: Condition) -> None:
        if repr(condition) != repr(self.condition):
            self.condition = condition
            self.condition_changed.emit()

    @Slot()
    def _looked_elsewhere(self) -> None:
        self._elsewhere = None


class StoreView(QObject):
    """What a page shows of the store, looked up again whenever it may have changed.

    One look at a time: what changes meanwhile is looked at afterwards, what others change after a REST, what the page
    changes by do() at once.
    """

    _seen = Signal(object)
    _failed = Signal(object)
    busy_changed = Signal()

    def __init__(
        self,
        store: WindowStore,
        topics: Topics,
        look: Callable[[], Task],
        seen: Target,
        failed: Target,
        parent: QObject | None = None,
    ) -> None:
        """Idle until the first look().

        topics: what it depends on. look: asks the store, each time anew. seen: is told what was found. failed: is told
        why it could not be looked up.
        """
        super().__init__(parent)
        self._store = store
        self._topics = topics
        self._look = look
        self._task: Task | None = None
        self._again = self._wanted = self._owed = self._was_busy = False
        self._changing = 0
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._rested)
        self._missed = False
        self.opened = False
        """Whether anything has been seen yet."""
        self._seen.connect(seen)
        self._failed.connect(failed)
        store.changed.connect(self._changed)

    @property
    def busy(self) -> bool:
        """Whether something that the page has asked for has not been done and seen yet."""
        return self._changing > 0 or self._owed

    @Slot()
    def look(self) -> None:
        """Now, and from now on after every change."""
        self._wanted = self._owed = True
        self._start()
        self._tell_busy()

    def do(self, operation: Operation[R], then: Callable[[R], object] | None = None) -> Task:
        """Carry out a change, as WindowStore.ask() does; busy until what has become of it has been seen too."""
        self._changing += 1
        task = self._store.ask(operation, then)
        task.finished.connect(self._did)
        self._tell_busy()
        return task

    @Slot()
    def _did(self) -> None:
        self._changing -= 1
        self.look()

    @Slot(object)
    def _changed(self, topics: Topics) -> None:
        if not self._wanted or self._changing or not topics & self._topics:
            return
        if self._task is not None or self._rest.isActive():
            self._missed = True
        else:
            self._start()

    @Slot()
    def _rested(self) -> None:
        if self._missed:
            self._start()

    def _start(self) -> None:
        if self._task is not None:
            self._again = True
            return
        self._again = self._missed = False
        self._task = self._look().on(self._looked, self._not_looked)

    @Slot(object)
    def _looked(self, found: object) -> None:
        self._next()
        self.opened = True
        self._seen.emit(found)
        self._tell_busy()

    @Slot(object)
    def _not_looked(self, error: Exception) -> None:
        self._next()
        self._failed.emit(error)
        self._tell_busy()

    def _next(self) -> None:
        self._task = None
        if self._again:
            self._start()
        else:
            self._owed = False
            self._rest.start()

    def _tell_busy(self) -> None:
        if self._was_busy != self.busy:
            self._was_busy = self.busy
            self.busy_changed.emit()
