"""A camera in the place of a photograph; and the page in another language, with all that was open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication

from siamgui.core.types import Side
from siamgui.gui import language
from siamgui.gui.camera.panel import CameraPanel
from siamgui.gui.compare.view import ComparePage
from tests.builders.window import PATIENCE, Desk

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def film(samples: Path, tmp_path: Path) -> Path:
    """A man before the camera, for 20 seconds."""
    from siamgui.core.cv import cv2

    frame = cv2.resize(cv2.imread(str(samples / "obama1.jpg")), (480, 600))
    film = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 20.0, (480, 600))
    for _ in range(400):
        writer.write(frame)
    writer.release()
    return film


def filming(desk: Desk, film: Path) -> CameraPanel:
    """A camera in the place of the left photo, live."""
    from siamgui.gui.camera.controller import Phase

    desk.controller.open_camera(Side.LEFT, film)
    panel = desk.page.slots[Side.LEFT].camera
    assert panel is not None
    desk.qtbot.waitUntil(lambda: panel.controller.state.phase is Phase.LIVE, timeout=PATIENCE)
    return panel


def test_the_camera_takes_the_place_of_the_photo(desk: Desk, film: Path) -> None:
    slot = desk.page.slots[Side.LEFT]
    controller = filming(desk, film).controller
    controller.take()
    controller.take()
    controller.use()
    desk.settled()
    assert slot.camera is None
    assert desk.names() == ("camera picture", None)
    desk.controller.open_camera(Side.LEFT, film)
    desk.press(Qt.Key.Key_Escape)
    assert slot.camera is None
    assert desk.names() == ("camera picture", None)


def cameras() -> int:
    return sum(thread.name == "camera" for thread in threading.enumerate())


def test_nothing_films_while_nobody_sees_it(open_desk: Callable[..., Desk], film: Path) -> None:
    desk = open_desk(start=False)
    filming(desk, film)
    desk.window.go("help")
    assert not desk.controller.cameras
    desk.qtbot.waitUntil(lambda: cameras() == 0, timeout=PATIENCE)
    desk.window.go("compare")
    filming(desk, film)
    desk.window.close()
    desk.qtbot.waitUntil(lambda: cameras() == 0, timeout=PATIENCE)


def test_in_another_language_the_page_goes_on_where_it_was(desk: Desk, film: Path, samples: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    desk.verdict()
    desk.press(Qt.Key.Key_D, CTRL)
    desk.page.slots[Side.RIGHT].photo.zoom_by(3)
    zoom = desk.page.slots[Side.RIGHT].photo.zoom
    panel = filming(desk, film)
    assert QApplication.focusWidget() is panel.preview
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    language.apply(app, "zh_CN")
    desk.qtbot.waitUntil(lambda: desk.page.card.headline.text() == "支持为同一人", timeout=PATIENCE)
    chinese = desk.page.slots[Side.LEFT].camera
    assert chinese is not None
    assert chinese is not panel
    assert chinese.controller is panel.controller
    assert chinese.controller.state.phase.name == "LIVE"
    assert chinese.cancel_button.text() == "取消"
    assert QApplication.focusWidget() is chinese.preview
    assert desk.page.card.details.isVisible()
    assert desk.page.slots[Side.RIGHT].photo.zoom == pytest.approx(zoom)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(desk.window.findChildren(ComparePage)) == 1
