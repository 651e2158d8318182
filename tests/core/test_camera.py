"""Cameras, fed with real video files made from real photographs; and what Linux says about its device nodes."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
from pathlib import Path

import av
import numpy as np
import pytest

from siamgui.core.camera import Camera, sizes
from siamgui.core.cameras import DEVICES, is_capture, linux_cameras, list_cameras
from siamgui.core.cv import cv2
from siamgui.core.errors import CameraAbsent, CameraLost
from siamgui.core.imaging import load_photo
from siamgui.core.resources import resource
from siamgui.core.source import VideoEnded, VideoForbidden
from siamgui.core.types import Pixels
from tests.builders import videos

FRAMES = 12


@pytest.fixture(scope="module")
def clip() -> list[Pixels]:
    """A person who moves from left to right through the picture."""
    return videos.pan(load_photo(resource("samples") / "obama1.jpg").pixels, FRAMES, size=(480, 640))


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory, clip: list[Pixels]) -> Path:
    return videos.write(tmp_path_factory.mktemp("video") / "摄像 头.avi", clip)


@pytest.mark.parametrize(
    "kind", ["mjpeg.avi", "mpeg4.mp4", "mpeg4.mov", "mpeg4.mkv", "mpeg4.ts", "h264.mp4", "h264.avi"]
)
def test_every_frame_comes_once_in_order_and_in_rgb(kind: str, clip: list[Pixels], tmp_path: Path) -> None:
    path = tmp_path / kind
    if kind.startswith("h264"):
        videos.write_h264(path, clip)
    else:
        videos.write(path, clip)
    with Camera.open(path) as camera:
        assert camera.fps == 25
        for number in range(FRAMES):
            frame = camera.next()
            assert frame.at == pytest.approx(number / 25, abs=1e-3)
            assert frame.pixels.shape == (640, 480, 3)
            assert frame.pixels.dtype == np.uint8
            apart = [cv2.absdiff(frame.pixels, other).mean() for other in clip]
            assert apart[number] == min(apart)
            assert apart[number] < 6  # the codec's share; with red and blue exchanged it is over 10
        with pytest.raises(VideoEnded, match=rf"“{kind}” has ended"):
            camera.next()


def test_a_phone_held_upright(clip: list[Pixels], tmp_path: Path) -> None:
    """It films sideways, and states so."""
    sideways = [cv2.rotate(frame, cv2.ROTATE_90_COUNTERCLOCKWISE) for frame in clip]
    with Camera.open(videos.turn_sideways(videos.write(tmp_path / "phone.mp4", sideways), 90)) as camera:
        assert cv2.absdiff(camera.next().pixels, clip[0]).mean() < 6


def test_large_pictures_are_made_smaller(samples: Path, tmp_path: Path) -> None:
    photo = load_photo(samples / "obama1.jpg").pixels
    path = videos.write(tmp_path / "uhd.avi", [videos.view(photo, size=(2160, 3840))])
    with Camera.open(path) as camera:
        frame = camera.next().pixels
    assert frame.shape == (1920, 1080, 3)
    assert cv2.absdiff(frame, videos.view(photo, size=(1080, 1920))).mean() < 3


def with_rate(path: Path, scale: int, rate: int) -> Path:
    """State another number of frames per second in an .avi: rate / scale, in its stream header."""
    data = bytearray(path.read_bytes())
    at = data.index(b"vidsMJPG") + 20
    data[at : at + 8] = struct.pack("<II", scale, rate)
    at = data.index(b"avih") + 8  # microseconds per frame
    data[at : at + 4] = struct.pack("<I", 0)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("scale", "rate"), [(0, 0), (1, 0), (0, 25), (1, 2**31 - 1)])
def test_a_frame_rate_that_makes_no_sense(scale: int, rate: int, clip: list[Pixels], tmp_path: Path) -> None:
    with Camera.open(with_rate(videos.write(tmp_path / "odd.avi", clip), scale, rate)) as camera:
        times = [camera.next().at for _ in clip]
        assert 0 < camera.fps < 1000
    assert times[0] == 0
    steps = np.diff(times)
    assert (steps > 0).all()
    assert steps.max() < 0.1


def test_recordings_strung_together(clip: list[Pixels], tmp_path: Path) -> None:
    """The second one's time stamps begin anew; the clock goes on."""
    one = videos.write(tmp_path / "one.ts", clip).read_bytes()
    (tmp_path / "two.ts").write_bytes(one + one)
    times = []
    with Camera.open(tmp_path / "two.ts") as camera, pytest.raises(VideoEnded):  # noqa: PT012
        while True:
            times.append(camera.next().at)
    assert len(times) >= 2 * FRAMES - 2  # the seam may cost one on either side
    steps = np.diff(times)
    assert (steps > 0).all()
    assert steps.max() < 0.2


@pytest.mark.skipif(sys.platform == "win32", reason="measures memory as POSIX does")
def test_ten_hours_open_at_once_and_stay_flat(tmp_path: Path, clip: list[Pixels]) -> None:
    """36,000 frames at one a second."""
    jpegs = [cv2.imencode(".jpg", cv2.resize(frame, (48, 64)))[1].tobytes() for frame in clip]
    path = videos.write_jpegs(tmp_path / "night.avi", jpegs * 3000, (48, 64), fps=1)
    program = (
        "import sys, resource; from pathlib import Path; from siamgui.core.camera import Camera\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "with Camera.open(Path(sys.argv[1])) as camera:\n"
        "    for _ in range(100): frame = camera.next()\n"
        "    begun = peak()\n"
        "    for _ in range(5001): frame = camera.next()\n"
        "    print(frame.at, peak() - begun)"
    )
    command = [sys.executable, "-c", program, str(path)]
    at, grown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert float(at) == 5100
    assert int(grown) < 5000  # kilobytes; the frames read have 47 MB


def test_the_sizes_offered() -> None:
    assert sizes() == tuple(sorted(sizes()))
    assert (1280, 720) in sizes()


def test_frames_do_not_share_memory(video: Path) -> None:
    with Camera.open(video) as camera:
        first = camera.next().pixels
        kept = first.copy()
        camera.next()
        assert (first == kept).all()


def test_after_closing_it_is_lost_and_closing_twice_is_fine(video: Path) -> None:
    camera = Camera.open(video)
    camera.close()
    camera.close()
    with pytest.raises(CameraLost):
        camera.next()


def test_a_video_cut_off_in_the_middle_ends_as_lost(video: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.avi"
    cut.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    with Camera.open(cut) as camera:
        for _ in range(3):
            camera.next()
        with pytest.raises(CameraLost):  # noqa: PT012 - anywhere in the rest
            for _ in range(FRAMES):
                camera.next()


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
            camera.next()
    assert not cv2.VideoCapture(99).isOpened()
    assert capfd.readouterr() == ("", "")


def test_listed_cameras_are_real() -> None:
    cameras = list_cameras()
    assert len({camera.index for camera in cameras}) == len(cameras)
    assert all(camera.name for camera in cameras)


def loopback() -> Path | None:
    """A device node that gives what another program writes into it, as v4l2loopback makes them."""
    nodes = sorted(Path("/sys/devices/virtual/video4linux").glob("video*"))
    there = (DEVICES / node.name for node in nodes)
    return next((node for node in there if os.access(node, os.R_OK | os.W_OK)), None)


def test_what_a_real_device_node_sends_is_what_is_seen(clip: list[Pixels]) -> None:
    node = loopback()
    if node is None:
        pytest.skip("this machine has no V4L2 loopback device that can be written to (modprobe v4l2loopback)")
    over = threading.Event()

    def send() -> None:
        with av.open(str(node), "w", format="v4l2") as device:
            stream = device.add_stream("rawvideo", 25)
            stream.width, stream.height, stream.pix_fmt = 480, 640, "yuv420p"
            while not over.wait(0.04):
                device.mux(stream.encode(av.VideoFrame.from_ndarray(clip[0], "rgb24")))

    thread = threading.Thread(target=send)
    thread.start()
    try:
        index = int(node.name.removeprefix("video"))
        found = {one.index for one in list_cameras()}
        with Camera.open(index, (640, 480)) as camera:
            pixels = camera.next().pixels
        assert index in found
        assert cv2.absdiff(pixels, clip[0]).mean() < 6
    finally:
        over.set()
        thread.join()


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
    assert done.stdout.strip() == f"['OPENCV_FFMPEG_LOGLEVEL', 'OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT'] {given}"
