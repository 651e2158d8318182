"""The way of photographs from their sources to readings: decoder threads decode, the inference thread reads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from siamgui.core.errors import SiamguiError
from siamgui.gui.inference import Inference
from siamgui.gui.photos.sources import Decoded, Source, UnusablePhoto, load
from siamgui.gui.tasks import Task, Workers

if TYPE_CHECKING:
    from siamgui.core.types import Detection, FaceChoice, Photo, PhotoReading

Known = Callable[[Source, "Photo"], Task]
Keep = Callable[[Source, "PhotoReading"], Task]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many: photographs read, or faces read again."""

    done: int
    total: int


class OnePhoto(QObject):
    """One photograph at a time; another one takes its place. Where there is no engine it waits for one.

    What an engine is reading when another one is loaded is read by that one instead.
    """

    decoded = Signal(object)
    """What load gave; the faces are looked for already."""
    done = Signal(object)
    """PhotoReading, or what known or keep have made of it."""
    failed = Signal(object)
    """SiamguiError: why the photograph cannot be used."""

    def __init__(
        self,
        decoders: Workers,
        inference: Inference,
        load: Callable[[Source], Photo | Decoded] = load,
        known: Known | None = None,
        keep: Keep | None = None,
        parent: QObject | None = None,
    ) -> None:
        """load: on a decoder thread. known: asked before the faces are looked for; an answer that is not None is done.

        keep: what is done last.
        """
        super().__init__(parent)
        self._decoders, self._inference = decoders, inference
        self._load, self._known, self._keep = load, known, keep
        self._task: Task | None = None
        self._engine_task = False  # whether that is one of the engine
        self._chosen: FaceChoice | None = None
        self._wanted: tuple[Photo, FaceChoice | None, Detection | None] | None = None  # what the engine is to read
        self.source: Source | None = None
        inference.loading.connect(self._engine_gone)
        inference.ready.connect(self._ask_engine)

    @property
    def busy(self) -> bool:
        return self._task is not None or self._wanted is not None

    def decode(self, source: Source, chosen: FaceChoice | None = None) -> None:
        """Begin with a source. chosen: as FaceEngine.read_photo() takes it."""
        self.cancel()
        self.source, self._chosen = source, chosen
        self._start(self._decoders.start(partial(self._load, source)), self._decoded)

    def find(self, photo: Photo, chosen: FaceChoice | None = None, detection: Detection | None = None) -> None:
        """Begin with a photograph that is decoded, or whose faces are known; as FaceEngine.read_photo() takes them."""
        self.cancel()
        self.source = photo
        self._wanted = (photo, chosen, detection)
        self._ask_engine()

    @Slot()
    def cancel(self) -> None:
        """No answer comes. Does not wait."""
        task, self._task, self._wanted = self._task, None, None
        if task is not None:
            task.cancel()

    def _start(self, task: Task, succeeded: Callable[..., None], *, engine: bool = False) -> None:
        self._task, self._engine_task = task.on(succeeded, self._failed), engine

    @Slot(object)
    def _decoded(self, loaded: Photo | Decoded) -> None:
        photo = loaded.photo if isinstance(loaded, Decoded) else loaded
        self._task, self._wanted = None, (photo, self._chosen, None)
        if self._known is not None and self.source is not None:
            self._start(self._known(self.source, photo), self._looked_up)
        else:
            self._ask_engine()
        self.decoded.emit(loaded)

    @Slot(object)
    def _looked_up(self, answer: object) -> None:
        self._task = None
        if answer is None:
            self._ask_engine()
        else:
            self._end(answer)

    @Slot()
    def _ask_engine(self) -> None:
        if self._task is None and self._wanted is not None and self._inference.current is not None:
            self._start(self._inference.read(*self._wanted), self._read, engine=True)

    @Slot()
    def _engine_gone(self) -> None:
        if self._task is not None and self._engine_task:
            self._task.cancel()
            self._task = None

    @Slot(object)
    def _read(self, reading: PhotoReading) -> None:
        self._wanted = None
        if self._keep is not None and self.source is not None:
            self._start(self._keep(self.source, reading), self._end)
        else:
            self._end(reading)

    @Slot(object)
    def _end(self, answer: object) -> None:
        self._task = self._wanted = None
        self.done.emit(answer)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        if self.sender() is not self._task:  # who heard of it before has cancelled
            return
        self._task = self._wanted = None
        name = self.source.name if self.source is not None else ""
        self.failed.emit(error if isinstance(error, SiamguiError) else UnusablePhoto(name=name))


class PhotoReader(QObject):
    """Takes photographs in the order in which they are added, a few at a time; answers each with read or refused."""

    read = Signal(object, object)
    """What became of a photograph (PhotoReading, or what known or keep made of it), and its source."""
    refused = Signal(object, object)
    """SiamguiError: why a photograph cannot be used, and its source."""
    finished = Signal()
    """Nothing is waiting any more."""

    def __init__(
        self,
        decoders: Workers,
        inference: Inference,
        known: Known | None = None,
        keep: Keep | None = None,
        at_once: int = 1,
        parent: QObject | None = None,
    ) -> None:
        """known, keep: as in OnePhoto. at_once: photographs under way; few, so that memory stays flat."""
        super().__init__(parent)
        self._waiting: deque[Source] = deque()
        self._done = 0
        self._ways = [OnePhoto(decoders, inference, load, known, keep, self) for _ in range(at_once)]
        for way in self._ways:
            way.done.connect(self._read)
            way.failed.connect(self._refused)

    @property
    def share(self) -> Share | None:
        """How far it has come; None when idle."""
        left = len(self._waiting) + sum(way.busy for way in self._ways)
        return Share(self._done, self._done + left) if left else None

    def add(self, sources: Iterable[Source]) -> None:
        """Read these after those that are waiting already."""
        self._waiting.extend(sources)
        self._go_on()

    @Slot()
    def end(self) -> None:
        """Forget what is waiting; what is under way is still answered."""
        self._waiting.clear()

    @Slot()
    def stop(self) -> None:
        """Forget what is waiting, and the answers that are on their way."""
        self._waiting.clear()
        for way in self._ways:
            way.cancel()
        self._done = 0

    def _go_on(self) -> None:
        for way in self._ways:
            if self._waiting and not way.busy:
                way.decode(self._waiting.popleft())

    @Slot(object)
    def _read(self, answer: object) -> None:
        self._answer(self.read, answer)

    @Slot(object)
    def _refused(self, error: SiamguiError) -> None:
        self._answer(self.refused, error)

    def _answer(self, signal: SignalInstance, answer: object) -> None:
        way = self.sender()
        assert isinstance(way, OnePhoto)
        self._done += 1
        signal.emit(answer, way.source)
        self._go_on()
        if self.share is None:
            self._done = 0
            self.finished.emit()
