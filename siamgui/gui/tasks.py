"""The one seam between the GUI thread and work elsewhere.

A Task answers exactly one of succeeded, failed or cancelled, and then finished, always on the GUI thread.
After cancel() nothing but cancelled can come, even if the work was already done.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance, Slot

from siamgui.core.errors import SiamguiError

Target = Callable[..., object] | SignalInstance
R = TypeVar("R")

NICE = 5
"""How far workers stand back behind the GUI thread when there are too few cores."""
SWITCH = 0.0005
"""Seconds after which a thread that computes in Python makes room for one that waits."""


class Task(QObject):
    """One piece of work. Made by Workers.start(), which also owns it."""

    succeeded = Signal(object)
    """What the work returned."""
    failed = Signal(object)
    """The exception; one that is not a SiamguiError has also been reported to sys.excepthook."""
    cancelled = Signal()
    finished = Signal()
    _done = Signal(object, object)

    def __init__(self, work: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._work: Callable[[], object] | None = work
        self._settled = False
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def on(self, succeeded: Target | None = None, failed: Target | None = None) -> Task:
        """Say who hears of the answer: slots of objects of the GUI thread, or signals."""
        if succeeded is not None:
            self.succeeded.connect(succeeded)
        if failed is not None:
            self.failed.connect(failed)
        return self

    @Slot()
    def cancel(self) -> None:
        """Give the answer up: work that waits is skipped, the result of work that runs is dropped."""
        if self._settled:
            return
        self._settled = True
        self.cancelled.emit()
        self.finished.emit()

    def run(self) -> None:
        """Called once, by a worker thread."""
        work, self._work = self._work, None
        value: object = None
        error: Exception | None = None
        if not self._settled and work is not None:
            try:
                value = work()
            except Exception as caught:
                error = caught
        if self._settled:
            value = None  # freed here: giving megabytes back to the system can take longer than a frame
        self._done.emit(value, error)

    @Slot(object, object)
    def _deliver(self, value: object, error: Exception | None) -> None:
        self.deleteLater()
        if self._settled:
            return
        self._settled = True
        if error is None:
            self.succeeded.emit(value)
        else:
            if not isinstance(error, SiamguiError):
                sys.excepthook(type(error), error, error.__traceback__)
            self.failed.emit(error)
        self.finished.emit()


class _Work(Protocol):
    def run(self) -> None: ...


class _Call:
    """Work whose answer another thread waits for."""

    def __init__(self, work: Callable[[], object], answer: Future[R]) -> None:
        self._work, self._answer = work, answer

    def run(self) -> None:
        if not self._answer.set_running_or_notify_cancel():
            return
        try:
            self._answer.set_result(self._work())  # type: ignore[arg-type]  # of its own kind
        except BaseException as error:
            self._answer.set_exception(error)


class Workers(QObject):
    """A fixed number of long-lived threads that take work in order."""

    def __init__(self, count: int, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # A call into Qt gives the GIL up and waits for it again: by default up to 5 ms while another thread computes.
        sys.setswitchinterval(SWITCH)
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._run, name=f"{name}-{n}") for n in range(count)]
        for thread in self._threads:
            thread.start()

    def start(self, work: Callable[[], object]) -> Task:
        task = Task(work, self)
        self._queue.put(task)
        return task

    def call(self, work: Callable[[], R]) -> Future[R]:
        """For a thread that waits for the answer, which must have ended before stop() is called."""
        answer: Future[R] = Future()
        self._queue.put(_Call(work, answer))
        return answer

    def stop(self) -> None:
        """Cancel what has not been answered, let running work end, and join the threads."""
        self.dismiss()
        self.join()

    def dismiss(self) -> None:
        """Cancel what has not been answered; the threads leave after what they are at."""
        for task in self.findChildren(Task):
            task.cancel()
        for _ in self._threads:
            self._queue.put(None)

    def join(self) -> None:
        """Wait for threads that were dismissed; from any thread."""
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        if sys.platform == "linux":  # there, a thread has a priority of its own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while (task := self._queue.get()) is not None:
            task.run()
            del task  # a photograph must not outlive its answer here
