"""The view of groups without its looks: faces gathered behind the window, what is said of them, what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.core.i18n import mark
from siamgui.gui.controller import known
from siamgui.gui.inference import Inference, Ready
from siamgui.gui.search.groups.state import Asking, GroupsState, LabelsMade, Shown, Work
from siamgui.gui.search.lent_engine import LentEngine
from siamgui.gui.store import WindowStore
from siamgui.gui.store_controller import StoreController
from siamgui.gui.tasks import Task, Workers
from siamgui.storage.group_operations import (
    ForgetAnswers,
    LabelsStep,
    SayApart,
    SayOnePerson,
    TakeAnswersBack,
    TakeLabelsBack,
)
from siamgui.storage.group_values import AnswersDisagree, AnswerStep
from siamgui.storage.store import Operation, Store, Topic

if TYPE_CHECKING:
    from siamgui.search.collection_groups import FaceGroup, Gathering
    from siamgui.storage.people_store import Person

UNDO_STEPS = 100
_TOLD_EVERY = 0.005  # of the whole


class GroupsBroken(SiamguiError):
    text = mark("The groups cannot be shown.")


class GroupsController(StoreController[GroupsState]):
    topics = frozenset({Topic.COLLECTIONS, Topic.ANSWERS})
    broken = GroupsBroken
    gathered = Signal()
    """Anew: files may be elsewhere now."""
    _told = Signal(float)
    _read = Signal(int, int)

    def __init__(self, store: WindowStore, inference: Inference, parent: QObject | None = None) -> None:
        super().__init__(GroupsState(), store, parent)
        self._inference = inference
        self._collections: tuple[int, ...] = ()
        self._gathering: Gathering | None = None
        self._shown: Gathering | None = None  # which made what is shown
        self._gatherers: Workers | None = None
        self._readers: Workers | None = None
        self._stop = threading.Event()
        self._stop_work = threading.Event()
        self._saying: SayOnePerson | None = None
        self._steps: list[AnswerStep | LabelsStep] = []
        self._view.busy_changed.connect(self._busy_changed)
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._read.connect(self._read_more, Qt.ConnectionType.QueuedConnection)
        inference.loading.connect(self._engine_gone)
        inference.when_ready(self._ready)

    # Gathering.

    def take_in(self, collections: tuple[int, ...]) -> None:
        """Which folders are meant, by their ids; none for all."""
        if collections != self._collections:
            self._collections = collections
            self._gathering = None
            self._set(outdated=self.state.shown is not None)

    @Slot()
    def gather(self) -> None:
        """Anew, with everything that was said; harmless while that is under way."""
        ready = self._inference.current
        if ready is None or self.state.gathering is not None:
            return
        self._stop = threading.Event()
        if self._gathering is None:
            from siamgui.search.collection_groups import Gathering

            self._gathering = Gathering(self._store.lent, ready.calibration, self._collections)
        work = partial(_gather, self._gathering, self._told.emit, self._stop)
        self._gatherer.start(work).on(self._gathered, self._not_gathered)
        self._set(gathering=0.0, stopping=False, made=None, notice=None)

    @property
    def _gatherer(self) -> Workers:
        if self._gatherers is None:
            self._gatherers = Workers(1, "groups", self)
        return self._gatherers

    @Slot(float)
    def _tell(self, share: float) -> None:
        if self.state.gathering is not None and share - self.state.gathering >= _TOLD_EVERY:
            self._set(gathering=share)

    @Slot(object)
    def _gathered(self, shown: Shown) -> None:
        if self._gathering is None:  # other folders, or another engine, are wanted by now
            self._set(gathering=None, stopping=False)
            return
        self._shown = self._gathering
        self.gathered.emit()
        self._set(shown=shown, gathering=None, outdated=False, stopping=False)
        self._view.look()  # from now on after every change

    @Slot(object)
    def _not_gathered(self, error: Exception) -> None:
        notice = None if isinstance(error, Cancelled) else known(error)
        self._set(gathering=None, stopping=False, notice=notice)

    @Slot()
    def stop_gathering(self) -> None:
        if self.state.gathering is not None:
            self._stop.set()
            self._set(stopping=True)

    def _look(self) -> Task:
        return self._gatherer.start(partial(_looked, self._shown, self.state.shown))

    @Slot(object)
    def _seen(self, seen: tuple[Shown, bool] | None) -> None:
        """What was said is said of the faces that are shown, also where there are others by now."""
        if self.state.shown is None or seen is None:
            return
        shown, outdated = seen
        self._set(shown=shown, outdated=outdated or self._gathering is not self._shown, blocked=None)
        if shown.found.stale:
            self.gather()

    @Slot()
    def _busy_changed(self) -> None:
        self._set(busy=self._view.busy)

    # What is said.

    def name(self, faces: Sequence[int], name: str) -> None:
        """All of these are one person of this name."""
        self._say(SayOnePerson(tuple(faces), name))

    def say_one_person(self, groups: Sequence[FaceGroup]) -> None:
        """All faces of these groups."""
        self._say(SayOnePerson(tuple(face for group in groups for face in group.every)))

    def say_apart(self, faces: Sequence[int], group: FaceGroup, *, together: bool) -> None:
        """Some faces of a group are not the person that the rest is. together: they are one person themselves."""
        taken = set(faces)
        rest = tuple(face for face in group.every if face not in taken)
        self._do_step(SayApart(tuple(faces), rest, together))

    def forget(self, faces: Sequence[int]) -> None:
        """What was said of them."""
        self._do_step(ForgetAnswers(tuple(faces)))

    @Slot()
    def say_anyway(self) -> None:
        asking = self.state.asking
        if asking is not None:
            self._set(asking=None)
            self._say(asking.again)

    @Slot()
    def leave_it(self) -> None:
        self._set(asking=None)

    def _say(self, operation: SayOnePerson) -> None:
        self._saying = operation
        self._do_step(operation)

    def _do_step(self, operation: Operation[AnswerStep]) -> None:
        if self.state.shown is not None:  # what comes while something is kept, or gathered, waits for that
            self._set(notice=None, asking=None, made=None)
            self._view.do(operation).on(self._said, self._not_said)

    @Slot(object)
    def _said(self, step: AnswerStep) -> None:
        self._remember(step)

    @Slot(object)
    def _not_said(self, error: Exception) -> None:
        if isinstance(error, AnswersDisagree) and self._saying is not None:
            self._set(asking=Asking(error, replace(self._saying, anyway=True)))
        else:
            self.report(error)

    def _remember(self, step: AnswerStep | LabelsStep) -> None:
        self._steps = [*self._steps, step][-UNDO_STEPS:]
        self._set(undo=len(self._steps))

    @Slot()
    def undo(self) -> None:
        """Take the last thing back that was said, or the labels that were made."""
        if self._steps and not self.state.busy and self.state.work is None and self.state.gathering is None:
            step = self._steps.pop()
            back = TakeAnswersBack(step) if isinstance(step, AnswerStep) else TakeLabelsBack(step)
            self._set(undo=len(self._steps), notice=None, asking=None, made=None)
            self._view.do(back).on(failed=self.report)

    # What comes of it.

    @property
    def working(self) -> bool:
        """Photographs are being read for labels, or for a person."""
        return self.state.work is not None

    @Slot()
    def label(self) -> None:
        """Make labelled pairs of the groups that were looked through."""
        shown, ready = self.state.shown, self._inference.current
        if shown is not None and ready is not None:
            self._start(Work.LABEL, lambda engine, stop: _label(self._store.lent, engine, shown, self._read.emit, stop))

    def enrol(self, group: FaceGroup, name: str) -> None:
        """Enrol a person from the best photographs of a group."""
        store = self._store.lent
        self._start(Work.ENROL, lambda engine, stop: _enrol(store, engine, group, name, self._read.emit, stop))

    def _start(self, what: Work, work: Callable[[LentEngine, threading.Event], object]) -> None:
        ready = self._inference.current
        if ready is None or self.state.work is not None:
            return
        if self._readers is None:
            self._readers = Workers(1, "group photos", self)
        self._stop_work = threading.Event()
        engine = LentEngine(self._inference, ready, self._stop_work)
        self._readers.start(partial(work, engine, self._stop_work)).on(self._made, self._not_made)
        self._set(work=what, done=0, total=0, stopping=False, made=None, notice=None)

    @Slot(int, int)
    def _read_more(self, done: int, total: int) -> None:
        if self.state.work is not None:
            self._set(done=done, total=total)

    @Slot()
    def stop_work(self) -> None:
        if self.state.work is not None:
            self._stop_work.set()
            self._set(stopping=True)

    @Slot(object)
    def _made(self, made: LabelsMade | Person) -> None:
        self._set(work=None, stopping=False, made=made)
        if isinstance(made, LabelsMade):
            self._remember(made.labelled.kept.step)

    @Slot(object)
    def _not_made(self, error: Exception) -> None:
        notice = None if isinstance(error, Cancelled) else known(error)
        self._set(work=None, stopping=False, notice=notice)

    # The engine.

    @Slot(object)
    def _ready(self, _ready: Ready) -> None:
        self._set(engine=True)

    @Slot()
    def _engine_gone(self) -> None:
        """Another one sees other faces."""
        self._stop.set()
        self._stop_work.set()
        self._gathering = self._shown = None
        self._set(engine=False, shown=None, outdated=False)

    def stop(self) -> None:
        """Nothing is gathered or read any more."""
        self._stop.set()
        self._stop_work.set()
        for workers in (self._gatherers, self._readers):
            if workers is not None:
                workers.stop()
        self._gathering = self._shown = None
        self._steps.clear()


def _gather(gathering: Gathering, told: Callable[[float], object], stop: threading.Event) -> Shown:
    """On the thread of the groups."""
    return Shown.of(gathering.gather(told, stop))


def _looked(gathering: Gathering | None, before: Shown | None) -> tuple[Shown, bool] | None:
    """On the same -> and whether there are other faces by now."""
    found = None if gathering is None else gathering.as_gathered()
    if gathering is None or found is None:
        return None
    same = before is not None and before.found is found
    return before if same and before is not None else Shown.of(found), gathering.outdated


def _label(
    store: Store, engine: LentEngine, shown: Shown, told: Callable[[int, int], object], stop: threading.Event
) -> LabelsMade:
    """On the thread that reads photographs."""
    from siamgui.search.group_labels import label_groups, reviewed_plan

    plan = reviewed_plan(store, shown.found, engine.encoder.key)
    return LabelsMade(label_groups(store, engine, plan, told, stop), plan.groups)


def _enrol(
    store: Store,
    engine: LentEngine,
    group: FaceGroup,
    name: str,
    told: Callable[[int, int], object],
    stop: threading.Event,
) -> Person:
    """On the same."""
    from siamgui.search.group_labels import enrol_group

    return enrol_group(store, engine, group, name, "", told, stop)
