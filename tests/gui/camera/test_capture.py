"""The thread that reads: real files and real streams of this machine, which end, go silent, vanish and come back."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from siamgui.core.cameras import list_cameras
from siamgui.core.cv import cv2
from siamgui.core.errors import CameraAbsent
from siamgui.core.imaging import load_photo
from siamgui.core.resources import resource
from siamgui.core.source import Source, StreamSilent, UnreadableVideo, VideoEnded, VideoGone
from siamgui.core.types import Pixels
from siamgui.gui.camera.capture import Capture
from tests.builders import videos
from tests.builders.streams import sending

PATIENCE = 30_000
SMALL = (160, 128)


@pytest.fixture(scope="module")
def clip() -> list[Pixels]:
    return videos.pan(load_photo(resource("samples") / "obama1.jpg").pixels, 12, size=SMALL)


@pytest.fixture(scope="module")
def sent(clip: list[Pixels]) -> bytes:
    """As much as FFmpeg wants to see before it begins."""
    return videos.h264(clip * 5)


@pytest.fixture
def capture(qtbot: QtBot) -> Iterator[Callable[..., Capture]]:
    """Makes one, not started. At the end all are stopped."""
    made: list[Capture] = []

    def make(source: Source | None, **how: object) -> Capture:
        made.append(Capture(source, **how))
        return made[-1]

    yield make
    for each in made:
        each.stop()
    for each in made:
        assert each.wait(30)


class Told:
    """Everything that a capture says, in order."""

    def __init__(self, capture: Capture) -> None:
        self.said: list[str] = []
        self.errors: list[Exception] = []
        capture.found.connect(lambda _: self.said.append("found"))
        capture.opened.connect(lambda _: self.said.append("opened"))
        capture.lost.connect(lambda error: self._failed("lost", error))
        capture.ended.connect(lambda error: self._failed("ended", error))
        capture.finished.connect(lambda: self.said.append("finished"))

    def _failed(self, word: str, error: Exception) -> None:
        self.said.append(word)
        self.errors.append(error)


def test_a_file_gives_every_frame_and_ends(
    qtbot: QtBot, capture: Callable[..., Capture], clip: list[Pixels], tmp_path: Path
) -> None:
    reading = capture(videos.write(tmp_path / "walk.avi", clip))
    told = Told(reading)
    times: list[float] = []

    def look() -> None:
        frame = reading.take_frame()
        assert frame is not None
        times.append(frame.at)

    reading.frame_ready.connect(look, Qt.ConnectionType.DirectConnection)
    reading.start()
    qtbot.waitUntil(lambda: "finished" in told.said, timeout=PATIENCE)
    assert told.said == ["opened", "ended", "finished"]
    assert isinstance(told.errors[0], VideoEnded)
    assert times == pytest.approx([number / 25 for number in range(12)], abs=1e-3)


def test_a_file_plays_at_its_own_rate_and_a_pause_makes_no_burst(
    qtbot: QtBot, capture: Callable[..., Capture], clip: list[Pixels], tmp_path: Path
) -> None:
    """Only least times: a busy machine may be slower."""
    reading = capture(videos.write(tmp_path / "walk.avi", clip * 4, fps=40))
    told = Told(reading)
    arrived: list[float] = []
    paused = threading.Event()

    def look() -> None:
        reading.take_picture()
        arrived.append(time.monotonic())
        if len(arrived) == 8:
            paused.wait(1.0)  # as when the machine sleeps: nobody ends this wait

    reading.picture_ready.connect(look, Qt.ConnectionType.DirectConnection)
    reading.start()
    qtbot.waitUntil(lambda: "finished" in told.said, timeout=PATIENCE)
    assert len(arrived) == 48
    # The thread may lag by a quarter of a second and catch up with that much, not with the whole pause.
    assert arrived[-1] - arrived[8] > 39 / 40 - 0.3


def test_what_is_painted_is_mirrored_and_what_is_measured_is_not(
    qtbot: QtBot, capture: Callable[..., Capture], clip: list[Pixels], tmp_path: Path
) -> None:
    path = videos.write(tmp_path / "walk.avi", clip[:1])

    def painted(picture: QImage | None) -> Pixels:
        assert picture is not None
        assert picture.format() == QImage.Format.Format_RGB32
        rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.width(), 4)
        return rows[:, :, 2::-1]

    for mirrored in (True, False):
        reading = capture(path, mirrored=not mirrored)
        reading.mirrored = mirrored
        with qtbot.waitSignal(reading.finished, timeout=PATIENCE):
            reading.start()
        frame = reading.take_frame()
        assert frame is not None
        assert cv2.absdiff(frame.pixels, clip[0]).mean() < 6
        assert (painted(reading.take_picture()) == frame.pixels[:, :: -1 if mirrored else 1]).all()
        assert reading.take_frame() is None
        assert reading.take_picture() is None


def test_the_two_mailboxes_do_not_wait_for_each_other(
    qtbot: QtBot, capture: Callable[..., Capture], clip: list[Pixels], tmp_path: Path
) -> None:
    """A slow engine must not hold up the preview, nor the other way round."""
    reading = capture(videos.write(tmp_path / "walk.avi", clip))
    pictures: list[int] = []
    frames: list[int] = []

    def paint() -> None:
        reading.take_picture()
        pictures.append(1)

    reading.picture_ready.connect(paint, Qt.ConnectionType.DirectConnection)
    reading.frame_ready.connect(lambda: frames.append(1), Qt.ConnectionType.DirectConnection)
    with qtbot.waitSignal(reading.finished, timeout=PATIENCE):
        reading.start()
    assert (len(pictures), len(frames)) == (12, 1)
    newest = reading.take_frame()
    assert newest is not None
    assert newest.at == pytest.approx(11 / 25, abs=1e-3)


def test_a_file_that_is_away_and_comes_back(
    qtbot: QtBot, capture: Callable[..., Capture], clip: list[Pixels], tmp_path: Path
) -> None:
    path = videos.write(tmp_path / "walk.avi", clip)
    path.rename(tmp_path / "away.avi")
    reading = capture(path)
    told = Told(reading)
    reading.start()
    qtbot.waitUntil(lambda: told.said == ["lost"], timeout=PATIENCE)
    assert isinstance(told.errors[0], VideoGone)
    (tmp_path / "away.avi").rename(path)
    qtbot.waitUntil(lambda: "finished" in told.said, timeout=PATIENCE)
    assert told.said == ["lost", "opened", "ended", "finished"]


def test_a_file_that_is_no_video_is_not_tried_again(
    qtbot: QtBot, capture: Callable[..., Capture], tmp_path: Path
) -> None:
    (tmp_path / "notes.avi").write_text("not a video")
    reading = capture(tmp_path / "notes.avi")
    told = Told(reading)
    reading.start()
    qtbot.waitUntil(lambda: "finished" in told.said, timeout=PATIENCE)
    assert told.said == ["lost", "finished"]
    assert type(told.errors[0]) is UnreadableVideo


def test_a_stream_that_goes_silent_and_comes_back(qtbot: QtBot, capture: Callable[..., Capture], sent: bytes) -> None:
    """First it stalls, then it refuses, then it is there again; the same trouble is told once."""
    with sending(sent, None, sent) as stream:
        reading = capture(stream)
        told = Told(reading)
        reading.start()
        qtbot.waitUntil(lambda: "lost" in told.said, timeout=PATIENCE)
        reading.take_frame()
        qtbot.waitUntil(lambda: told.said.count("opened") == 2, timeout=PATIENCE)
        assert told.said == ["opened", "lost", "opened"]
        assert isinstance(told.errors[0], StreamSilent)
        assert stream.address in str(told.errors[0])
        qtbot.waitUntil(lambda: reading.take_frame() is not None, timeout=PATIENCE)
        reading.stop()


def test_stopping_does_not_wait_for_a_stream_that_stalls(
    qtbot: QtBot, capture: Callable[..., Capture], clip: list[Pixels], sent: bytes, tmp_path: Path
) -> None:
    """The next source waits its turn, so that never two are open."""
    with sending(sent) as stream:
        first = capture(stream)
        told = Told(first)
        seen: list[object] = []
        first.frame_ready.connect(lambda: seen.append(first.take_frame()), Qt.ConnectionType.DirectConnection)
        first.start()
        # The last of sixty may be held back until it is seen where it ends.
        qtbot.waitUntil(lambda: len(seen) >= 58, timeout=PATIENCE)
        second = capture(videos.write(tmp_path / "walk.avi", clip))
        second.opened.connect(lambda _: told.said.append("second"))
        first.stop()
        second.start()
        assert not first.wait(0)
        qtbot.waitUntil(lambda: "second" in told.said, timeout=PATIENCE)
        assert told.said == ["opened", "finished", "second"]


def test_a_camera_that_is_not_there_is_waited_for(qtbot: QtBot, capture: Callable[..., Capture]) -> None:
    if list_cameras():
        pytest.skip("this machine has a camera")
    reading = capture(99, size=(640, 480))
    told = Told(reading)
    reading.start()
    qtbot.waitUntil(lambda: told.said == ["found", "lost"], timeout=PATIENCE)
    assert isinstance(told.errors[0], CameraAbsent)
    assert not reading.wait(0)
    reading.stop()
    qtbot.waitUntil(lambda: told.said == ["found", "lost", "finished"], timeout=PATIENCE)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_the_source_is_closed_before_it_is_said(
    qtbot: QtBot, capture: Callable[..., Capture], clip: list[Pixels], tmp_path: Path
) -> None:
    path = videos.write(tmp_path / "walk.avi", clip * 20)

    def is_open() -> bool:
        return any(entry.is_symlink() and entry.readlink() == path for entry in Path("/proc/self/fd").iterdir())

    reading = capture(path)
    with qtbot.waitSignal(reading.frame_ready, timeout=PATIENCE):
        reading.start()
    assert is_open()
    with qtbot.waitSignal(reading.finished, timeout=PATIENCE):
        reading.stop()
    assert not is_open()
