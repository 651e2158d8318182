"""A thread that only reads a camera. The newest frame waits in a one-slot mailbox; older ones are dropped."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from siamgui.core.camera import Camera, CameraInfo, list_cameras
from siamgui.core.errors import CameraAbsent, SiamguiError
from siamgui.core.types import Pixels


class Capture(QObject):
    """Reads one camera from start() until stop(), or until it fails. Signals arrive in the thread of their receiver.

    The camera is closed before finished() is emitted, exactly once.
    """

    found = Signal(object)
    """tuple[CameraInfo, ...]: the cameras there are. Not emitted for a video file."""
    opened = Signal(object)
    """int | Path: the camera in use."""
    frame_ready = Signal()
    """The mailbox was empty and holds a frame now; take() it."""
    failed = Signal(object)
    """SiamguiError: absent, busy or lost."""
    finished = Signal()

    def __init__(self, source: int | Path | None, after: Capture | None = None) -> None:
        """source: a device index, a video file, or None for the first camera. after: one that must let go first."""
        super().__init__()
        self._source = source
        self._after = after
        self._stop = threading.Event()
        self._slot: Pixels | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="camera")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask to let go of the camera; done within one frame. Does not wait."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the thread has ended; False if it has not by then."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def take(self) -> Pixels | None:
        """The newest frame, once; None if it was taken already."""
        with self._lock:
            frame, self._slot = self._slot, None
        return frame

    def _run(self) -> None:
        if self._after is not None:
            self._after.wait()
            self._after = None
        try:
            self._read(self._choose())
        except SiamguiError as error:
            if self._wanted():
                self.failed.emit(error)
        finally:
            self.finished.emit()

    def _wanted(self) -> bool:
        # The main thread ends before its time only when the program breaks off; that must not hang on a camera.
        return not self._stop.is_set() and threading.main_thread().is_alive()

    def _choose(self) -> int | Path:
        if isinstance(self._source, Path):
            return self._source
        cameras: tuple[CameraInfo, ...] = list_cameras()
        self.found.emit(cameras)
        if not cameras:
            raise CameraAbsent()
        known = [camera.index for camera in cameras]
        return self._source if self._source in known else known[0]

    def _read(self, source: int | Path) -> None:
        if not self._wanted():
            return
        with Camera.open(source) as camera:
            self.opened.emit(source)
            # A file gives its frames at once, a camera when it has them.
            pause = 1 / camera.fps if isinstance(source, Path) else 0.0
            while self._wanted():
                frame = camera.read()
                with self._lock:
                    waiting, self._slot = self._slot is not None, frame
                if not waiting:
                    self.frame_ready.emit()
                self._stop.wait(pause)
