"""What lives behind the pages as long as the window does: the threads, and the controllers that stand on them."""

from __future__ import annotations

import gc
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from siamgui.core.types import Label, Strictness
from siamgui.gui import preferences
from siamgui.gui.compare.controller import PairController
from siamgui.gui.inference import Inference
from siamgui.gui.preferences import Keeping, Preferences
from siamgui.gui.tasks import Workers

if TYPE_CHECKING:
    import threading

    from siamgui.gui.compare.closer.controller import CloserController
    from siamgui.gui.compare.first_steps import FirstSteps
    from siamgui.gui.compare.matrix.controller import MatrixController
    from siamgui.gui.data.controller import DataController
    from siamgui.gui.history.comparisons_controller import ComparisonsController
    from siamgui.gui.history.controller import HistoryController
    from siamgui.gui.history.recorder import Recorder
    from siamgui.gui.live.controller import LiveController
    from siamgui.gui.live.timeline.controller import TimelineController
    from siamgui.gui.people.controller import PeopleController
    from siamgui.gui.report.controller import ReportController
    from siamgui.gui.search.controller import SearchController
    from siamgui.gui.store import WindowStore
    from siamgui.gui.training.audit.controller import AuditController
    from siamgui.gui.training.finetuning.run_controller import RunController
    from siamgui.gui.training.labelling.controller import LabellingController
    from siamgui.gui.vault.controller import VaultController

DECODERS = 2
KEPT = ("search", "people", "history", "comparisons", "timeline", "live", "audit", "runs", "labelling", "store")
"""Controllers that hold something of what is kept: they go when it is locked."""


class Controllers(QObject):
    """Owns all threads; stop() ends them. All but `pair` are made when first wanted: the start belongs to that one."""

    devices_found = Signal()
    """`devices` are others."""
    condition_changed = Signal()
    """What is said by `condition` is something else."""

    def __init__(self, chosen: Preferences, device: str, parent: QObject) -> None:
        """chosen: what the user has set. device: for this run instead of the one chosen, unless "auto"."""
        super().__init__(parent)
        self.preferences = chosen
        self.devices: tuple[str, ...] = ("auto", "cpu")
        self._device = chosen.device if device == "auto" else device
        self._unsaved: preferences.NotSaved | None = None
        self.decoders = Workers(DECODERS, "decoder", self)
        self.inference = Inference(self)
        self.pair = PairController(self.decoders, self.inference, chosen.strictness, self)
        self.inference.ready.connect(self._set_the_start_aside)
        self.inference.ready.connect(self._look_after_people)
        self.inference.ready.connect(self._look_after_engine)
        self._retired: list[WindowStore] = []  # stores that are being closed

    @cached_property
    def vault(self) -> VaultController:
        from siamgui.gui.vault.controller import VaultController
        from siamgui.gui.vault.under_way import interrupt, work_under_way

        vault = VaultController(partial(work_under_way, self), partial(interrupt, self), self._close_kept, self)
        vault.turned.connect(self._vault_turned)
        vault.locked.connect(self._vault_locked)
        return vault

    @property
    def shut(self) -> bool:
        """Whether nothing that is kept can be shown, as far as that is known."""
        return "vault" in self.__dict__ and self.vault.state.shut

    @property
    def putting_away(self) -> bool:
        """Whether what is kept is being locked: nothing may open it any more, and the key would still do so."""
        return "vault" in self.__dict__ and self.vault.putting_away

    @cached_property
    def store(self) -> WindowStore:
        """Raises Locked while what is kept is put away."""
        from siamgui.gui.store import WindowStore
        from siamgui.vault.errors import Locked

        if self.putting_away:
            raise Locked
        store = WindowStore(self)
        store.condition_changed.connect(self.condition_changed)
        return store

    @property
    def condition(self) -> str:
        """What keeps anything from being saved, and what was removed and is not gone yet; "" where all is well."""
        words = self.store.condition.words if "store" in self.__dict__ else ()
        return " ".join((*words, *([str(self._unsaved)] if self._unsaved is not None else [])))

    @property
    def has_matrix(self) -> bool:
        """Whether there ever were more than two photographs."""
        return "matrix" in self.__dict__

    @cached_property
    def matrix(self) -> MatrixController:
        from siamgui.gui.compare.matrix.controller import MatrixController

        return MatrixController(self.decoders, self.inference, self.pair.state.strictness, self)

    @cached_property
    def closer(self) -> CloserController:
        from siamgui.gui.compare.closer.controller import CloserController

        return CloserController(self.decoders, self.inference, self)

    @property
    def steps_begun(self) -> bool:
        """Whether the first steps were ever wanted in this window."""
        return "first_steps" in self.__dict__

    @cached_property
    def first_steps(self) -> FirstSteps:
        from siamgui.gui.compare.first_steps import FirstSteps

        return FirstSteps(self.pair, self)

    @cached_property
    def labelling(self) -> LabellingController:
        from siamgui.gui.training.labelling.controller import LabellingController

        controller = LabellingController(self.store, self.decoders, self.inference, self)
        controller.told.connect(self.pair.confirm_told)
        controller.not_told.connect(self.pair.refuse_told)
        return controller

    @cached_property
    def runs(self) -> RunController:
        from siamgui.gui.training.finetuning.run_controller import RunController

        runs = RunController(self.store, self.labelling, self)
        runs.active_changed.connect(self.start)
        return runs

    @cached_property
    def audit(self) -> AuditController:
        from siamgui.gui.training.audit.controller import AuditController

        return AuditController(self.inference, self.pair.state.strictness, self)

    @cached_property
    def live(self) -> LiveController:
        from siamgui.gui.live.controller import LiveController

        return LiveController(self.store, self.decoders, self.inference, self.pair.state.strictness, self)

    @cached_property
    def timeline(self) -> TimelineController:
        from siamgui.gui.live.timeline.controller import TimelineController

        return TimelineController(self.live, self.store, self.inference, self)

    @cached_property
    def search(self) -> SearchController:
        from siamgui.gui.search.controller import SearchController

        return SearchController(self.store, self.decoders, self.inference, self.pair.state.strictness, self)

    @cached_property
    def people(self) -> PeopleController:
        from siamgui.gui.people.controller import PeopleController

        return PeopleController(self.store, self.decoders, self.inference, self)

    @cached_property
    def history(self) -> HistoryController:
        from siamgui.gui.history.controller import HistoryController

        return HistoryController(self.store, self)

    @cached_property
    def comparisons(self) -> ComparisonsController:
        from siamgui.gui.history.comparisons_controller import ComparisonsController

        return ComparisonsController(self.store, self.inference, self)

    @cached_property
    def report(self) -> ReportController:
        from siamgui.gui.report.controller import ReportController

        return ReportController(self.decoders, self)

    @cached_property
    def recorder(self) -> Recorder:
        from siamgui.gui.history.recorder import Recorder

        recorder = Recorder(self.pair, self.inference, lambda: None if self.shut else self.store, self)
        recorder.changed.connect(self.condition_changed)
        return recorder

    @property
    def recorded(self) -> str:
        """What has become of the comparison that is shown; "" where none are written down."""
        return self.recorder.words if "recorder" in self.__dict__ else ""

    @cached_property
    def data(self) -> DataController:
        from siamgui.gui.data.controller import DataController

        data = DataController(lambda: self.store, self)
        data.replaced.connect(self.start)
        data.replaced.connect(self.vault.look)
        return data

    @Slot()
    def start(self) -> None:
        """Load the engine behind the window."""
        self.pair.load_engine(self._device)

    @Slot()
    def _look_after_people(self) -> None:
        """Whose time is over goes, and another model reads everybody anew; before there is a file, there is nobody."""
        from siamgui.core.paths import LIBRARY, data_folder
        from siamgui.storage.tidying import TidyUp

        if (data_folder() / LIBRARY).exists() and not self.shut:
            self.people.look_after()
            self.store.ask(TidyUp())

    # What the user knows of the pair that is compared.

    @Slot(object)
    def tell(self, label: Label) -> None:
        if self.shut:
            from siamgui.vault.errors import Locked

            self.pair.refuse_told(self.vault.state.trouble or Locked())
        else:
            self.labelling.tell(self.pair.state, label)

    @Slot()
    def untell(self) -> None:
        self.pair.forget_told()
        if "labelling" in self.__dict__:
            self.labelling.untell()

    # The vault.

    def _close_kept(self) -> threading.Event | None:
        """What was asked for is written; then nothing that is kept is in memory any more."""
        self.pair.forget_told()
        for name in ("search", "people", "runs", "audit", "timeline"):
            if name in self.__dict__:
                getattr(self, name).stop()
        if "live" in self.__dict__:
            self.live.close()
        for name in ("data", "report"):
            if name in self.__dict__:
                getattr(self, name).forget()
        store = self.__dict__.get("store")
        for name in KEPT:
            if name in self.__dict__ and name != "store":
                self.__dict__.pop(name).deleteLater()
        if store is None:
            return None
        self._retired.append(self.__dict__.pop("store"))
        return self._retired[-1].retire()

    @Slot()
    def _vault_locked(self) -> None:
        """The last of it goes, and the original answers in the place of what was learned from people's faces."""
        from siamgui.core.encoders.registry import default_encoder

        self._forget_retired()
        ready = self.inference.current
        if ready is not None and ready.info.encoder_id != default_encoder().key:
            self.start()
        gc.collect()  # signals and slots hold one another; what they held is not to wait for its turn
        QTimer.singleShot(0, self._set_the_rest_aside)

    @Slot()
    def _look_after_engine(self) -> None:
        """A version that was locked while the engine was loaded answers once it is not, and is written down."""
        from siamgui.versions.errors import ActiveLocked

        if self.preferences.comparisons is not Keeping.NOTHING:
            self.recorder.set_keeping(self.preferences.comparisons)
        ready = self.inference.current
        known_open = "vault" in self.__dict__ and self.vault.state.has_passphrase and not self.vault.state.shut
        if known_open and ready is not None and any(isinstance(notice, ActiveLocked) for notice in ready.notices):
            self.start()

    @Slot()
    def _forget_retired(self) -> None:
        for store in self._retired:
            store.stop()
            store.deleteLater()
        self._retired.clear()

    @Slot()
    def _vault_turned(self) -> None:
        """What could not be looked at is looked at again, and what was left undone is done."""
        if not self.shut:
            if "store" in self.__dict__:
                self.store.look_anew()
            if self.inference.current is not None:
                self._look_after_people()
            self._look_after_engine()

    # What the user has set.

    @Slot(object)
    def set_strictness(self, strictness: Strictness) -> None:
        """There is one, for photographs and before the camera."""
        self.pair.set_strictness(strictness)
        if self.has_matrix:
            self.matrix.set_strictness(strictness)
        for name in ("live", "search", "audit"):
            if name in self.__dict__:
                getattr(self, name).set_strictness(strictness)

    def set_preferences(self, chosen: Preferences) -> None:
        """Keep changed preferences, and take them into use as far as they are about the engine."""
        before, self.preferences = self.preferences, chosen
        try:
            preferences.save(chosen)
            self._unsaved = None
        except preferences.NotSaved as error:
            self._unsaved = error
        self.condition_changed.emit()
        if chosen.device != before.device:
            self._device = chosen.device
            self.start()
        if chosen.strictness != before.strictness:
            self.set_strictness(chosen.strictness)
        if chosen.comparisons != before.comparisons:
            self.recorder.set_keeping(chosen.comparisons)

    def look_for_devices(self) -> None:
        """Find out, once, what this machine has besides its processor."""
        if self.devices == ("auto", "cpu"):
            self.decoders.start(_gpu).succeeded.connect(self._gpu_found)

    @Slot(object)
    def _gpu_found(self, device: str | None) -> None:
        if device is not None:
            self.devices = (*self.devices, device)
            self.devices_found.emit()

    # What the collector of cycles looks at when all that is kept is to go: the fewer, the shorter the window stands
    # still. It passes over what is set aside. So that is never done while anything that is kept is in memory.

    @Slot()
    def _set_the_start_aside(self) -> None:
        if "store" not in self.__dict__ and not gc.get_freeze_count():
            gc.freeze()

    @Slot()
    def _set_the_rest_aside(self) -> None:
        """Once what Qt deletes later is deleted."""
        gc.collect()
        if "store" not in self.__dict__:
            gc.freeze()

    def collect_everything(self) -> None:
        """Of all that was set aside, some has been replaced: it is looked at again from now on."""
        gc.unfreeze()

    def stop(self) -> None:
        """Stop asking, forget what is under way, and wait for the threads."""
        from siamgui.gui.camera.capture import stop_all

        self.pair.stop()
        for name in ("matrix", "closer", "search", "people", "runs", "audit", "data", "timeline"):
            if name in self.__dict__:  # it was wanted
                getattr(self, name).stop()
        if "live" in self.__dict__:
            self.live.close()
        stop_all()
        if "store" in self.__dict__:
            self.store.stop()
        if "vault" in self.__dict__:
            self.vault.stop()
        self._forget_retired()
        self.decoders.stop()
        self.inference.stop()
        self.collect_everything()


def _gpu() -> str | None:
    """For a worker thread: where there is a driver this loads torch."""
    from siamgui.core.runtime import gpu_device

    return gpu_device()
