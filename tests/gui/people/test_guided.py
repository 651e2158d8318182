"""Photographs of a person before the camera."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from tests.builders.people_page import Keeper
from tests.builders.videos import portrait, still, write
from tests.builders.window import PATIENCE, User

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def turning(engine: FaceEngine, samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of a man who looks into the camera, to his left and to his right."""

    def seen(name: str) -> np.ndarray:
        photo = load_photo(samples / name)
        found = engine.find_faces(photo)
        return portrait(photo.pixels, found.faces[found.prominent])

    front, right = seen("obama1.jpg"), seen("obama2.jpg")
    left = np.ascontiguousarray(right[:, ::-1])
    clip = [frame for picture in (front, left, right) for frame in still(picture, 120)]
    return write(tmp_path_factory.mktemp("video") / "turning.avi", clip)


def test_somebody_is_enrolled_before_the_camera(keeper: Keeper, turning: Path) -> None:
    keeper.press(KEY.Key_N, CTRL)
    keeper.type("Barack")
    keeper.controller.use_camera(turning)
    camera = keeper.page.camera
    assert camera.asked.text() == "Look straight into the camera"
    assert not camera.cameras.isVisible()  # there is nothing to choose from
    asked = set()

    def done() -> bool:
        asked.add(camera.asked.text())
        return camera.asked.text().startswith("Done")

    keeper.wait(done)
    assert "← Turn your head a little to your left" in asked
    assert "Turn your head a little to your right →" in asked
    assert camera.use_button.hasFocus()
    keeper.press(KEY.Key_Space)
    keeper.settle()
    assert keeper.page.person.isVisible()
    assert [tile.name for tile in keeper.state.draft.tiles] == [f"camera picture {n}" for n in (1, 2, 3)]
    assert not any(tile.odd for tile in keeper.state.draft.tiles)
    keeper.click(keeper.page.person.enrol_button)
    keeper.wait(lambda: not keeper.state.drafting)
    assert keeper.stored()[0].photos == 3


def test_the_camera_is_left_by_escape_and_when_the_page_is(keeper: Keeper, turning: Path) -> None:
    keeper.page.begin()
    keeper.controller.use_camera(turning)
    camera = keeper.page.camera
    keeper.wait(lambda: bool(camera.preview.accessibleDescription()))
    keeper.press(KEY.Key_Escape)
    assert keeper.page.person.isVisible()
    keeper.controller.use_camera(turning)
    keeper.page.hide()
    assert camera.cancel_button.isHidden() is False
    keeper.page.show()
    assert keeper.page.person.isVisible()  # and no thread is left, which every test is asked for


def test_a_source_that_is_not_there_is_said_and_the_page_goes_on(keeper: Keeper, tmp_path: Path) -> None:
    keeper.page.begin()
    keeper.controller.use_camera(tmp_path / "gone.mp4")
    camera = keeper.page.camera
    keeper.wait(lambda: "“gone.mp4” was not found." in camera.advice.text())
    assert not camera.use_button.isEnabled()
    keeper.click(camera.cancel_button)
    assert keeper.page.person.isVisible()


def test_in_another_language_the_camera_goes_on(user: User, turning: Path) -> None:
    people = user.window.controllers.people
    user.press(KEY.Key_4, CTRL)
    user.qtbot.waitUntil(lambda: people.state.people is not None and people.state.engine, timeout=PATIENCE)
    people.use_camera(turning)
    user.qtbot.waitUntil(lambda: len(people.camera.state.kept) == 1, timeout=PATIENCE)
    user.speak("zh_CN")
    assert user.people.camera.isVisible()
    assert people.camera.state.filming
    assert len(people.camera.state.kept) >= 1
    assert user.people.camera.use_button.isEnabled()
    user.qtbot.waitUntil(lambda: people.camera.state.done, timeout=PATIENCE)
    assert user.people.camera.asked.text() == "完成：照片都已拍好"
    assert user.people.camera.use_button.hasFocus()
    user.speak("en")
    assert user.people.camera.asked.text() == "Done: all photos are taken"
    user.people.camera.use_button.click()
    user.qtbot.waitUntil(lambda: len(people.state.draft.tiles) == 3, timeout=PATIENCE)
    assert user.people.person.isVisible()
