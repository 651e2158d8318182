"""Steps 3 to 6 without their looks: the plan, the run in its process, its judgement, the model versions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.finetuning.events import Event
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.settings import Settings
from siamgui.gui.controller import Controller
from siamgui.gui.store import StoreView, WindowStore
from siamgui.gui.tasks import Task, Workers
from siamgui.gui.training.finetuning.process import Ending, TrainingProcess, command
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.storage.run_state import Phase, RunState, Taking
from siamgui.storage.store import Topic
from siamgui.storage.training_runs import (
    CountPairs,
    Counts,
    ForgetRun,
    Judged,
    KeepPlan,
    KeepResult,
    MakeRun,
    ReadFilesKey,
    ReadPlan,
    RecallRun,
    RunPlan,
    StoredRun,
)
from siamgui.storage.version_operations import ChangeVersions, ListVersions
from siamgui.vault.key import Key
from siamgui.versions.intake import Progress
from siamgui.versions.onnx_offer import Offer
from siamgui.versions.version_store import Imported, Version, VersionStore


class RunController(Controller[RunState]):
    active_changed = Signal()
    """Another version is the active one: the engine is to be loaded again."""
    _stepped = Signal(int, int)

    def __init__(self, store: WindowStore, training: LabellingController, parent: QObject | None = None) -> None:
        super().__init__(RunState(), parent)
        self._store = store
        self._training = training
        self._process: TrainingProcess | None = None
        self._starting = False  # the key for the process is being fetched
        self._importer = Workers(1, "versions", self)
        self._stop_taking = threading.Event()
        self._examined: set[str] = set()  # ids that were examined, or could not be
        self._stepped.connect(self._took_a_step)
        labels, versions = frozenset({Topic.LABELS}), frozenset({Topic.VERSIONS})
        self._counts = StoreView(store, labels, self._count, self._counted, training.report, self)
        self._versions = StoreView(store, versions, self._list_versions, self._versions_listed, training.report, self)
        store.ask(ReadPlan()).succeeded.connect(self._plan_recalled)
        store.ask(RecallRun()).succeeded.connect(self._recalled)
        self._counts.look()
        self._versions.look()

    def _count(self) -> Task:
        return self._store.ask(CountPairs())

    def _list_versions(self) -> Task:
        return self._store.ask(ListVersions())

    # Step 3.

    def default_name(self) -> str:
        """What the next version is called unless the user names it."""
        from siamgui.versions.wording import free_name

        return free_name(version.name for version in self.state.versions or ())

    @Slot(object)
    def choose(self, settings: Settings) -> None:
        """Train with settings; what is recommended anyway keeps following the data."""
        recommended = self.state.recommended
        same = recommended is not None and settings == METHODS[recommended.method].defaults
        self._plan(replace(self.state.plan, settings=None if same else settings))

    def name_plan(self, name: str) -> None:
        self._plan(replace(self.state.plan, name=name.strip()))

    def set_reference(self, folder: Path | None) -> None:
        self._plan(replace(self.state.plan, reference=folder))

    def _plan(self, plan: RunPlan) -> None:
        if plan != self.state.plan:
            self._set(plan=plan)
            self._store.ask(KeepPlan(plan)).failed.connect(self._training.report)

    # Step 4.

    @Slot()
    def begin(self) -> None:
        """Freeze the labels and train on them."""
        state = self.state
        settings = state.wanted
        if settings is None or state.phase.alive or state.phase is Phase.PREPARING:
            return
        name = state.plan.name or self.default_name()
        self._set(
            phase=Phase.PREPARING,
            name=name,
            settings=settings,
            started=None,
            progress=None,
            epochs=(),
            error=None,
            judged=None,
        )
        self._store.ask(MakeRun(settings, name, state.plan.reference)).on(self._run, self._not_made)

    @Slot()
    def go_on(self) -> None:
        """Continue a run that broke off, from its last finished pass."""
        if self.state.phase is Phase.BROKEN_OFF and self.state.folder is not None and not self._starting:
            self._set(error=None)
            self._run(self.state.folder)

    @Slot()
    def pause(self) -> None:
        self._tell("pause")

    @Slot()
    def resume(self) -> None:
        self._tell("resume")

    @Slot()
    def finish_now(self) -> None:
        """Stop training and keep the best so far."""
        self._set(phase=Phase.ENDING)
        self._tell("stop")

    @Slot()
    def cancel(self) -> None:
        """Leave; the run can go on later."""
        self._set(phase=Phase.ENDING)
        self._tell("cancel")

    @Slot()
    def discard(self) -> None:
        """Forget a run that broke off."""
        if self.state.phase is Phase.BROKEN_OFF and self.state.folder is not None and not self._starting:
            self._store.ask(ForgetRun(self.state.folder)).failed.connect(self._training.report)
            self._set(phase=Phase.NONE, folder=None, started=None, progress=None, epochs=(), error=None)

    # Step 6.

    def change_versions(self, change: Callable[[VersionStore], object], *, active: bool = False) -> None:
        """change: what to do with the versions. active: whether another one becomes active by it."""
        changed = self._versions.do(ChangeVersions(change))
        changed.on(self.active_changed if active else None, self._training.report)

    def activate(self, version: str, reason: str = "") -> None:
        self.change_versions(lambda versions: versions.activate(version, reason), active=True)

    def import_version(self, file: Path) -> None:
        """Takes seconds, elsewhere; state.taking says how far it is, state.taken what came of it."""
        self._training.dismiss()
        self._set(taken=None)
        self._take_in(file.name, lambda progress, stop: VersionStore().import_(file, progress, stop))

    @Slot(object)
    def add_encoder(self, offer: Offer) -> None:
        """Takes as long as reading the people that it is measured on, elsewhere; state.taking says how far it is."""
        self._training.dismiss()
        self._set(taken=None)

        def work(progress: Progress, stop: threading.Event) -> object:
            from siamgui.versions.onnx_version import add_encoder

            return add_encoder(offer, progress, stop)

        self._take_in(offer.file.name, work)

    @Slot()
    def stop_taking(self) -> None:
        self._stop_taking.set()

    def _take_in(self, name: str, work: Callable[[Progress, threading.Event], object]) -> None:
        """One after the other; nobody asks for a second while one is under way."""
        if self.state.taking is None:
            self._stop_taking.clear()
            self._set(taking=Taking(name))
            task = self._importer.start(lambda: work(self._stepped.emit, self._stop_taking))
            task.on(self._taken_in, self._not_taken_in)

    @Slot(int, int)
    def _took_a_step(self, done: int, total: int) -> None:
        if self.state.taking is not None:
            self._set(taking=replace(self.state.taking, done=done, total=total))

    @Slot(object)
    def _taken_in(self, what: object) -> None:
        self._set(taking=None, taken=what if isinstance(what, Imported) else self.state.taken)
        self.change_versions(_nothing, active=isinstance(what, Imported) and what.version.active and not what.here)

    @Slot(object)
    def _not_taken_in(self, error: Exception) -> None:
        self._set(taking=None)
        if not isinstance(error, Cancelled):
            self._training.report(error)

    def stop(self) -> None:
        """The window closes: the process writes its checkpoint and leaves, so that the run can go on later."""
        self._stop_taking.set()
        self._importer.stop()
        if self._process is not None:
            self._process.leave()

    # What comes back.

    @Slot(object)
    def _counted(self, counts: Counts) -> None:
        self._set(counts=counts)

    @Slot(object)
    def _plan_recalled(self, plan: RunPlan) -> None:
        self._set(plan=plan)

    @Slot(object)
    def _recalled(self, run: StoredRun | None) -> None:
        if run is None or self.state.phase is not Phase.NONE:
            return
        self._set(
            phase=Phase.ENDING if run.finished else Phase.BROKEN_OFF,
            folder=run.folder,
            name=run.name,
            settings=run.settings,
            started=run.started,
            epochs=run.epochs,
        )
        if run.finished:
            self._keep(run.folder)

    @Slot(object)
    def _not_made(self, error: Exception) -> None:
        self._set(phase=Phase.NONE, error=error if isinstance(error, SiamguiError) else None)

    @Slot(object)
    def _run(self, folder: Path) -> None:
        self._starting = True
        self._set(folder=folder)
        self._store.ask(ReadFilesKey()).on(self._opened, self._not_opened)

    @Slot(object)
    def _opened(self, key: Key) -> None:
        self._starting, folder = False, self.state.folder
        assert folder is not None
        process = self._process = TrainingProcess(command(folder), self, key)
        process.heard.connect(self._heard)
        process.ended.connect(self._ended)
        self._set(phase=Phase.RUNNING, progress=None)
        process.start()

    @Slot(object)
    def _not_opened(self, error: Exception) -> None:
        """As when it has been locked since."""
        self._starting = False
        self._not_kept(error)

    def _tell(self, word: str) -> None:
        if self._process is not None:
            self._process.tell(word)

    @Slot(object)
    def _heard(self, event: Event) -> None:
        self._show(self.state.after(event))

    @Slot(object, object)
    def _ended(self, ending: Ending, error: SiamguiError | None) -> None:
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
        if ending is Ending.FINISHED and self.state.folder is not None:
            self._set(phase=Phase.ENDING)
            self._keep(self.state.folder)
        else:
            self._set(phase=Phase.BROKEN_OFF, error=error)

    def _keep(self, folder: Path) -> None:
        self._store.ask(KeepResult(folder)).on(self._judged, self._not_kept)

    @Slot(object)
    def _judged(self, judged: Judged) -> None:
        self._set(phase=Phase.FINISHED, judged=judged, error=None)

    @Slot(object)
    def _not_kept(self, error: Exception) -> None:
        self._set(phase=Phase.BROKEN_OFF, error=error if isinstance(error, SiamguiError) else None)

    @Slot(object)
    def _versions_listed(self, versions: tuple[Version, ...]) -> None:
        self._set(versions=versions)
        # What was put here by hand is examined as a file is; the active one is examined by whoever loads the engine.
        unknown = [one for one in versions if one.unexamined and not one.active and one.id not in self._examined]
        if unknown and self.state.taking is None:
            found = unknown[0]
            self._examined.add(found.id)
            self._take_in(found.name, lambda progress, stop: VersionStore().examine(found.id, progress, stop))


def _nothing(_versions: VersionStore) -> None:
    """The versions have changed already, and whoever shows them is to look."""
