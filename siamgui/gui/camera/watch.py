"""What the engine sees in the frames of a camera. The inference thread always takes the newest frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.gui.camera.capture import Capture
from siamgui.gui.inference import Inference
from siamgui.gui.tasks import Task

if TYPE_CHECKING:
    from siamgui.core.pipeline import FaceEngine
    from siamgui.live.crowd import CrowdReader
    from siamgui.live.frames import FrameReader


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """value: what became of one frame. came: when that arrived from the source, by time.monotonic()."""

    value: object
    came: float


class Watch(QObject):
    """Reads frames as they come, at most one at a time, so that other questions to the engine get their turn.

    Ends with stop(), or when a frame fails.
    """

    answered = Signal(object)
    """Answer"""
    failed = Signal(object)
    """The exception that ended it."""

    def __init__(
        self,
        inference: Inference,
        capture: Capture,
        step: Callable[[Any], object],
        parent: QObject | None = None,
        *,
        crowd: bool = False,
    ) -> None:
        """capture: whose frames are read. step: called on the inference thread with what was seen in each frame.

        crowd: whether every face is read, and step takes a View; else one is followed, and step takes a Seen.
        """
        super().__init__(parent)
        self._inference = inference
        self._capture = capture
        capture.frame_ready.connect(self.look)
        self._step = step
        self._task: Task | None = None
        self._again = False
        self._pick: tuple[float, float] | None = None
        self._stopped = False
        # Touched by the inference thread only.
        self._reader: FrameReader | CrowdReader | None = None
        self._crowd = crowd
        self._engine: FaceEngine | None = None

    @Slot()
    def look(self) -> None:
        """A frame is waiting."""
        if self._stopped:
            return
        if self._task is not None:
            self._again = True
            return
        pick, self._pick = self._pick, None
        self._task = self._inference.ask(lambda engine: self._look(engine, pick)).on(self._seen, self._failed)

    def pick(self, x: float, y: float) -> None:
        """Follow the face nearest to this point of the frame, from the next frame on."""
        self._pick = (x, y)

    def stop(self) -> None:
        """No answer comes from now on, and then it goes. Does not wait."""
        self._stopped = True
        self.deleteLater()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    @Slot(object)
    def _seen(self, answer: Answer | None) -> None:
        self._task = None
        again, self._again = self._again, False
        if answer is not None:
            self.answered.emit(answer)
        if again:
            self.look()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._task = None
        self._stopped = True
        self.failed.emit(error)

    def _look(self, engine: FaceEngine, pick: tuple[float, float] | None) -> Answer | None:
        """On the inference thread."""
        if self._reader is None or self._engine is not engine:
            from siamgui.live.crowd import CrowdReader
            from siamgui.live.frames import FrameReader

            self._reader, self._engine = (CrowdReader if self._crowd else FrameReader)(engine), engine
        if pick is not None:
            self._reader.pick(*pick)
        frame = self._capture.take_frame()
        if frame is None:
            return None
        came = self._capture.came
        return Answer(self._step(self._reader.read(frame)), came)
