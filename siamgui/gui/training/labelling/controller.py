"""Labelling without its looks: importing, the labelling desk, the check, and the pairs of the compare page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.encoder_limits import EncoderLimits
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.types import Label
from siamgui.gui.inference import Inference, Ready
from siamgui.gui.photos.embedder import Embedder
from siamgui.gui.store import WindowStore
from siamgui.gui.store_controller import StoreController
from siamgui.gui.tasks import Task, Workers
from siamgui.gui.training.labelling.collector import Collector
from siamgui.gui.training.labelling.state import LabellingState
from siamgui.labelling.import_plan import ImportPlan, ImportRequest, make_plan
from siamgui.labelling.types import Imported, Importing
from siamgui.storage.label_check import Check, CheckPairs
from siamgui.storage.label_operations import FacesToRead, KeepFaceEmbeddings
from siamgui.storage.labelling_session import (
    AnswerPair,
    ClearSession,
    DeskMode,
    LabellingSession,
    ShowDesk,
    TakeBack,
    TellPair,
)
from siamgui.storage.labelling_view import DeskState, LabelSummary, ViewLabels
from siamgui.storage.note_operations import KeepNote, ReadNotes
from siamgui.storage.store import Topic
from siamgui.storage.training_steps import Step

if TYPE_CHECKING:
    from siamgui.gui.compare.state import PairState

STEP_KEY, IMPORT_KEY = "training.step", "training.import"


class LibraryBroken(SiamguiError):
    text = mark("The labelled pairs could not be opened.")


class ImportRuns(SiamguiError):
    text = mark("Photos are being read. Wait for them, or stop that first.")


class LabellingController(StoreController[LabellingState]):
    topics = frozenset({Topic.LABELS})
    broken = LibraryBroken

    told = Signal(object)
    """tell() has kept a pair of the compare page: with (PairState, Label)."""
    not_told = Signal(object)
    """tell() could not: with the SiamguiError."""

    def __init__(
        self, store: WindowStore, decoders: Workers, inference: Inference, parent: QObject | None = None
    ) -> None:
        super().__init__(LabellingState(), store, parent)
        self._decoders = decoders
        self._inference = inference
        self._session = LabellingSession()
        self._limits: EncoderLimits | None = None
        self._collector: Collector | None = None
        self._request: ImportRequest | None = None
        self._checking: LabelSummary | None = None  # what the check under way is of
        self._view.busy_changed.connect(self._busy_changed)
        self._embedder = Embedder(store, inference, FacesToRead, KeepFaceEmbeddings, self)
        store.ask(ReadNotes((STEP_KEY, IMPORT_KEY))).on(self._opened, self._not_done)
        inference.when_ready(self._ready)

    # The seam to the store.

    def keep(self, key: str, value: object) -> None:
        """Keep a JSON value, so that it outlives the window."""
        self._store.ask(KeepNote(key, value)).failed.connect(self.report)

    def _look(self) -> Task:
        return self._store.ask(ViewLabels(self._session, self._limits))

    @Slot()
    def _busy_changed(self) -> None:
        self._set(busy=self._view.busy)

    # Walking.

    @Slot(object)
    def go(self, step: Step) -> None:
        if step is not self.state.step:
            self._set(step=step)
            self.keep(STEP_KEY, step.value)
            self._check()

    # Importing.

    def import_(self, request: ImportRequest) -> None:
        """Bring in what the user chose or dropped."""
        if self.state.importing is not None:
            self.report(ImportRuns())
            return
        self._request = request
        self._set(importing=Importing(request.name), imported=None, unfinished=None, notice=None)
        self.keep(IMPORT_KEY, request.to_json())
        self._decoders.start(partial(make_plan, request)).on(self._planned, self._import_failed)

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
        self._collector = Collector(plan, self._store, self._session, self._decoders, self._inference, self)
        self._collector.progressed.connect(self._collected_more)
        self._collector.finished.connect(self._imported)
        self._collector.failed.connect(self._import_broke_off)
        self._set(importing=self._collector.state)
        self._collector.start()

    @Slot()
    def _collected_more(self) -> None:
        assert self._collector is not None
        self._set(importing=self._collector.state)

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
        self._set(unfinished=self._request)
        self.report(error)

    def _end_import(self) -> None:
        if self._collector is not None:
            self._collector.deleteLater()
            self._collector = None
        self._set(importing=None)
        self._view.look()

    # The desk.

    def answer(self, label: Label) -> None:
        """Of the pair that lies on the desk; ignored while the next one is on its way."""
        desk = self.state.desk
        if desk is not None and desk.pair is not None and not self.state.busy:
            self._do(AnswerPair(self._session, desk.pair.pair, label))

    def settle(self, pair: tuple[int, int], label: Label) -> None:
        """Another answer for one of the pairs that contradict each other."""
        self._do(AnswerPair(self._session, pair, label))

    @Slot(object)
    def show_desk(self, mode: DeskMode) -> None:
        self._do(ShowDesk(self._session, mode))

    @Slot()
    def undo(self) -> None:
        """Take back the last answer, import or pair from the compare page."""
        summary = self.state.summary
        if summary is None or self.state.busy:
            return
        if self.state.importing is not None and summary.undo != "answer":
            self.report(ImportRuns())
        else:
            self._set(imported=None)
            self._do(TakeBack(self._session, summary.undo))

    @Slot()
    def clear(self) -> None:
        """Forget all photographs and labels. There is no way back: ask before."""
        if self.state.importing is not None:
            self.report(ImportRuns())
        else:
            self._set(imported=None)
            self._do(ClearSession(self._session))

    # The compare page.

    def tell(self, state: PairState, label: Label) -> None:
        """Keep the pair that is compared, and what the user says of it."""
        sides = [side.loaded for side in (state.left, state.right)]
        photos = tuple(
            (one.decoded.photo, one.reading, len(one.detection.faces), one.chosen == one.detection.prominent)
            for one in sides
            if one is not None and one.reading is not None
        )
        if len(photos) < 2:
            return

        kept = self._view.do(TellPair(self._session, photos, label), lambda _: (state, label))
        kept.on(self.told, self.not_told)

    @Slot()
    def untell(self) -> None:
        """Take the last pair of the compare page back."""
        self._do(TakeBack(self._session, "compare"))

    # What comes back.

    @Slot(object)
    def _opened(self, kept: dict[str, Any]) -> None:
        step = Step(kept[STEP_KEY]) if kept[STEP_KEY] in list(Step) else Step.PAIRS
        self._set(step=step, unfinished=ImportRequest.from_json(kept[IMPORT_KEY]))
        self._view.look()

    @Slot(object)
    def _ready(self, ready: Ready) -> None:
        """An engine stands by: see the faces through it."""
        self._limits = ready.limits
        self._view.look()

    @Slot(object)
    def _seen(self, view: tuple[LabelSummary, DeskState]) -> None:
        summary, desk = view
        before, result = self.state.summary, self.state.check
        if before is None or not before.same_pairs(summary):
            result = None
        self._set(summary=summary, desk=desk, check=result, blocked=None)
        self._check()
        if desk.waiting and self.state.importing is None:
            self._embedder.start()

    def _check(self) -> None:
        """Work the check out where a step shows it or depends on it; one at a time."""
        state = self.state
        if state.step is Step.PAIRS or state.check is not None or state.summary is None or state.importing is not None:
            return
        if self._checking is None:
            self._checking = state.summary
            encoder = self._limits.encoder if self._limits is not None else None
            self._store.ask(CheckPairs(encoder)).on(self._checked, self._not_checked)

    @Slot(object)
    def _checked(self, result: Check) -> None:
        checked, self._checking = self._checking, None
        assert checked is not None
        if self.state.summary is not None and checked.same_pairs(self.state.summary):
            self._set(check=result)
        else:  # it was of pairs that are others by now
            self._check()

    @Slot(object)
    def _not_checked(self, error: Exception) -> None:
        self._checking = None
        self.report(error)
