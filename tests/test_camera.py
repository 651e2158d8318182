"""Cameras, with real video files written from real photographs; and what Linux says about its device nodes."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.camera import Camera, is_capture, linux_cameras, list_cameras
from siamgui.core.cv import cv2
from siamgui.core.errors import CameraAbsent, CameraLost
from siamgui.core.imaging import load_photo
from siamgui.core.source import VideoForbidden

FRAMES = 12


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of FRAMES frames in which the photograph moves right by 8 pixels each frame."""
    from siamgui.core.resources import resource

    path = tmp_path_factory.mktemp("video") / "摄像 头.avi"
    photo = load_photo(resource("samples") / "obama1.jpg").pixels
    still = cv2.resize(cv2.cvtColor(photo, cv2.COLOR_RGB2BGR), (480, 640))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (480, 640))
    for number in range(FRAMES):
        writer.write(np.roll(still, 8 * number, axis=1))
    writer.release()
    return path


def test_every_frame_comes_once_in_order_and_in_rgb(video: Path, samples: Path) -> None:
    photo = cv2.resize(load_photo(samples / "obama1.jpg").pixels, (480, 640)).astype(int)
    with Camera.open(video) as camera:
        assert camera.fps == 25
        for number in range(FRAMES):
            frame = camera.read()
            assert frame.shape == (640, 480, 3)
            assert frame.dtype == np.uint8
            shown = np.roll(photo, 8 * number, axis=1)
            assert np.abs(frame - shown).mean() < 4  # JPEG's share; swapped channels or another frame give over 10
        with pytest.raises(CameraLost, match=r"摄像 头\.avi"):
            camera.read()


def test_frames_do_not_share_memory(video: Path) -> None:
    with Camera.open(video) as camera:
        first = camera.read()
        kept = first.copy()
        camera.read()
        assert (first == kept).all()


def test_after_closing_it_is_lost_and_closing_twice_is_fine(video: Path) -> None:
    camera = Camera.open(video)
    camera.close()
    camera.close()
    with pytest.raises(CameraLost):
        camera.read()


def test_a_video_cut_off_in_the_middle_ends_as_lost(video: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.avi"
    cut.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    with Camera.open(cut) as camera:
        for _ in range(3):
            camera.read()
        with pytest.raises(CameraLost):  # noqa: PT012 - anywhere in the rest
            for _ in range(FRAMES):
                camera.read()


def test_an_index_without_a_camera() -> None:
    with pytest.raises(CameraAbsent, match="No camera was found"):
        Camera.open(99)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_no_permission(video: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed.avi"
    closed.write_bytes(video.read_bytes())
    closed.chmod(0)
    administrator = os.geteuid() == 0
    if administrator:  # who may read everything, so ask as nobody
        os.setreuid(65534, 0)
    try:
        with pytest.raises(VideoForbidden, match=r"closed\.avi"):
            Camera.open(closed)
    finally:
        if administrator:
            os.setreuid(0, 0)


def test_opencv_prints_nothing(video: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    cut = tmp_path / "cut.avi"
    cut.write_bytes(video.read_bytes()[: video.stat().st_size // 2] + bytes(1000))
    with Camera.open(cut) as camera, pytest.raises(CameraLost):  # noqa: PT012
        for _ in range(FRAMES + 1):
            camera.read()
    assert not cv2.VideoCapture(99).isOpened()
    assert capfd.readouterr() == ("", "")


def test_listed_cameras_are_real() -> None:
    cameras = list_cameras()
    assert len({camera.index for camera in cameras}) == len(cameras)
    assert all(camera.name for camera in cameras)


@pytest.mark.skipif(sys.platform != "linux", reason="V4L2 is Linux's")
def test_nodes_that_are_not_cameras_are_left_out(tmp_path: Path) -> None:
    devices = tmp_path / "dev"
    devices.mkdir()
    for node in ("video0", "video1", "video-x"):
        (tmp_path / "class" / node).mkdir(parents=True)
        (tmp_path / "class" / node / "name").write_text("Webcam\n")
    (devices / "video0").write_bytes(b"a file is not a V4L2 device")
    assert linux_cameras(tmp_path / "class", devices) == ()
    assert linux_cameras(tmp_path / "none", devices) == ()


@pytest.mark.parametrize(
    ("whole_device", "this_node", "expected"),
    [
        (0x84A00001, 0x04200001, True),  # a UVC webcam's picture node
        (0x84A00001, 0x04A00000, False),  # the metadata node beside it
        (0x84201000, 0x04201000, True),  # multi-planar
        (0x84204000, 0x04204000, False),  # a codec, memory to memory
        (0x05200001, 0x00000000, True),  # an old driver that does not tell its nodes apart
        (0x05200002, 0x00000001, False),  # an output; the second field means nothing here
    ],
)
def test_capabilities(whole_device: int, this_node: int, expected: bool) -> None:
    answer = struct.pack("=16s32s32sIII12x", b"uvcvideo", b"Webcam", b"usb-1", 0x061200, whole_device, this_node)
    assert len(answer) == 104
    assert is_capture(answer) is expected


@pytest.mark.parametrize("given", [None, "/opt/qt6/plugins"])
def test_importing_opencv_leaves_the_environment_of_qt_alone(given: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("QT_QPA", "OPENCV"))}
    if given:
        environment["QT_QPA_PLATFORM_PLUGIN_PATH"] = given
    program = (
        "import os; before = dict(os.environ)\n"
        "from siamgui.core.cv import cv2\n"
        "changed = {name for name in before | os.environ if before.get(name) != os.environ.get(name)}\n"
        "print(sorted(changed), os.environ.get('QT_QPA_PLATFORM_PLUGIN_PATH'))"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"['OPENCV_FFMPEG_LOGLEVEL'] {given}"
