"""A name too long for a slot, a camera in the place of a photograph, and the page in another language."""

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
from tests.builders.window import PATIENCE, User

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


def filming(user: User, film: Path) -> CameraPanel:
    """A camera in the place of the left photo, live."""
    from siamgui.gui.camera.controller import Phase

    user.controller.open_camera(Side.LEFT, film)
    panel = user.page.slots[Side.LEFT].camera
    assert panel is not None
    user.qtbot.waitUntil(lambda: panel.controller.state.phase is Phase.LIVE, timeout=PATIENCE)
    return panel


def test_the_camera_takes_the_place_of_the_photo(user: User, film: Path) -> None:
    slot = user.page.slots[Side.LEFT]
    controller = filming(user, film).controller
    controller.take()
    controller.take()
    controller.use()
    user.settled()
    assert slot.camera is None
    assert user.names() == ("camera picture", None)
    user.controller.open_camera(Side.LEFT, film)
    user.press(Qt.Key.Key_Escape)
    assert slot.camera is None
    assert user.names() == ("camera picture", None)


def cameras() -> int:
    return sum(thread.name == "camera" for thread in threading.enumerate())


def test_nothing_films_while_nobody_sees_it(open_window: Callable[..., User], film: Path) -> None:
    user = open_window(start=False)
    filming(user, film)
    user.window.go("help")
    assert not user.controller.cameras
    user.qtbot.waitUntil(lambda: cameras() == 0, timeout=PATIENCE)
    user.window.go("compare")
    filming(user, film)
    user.window.close()
    user.qtbot.waitUntil(lambda: cameras() == 0, timeout=PATIENCE)


def test_in_another_language_the_page_goes_on_where_it_was(user: User, film: Path, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.verdict()
    user.press(Qt.Key.Key_D, CTRL)
    user.page.slots[Side.RIGHT].photo.zoom_by(3)
    zoom = user.page.slots[Side.RIGHT].photo.zoom
    panel = filming(user, film)
    assert QApplication.focusWidget() is panel.preview
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    language.apply(app, "zh_CN")
    user.qtbot.waitUntil(lambda: user.page.card.headline.text() == "支持为同一人", timeout=PATIENCE)
    chinese = user.page.slots[Side.LEFT].camera
    assert chinese is not None
    assert chinese is not panel
    assert chinese.controller is panel.controller
    assert chinese.controller.state.phase.name == "LIVE"
    assert chinese.cancel_button.text() == "取消"
    assert QApplication.focusWidget() is chinese.preview
    assert user.page.card.details.isVisible()
    assert user.page.slots[Side.RIGHT].photo.zoom == pytest.approx(zoom)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(user.window.findChildren(ComparePage)) == 1


def test_a_long_name_is_elided_in_the_middle(user: User, samples: Path, tmp_path: Path) -> None:
    path = tmp_path / ("a photograph whose name " + "goes on and " * 12 + "ends.jpg")
    path.write_bytes((samples / "obama1.jpg").read_bytes())
    user.drop_files(path, at=Side.LEFT)
    user.settled()
    label = user.page.slots[Side.LEFT].name
    assert label.text().startswith("a photo")
    assert label.text().endswith(".jpg")
    assert "…" in label.text()
    assert label.toolTip() == path.name
