"""A place for one photograph: from its source to the reading of the chosen face."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.types import Detection, EngineInfo, Face, FaceChoice, FaceReading, PhotoReading
from siamgui.gui.inference import Inference
from siamgui.gui.photos.reader import OnePhoto
from siamgui.gui.photos.sources import Decoded, Source, decode
from siamgui.gui.tasks import Workers


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A photograph with its faces. read: of the chosen face, None while it is being read."""

    decoded: Decoded
    detection: Detection
    chosen: int
    read: PhotoReading | None

    @property
    def reading(self) -> FaceReading | None:
        return self.read.reading if self.read is not None else None


@dataclass(frozen=True, slots=True, eq=False)
class SlotState:
    """One slot. A newcomer replaces `loaded` only when a face has been found in it.

    source: a newcomer that is being decoded. candidate: a decoded newcomer whose faces are being looked for.
    gesture: which action of the user brought the newcomer. wanted: which of its faces, None for the most prominent one.
    error: why the last newcomer was refused, until dismissed.
    """

    loaded: Loaded | None = None
    source: Source | None = None
    candidate: Decoded | None = None
    gesture: int = 0
    wanted: FaceChoice | None = None
    error: SiamguiError | None = None

    @property
    def shown(self) -> Decoded | None:
        """The photograph to show: a decoded newcomer already while its faces are being looked for."""
        if self.candidate is not None:
            return self.candidate
        return self.loaded.decoded if self.loaded is not None else None

    @property
    def marks(self) -> tuple[tuple[Face, ...], int]:
        """The faces of the photograph that is shown and the index of the chosen one; while none are known, (), -1."""
        if self.loaded is None or self.candidate is not None:
            return (), -1
        return self.loaded.detection.faces, self.loaded.chosen

    @property
    def reading(self) -> FaceReading | None:
        """The reading of the face that is shown, if there is one."""
        return self.loaded.reading if self.loaded is not None and self.candidate is None else None

    @property
    def busy(self) -> bool:
        return self.source is not None or (self.shown is not None and self.reading is None)


class SlotController(QObject):
    """Holds the state of one slot; a newer wish replaces an older one."""

    changed = Signal()
    replacing = Signal(int)
    """Emitted with the gesture just before a newcomer takes the place of what is there."""
    answered_by = Signal(object)
    """EngineInfo of the answer that has just come in."""

    def __init__(self, decoders: Workers, inference: Inference, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inference = inference
        self._way = OnePhoto(decoders, inference, decode, parent=self)
        self._way.decoded.connect(self._decoded)
        self._way.done.connect(self._read)
        self._way.failed.connect(self._failed)
        inference.loading.connect(self._engine_gone)
        self.state = SlotState()

    def load(self, source: Source, gesture: int, wanted: FaceChoice | None = None) -> None:
        """Bring in a newcomer. What is shown stays until the newcomer is decoded and a face is found in it.

        wanted: the index of the face to read, None for the most prominent one.
        """
        self.adopt(replace(self.state, source=source, gesture=gesture, wanted=wanted, error=None))

    def empty(self) -> None:
        """Show nothing any more."""
        self.adopt(SlotState())

    def adopt(self, state: SlotState) -> None:
        """Take over a state and go on with whatever it still needs; what another encoder read is read again."""
        loaded = state.loaded
        if loaded is not None and loaded.read is not None and not self._of_engine(loaded.read.engine):
            loaded = replace(loaded, read=None)
        self.state = state = replace(state, loaded=loaded)
        if state.source is not None:
            self._way.decode(state.source, state.wanted)
        elif state.candidate is not None:
            self._way.find(state.candidate.photo, state.wanted)
        elif loaded is not None and loaded.read is None:
            self._way.find(loaded.decoded.photo, loaded.chosen, loaded.detection)
        else:
            self._way.cancel()
        self.changed.emit()

    def _of_engine(self, info: EngineInfo) -> bool:
        ready = self._inference.current
        return ready is not None and ready.info.encoder == info.encoder

    def choose(self, index: int) -> None:
        """Read another face of the photograph."""
        loaded = self.state.loaded
        if loaded is None or self.state.candidate is not None or index == loaded.chosen:
            return
        self.adopt(replace(self.state, loaded=replace(loaded, chosen=index, read=None)))

    def refuse(self, error: SiamguiError | None) -> None:
        """Show an error, or with None no longer; everything else goes on."""
        self.state = replace(self.state, error=error)
        self.changed.emit()

    def stop(self) -> None:
        self._way.cancel()

    @Slot()
    def _engine_gone(self) -> None:
        """What the engine before has read is to be read again."""
        if self.state.source is None:
            self.adopt(self.state)
        elif self.state.loaded is not None:  # decoding needs no engine
            self.state = replace(self.state, loaded=replace(self.state.loaded, read=None))
            self.changed.emit()

    @Slot(object)
    def _decoded(self, decoded: Decoded) -> None:
        self.state = replace(self.state, source=None, candidate=decoded)
        self.changed.emit()

    @Slot(object)
    def _read(self, read: PhotoReading) -> None:
        newcomer = self.state.candidate
        if newcomer is not None:
            self.replacing.emit(self.state.gesture)
            loaded = Loaded(newcomer, read.detection, read.chosen, read)
        else:
            assert self.state.loaded is not None
            loaded = replace(self.state.loaded, read=read)
        self.state = replace(self.state, loaded=loaded, candidate=None)
        self.answered_by.emit(read.engine)
        self.changed.emit()

    @Slot(object)
    def _failed(self, error: SiamguiError) -> None:
        """Refuse the newcomer; the photograph that was there stays."""
        state = self.state
        if state.source is not None:
            state = replace(state, source=None)
        elif state.candidate is not None:
            state = replace(state, candidate=None)
        else:
            state = replace(state, loaded=None)
        self.adopt(replace(state, error=error))
