"""The one thread that owns the face engine. Everything a model computes for the window is asked for here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.types import Detection, EngineInfo, FaceChoice, Photo, Pixels
from siamgui.gui.tasks import Task, Workers

if TYPE_CHECKING:
    from siamgui.core.calibration import Calibration
    from siamgui.core.encoder_limits import EncoderLimits
    from siamgui.core.manifest import Model
    from siamgui.core.pipeline import FaceEngine

R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """An engine stands by. notices: why it is not on the device, or not the model version, that was asked for.

    models: encoder and detector.
    """

    info: EngineInfo
    calibration: Calibration
    models: tuple[Model, ...]
    notices: tuple[SiamguiError, ...]

    @property
    def limits(self) -> EncoderLimits:
        from siamgui.core.encoder_limits import EncoderLimits

        return EncoderLimits.of(self.info.encoder, self.calibration)


class Inference(QObject):
    """Requests are Tasks answered in order; a cancelled one that still waits costs nothing.

    The engine is that of the active model version at the time it is loaded.
    """

    loading = Signal()
    """What the engine before has read is not to be compared with what the next one will read."""
    ready = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = Workers(1, "inference", self)
        self._engine: FaceEngine | None = None  # touched by the inference thread only
        self._loading: Task | None = None
        self.current: Ready | None = None
        """The engine that stands by, while one does."""

    def load(self, device: str) -> None:
        """Load the engine, or load it again for another device; answered by ready or failed."""
        if self._loading is not None:
            self._loading.cancel()
        self.current = None
        self._loading = self._workers.start(partial(self._load, device)).on(self._loaded, self._load_failed)
        self.loading.emit()

    def ask(self, work: Callable[[FaceEngine], object]) -> Task:
        """Run work(engine) -> what it returns. Work that goes on asks anew for each part: others get their turn."""
        return self._workers.start(lambda: work(self._live()))

    def call(self, work: Callable[[FaceEngine], R]) -> Future[R]:
        """As ask(), for a thread that waits for the answer, which must have ended before stop() is called."""
        return self._workers.call(lambda: work(self._live()))

    def read(self, photo: Photo, chosen: FaceChoice | None = None, detection: Detection | None = None) -> Task:
        """FaceEngine.read_photo() -> PhotoReading."""
        return self.ask(lambda engine: engine.read_photo(photo, chosen, detection))

    def embed(self, crops: Mapping[int, Pixels]) -> Task:
        """Embed a few aligned crops, (112, 112, 3) uint8 RGB each -> dict of Embedding by the same keys."""
        return self.ask(lambda engine: {key: engine.embed(crop)[0] for key, crop in crops.items()})

    def when_ready(self, told: Callable[[Ready], object]) -> None:
        """told: hears of every engine that stands by, at once of one that does already."""
        self.ready.connect(told)
        if self.current is not None:
            told(self.current)

    def stop(self) -> None:
        self._workers.stop()

    @Slot(object)
    def _loaded(self, ready: Ready) -> None:
        self._loading = None
        self.current = ready
        self.ready.emit(ready)

    @Slot(object)
    def _load_failed(self, error: Exception) -> None:
        self._loading = None
        self.failed.emit(error)

    # From here on: the inference thread.

    def _load(self, device: str) -> Ready:
        from siamgui.versions.active_engine import open_engine_anyhow

        self._engine = None  # the memory of the old one goes first
        self._engine, notices = open_engine_anyhow(device)
        engine = self._engine
        return Ready(engine.info, engine.calibration, (engine.encoder, engine.detector), notices)

    def _live(self) -> FaceEngine:
        if self._engine is None:
            raise RuntimeError("the face engine was asked before it was ready")
        return self._engine
