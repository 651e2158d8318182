"""Which cameras this machine has, without switching one on where that can be helped."""

from __future__ import annotations

import os
import re
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from siamgui.core.i18n import tr

LINUX = sys.platform == "linux"
DEVICES = Path("/dev")
_SYSTEM_CLASS = Path("/sys/class/video4linux")
_MOST_PROBED = 10

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
    if LINUX:
        return linux_cameras(_SYSTEM_CLASS, DEVICES)
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
    from siamgui.core.cv import cv2

    found = []
    for index in range(_MOST_PROBED):
        capture = cv2.VideoCapture(index, cv2.CAP_ANY)
        there = capture.isOpened()
        capture.release()
        if not there:
            break
        found.append(CameraInfo(index, camera_name(index)))
    return tuple(found)


def camera_name(index: int) -> str:
    """What a person calls the camera with this index."""
    try:
        return (_SYSTEM_CLASS / f"video{index}" / "name").read_text(errors="replace").strip()
    except OSError:
        return tr("Camera {number}", number=index + 1)
