"""The photo view, with real photographs and real events."""

from __future__ import annotations

import gc
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from siamgui.core.types import Face, Pixels
from siamgui.gui import theme
from siamgui.gui.display import DisplayImage, make_display
from siamgui.gui.widgets.label_places import place_labels
from siamgui.gui.widgets.outline import Outline, outline
from siamgui.gui.widgets.photo_view import PhotoView


def face(x: float, y: float, width: float, roll: float = 0.0) -> Face:
    """A face around (x, y) whose upright box would be width wide, turned clockwise by roll degrees."""
    cos, sin = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    points = np.array([[-0.2, -0.12], [0.2, -0.12], [0, 0.05], [-0.16, 0.22], [0.16, 0.22]]) * width
    landmarks = points @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
    height = width / 0.78
    across, down = np.hypot(width * cos, height * sin), np.hypot(width * sin, height * cos)
    box = np.array([x - across / 2, y - down / 2, x + across / 2, y + down / 2])
    return Face(box.astype(np.float32), landmarks.astype(np.float32), 0.9)


@pytest.fixture
def pixels(samples: Path) -> Pixels:
    with Image.open(samples / "obama1.jpg") as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture
def view(qtbot: QtBot, pixels: Pixels) -> PhotoView:
    """A photograph with a row of four faces, the second chosen."""
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(400, 500)
    view.set_image(make_display(pixels))
    height, width = pixels.shape[:2]
    view.set_faces(tuple(face(width * (n + 0.5) / 4, height * 0.3, width * 0.15) for n in range(4)), 1)
    view.show()
    qtbot.waitExposed(view)
    view.grab()  # numbers can be clicked once they were painted
    return view


def at(view: PhotoView, n: int) -> QPoint:
    """Where face n is in the view."""
    box = view._faces[n].box
    return view.to_view.map(QPointF((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)).toPoint()


def wheel(view: PhotoView, point: QPoint, turns: int) -> None:
    where = QPointF(point)
    event = QWheelEvent(
        where,
        view.mapToGlobal(where),
        QPoint(),
        QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


# -- the picture


def test_levels_halve_and_show_the_same_picture(pixels: Pixels) -> None:
    display = make_display(pixels)
    assert display.size.toTuple() == (pixels.shape[1], pixels.shape[0])
    assert [level.width() for level in display.levels[:2]] == [910, 455]
    whole = display.levels[0].scaled(8, 10, mode=Qt.TransformationMode.SmoothTransformation)
    small = display.levels[-1].scaled(8, 10, mode=Qt.TransformationMode.SmoothTransformation)
    for x in range(8):
        for y in range(10):
            a, b = QColor(whole.pixel(x, y)), QColor(small.pixel(x, y))
            assert abs(a.red() - b.red()) + abs(a.green() - b.green()) + abs(a.blue() - b.blue()) < 24


def test_full_size_is_not_copied_and_outlives_its_maker(pixels: Pixels) -> None:
    shared = pixels.copy()
    display = make_display(shared)
    assert np.shares_memory(display.pixels, shared)
    top_left = tuple(int(value) for value in shared[0, 0])
    del shared
    gc.collect()
    assert QColor(display.levels[0].pixel(0, 0)).getRgb()[:3] == top_left


def test_level_never_has_fewer_pixels_than_the_screen(pixels: Pixels) -> None:
    display = make_display(np.tile(pixels, (3, 3, 1)))
    for scale in (0.01, 0.125, 0.126, 0.3, 0.5, 0.51, 1.0, 4.0):
        level = display.level(scale)
        assert 0.5**level >= scale or level == 0
        assert 0.5 ** (level + 1) < scale or level == len(display.levels) - 1


def test_a_picture_can_be_prepared_in_another_thread(pixels: Pixels) -> None:
    made: list[DisplayImage] = []
    thread = threading.Thread(target=lambda: made.append(make_display(pixels)))
    thread.start()
    thread.join()
    assert made[0].levels[1].width() == 455


@pytest.mark.parametrize("size", [(1, 1), (30, 2000), (2000, 30)])
def test_odd_shapes_are_shown(qtbot: QtBot, size: tuple[int, int]) -> None:
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.set_image(make_display(np.full((*size, 3), (200, 30, 60), np.uint8)))
    middle = view.grab().toImage().pixelColor(150, 100)
    assert (middle.red(), middle.green(), middle.blue()) == (200, 30, 60)


@pytest.mark.parametrize("zoomed", [False, True])
def test_paints_the_right_part_of_the_photo(qtbot: QtBot, pixels: Pixels, zoomed: bool) -> None:
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(400, 500)
    view.set_image(make_display(pixels))
    if zoomed:
        view.zoom_by(5, QPointF(300, 120))
    shown = view.grab().toImage()
    back = view.to_view.inverted()[0]
    smooth = np.asarray(
        Image.fromarray(pixels).resize((pixels.shape[1] // 2, pixels.shape[0] // 2), Image.Resampling.BOX)
    )
    wrong = []
    for x in range(60, 341, 40):
        for y in range(20, 481, 40):
            source = back.map(QPointF(x + 0.5, y + 0.5))
            expected = smooth[int(source.y() / 2), int(source.x() / 2)].astype(int)
            colour = shown.pixelColor(x, y)
            wrong.append(np.abs(expected - (colour.red(), colour.green(), colour.blue())).max())
    assert np.median(wrong) < 12


# -- zoom and pan


def test_fits_the_whole_photo_and_follows_the_window(view: PhotoView) -> None:
    assert view.fitted
    whole = view.to_view.mapRect(QRectF(0, 0, 910, 1137))
    assert QRectF(view.rect()).contains(whole)
    before = view.zoom
    view.resize(200, 250)
    assert view.zoom == pytest.approx(before / 2, rel=0.03)


def test_wheel_keeps_the_point_under_the_cursor(view: PhotoView) -> None:
    cursor = QPoint(260, 140)
    before = view.to_view.inverted()[0].map(QPointF(cursor))
    wheel(view, cursor, 4)
    after = view.to_view.inverted()[0].map(QPointF(cursor))
    assert not view.fitted
    assert (after - before).manhattanLength() < 0.5
    wheel(view, cursor, -20)
    assert view.fitted


def test_zoom_has_an_end(view: PhotoView) -> None:
    wheel(view, QPoint(200, 200), 100)
    assert view.zoom == pytest.approx(8.0)


def test_keys_zoom(qtbot: QtBot, view: PhotoView) -> None:
    fit = view.zoom
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == pytest.approx(fit * 1.25**2)
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom == pytest.approx(fit * 1.25)
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.fitted


def test_double_click_toggles_fit_and_full_size(qtbot: QtBot, view: PhotoView) -> None:
    point = QPoint(200, 400)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=point)
    assert view.zoom == pytest.approx(1.0)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=point)
    assert view.fitted


def test_a_touchpad_pinch_zooms_where_it_is_made(view: PhotoView) -> None:
    where = QPointF(250, 150)
    held = view.to_view.inverted()[0].map(where)
    before = view.zoom
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        where,
        where,
        view.mapToGlobal(where),
        0.5,
        QPointF(),
    )
    QApplication.sendEvent(view, pinch)
    assert view.zoom == pytest.approx(1.5 * before)
    assert (view.to_view.map(held) - where).manhattanLength() < 0.5


@pytest.mark.skipif(sys.platform == "darwin", reason="pinches come as native gestures there")
def test_a_pinch_on_a_touch_screen_zooms(view: PhotoView) -> None:
    before = view.zoom
    screen = QTest.createTouchDevice()
    fingers = QTest.touchEvent(view, screen)
    fingers.press(0, QPoint(190, 250), view).press(1, QPoint(210, 250), view).commit()
    for apart in range(20, 90, 10):
        fingers.move(0, QPoint(190 - apart, 250), view).move(1, QPoint(210 + apart, 250), view).commit()
    fingers.release(0, QPoint(110, 250), view).release(1, QPoint(290, 250), view).commit()
    assert view.zoom > 1.5 * before


def test_drag_pans_and_picks_nothing(qtbot: QtBot, view: PhotoView) -> None:
    view.zoom_by(4, QPointF(200, 250))
    before = view.to_view.map(QPointF(455, 568))
    with qtbot.assertNotEmitted(view.face_chosen):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 250))
        qtbot.mouseMove(view, QPoint(230, 270))
        qtbot.mouseMove(view, QPoint(250, 290))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(250, 290))
    moved = view.to_view.map(QPointF(455, 568)) - before
    assert (moved.x(), moved.y()) == pytest.approx((50, 40), abs=1)


def test_the_photo_cannot_get_lost(qtbot: QtBot, view: PhotoView) -> None:
    view.zoom_by(3, QPointF(200, 250))
    for _ in range(100):
        qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        qtbot.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    whole = view.to_view.mapRect(QRectF(0, 0, 910, 1137))
    assert 0 <= whole.left() <= 8
    assert 0 <= whole.top() <= 8


def test_another_photo_starts_whole(view: PhotoView, pixels: Pixels) -> None:
    view.zoom_by(4)
    view.set_image(make_display(pixels[:600]))
    assert view.fitted
    assert view.chosen == -1


# -- faces


def test_click_picks_a_face(qtbot: QtBot, view: PhotoView) -> None:
    with qtbot.waitSignal(view.face_chosen) as picked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, 3))
    assert picked.args == [3]
    assert view.chosen == 3


def test_click_on_a_number_picks_its_face(qtbot: QtBot, view: PhotoView) -> None:
    with qtbot.waitSignal(view.face_chosen) as picked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view._labels[2].center().toPoint())
    assert picked.args == [2]


@pytest.mark.parametrize("spot", ["chosen", "background"])
def test_click_that_changes_nothing_says_nothing(qtbot: QtBot, view: PhotoView, spot: str) -> None:
    with qtbot.assertNotEmitted(view.face_chosen):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, 1) if spot == "chosen" else QPoint(200, 450))
    assert view.chosen == 1


def test_the_smaller_of_two_overlapping_faces_is_picked(qtbot: QtBot, view: PhotoView) -> None:
    view.set_faces((face(455, 500, 400), face(455, 520, 60)), 0)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, 1))
    assert view.chosen == 1


def test_a_tiny_face_is_easy_to_hit(qtbot: QtBot, view: PhotoView) -> None:
    view.set_faces((face(200, 200, 24), face(600, 700, 24)), 0)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, 1) + QPoint(9, -8))
    assert view.chosen == 1


def test_arrows_go_round_the_faces(qtbot: QtBot, view: PhotoView) -> None:
    seen: list[int] = []
    view.face_chosen.connect(seen.append)
    for key in [Qt.Key.Key_Right] * 3 + [Qt.Key.Key_Left]:
        qtbot.keyClick(view, key)
    assert seen == [2, 3, 0, 3]


def test_digits_pick_by_number(qtbot: QtBot, view: PhotoView) -> None:
    qtbot.keyClicks(view, "4")
    assert view.chosen == 3
    qtbot.keyClicks(view, "9")
    assert view.chosen == 3


def test_two_quick_digits_make_one_number(qtbot: QtBot, view: PhotoView) -> None:
    view.set_faces(tuple(face(60 * (n + 1), 300, 40) for n in range(14)), 0)
    qtbot.keyClicks(view, "12")
    assert view.chosen == 11
    qtbot.keyClicks(view, "7")
    assert view.chosen == 6


def test_page_shortcuts_are_left_alone(qtbot: QtBot, view: PhotoView) -> None:
    qtbot.keyClick(view, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert view.chosen == 1


def test_choosing_by_key_brings_the_face_into_sight(qtbot: QtBot, view: PhotoView) -> None:
    view.zoom_by(8, QPointF(at(view, 0)))
    qtbot.keyClicks(view, "4")
    assert view.rect().contains(at(view, 3))


def test_says_which_face(view: PhotoView, qtbot: QtBot) -> None:
    assert view.accessibleDescription().startswith("Face 2 of 4")
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.accessibleDescription().startswith("Face 3 of 4")
    view.set_image(None)
    assert view.accessibleDescription() == ""


def test_the_chosen_face_wears_the_accent(view: PhotoView) -> None:
    def accent_near(n: int) -> int:
        shown: QImage = view.grab().toImage()
        centre, accent = at(view, n), theme.colours().accent
        ratio = shown.devicePixelRatio()
        return sum(
            shown.pixelColor(round(x * ratio), round(centre.y() * ratio)) == accent
            for x in range(centre.x() - 50, centre.x())
        )

    assert accent_near(1) >= 2
    assert accent_near(2) == 0


def test_nothing_to_show_and_no_faces_are_quiet(qtbot: QtBot) -> None:
    view = PhotoView()
    qtbot.addWidget(view)
    view.resize(200, 200)
    view.grab()
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Right, Qt.Key.Key_1):
        qtbot.keyClick(view, key)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert view.chosen == -1


# -- outlines and numbers


@pytest.mark.parametrize("roll", [0, 8, -10])
def test_an_upright_face_keeps_its_box(roll: float) -> None:
    found = face(100, 80, 60, roll)
    assert outline(found).bounds().getCoords() == pytest.approx([float(v) for v in found.box], abs=0.01)


@pytest.mark.parametrize("roll", [30, 45, 90, -90, 135, 180])
def test_the_outline_of_a_tilted_face_turns_with_it(roll: float) -> None:
    mark = outline(face(300, 200, 78, roll))
    assert abs(mark.roll) == pytest.approx(abs(roll), abs=0.5)
    assert (mark.width, mark.height) == pytest.approx((78, 100), rel=0.02)


def test_numbers_stay_inside_and_apart() -> None:
    bounds = QRectF(0, 0, 600, 400)
    spots = [(x, y) for y in range(0, 401, 80) for x in range(0, 601, 60)]
    marks = [Outline(QPointF(x, y), 24, 30, 0) for x, y in spots]
    labels = place_labels(marks, [(22.0, 16.0)] * len(marks), bounds, [5])
    assert len(labels) == len(marks)
    for n, label in labels.items():
        assert bounds.contains(label)
        assert not any(label.intersects(other) for m, other in labels.items() if m != n)


def test_a_heap_shows_only_the_numbers_that_can_be_read() -> None:
    marks = [Outline(QPointF(300 + 2 * n, 200), 3, 4, 0) for n in range(60)]
    labels = place_labels(marks, [(22.0, 16.0)] * 60, QRectF(0, 0, 600, 400), [31])
    assert 31 in labels
    assert 3 < len(labels) < 60
