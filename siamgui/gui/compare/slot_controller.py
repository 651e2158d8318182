"""The way of one photograph from its source to a face reading."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.types import EngineInfo
from siamgui.gui.compare.state import Loaded, SlotState
from siamgui.gui.inference import Found, Inference
from siamgui.gui.photos.sources import Decoded, Source, UnusablePhoto, decode
from siamgui.gui.tasks import Task, Workers


class SlotController(QObject):
    """Holds the state of one slot and runs at most one task for it; a newer wish replaces an older one."""

    changed = Signal()
    replacing = Signal(int)
    """Emitted with the gesture just before a newcomer takes the place of what is there."""
    answered_by = Signal(object)
    """EngineInfo of the answer that has just come in."""

    def __init__(self, decoders: Workers, inference: Inference, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._decoders = decoders
        self._inference = inference
        self._engine_ready = False
        self._task: Task | None = None
        self.state = SlotState()

    def load(self, source: Source, gesture: int) -> None:
        """Bring in a newcomer. What is shown stays until the newcomer is decoded and a face is found in it."""
        self.adopt(replace(self.state, source=source, gesture=gesture, error=None))

    def adopt(self, state: SlotState) -> None:
        """Take over a state and go on with whatever it still needs."""
        self._drop_task()
        self.state = state
        self._resume()
        self.changed.emit()

    def choose(self, index: int) -> None:
        """Read another face of the photograph."""
        loaded = self.state.loaded
        if loaded is None or self.state.candidate is not None or index == loaded.chosen:
            return
        self.adopt(replace(self.state, loaded=replace(loaded, chosen=index, reading=None)))

    def refuse(self, error: SiamguiError | None) -> None:
        """Show an error, or with None no longer; everything else goes on."""
        self.state = replace(self.state, error=error)
        self.changed.emit()

    def set_engine_ready(self, ready: bool) -> None:
        """False: a new engine is being loaded, so what the old one read is to be read again."""
        self._engine_ready = ready
        state = self.state
        if not ready and state.loaded is not None:
            state = replace(state, loaded=replace(state.loaded, reading=None))
        if state.source is None:
            self.adopt(state)
        else:  # decoding needs no engine
            self.state = state
            self.changed.emit()

    def stop(self) -> None:
        self._drop_task()

    def _drop_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _resume(self) -> None:
        """Start the one task that brings the state forward."""
        state = self.state
        if state.source is not None:
            self._task = self._decoders.start(partial(decode, state.source))
            self._task.succeeded.connect(self._decoded)
        elif not self._engine_ready:
            return
        elif state.candidate is not None:
            self._task = self._inference.find(state.candidate.photo)
            self._task.succeeded.connect(self._found)
        elif state.loaded is not None and state.loaded.reading is None:
            loaded = state.loaded
            self._task = self._inference.read(loaded.decoded.photo, loaded.detection, loaded.chosen)
            self._task.succeeded.connect(self._read)
        else:
            return
        self._task.failed.connect(self._failed)

    @Slot(object)
    def _decoded(self, decoded: Decoded) -> None:
        self._task = None
        self.adopt(replace(self.state, source=None, candidate=decoded))

    @Slot(object)
    def _found(self, found: Found) -> None:
        self._task = None
        decoded = self.state.candidate
        assert decoded is not None
        self.replacing.emit(self.state.gesture)
        loaded = Loaded(decoded, found.detection, found.chosen, found.reading, found.milliseconds)
        self._answer(replace(self.state, loaded=loaded, candidate=None), found.info)

    @Slot(object)
    def _read(self, found: Found) -> None:
        self._task = None
        loaded = self.state.loaded
        assert loaded is not None
        loaded = replace(loaded, reading=found.reading, milliseconds=found.milliseconds)
        self._answer(replace(self.state, loaded=loaded), found.info)

    def _answer(self, state: SlotState, info: EngineInfo) -> None:
        self.state = state
        self.answered_by.emit(info)
        self.changed.emit()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        """Refuse the newcomer; the photograph that was there stays."""
        self._task = None
        state = self.state
        name = state.source.name if state.source is not None else ""
        if state.source is not None:
            state = replace(state, source=None)
        elif state.candidate is not None:
            name = state.candidate.photo.name
            state = replace(state, candidate=None)
        elif state.loaded is not None:
            name = state.loaded.decoded.photo.name
            state = replace(state, loaded=None)
        known = error if isinstance(error, SiamguiError) else UnusablePhoto(name=name)
        self.adopt(replace(state, error=known))
