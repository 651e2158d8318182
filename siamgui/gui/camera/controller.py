"""Taking a photo with a camera, without its looks: live picture, countdown, then use it or take another."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from siamgui.core.cameras import CameraInfo
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.core.imaging import photo_from_pixels
from siamgui.core.types import Pixels
from siamgui.gui.camera.capture import Capture, speaks
from siamgui.gui.controller import Controller

COUNTDOWN = 3
SECOND = 1000


class Phase(enum.Enum):
    CLOSED = enum.auto()
    SEARCHING = enum.auto()
    LIVE = enum.auto()
    COUNTING = enum.auto()
    TAKEN = enum.auto()
    FAILED = enum.auto()


@dataclass(frozen=True, slots=True, eq=False)
class CameraState:
    """left: seconds of the countdown. source: a device index or a file; None for the first camera. cameras: to choose
    from. error: why it FAILED. taken: the photo, in phase TAKEN."""

    phase: Phase = Phase.CLOSED
    left: int = 0
    source: int | Path | None = None
    cameras: tuple[CameraInfo, ...] = ()
    error: SiamguiError | None = None
    taken: Pixels | None = None


class CameraController(Controller[CameraState]):
    """The camera is in use only from open() until a photo is taken or stop()."""

    pictured = Signal(QImage)
    """A picture to paint, mirrored."""
    captured = Signal(object)
    """Photo: the picture to use, not mirrored. The camera is closed."""
    cancelled = Signal()
    """The person went back without a photo. The camera is closed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(CameraState(), parent)
        self._capture: Capture | None = None
        self._frame: Pixels | None = None  # as it was pictured last
        self._clock = QTimer(self, interval=SECOND)
        self._clock.timeout.connect(self._tick)

    def open(self, source: int | Path | None = None) -> None:
        """Go live. source: a device index, a video file, or None for the camera used last, else the first."""
        if source is not None or isinstance(self.state.source, Path):
            self._set(source=source)
        self._start()

    def stop(self) -> None:
        """Let go of the camera, at the latest after the frame being read, and close. Does not wait."""
        self._release()
        self._set(phase=Phase.CLOSED, taken=None)

    @Slot()
    def take(self) -> None:
        """Start the countdown; a second call takes the photo at once."""
        if self.state.phase is Phase.LIVE:
            self._clock.start()
            self._set(phase=Phase.COUNTING, left=COUNTDOWN)
        elif self.state.phase is Phase.COUNTING:
            self._keep()

    @Slot()
    def retake(self) -> None:
        """Go live again, after a photo or a failure."""
        if self.state.phase in (Phase.TAKEN, Phase.FAILED):
            self._start()

    @Slot()
    def use(self) -> None:
        """Hand over the photo taken."""
        taken = self.state.taken
        if taken is not None:
            self.stop()
            self.captured.emit(photo_from_pixels(taken, tr("camera picture")))

    @Slot()
    def cancel(self) -> None:
        """Back to the live picture while counting down, else out."""
        if self.state.phase is Phase.COUNTING:
            self._clock.stop()
            self._set(phase=Phase.LIVE)
        else:
            self.stop()
            self.cancelled.emit()

    @Slot(object)
    def switch(self, index: int) -> None:
        """Take another camera, by its device index."""
        if index != self.state.source or self.state.phase is Phase.FAILED:
            self._set(source=index)
            self._start()

    # The camera.

    def _start(self) -> None:
        self._release()
        capture = Capture(self.state.source)
        capture.found.connect(self._found)
        capture.opened.connect(self._opened)
        capture.picture_ready.connect(self._pictured)
        capture.lost.connect(self._lost)
        capture.ended.connect(self._lost)
        self._capture = capture
        self._set(phase=Phase.SEARCHING, error=None, taken=None)
        capture.start()

    def _release(self) -> None:
        self._clock.stop()
        if self._capture is not None:
            self._capture.stop()
            self._capture = None

    @Slot(object)
    def _found(self, cameras: tuple[CameraInfo, ...]) -> None:
        if speaks(self._capture, self):
            self._set(cameras=cameras)

    @Slot(object)
    def _opened(self, source: int | Path) -> None:
        if speaks(self._capture, self):
            self._set(source=source)

    @Slot()
    def _pictured(self) -> None:
        if self._capture is None:
            return
        frame, picture = self._capture.take_frame(), self._capture.take_picture()
        if frame is None or picture is None:
            return
        self._frame = frame.pixels
        self.pictured.emit(picture)
        if self.state.phase is Phase.SEARCHING:
            self._set(phase=Phase.LIVE)

    @Slot(object)
    def _lost(self, error: SiamguiError) -> None:
        if speaks(self._capture, self):
            self._release()
            self._set(phase=Phase.FAILED, error=error)

    # Taking.

    @Slot()
    def _tick(self) -> None:
        if self.state.left > 1:
            self._set(left=self.state.left - 1)
        else:
            self._keep()

    def _keep(self) -> None:
        """Keep the frame last shown, and let the camera go."""
        self._release()
        self._set(phase=Phase.TAKEN, taken=self._frame)
