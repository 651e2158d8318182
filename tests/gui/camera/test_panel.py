"""The camera panel, fed with real video files through the code that reads cameras."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from siamgui.core import i18n
from siamgui.core.cameras import list_cameras
from siamgui.core.cv import cv2
from siamgui.core.types import Photo
from siamgui.gui.camera.capture import Capture
from siamgui.gui.camera.controller import CameraController, Phase
from siamgui.gui.camera.panel import CameraPanel

WIDTH, HEIGHT = 160, 120
START = 30_000


@pytest.fixture
def video(tmp_path: Path) -> Callable[[int, float], Path]:
    """Writes a video: red on the left, blue on the right, and slowly brighter in the middle."""

    def write(frames: int, fps: float = 20.0) -> Path:
        path = tmp_path / f"camera {frames}.avi"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (WIDTH, HEIGHT))
        assert writer.isOpened()
        for n in range(frames):
            frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)  # BGR
            frame[:, :60, 2] = 220
            frame[:, 60:100] = n % 200
            frame[:, 100:, 0] = 220
            writer.write(frame)
        writer.release()
        return path

    return write


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[CameraPanel]:
    controller = CameraController()
    panel = CameraPanel(controller)
    qtbot.addWidget(panel)
    panel.resize(420, 360)
    panel.show()
    qtbot.waitExposed(panel)
    panel.setFocus()
    yield panel
    controller.stop()


@pytest.fixture
def live(qtbot: QtBot, panel: CameraPanel, video: Callable[..., Path]) -> CameraPanel:
    """A panel with a live picture that lasts a minute."""
    panel.controller.open(video(1200))
    reach(qtbot, panel, Phase.LIVE)
    return panel


def reach(qtbot: QtBot, panel: CameraPanel, state: Phase) -> None:
    qtbot.waitUntil(lambda: panel.controller.state.phase is state, timeout=START)


def press(qtbot: QtBot, panel: CameraPanel, key: Qt.Key) -> None:
    qtbot.keyClick(panel.preview, key)


def reading() -> int:
    return sum(thread.name == "camera" for thread in threading.enumerate())


def is_red(colour: np.ndarray) -> bool:
    return bool(colour[0] > 150 and colour[2] < 90)


def test_goes_live_with_a_mirrored_picture(live: CameraPanel) -> None:
    shown = live.preview.grab().toImage()
    y = shown.height() // 2
    left, right = shown.pixelColor(40, y), shown.pixelColor(shown.width() - 40, y)
    assert left.blue() > 150 > left.red()
    assert right.red() > 150 > right.blue()
    assert live.take_button.isVisible()
    assert not live.use_button.isVisible()


def test_the_picture_moves(qtbot: QtBot, live: CameraPanel) -> None:
    def middle() -> int:
        shown = live.preview.grab().toImage()
        return int(shown.pixelColor(shown.width() // 2, shown.height() // 2).green())

    first = middle()
    qtbot.waitUntil(lambda: middle() > first + 5, timeout=START)


def test_countdown_then_use(qtbot: QtBot, live: CameraPanel) -> None:
    press(qtbot, live, Qt.Key.Key_Space)
    assert live.controller.state.phase is Phase.COUNTING
    reach(qtbot, live, Phase.TAKEN)
    qtbot.waitUntil(lambda: reading() == 0, timeout=START)
    with qtbot.waitSignal(live.controller.captured) as used:
        press(qtbot, live, Qt.Key.Key_Return)
    photo = used.args[0]
    assert isinstance(photo, Photo)
    assert photo.pixels.shape == (HEIGHT, WIDTH, 3)
    assert is_red(photo.pixels[60, 20])
    assert live.controller.state.phase is Phase.CLOSED


def test_space_twice_takes_at_once(qtbot: QtBot, live: CameraPanel) -> None:
    press(qtbot, live, Qt.Key.Key_Space)
    press(qtbot, live, Qt.Key.Key_Space)
    assert live.controller.state.phase is Phase.TAKEN


def test_the_still_is_not_mirrored_and_is_the_photo(qtbot: QtBot, live: CameraPanel) -> None:
    live.controller.take()
    live.controller.take()
    shown = live.preview.grab().toImage()
    left = shown.pixelColor(40, shown.height() // 2)
    assert left.red() > 150 > left.blue()


def test_retake_goes_live_again(qtbot: QtBot, live: CameraPanel) -> None:
    live.controller.take()
    live.controller.take()
    press(qtbot, live, Qt.Key.Key_R)
    assert live.controller.state.phase is Phase.SEARCHING
    reach(qtbot, live, Phase.LIVE)
    assert reading() == 1


def test_escape_stops_the_countdown_then_leaves(qtbot: QtBot, live: CameraPanel) -> None:
    press(qtbot, live, Qt.Key.Key_Space)
    with qtbot.assertNotEmitted(live.controller.cancelled):
        press(qtbot, live, Qt.Key.Key_Escape)
    assert live.controller.state.phase is Phase.LIVE
    with qtbot.waitSignal(live.controller.cancelled):
        press(qtbot, live, Qt.Key.Key_Escape)
    assert live.controller.state.phase is Phase.CLOSED
    qtbot.waitUntil(lambda: reading() == 0, timeout=START)


def test_buttons_do_the_same(qtbot: QtBot, live: CameraPanel) -> None:
    for button in (live.take_button, live.take_button, live.retake_button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    reach(qtbot, live, Phase.LIVE)
    for button in (live.take_button, live.take_button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(live.controller.captured):
        qtbot.mouseClick(live.use_button, Qt.MouseButton.LeftButton)


def test_enter_on_a_focused_button_presses_that_button(qtbot: QtBot, live: CameraPanel) -> None:
    live.controller.take()
    live.controller.take()
    live.activateWindow()
    live.cancel_button.setFocus()
    qtbot.waitUntil(live.cancel_button.hasFocus, timeout=START)
    with qtbot.waitSignal(live.controller.cancelled), qtbot.assertNotEmitted(live.controller.captured):
        qtbot.keyClick(live.cancel_button, Qt.Key.Key_Return)


def test_a_camera_that_stops_is_told_and_can_be_tried_again(
    qtbot: QtBot, panel: CameraPanel, video: Callable[..., Path]
) -> None:
    panel.controller.open(video(12))
    reach(qtbot, panel, Phase.FAILED)
    assert "camera 12.avi" in panel.preview.accessibleDescription()
    assert panel.again_button.isVisible()
    assert not panel.take_button.isVisible()
    qtbot.waitUntil(lambda: reading() == 0, timeout=START)
    press(qtbot, panel, Qt.Key.Key_Return)
    reach(qtbot, panel, Phase.LIVE)


def test_a_camera_lost_while_counting_down(qtbot: QtBot, panel: CameraPanel, video: Callable[..., Path]) -> None:
    panel.controller.open(video(12))
    reach(qtbot, panel, Phase.LIVE)
    panel.controller.take()
    reach(qtbot, panel, Phase.FAILED)
    panel.controller.take()
    panel.controller.use()
    assert panel.controller.state.phase is Phase.FAILED


def test_an_absent_camera(qtbot: QtBot, panel: CameraPanel, tmp_path: Path) -> None:
    panel.controller.open(tmp_path / "gone.avi")
    reach(qtbot, panel, Phase.FAILED)
    assert "“gone.avi” was not found" in panel.preview.accessibleDescription()


def test_no_camera_at_all(qtbot: QtBot, panel: CameraPanel) -> None:
    if list_cameras():
        pytest.skip("this machine has a camera")
    panel.controller.open()
    reach(qtbot, panel, Phase.FAILED)
    assert "No camera was found" in panel.preview.accessibleDescription()
    assert not panel.cameras.isVisible()


def test_a_camera_that_sends_nothing(qtbot: QtBot, panel: CameraPanel, tmp_path: Path) -> None:
    path = tmp_path / "busy.avi"
    path.write_bytes(b"not a video")
    panel.controller.open(path)
    reach(qtbot, panel, Phase.FAILED)
    assert "busy.avi" in panel.preview.accessibleDescription()


def test_opening_again_and_again_leaves_one_reader(
    qtbot: QtBot, panel: CameraPanel, video: Callable[..., Path]
) -> None:
    path = video(1200)
    for _ in range(10):
        panel.controller.open(path)
    reach(qtbot, panel, Phase.LIVE)
    qtbot.waitUntil(lambda: reading() == 1, timeout=START)


def test_closed_panel_ignores_keys(qtbot: QtBot, panel: CameraPanel) -> None:
    with qtbot.assertNotEmitted(panel.controller.captured):
        for key in (Qt.Key.Key_Space, Qt.Key.Key_R, Qt.Key.Key_Return):
            press(qtbot, panel, key)
    assert panel.controller.state.phase is Phase.CLOSED


def test_the_mailbox_keeps_only_the_newest(qtbot: QtBot, video: Callable[..., Path]) -> None:
    capture = Capture(video(40, 400.0))
    announced: list[int] = []
    capture.frame_ready.connect(lambda: announced.append(1), Qt.ConnectionType.DirectConnection)
    with qtbot.waitSignal(capture.finished, timeout=START):
        capture.start()
        assert capture.wait(30)
    frame = capture.take_frame()
    assert frame is not None
    assert abs(int(frame.pixels[60, 80].mean()) - 39) < 8
    assert capture.take_frame() is None
    assert len(announced) == 1


def test_stop_ends_the_thread(qtbot: QtBot, video: Callable[..., Path]) -> None:
    capture = Capture(video(1200))
    with qtbot.waitSignal(capture.frame_ready, timeout=START):
        capture.start()
    with qtbot.assertNotEmitted(capture.lost), qtbot.assertNotEmitted(capture.ended):
        capture.stop()
        assert capture.wait(30)


def test_another_view_of_the_same_camera_speaks_another_language(qtbot: QtBot, live: CameraPanel) -> None:
    i18n.set_language("zh_CN")
    chinese = CameraPanel(live.controller)
    qtbot.addWidget(chinese)
    assert chinese.cancel_button.text() == "取消"
    assert chinese.take_button.text() == "拍照"
    assert live.controller.state.phase is Phase.LIVE


def test_the_camera_used_last_is_opened_next_time_but_a_file_is_not(
    qtbot: QtBot, panel: CameraPanel, video: Callable[..., Path]
) -> None:
    if list_cameras():
        pytest.skip("this machine has a camera")
    panel.controller.open(video(1200))
    reach(qtbot, panel, Phase.LIVE)
    panel.controller.open()
    reach(qtbot, panel, Phase.FAILED)


def test_tab_shows_where_the_focus_is(qtbot: QtBot, live: CameraPanel) -> None:
    live.activateWindow()
    live.cancel_button.setFocus()
    live.preview.setFocus(Qt.FocusReason.OtherFocusReason)
    qtbot.waitUntil(live.preview.hasFocus)
    calm = live.preview.grab().toImage().pixelColor(60, 1)
    live.cancel_button.setFocus()
    live.preview.setFocus(Qt.FocusReason.TabFocusReason)
    assert live.preview.grab().toImage().pixelColor(60, 1) != calm
