"""Two faces looked at closely, in the real window, by mouse and by keys; and nothing of it changes what is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from siamgui.core.checklist import Feature, Seen
from siamgui.core.types import Side
from siamgui.gui.compare.closer.pictures import FRAME, aligned_face
from siamgui.gui.compare.closer.state import Mode, Tones
from siamgui.gui.compare.closer.view import CloserView
from tests.builders.window import PATIENCE, User

KEY, CTRL, ALT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def closer(user: User, samples: Path) -> CloserView:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.firm()
    user.press(KEY.Key_J, CTRL)
    view = user.page.closer.view
    assert view is not None
    user.qtbot.waitUntil(lambda: view.controller.state.pair is not None, timeout=PATIENCE)
    return view


def test_viewing_tools_change_nothing_that_is_measured(user: User, closer: CloserView) -> None:
    before = user.controller.state.comparison
    assert before is not None
    pixels = before.left.crop.copy()
    pair = closer.controller.state.pair
    assert pair is not None
    for key, mode in (
        (KEY.Key_2, Mode.OVERLAY),
        (KEY.Key_3, Mode.WIPE),
        (KEY.Key_4, Mode.BLINK),
        (KEY.Key_1, Mode.SIDE),
    ):
        user.press(key, ALT)
        assert closer.controller.state.looking.mode is mode
        assert closer.modes[mode].isChecked()
        closer.grab()
    user.press(KEY.Key_M, ALT)
    user.press(KEY.Key_R, ALT)
    closer.brightness.setValue(40)
    closer.contrast.setValue(-30)
    user.qtbot.waitUntil(lambda: closer.controller.state.pair is not pair, timeout=PATIENCE)
    shown = closer.controller.state.pair
    assert shown is not None
    assert shown.left is pair.left  # as it is in the photograph
    assert not np.array_equal(shown.shown[0].pixels, pair.shown[0].pixels)
    looking = closer.controller.state.looking
    assert (looking.mirrored, looking.rulers, looking.tones) == (True, True, Tones(40, -30))
    assert "width of the mouth" in closer.canvas.accessibleDescription()
    QTest.mouseClick(closer.plain, Qt.MouseButton.LeftButton)
    assert closer.controller.state.looking.tones == Tones()
    assert user.controller.state.comparison is before
    assert np.array_equal(before.left.crop, pixels)


def test_both_faces_move_together_and_the_wipe_by_mouse(user: User, closer: CloserView) -> None:
    whole = closer.canvas.viewport
    user.press(KEY.Key_Plus)
    user.press(KEY.Key_Right)
    moved = closer.canvas.viewport
    assert moved.scale > whole.scale
    assert moved.middle != whole.middle
    user.press(KEY.Key_0)
    assert closer.canvas.viewport.zoom is None
    user.press(KEY.Key_3, ALT)
    middle, down = closer.canvas.rect().center(), Qt.MouseButton.LeftButton
    QTest.mousePress(closer.canvas, down, pos=middle)
    target = middle - (middle - closer.canvas.rect().topLeft()) / 2
    target.setY(middle.y())
    QTest.mouseMove(closer.canvas, target)
    QTest.mouseRelease(closer.canvas, down, pos=target)
    assert closer.controller.state.looking.mix == pytest.approx(25, abs=2)


def test_full_resolution_and_one_scale(user: User, closer: CloserView) -> None:
    for read in user.controller.state.reads:
        face = aligned_face(read)
        eyes = np.array(face.landmarks[1]) - np.array(face.landmarks[0])
        own = read.reading.face.eye_distance
        assert len(face.pixels) / FRAME * np.hypot(*eyes) == pytest.approx(own, rel=0.02)  # as many pixels as it has
        assert abs(eyes[1]) < 0.15 * eyes[0]


def test_the_checklist_stays_while_the_faces_do(user: User, closer: CloserView, samples: Path) -> None:
    features = closer.features
    QTest.mouseClick(features.buttons[Feature.EARS, Seen.SIMILAR], Qt.MouseButton.LeftButton)
    features.notes[Feature.EARS].setFocus()
    user.qtbot.keyClicks(features.notes[Feature.EARS], "lobe")
    user.press(KEY.Key_Return)
    remark = closer.controller.checklist.of(Feature.EARS)
    assert (remark.seen, remark.note) == (Seen.SIMILAR, "lobe")
    user.press(KEY.Key_Escape)
    assert not user.page.closer.shown
    user.press(KEY.Key_T, CTRL)  # swapped
    user.press(KEY.Key_J, CTRL)
    assert closer.controller.checklist.of(Feature.EARS) == remark
    user.speak("zh_CN")
    assert user.page.closer.shown
    view = user.page.closer.view
    assert view is not None
    assert view.features.buttons[Feature.EARS, Seen.SIMILAR].isChecked()
    assert view.features.notes[Feature.EARS].text() == "lobe"
    QTest.mouseClick(view.features.buttons[Feature.EARS, Seen.SIMILAR], Qt.MouseButton.LeftButton)
    assert view.controller.checklist.of(Feature.EARS).seen is None
    user.page.open_files([samples / "biden.jpg"], Side.RIGHT)
    user.verdict()
    assert not user.page.closer.shown
    user.press(KEY.Key_J, CTRL)
    assert view.controller.checklist.remarks == ()


def test_the_map_is_made_when_it_is_wanted_and_can_be_stopped(user: User, closer: CloserView) -> None:
    state = closer.controller.state
    assert not state.looking.map
    assert not state.explaining
    user.press(KEY.Key_E, ALT)
    assert closer.controller.state.explaining
    assert closer.words.text().startswith("Finding out")
    user.press(KEY.Key_E, ALT)
    assert not closer.controller.state.explaining
    assert not closer.words.isVisible()
    user.press(KEY.Key_E, ALT)
    user.qtbot.waitUntil(lambda: closer.controller.state.explanation is not None, timeout=PATIENCE)
    assert "likeness" in closer.words.text()
    assert closer.legend.text().startswith("Blue:")
    closer.grab()
