"""The training page without its looks. A thread of its own, which alone touches the library, answers every question."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.gui.inference import Inference
from siamgui.gui.tasks import Task, Workers
from siamgui.gui.training.state import Progress, Shelf, Step, TrainingState

if TYPE_CHECKING:
    from siamgui.storage.library import Library

STEP_KEY = "training.step"


class LibraryBroken(SiamguiError):
    text = mark("The labelled pairs could not be opened.")


class NotDone(SiamguiError):
    text = mark("That could not be done. Everything is as it was before.")


class TrainingController(QObject):
    """Turns what the user does into a TrainingState; `changed` says that `state` is another one."""

    changed = Signal()

    def __init__(self, decoders: Workers, inference: Inference, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._decoders = decoders
        self._inference = inference
        self._storage = Workers(1, "storage", self)
        self._library: Library | None = None  # touched by the storage thread only
        self.state = TrainingState()
        opened = self.ask(_open)
        opened.succeeded.connect(self._opened)
        opened.failed.connect(self._open_failed)

    # The seam to the library.

    def ask(self, work: Callable[[Library], object]) -> Task:
        """Run work(library) on the storage thread; work is done in the order in which it was asked for."""
        return self._storage.start(partial(self._run, work))

    def keep(self, key: str, value: object) -> None:
        """Keep a JSON value in the library, so that it outlives the window."""
        self.ask(lambda library: library.put(key, value)).failed.connect(self.report)

    def stop(self) -> None:
        """Let everything that was asked for be written, then close the library and end its thread."""
        closed = threading.Event()
        self._storage.start(partial(self._close, closed))
        closed.wait()
        self._storage.stop()

    # What the user does.

    @Slot(object)
    def go(self, step: Step) -> None:
        if step is not self.state.step:
            self._set(step=step)
            self.keep(STEP_KEY, step.value)

    @Slot(object)
    def report(self, error: Exception | None) -> None:
        """Say on the page what could not be done, or with None no longer."""
        known = error is None or isinstance(error, SiamguiError)
        self._set(notice=error if known else NotDone())

    @Slot()
    def dismiss(self) -> None:
        self.report(None)

    def set_progress(self, step: Step, progress: Progress) -> None:
        """For whoever works on a step: how it stands, for the rail of steps."""
        if self.state.progress[step] != progress:
            self._set(progress=MappingProxyType({**self.state.progress, step: progress}))

    # What comes back.

    @Slot(object)
    def _opened(self, opened: tuple[Shelf, Step]) -> None:
        shelf, step = opened
        self._set(shelf=shelf, step=step)

    @Slot(object)
    def _open_failed(self, error: Exception) -> None:
        self._set(blocked=error if isinstance(error, SiamguiError) else LibraryBroken())

    def _set(self, **values: object) -> None:
        self.state = replace(self.state, **values)  # type: ignore[arg-type]
        self.changed.emit()

    # From here on: the storage thread.

    def _run(self, work: Callable[[Library], object]) -> object:
        from siamgui.storage.library import Library

        if self._library is None:
            self._library = Library.open()
        return work(self._library)

    def _close(self, closed: threading.Event) -> None:
        try:
            if self._library is not None:
                self._library.close()
        finally:
            closed.set()


def _open(library: Library) -> tuple[Shelf, Step]:
    kept = library.get(STEP_KEY)
    step = Step(kept) if kept in list(Step) else Step.PAIRS
    return take_stock(library), step


def take_stock(library: Library) -> Shelf:
    return Shelf(library.faces(), library.labels(), library.problems())
