"""A thread that only reads a camera, a video file or a stream. The newest frame waits in one-slot mailboxes."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from weakref import WeakSet

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QImage

from siamgui.core.camera import Camera
from siamgui.core.cameras import CameraInfo, list_cameras
from siamgui.core.errors import CameraAbsent, SiamguiError
from siamgui.core.source import Source, UnreadableVideo, VideoEnded, VideoGone
from siamgui.core.types import Frame
from siamgui.gui.display import wrap

AGAIN = 1.0
"""Seconds from one try to open a source that was lost to the next."""
LATE = 0.25
"""Seconds that a file may lag behind its own clock and still catch up. After a longer pause it goes on from there."""


_all: WeakSet[Capture] = WeakSet()
"""Those that were started; touched by the GUI thread only."""


def stop_all() -> None:
    """Let go of every source, and wait until no thread reads any more: after that the window may go."""
    for capture in tuple(_all):
        capture.stop()
    for capture in tuple(_all):
        capture.wait()


def speaks(capture: Capture | None, receiver: QObject) -> bool:
    """In a slot of receiver: whether the signal is of this one. One that has gone by then is no sender any more."""
    return capture is not None and receiver.sender() is capture


class Capture(QObject):
    """Reads one source from start() until stop() or the end of a file. Signals arrive in the thread of their receiver.

    It begins when those that were stopped before have let go: never are two open for one place, and a camera is free.

    A source that is lost, or not there yet, is tried again every second; only a file that can't be played is not. The
    source is closed before finished() is emitted, exactly once: after stop() within one frame, or a few seconds where
    none comes.
    """

    found = Signal(object)
    """tuple[CameraInfo, ...]: the cameras there are, and again when others are. Not emitted for a file or a stream."""
    opened = Signal(object)
    """Source: the one in use; again each time that it has come back."""
    picture_ready = Signal()
    """The mailbox for painting was empty and holds a picture now: take_picture()."""
    frame_ready = Signal()
    """The mailbox for the engine was empty and holds a frame now: take_frame()."""
    lost = Signal(object)
    """SiamguiError: why no frames come; again when the reason changes. The thread goes on trying."""
    ended = Signal(object)
    """VideoEnded: every frame of a file was read."""
    finished = Signal()

    def __init__(
        self,
        source: Source | None,
        size: tuple[int, int] | None = None,
        *,
        mirrored: bool = True,
    ) -> None:
        """source: None for the first camera. size: as in Camera.open().

        mirrored: how take_picture() shows it; take_frame() never is.
        """
        super().__init__()
        self._source = source
        self._before: list[Capture] = []
        self._size = size
        self.mirrored = mirrored
        """May be changed while it runs."""
        self._known: tuple[CameraInfo, ...] | None = None
        self._chosen: Source | None = None  # once it has opened; another one does not take its place
        self._trouble: SiamguiError | None = None
        self._stop = threading.Event()
        self._picture: QImage | None = None
        self._frame: Frame | None = None
        self._arrived = 0.0
        self.came = 0.0
        """When the frame that take_frame() gave last arrived, by time.monotonic()."""
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="camera")

    def start(self) -> None:
        self._before = [other for other in _all if other._stop.is_set()]
        _all.add(self)
        self._thread.start()

    def stop(self) -> None:
        """Ask to let go of the source. Does not wait."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the thread has ended; False if it has not by then."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def take_picture(self) -> QImage | None:
        """The newest frame ready to paint, RGB32, once; None if it was taken already."""
        with self._lock:
            picture, self._picture = self._picture, None
        return picture

    def take_frame(self) -> Frame | None:
        """The newest frame, once; None if it was taken already. For any thread."""
        with self._lock:
            frame, self._frame, self.came = self._frame, None, self._arrived
        return frame

    def _run(self) -> None:
        while self._before:
            self._before.pop().wait()
        try:
            while self._wanted():
                try:
                    self._read(self._choose())
                except VideoEnded as error:
                    self._tell(self.ended, error)
                    break
                except UnreadableVideo as error:
                    self._lose(error)
                    if not isinstance(error, VideoGone):
                        break
                except SiamguiError as error:
                    self._lose(error)
                self._stop.wait(AGAIN)
        finally:
            self.finished.emit()

    def _wanted(self) -> bool:
        # The main thread ends before its time only when the program breaks off; that must not hang on a camera.
        return not self._stop.is_set() and threading.main_thread().is_alive()

    def _tell(self, signal: SignalInstance, value: object) -> None:
        if self._wanted():
            signal.emit(value)

    def _lose(self, error: SiamguiError) -> None:
        if self._trouble is None or (type(error), error.values) != (type(self._trouble), self._trouble.values):
            self._trouble = error
            self._tell(self.lost, error)

    def _choose(self) -> Source:
        if self._chosen is not None:
            return self._chosen
        if self._source is not None and not isinstance(self._source, int):
            return self._source
        cameras = list_cameras()
        if cameras != self._known:
            self._known = cameras
            self._tell(self.found, cameras)
        if not cameras:
            raise CameraAbsent()
        known = [camera.index for camera in cameras]
        return self._source if self._source in known else known[0]

    def _read(self, source: Source) -> None:
        if not self._wanted():
            return
        with Camera.open(source, self._size) as camera:
            self._chosen, self._trouble = source, None
            self._tell(self.opened, source)
            clock = _FileClock() if isinstance(source, Path) else None
            while self._wanted():
                frame = camera.next()
                # A file gives its frames at once, a camera when it has them.
                if clock is None or not self._stop.wait(clock.wait(frame.at)):
                    self._deliver(frame)

    def _deliver(self, frame: Frame) -> None:
        from siamgui.core.cv import cv2

        arrived = time.monotonic()
        pixels = cv2.flip(frame.pixels, 1) if self.mirrored else frame.pixels
        picture = wrap(pixels).convertToFormat(QImage.Format.Format_RGB32)
        with self._lock:
            painted, seen = self._picture is None, self._frame is None
            self._picture, self._frame, self._arrived = picture, frame, arrived
        if painted:
            self.picture_ready.emit()
        if seen:
            self.frame_ready.emit()


class _FileClock:
    """When the frames of a file are due."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def wait(self, at: float) -> float:
        """Seconds to wait for the frame of this time. After a pause there is nothing to catch up with."""
        early = self._began + at - time.monotonic()
        if early < -LATE:
            self._began -= early
        return max(0.0, early)
