"""Frames of a webcam, or of a video file, through the same code of OpenCV."""

from __future__ import annotations

import os
import re
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from siamgui.core.errors import CameraAbsent, CameraBusy, CameraForbidden, CameraLost
from siamgui.core.i18n import tr
from siamgui.core.imaging import photo_name
from siamgui.core.types import Pixels

# Enough for a face at arm's length, and what nearly every webcam offers; OpenCV takes the nearest size there is.
_WIDTH, _HEIGHT = 1280, 720
_USUAL_FPS = 30.0
_MOST_PROBED = 10
_DAMAGED_IN_A_ROW = 5

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


def _capture(source: int | Path) -> Any:
    from siamgui.core.cv import cv2

    if isinstance(source, Path):
        return cv2.VideoCapture(str(source), cv2.CAP_FFMPEG)
    return cv2.VideoCapture(source, cv2.CAP_V4L2 if _LINUX else cv2.CAP_ANY)


def _next_frame(capture: Any) -> Any:
    """BGR, or None when the source has ended. Webcams send damaged Motion JPEG now and then; those are skipped."""
    from siamgui.core.cv import cv2

    for _ in range(_DAMAGED_IN_A_ROW):
        if not capture.grab():
            return None
        try:
            there, frame = capture.retrieve()
        except cv2.error:  # an empty buffer
            continue
        if there:
            return frame
    return None


def _name(source: int | Path) -> str:
    if isinstance(source, Path):
        return photo_name(source)
    try:
        return (_SYSTEM_CLASS / f"video{source}" / "name").read_text(errors="replace").strip()
    except OSError:
        return tr("Camera {number}", number=source + 1)


class Camera:
    """An open camera. One thread opens, reads and closes it.

    source: a device index, or a video file, which ends where a camera would be unplugged.
    fps: frames per second as the source states them; above 0.
    """

    def __init__(self, capture: Any, source: int | Path, first: Any, fps: float) -> None:
        self._capture = capture
        self._source = source
        self._next = first
        self.fps = fps

    @classmethod
    def open(cls, source: int | Path) -> Camera:
        """Raises CameraAbsent, CameraForbidden or CameraBusy. Returns when the first frame has come."""
        from siamgui.core.cv import cv2

        _check_access(source)
        capture = _capture(source)
        if not capture.isOpened():
            # Without a device node to look at, a camera that does not open counts as absent.
            known = isinstance(source, Path) or _LINUX
            raise CameraBusy(name=_name(source)) if known else CameraAbsent()
        if isinstance(source, int):
            # Motion JPEG: uncompressed video of this size does not fit through USB 2 at full rate.
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, _WIDTH)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, _HEIGHT)
        # Many systems open a busy camera and then send nothing, so only a frame proves that it works.
        first = _next_frame(capture)
        if first is None:
            capture.release()
            raise CameraBusy(name=_name(source))
        fps = float(capture.get(cv2.CAP_PROP_FPS))
        return cls(capture, source, first, fps if 0 < fps < 1000 else _USUAL_FPS)

    def read(self) -> Pixels:
        """Wait for the next frame: (height, width, 3) uint8 RGB, its own memory. Raises CameraLost."""
        from siamgui.core.cv import cv2

        frame, self._next = self._next, None
        if frame is None:
            frame = _next_frame(self._capture)
            if frame is None:
                raise CameraLost(name=_name(self._source))
        return cast(Pixels, cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))

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


def _check_access(source: int | Path) -> None:
    """Raises CameraAbsent or CameraForbidden where the file or device node alone tells."""
    if isinstance(source, int) and not _LINUX:
        return
    node = source if isinstance(source, Path) else _DEVICES / f"video{source}"
    if not node.exists():
        raise CameraAbsent()
    if not os.access(node, os.R_OK if isinstance(source, Path) else os.R_OK | os.W_OK):
        raise CameraForbidden(name=_name(source))
