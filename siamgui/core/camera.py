"""Frames of a webcam, a video file or a stream of this machine, through the same code of OpenCV."""

from __future__ import annotations

import math
import os
import re
import struct
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from siamgui.core.errors import CameraAbsent, CameraBusy, CameraForbidden, CameraLost, SiamguiError
from siamgui.core.formats import VIDEO_FORMATS
from siamgui.core.i18n import tr
from siamgui.core.source import (
    Source,
    Stream,
    StreamSilent,
    UnreadableVideo,
    VideoEmpty,
    VideoEnded,
    VideoTooLarge,
    check_file,
    check_stream,
    source_name,
)
from siamgui.core.types import Frame, Pixels

_SIZES = ((640, 480), (1280, 720), (1920, 1080))
# Enough for a face at arm's length, and what nearly every webcam offers; OpenCV takes the nearest size there is.
_USUAL_SIZE = _SIZES[1]
_USUAL_FPS = 30.0
_MOST_PROBED = 10
_DAMAGED_IN_A_ROW = 5

_MOST_MEGAPIXELS = 36  # 8K
_LONG_SIDE = 1920  # larger frames are made smaller: a face before a camera gains nothing from more
_MOST_FRAMES = 10**8  # more is no number of frames, but what a file states that knows none
_RUN_UP, _STRAY = 0.5, 5.0  # seconds before a place to which is jumped, and how far off that may end
_STEPS = (0.001, 10.0)  # seconds from one frame of a file to the next; less or more is a broken time stamp

# How long a stream may take to begin (its next key frame may be seconds away) and to send its next frame.
_STREAM_BEGINS, _STREAM_GOES_ON = 5000, 2000  # milliseconds
_FIRST_FRAME_TRIES = 5  # of a device, each as long as siamgui.core.cv lets V4L2 wait

# What FFmpeg may open. A stream follows no redirection and no proxy, and listens on this machine alone.
_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_FORMATS = ",".join(each.name for each in VIDEO_FORMATS)
_FILE_OPTIONS = f"protocol_whitelist;file|format_whitelist;{_FORMATS}"
_STREAM_OPTIONS = (
    f"protocol_whitelist;http,rtp,rtsp,tcp,udp|format_whitelist;{_FORMATS},flv,h264,mjpeg,mpjpeg,rtsp|"
    "max_redirects;0|http_proxy;none|localaddr;127.0.0.1|rtsp_transport;tcp"
)
_opening = threading.Lock()  # the options are an environment variable, read while a capture is being opened

_LINUX = sys.platform == "linux"

_SYSTEM_CLASS = Path("/sys/class/video4linux")
_DEVICES = Path("/dev")

# <linux/videodev2.h>: the request number, and where struct v4l2_capability holds capabilities and device_caps.
_VIDIOC_QUERYCAP, _CAPABILITY_SIZE, _CAPABILITY_AT = 0x80685600, 104, 84
_VIDEO_CAPTURE, _DEVICE_CAPS = 0x00000001 | 0x00001000, 0x80000000


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera of this machine. index: what Camera.open takes. name: what a person calls it."""

    index: int
    name: str


def list_cameras() -> tuple[CameraInfo, ...]:
    """The cameras of this machine, by index. On Linux none is switched on for it; elsewhere each one is, briefly."""
    if _LINUX:
        return linux_cameras(_SYSTEM_CLASS, _DEVICES)
    return _probed_cameras()


def linux_cameras(system_class: Path, devices: Path) -> tuple[CameraInfo, ...]:
    """The V4L2 nodes that deliver pictures. A webcam also has nodes for metadata; others are codecs or outputs."""
    found = []
    for node in system_class.glob("video*"):
        number = re.fullmatch(r"video(\d+)", node.name)
        if number and _delivers_pictures(devices / node.name):
            try:
                name = (node / "name").read_text(errors="replace").strip()
            except OSError:  # unplugged in this moment
                continue
            found.append(CameraInfo(int(number[1]), name))
    return tuple(sorted(found, key=lambda camera: camera.index))


def _delivers_pictures(device: Path) -> bool:
    import fcntl

    try:
        descriptor = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    except PermissionError:
        return True  # listed, so that choosing it can say what is wrong
    except OSError:
        return False
    answer = bytearray(_CAPABILITY_SIZE)
    try:
        fcntl.ioctl(descriptor, _VIDIOC_QUERYCAP, answer)
    except OSError:  # not a V4L2 device
        return False
    finally:
        os.close(descriptor)
    return is_capture(bytes(answer))


def is_capture(capability: bytes) -> bool:
    """Whether a struct v4l2_capability describes a node that delivers pictures."""
    whole_device, this_node = struct.unpack_from("=II", capability, _CAPABILITY_AT)
    return bool((this_node if whole_device & _DEVICE_CAPS else whole_device) & _VIDEO_CAPTURE)


def _probed_cameras() -> tuple[CameraInfo, ...]:
    found = []
    for index in range(_MOST_PROBED):
        capture = _capture(index)
        there = capture.isOpened()
        capture.release()
        if not there:
            break
        found.append(CameraInfo(index, _name(index)))
    return tuple(found)


def sizes() -> tuple[tuple[int, int], ...]:
    """The resolutions that a person may ask a camera for, (width, height), smallest first."""
    return _SIZES


def _capture(source: Source, size: tuple[int, int] = _USUAL_SIZE) -> Any:
    """A capture of OpenCV, opened or not."""
    from siamgui.core.cv import cv2

    if isinstance(source, int):
        capture = cv2.VideoCapture(source, cv2.CAP_V4L2 if _LINUX else cv2.CAP_ANY)
        if capture.isOpened():
            # Motion JPEG: uncompressed video of this size does not fit through USB 2 at full rate.
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        return capture
    if isinstance(source, Path):
        # Absolute, because FFmpeg takes a name such as "concat:a" for an address.
        return _open_ffmpeg(str(source.absolute()), _FILE_OPTIONS, [])
    live = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _STREAM_BEGINS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _STREAM_GOES_ON]
    # Each further thread of the decoder would hold one more frame back.
    return _open_ffmpeg(source.address, _STREAM_OPTIONS, [*live, cv2.CAP_PROP_N_THREADS, 1])


def _open_ffmpeg(address: str, options: str, settings: list[int]) -> Any:
    from siamgui.core.cv import cv2

    with _opening:
        os.environ[_OPTIONS] = options
        try:
            return cv2.VideoCapture(address, cv2.CAP_FFMPEG, settings)
        finally:
            del os.environ[_OPTIONS]


def _name(source: Source) -> str:
    if not isinstance(source, int):
        return source_name(source)
    try:
        return (_SYSTEM_CLASS / f"video{source}" / "name").read_text(errors="replace").strip()
    except OSError:
        return tr("Camera {number}", number=source + 1)


def _failure(source: Source, of_file: type[SiamguiError], of_device: type[SiamguiError]) -> SiamguiError:
    """What to say of a source that sends nothing."""
    if isinstance(source, Stream):
        return StreamSilent(name=source.name)
    return (of_file if isinstance(source, Path) else of_device)(name=_name(source))


class Camera:
    """An open camera, video file or stream. One thread at a time opens, reads and closes it.

    fps: frames per second as the source states them, 30 where it states nothing sensible. seconds: how long a file is,
    as it states; None where it does not.
    """

    def __init__(self, capture: Any, source: Source) -> None:
        """capture: of OpenCV, opened. Camera.open() is the way in."""
        from siamgui.core.cv import cv2

        self._capture = capture
        self._source = source
        self._next: Frame | None = None
        fps = float(capture.get(cv2.CAP_PROP_FPS))
        self.fps = fps if 0 < fps < 1000 else _USUAL_FPS
        self._last: float | None = -1 / self.fps
        self._shift = 0.0
        frames = float(capture.get(cv2.CAP_PROP_FRAME_COUNT)) if isinstance(source, Path) else 0.0
        self.seconds = frames / self.fps if 0 < frames < _MOST_FRAMES else None

    @classmethod
    def open(cls, source: Source, size: tuple[int, int] | None = None) -> Camera:
        """Return when the first frame has come. size: (width, height) to ask a device for; it sends the nearest.

        Raises, of a device, CameraAbsent, CameraForbidden or CameraBusy; of a file, UnreadableVideo, whose subclasses
        say more; of a stream, StreamSilent.
        """
        from siamgui.core.cv import cv2

        _check_access(source)
        capture = _capture(source, size or _USUAL_SIZE)
        if not capture.isOpened():
            # Without a device node to look at, a camera that does not open counts as absent.
            raise _failure(source, UnreadableVideo, CameraBusy if _LINUX else CameraAbsent)
        camera = cls(capture, source)
        # A picture that turns out larger than this arrives in this size.
        if capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT) > _MOST_MEGAPIXELS * 1e6:
            camera.close()
            raise VideoTooLarge(name=_name(source), limit=_MOST_MEGAPIXELS)
        # Many systems open a busy camera and then send nothing, so only a frame proves that it works.
        for _ in range(_FIRST_FRAME_TRIES if isinstance(source, int) else 1):
            camera._next = camera._fetch()
            if camera._next is not None:
                return camera
        camera.close()
        raise _failure(source, VideoEmpty, CameraBusy)

    def next(self) -> Frame:
        """Wait for the next frame; its pixels are its own memory, the long side at most 1920.

        at: of a file its own time, which rises from frame to frame whatever the file states; else time.monotonic().
        Raises CameraLost, of a file that has ended VideoEnded, of a stream StreamSilent; also when a camera or a stream
        was silent for over two seconds, or the machine slept.
        """
        frame, self._next = self._next, None
        if frame is None:
            asked = time.time()
            frame = self._fetch()
            # By the wall clock, which goes on while the machine sleeps: what was seen before it may be gone since.
            if not isinstance(self._source, Path) and time.time() - asked > _STREAM_GOES_ON / 1000:
                frame = None
        if frame is None:
            raise _failure(self._source, VideoEnded, CameraLost)
        return frame

    def next_from(self, at: float) -> Frame:
        """The first frame of a file that is not before `at`; those before it are not made into pictures.

        Raises VideoEnded.
        """
        frame, self._next = self._next, None
        if frame is None or frame.at < at:
            frame = self._fetch(at)
        if frame is None:
            raise _failure(self._source, VideoEnded, CameraLost)
        return frame

    def go_to(self, at: float) -> bool:
        """Jump within a file, so that next_from(at) gives what it gives without a jump.

        Returns whether it is there: a file without an index, or with broken time stamps, has to be opened again and
        gone through from its beginning.
        """
        from siamgui.core.cv import cv2

        self._last, self._shift = None, 0.0
        self._capture.set(cv2.CAP_PROP_POS_MSEC, 1000 * max(at - _RUN_UP, 0.0))
        self._next = self._fetch()
        return self._next is not None and at - _STRAY <= self._next.at <= at

    def close(self) -> None:
        """Let go of the camera. May be called twice."""
        self._next = None
        self._capture.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _fetch(self, since: float = -math.inf) -> Frame | None:
        """The next one that is not before since; None when nothing comes any more.

        Webcams send damaged Motion JPEG now and then; that is skipped.
        """
        from siamgui.core.cv import cv2

        damaged = 0
        while damaged < _DAMAGED_IN_A_ROW:
            try:
                if not self._capture.grab():
                    return None
                at = self._time()
                if at < since:
                    continue
                there, picture = self._capture.retrieve()
                if there:
                    return Frame(_fitted(picture), at)
            except cv2.error:  # an empty buffer
                pass
            damaged += 1
        return None

    def _time(self) -> float:
        from siamgui.core.cv import cv2

        if not isinstance(self._source, Path):
            return time.monotonic()
        stated = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
        at = stated + self._shift
        if self._last is None:  # after a jump
            self._last = at
            return at
        if not _STEPS[0] <= at - self._last <= _STEPS[1]:  # standing still, going back, jumping, or no number
            at = self._last + 1 / self.fps
            self._shift = at - stated
        self._last = at
        return at


def _fitted(picture: Any) -> Pixels:
    """BGR to RGB, made smaller where it is larger than anything here needs."""
    from siamgui.core.cv import cv2

    height, width = picture.shape[:2]
    scale = _LONG_SIDE / max(height, width)
    if scale < 1:
        fitting = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = cv2.resize(picture, fitting, interpolation=cv2.INTER_AREA)
    return cast(Pixels, cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


def _check_access(source: Source) -> None:
    """Raises what the file or device node alone tells."""
    if isinstance(source, Path):
        check_file(source)
    elif isinstance(source, Stream):
        check_stream(source)
    elif _LINUX:
        node = _DEVICES / f"video{source}"
        if not node.exists():
            raise CameraAbsent()
        if not os.access(node, os.R_OK | os.W_OK):
            raise CameraForbidden(name=_name(source))
