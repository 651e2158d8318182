"""The one way into moving pictures: a webcam, a video file (siamgui.core.film), or a stream of this machine."""

from __future__ import annotations

import os
import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from siamgui.core.cameras import DEVICES, LINUX, camera_name
from siamgui.core.errors import CameraAbsent, CameraBusy, CameraForbidden, CameraLost, SiamguiError
from siamgui.core.source import Source, Stream, StreamSilent, check_stream
from siamgui.core.types import Frame, Pixels

USUAL_FPS = 30.0
LONG_SIDE = 1920  # larger frames are made smaller: a face before a camera gains nothing from more

_SIZES = ((640, 480), (1280, 720), (1920, 1080))
# Enough for a face at arm's length, and what nearly every webcam offers; OpenCV takes the nearest size there is.
_USUAL_SIZE = _SIZES[1]
_DAMAGED_IN_A_ROW = 5

# How long a stream may take to begin (its next key frame may be seconds away) and to send its next frame.
_STREAM_BEGINS, _STREAM_GOES_ON = 5000, 2000  # milliseconds
_FIRST_FRAME_TRIES = 5  # of a device, each as long as siamgui.core.cv lets V4L2 wait

# What FFmpeg may open of a stream: it follows no redirection and no proxy, and listens on this machine alone.
_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_STREAM_OPTIONS = (
    "protocol_whitelist;http,rtp,rtsp,tcp,udp|"
    "format_whitelist;mov,matroska,avi,mpeg,mpegts,flv,h264,mjpeg,mpjpeg,rtsp|"
    "max_redirects;0|http_proxy;none|localaddr;127.0.0.1|rtsp_transport;tcp"
)
_opening = threading.Lock()  # the options are an environment variable, read while a capture is being opened


def sizes() -> tuple[tuple[int, int], ...]:
    """The resolutions that a person may ask a camera for, (width, height), smallest first."""
    return _SIZES


class Camera(ABC):
    """An open camera, video file or stream. One thread at a time opens, reads and closes it.

    fps: frames per second as the source states them, 30 where it states nothing sensible.
    """

    fps: float

    @staticmethod
    def open(source: Source, size: tuple[int, int] | None = None) -> Camera:
        """Return when the first frame has come.

        size: (width, height) to ask a device for; it sends the nearest.

        Raises, of a device, CameraAbsent, CameraForbidden or CameraBusy; of a file, UnreadableVideo, whose subclasses
        say more; of a stream, StreamSilent.
        """
        if isinstance(source, Path):
            from siamgui.core.film import Film

            return Film(source)
        return _Capture(source, size or _USUAL_SIZE)

    @abstractmethod
    def next(self) -> Frame:
        """Wait for the next frame; its pixels are its own memory, the long side at most LONG_SIDE.

        at: of a file its own time, which rises from frame to frame whatever the file states; else time.monotonic().
        Raises CameraLost, of a file that has ended VideoEnded, of a stream StreamSilent; also when a camera or a stream
        was silent for over two seconds, or the machine slept.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of the source. May be called twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Capture(Camera):
    """A device or a stream, through OpenCV."""

    def __init__(self, source: int | Stream, size: tuple[int, int]) -> None:
        from siamgui.core.cv import cv2

        _check_access(source)
        self._source = source
        self._next: Frame | None = None
        self._capture = _device(source, size) if isinstance(source, int) else _stream(source)
        if not self._capture.isOpened():
            # Without a device node to look at, a camera that does not open counts as absent.
            raise _failure(source, CameraBusy if LINUX else CameraAbsent)
        fps = float(self._capture.get(cv2.CAP_PROP_FPS))
        self.fps = fps if 0 < fps < 1000 else USUAL_FPS
        # Many systems open a busy camera and then send nothing, so only a frame proves that it works.
        for _ in range(_FIRST_FRAME_TRIES if isinstance(source, int) else 1):
            self._next = self._fetch()
            if self._next is not None:
                return
        self.close()
        raise _failure(source, CameraBusy)

    def next(self) -> Frame:
        frame, self._next = self._next, None
        if frame is None:
            asked = time.time()
            frame = self._fetch()
            # By the wall clock, which goes on while the machine sleeps: what was seen before it may be gone since.
            if time.time() - asked > _STREAM_GOES_ON / 1000:
                frame = None
        if frame is None:
            raise _failure(self._source, CameraLost)
        return frame

    def close(self) -> None:
        self._next = None
        self._capture.release()

    def _fetch(self) -> Frame | None:
        """None when nothing comes any more. Webcams send damaged Motion JPEG now and then; that is skipped."""
        from siamgui.core.cv import cv2

        for _ in range(_DAMAGED_IN_A_ROW):
            try:
                if not self._capture.grab():
                    return None
                at = time.monotonic()
                there, picture = self._capture.retrieve()
                if there:
                    return Frame(_fitted(picture), at)
            except cv2.error:  # an empty buffer
                pass
        return None


def _device(index: int, size: tuple[int, int]) -> Any:
    """A capture of OpenCV, opened or not."""
    from siamgui.core.cv import cv2

    capture = cv2.VideoCapture(index, cv2.CAP_V4L2 if LINUX else cv2.CAP_ANY)
    if capture.isOpened():
        # Motion JPEG: uncompressed video of this size does not fit through USB 2 at full rate.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    return capture


def _stream(stream: Stream) -> Any:
    from siamgui.core.cv import cv2

    live = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _STREAM_BEGINS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _STREAM_GOES_ON]
    with _opening:
        os.environ[_OPTIONS] = _STREAM_OPTIONS
        try:
            # Each further thread of the decoder would hold one more frame back.
            return cv2.VideoCapture(stream.address, cv2.CAP_FFMPEG, [*live, cv2.CAP_PROP_N_THREADS, 1])
        finally:
            del os.environ[_OPTIONS]


def _failure(source: int | Stream, of_device: type[SiamguiError]) -> SiamguiError:
    """What to say of a source that sends nothing."""
    return StreamSilent(name=source.name) if isinstance(source, Stream) else of_device(name=camera_name(source))


def _fitted(picture: Any) -> Pixels:
    """BGR to RGB, made smaller where it is larger than anything here needs."""
    from siamgui.core.cv import cv2

    height, width = picture.shape[:2]
    scale = LONG_SIDE / max(height, width)
    if scale < 1:
        fitting = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = cv2.resize(picture, fitting, interpolation=cv2.INTER_AREA)
    return cast(Pixels, cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


def _check_access(source: int | Stream) -> None:
    """Raises what the device node alone tells."""
    if isinstance(source, Stream):
        check_stream(source)
    elif LINUX:
        node = DEVICES / f"video{source}"
        if not node.exists():
            raise CameraAbsent()
        if not os.access(node, os.R_OK | os.W_OK):
            raise CameraForbidden(name=camera_name(source))
