"""The training page without its looks. A thread of its own, which alone touches the library, answers every question."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.types import Label, Strictness
from siamgui.gui.inference import Inference, Ready
from siamgui.gui.photos.embedder import Embedder
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Task, Workers
from siamgui.gui.training.labelling.book import Book, EncoderLimits
from siamgui.gui.training.labelling.checking import check
from siamgui.gui.training.labelling.collector import Collector
from siamgui.gui.training.labelling.state import (
    Check,
    DeskMode,
    DeskState,
    Imported,
    Importing,
    LabellingState,
    Shelf,
)
from siamgui.gui.training.steps import Step
from siamgui.labelling.import_plan import ImportPlan, ImportRequest, make_plan
from siamgui.storage.label_operations import FacesToRead, KeepFaceEmbeddings

if TYPE_CHECKING:
    from siamgui.gui.compare.state import PairState
    from siamgui.storage.label_store import LabelStore

STEP_KEY, IMPORT_KEY = "training.step", "training.import"
LOOK_AGAIN = 500
"""Milliseconds between two looks at the library while photographs come in."""


class LibraryBroken(SiamguiError):
    text = mark("The labelled pairs could not be opened.")


class NotDone(SiamguiError):
    text = mark("That could not be done. Everything is as it was before.")


class ImportRuns(SiamguiError):
    text = mark("Photos are being read. Wait for them, or stop that first.")


class PairOfOneFace(SiamguiError):
    text = mark("Both sides show the same face of the same photo. Choose two photos, or two faces.")


View = tuple[Shelf, DeskState]


class LabellingController(QObject):
    """Turns what the user does into a LabellingState; `changed` says that `state` is another one."""

    changed = Signal()
    told = Signal(object)
    """tell() has kept a pair of the compare page: with (PairState, Label)."""
    not_told = Signal(object)
    """tell() could not: with the SiamguiError."""

    def __init__(
        self, store: WindowStore, decoders: Workers, inference: Inference, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._decoders = decoders
        self._inference = inference
        self._storage = Workers(1, "storage", self)
        self._book: Book | None = None  # touched by the storage thread only
        self._collector: Collector | None = None
        self._wish: ImportRequest | None = None
        self._under_way = 0
        self._embedder = Embedder(store, inference, FacesToRead, KeepFaceEmbeddings, self)
        self._embedder.progressed.connect(self._look)
        self._since_look = QElapsedTimer()
        self._since_look.start()
        self.state = LabellingState()
        opened = self._ask(_open)
        opened.succeeded.connect(self._opened)
        opened.failed.connect(self._open_failed)
        inference.ready.connect(self._ready)
        if inference.current is not None:
            self._ready(inference.current)

    # The seam to the library.

    def ask(self, work: Callable[[LabelStore], object]) -> Task:
        """Run work(library) on the storage thread; work is done in the order in which it was asked for."""
        return self._ask(lambda book: work(book.library))

    def keep(self, key: str, value: object) -> None:
        """Keep a JSON value in the library, so that it outlives the window."""
        self.ask(lambda library: library.put(key, value)).failed.connect(self.report)

    def _ask(self, work: Callable[[Book], object]) -> Task:
        return self._storage.start(partial(self._run, work))

    def _do(self, work: Callable[[Book], object]) -> None:
        """Do what the user wants, and show what has become of the library and the desk."""
        self._under_way += 1
        self._set(busy=True)
        task = self._ask(partial(_and_view, work=work))
        task.finished.connect(self._did)
        task.succeeded.connect(self._viewed)
        task.failed.connect(self._not_done)

    @Slot()
    def _did(self) -> None:
        self._under_way -= 1
        self._set(busy=self._under_way > 0)

    def stop(self) -> None:
        """Let everything that was asked for be written, then close the library and end its thread."""
        closed = threading.Event()
        self._storage.start(partial(self._close, closed))
        closed.wait()
        self._storage.stop()

    # Walking, and what is said on the page.

    @Slot(object)
    def go(self, step: Step) -> None:
        if step is not self.state.step:
            self._set(step=step)
            self.keep(STEP_KEY, step.value)
            self._check()

    @Slot(object)
    def report(self, error: Exception | None) -> None:
        """Say on the page what could not be done, or with None no longer."""
        known = error is None or isinstance(error, SiamguiError)
        self._set(notice=error if known else NotDone())

    @Slot()
    def dismiss(self) -> None:
        self.report(None)

    # Importing.

    def import_(self, wish: ImportRequest) -> None:
        """Bring in what the user chose or dropped."""
        if self.state.importing is not None:
            self.report(ImportRuns())
            return
        self._wish = wish
        self._set(importing=Importing(wish.name), imported=None, unfinished=None, notice=None)
        self.keep(IMPORT_KEY, wish.to_json())
        task = self._decoders.start(partial(make_plan, wish))
        task.succeeded.connect(self._planned)
        task.failed.connect(self._import_failed)

    @Slot()
    def continue_import(self) -> None:
        """Go on with the import that the end of the program cut short; what was read is not read again."""
        if self.state.unfinished is not None:
            self.import_(self.state.unfinished)

    @Slot()
    def forget_import(self) -> None:
        self._set(unfinished=None)
        self.keep(IMPORT_KEY, None)

    @Slot()
    def stop_import(self) -> None:
        if self._collector is not None:
            self._collector.stop()

    @Slot(object)
    def _planned(self, plan: ImportPlan) -> None:
        self._collector = Collector(plan, self._decoders, self._inference, self._ask, self)
        self._collector.progressed.connect(self._collected_more)
        self._collector.finished.connect(self._imported)
        self._collector.failed.connect(self._import_broke_off)
        self._set(importing=self._collector.state)
        self._collector.start()

    @Slot()
    def _collected_more(self) -> None:
        assert self._collector is not None
        self._set(importing=self._collector.state)
        if self._since_look.hasExpired(LOOK_AGAIN):
            self._look()

    @Slot(object)
    def _imported(self, imported: Imported) -> None:
        self._end_import()
        self._set(imported=imported)
        self.forget_import()

    @Slot(object)
    def _import_failed(self, error: Exception) -> None:
        """What was chosen cannot be imported."""
        self._end_import()
        self.report(error)
        self.forget_import()

    @Slot(object)
    def _import_broke_off(self, error: Exception) -> None:
        """The library cannot be written. What was read is kept, and the user can go on when there is room."""
        self._end_import()
        self._set(unfinished=self._wish)
        self.report(error)

    def _end_import(self) -> None:
        if self._collector is not None:
            self._collector.deleteLater()
            self._collector = None
        self._set(importing=None)
        self._do(_nothing)

    # The desk.

    def answer(self, label: Label) -> None:
        """Of the pair that lies on the desk; ignored while the next one is on its way."""
        desk = self.state.desk
        if desk is not None and desk.pair is not None and not self.state.busy:
            pair = desk.pair.pair
            self._do(lambda book: book.answer(pair, label))

    def settle(self, pair: tuple[int, int], label: Label) -> None:
        """Another answer for one of the pairs that contradict each other."""
        self._do(lambda book: book.answer(pair, label))

    @Slot(object)
    def show_desk(self, mode: DeskMode) -> None:
        self._do(lambda book: book.show(mode))

    @Slot()
    def undo(self) -> None:
        """Take back the last answer, import or pair from the compare page."""
        shelf = self.state.shelf
        if shelf is None or self.state.busy:
            return
        if self.state.importing is not None and shelf.undo != "answer":
            self.report(ImportRuns())
        else:
            self._set(imported=None)
            self._do(lambda book: book.undo())

    @Slot()
    def clear(self) -> None:
        """Forget all photographs and labels. There is no way back: ask before."""
        if self.state.importing is not None:
            self.report(ImportRuns())
        else:
            self._set(imported=None)
            self._do(Book.clear)

    # The compare page.

    def tell(self, state: PairState, label: Label) -> None:
        """Keep the pair that is compared, and what the user says of it."""
        sides = [side.loaded for side in (state.left, state.right)]
        photos = [
            (one.decoded.photo, one.reading, len(one.detection.faces), one.chosen == one.detection.prominent)
            for one in sides
            if one is not None and one.reading is not None
        ]
        if len(photos) < 2:
            return

        def work(book: Book) -> tuple[PairState, Label, View]:
            try:
                book.compare(photos, label)
            except ValueError:
                raise PairOfOneFace from None
            return state, label, (book.shelf(), book.desk())

        task = self._ask(work)
        task.succeeded.connect(self._told)
        task.failed.connect(self.not_told)

    @Slot()
    def untell(self) -> None:
        """Take the last pair of the compare page back."""
        self._do(lambda book: book.undo("compare"))

    @Slot(object)
    def _told(self, answer: tuple[PairState, Label, View]) -> None:
        state, label, view = answer
        self._viewed(view)
        self.told.emit((state, label))

    # What comes back.

    @Slot(object)
    def _opened(self, opened: tuple[Step, ImportRequest | None]) -> None:
        step, unfinished = opened
        self._set(step=step, unfinished=unfinished)
        self._look()

    @Slot(object)
    def _open_failed(self, error: Exception) -> None:
        self._set(blocked=error if isinstance(error, SiamguiError) else LibraryBroken())

    @Slot(object)
    def _ready(self, ready: Ready) -> None:
        """An engine stands by: see the faces through it."""
        same, different = ready.calibration.limits(Strictness.BALANCED)
        sure, energy = ready.calibration.limits(Strictness.STRICT), ready.calibration.energy
        lens = EncoderLimits(ready.info.encoder, (same + different) / 2, sure, energy)
        self._do(lambda book: book.set_lens(lens))

    @Slot()
    def _look(self) -> None:
        self._since_look.restart()
        if self.state.blocked is None:
            task = self._ask(partial(_and_view, work=_nothing))
            task.succeeded.connect(self._viewed)
            task.failed.connect(self._not_done)

    @Slot(object)
    def _viewed(self, view: View) -> None:
        shelf, desk = view
        before, result = self.state.shelf, self.state.check
        if before is None or (before.faces, before.labels) != (shelf.faces, shelf.labels):
            result = None
        self._set(shelf=shelf, desk=desk, check=result)
        self._check()
        if desk.waiting and self.state.importing is None:
            self._embedder.start()

    @Slot(object)
    def _not_done(self, error: Exception) -> None:
        if self.state.blocked is None:
            self.report(error)

    def _check(self) -> None:
        """Work the check out where a step shows it or depends on it."""
        state = self.state
        if state.step is Step.PAIRS or state.check is not None or state.shelf is None or state.importing is not None:
            return
        task = self._ask(check)
        task.succeeded.connect(self._checked)
        task.failed.connect(self.report)

    @Slot(object)
    def _checked(self, result: Check) -> None:
        self._set(check=result)

    def _set(self, **values: object) -> None:
        self.state = replace(self.state, **values)  # type: ignore[arg-type]
        self.changed.emit()

    # From here on: the storage thread.

    def _run(self, work: Callable[[Book], object]) -> object:
        from siamgui.storage.label_store import LabelStore

        if self._book is None:
            self._book = Book(LabelStore.open())
        self._book.catch_up()
        return work(self._book)

    def _close(self, closed: threading.Event) -> None:
        try:
            if self._book is not None:
                self._book.library.close()
        finally:
            closed.set()


def _open(book: Book) -> tuple[Step, ImportRequest | None]:
    kept = book.library.get(STEP_KEY)
    step = Step(kept) if kept in list(Step) else Step.PAIRS
    return step, ImportRequest.from_json(book.library.get(IMPORT_KEY))


def _and_view(book: Book, work: Callable[[Book], object]) -> View:
    work(book)
    return book.shelf(), book.desk()


def _nothing(book: Book) -> None:
    """Only to look."""
