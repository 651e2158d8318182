"""The compare page: the real window, real drops and keys, real photographs, the real engine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from siamgui.core.types import Outcome, Side, Strictness
from siamgui.gui.photos.sources import pixels_of
from tests.builders.window import PATIENCE, Desk, files

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def crowd(samples: Path, tmp_path: Path) -> Path:
    """Four faces side by side: Obama, Biden, Obama, Obama."""
    parts = []
    for name in ("obama1", "biden", "obama2", "obama3"):
        with Image.open(samples / f"{name}.jpg") as image:
            parts.append(image.convert("RGB").resize((image.width * 600 // image.height, 600)))
    path = tmp_path / "four faces.jpg"
    Image.fromarray(np.hstack([np.asarray(part) for part in parts])).save(path, quality=92)
    return path


@pytest.fixture
def landscape(tmp_path: Path) -> Path:
    """A picture without a face."""
    path = tmp_path / "no face.png"
    Image.linear_gradient("L").resize((400, 300)).convert("RGB").save(path)
    return path


# Filling the slots.


def test_two_files_dropped_at_once_fill_both_slots_and_are_judged(desk: Desk, samples: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    comparison = desk.verdict()
    assert desk.names() == ("obama1.jpg", "obama2.jpg")
    assert comparison.verdict.outcome is Outcome.SAME
    assert desk.page.card.headline.text() == "Supports: same person"
    assert desk.page.card.rarity.text() in desk.page.card.accessibleDescription()
    assert desk.page.card.crops[0].face.shows_something
    assert "MobileFaceNet" in desk.window.status.engine.whole_text()
    assert desk.window.status.engine.whole_text().endswith("ms")


def test_different_people(desk: Desk, samples: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", samples / "biden.jpg")
    assert desk.verdict().verdict.outcome is Outcome.DIFFERENT
    assert desk.page.card.headline.property("outcome") == "different"


def test_one_file_goes_where_it_is_dropped_or_else_to_the_first_empty_slot(desk: Desk, samples: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", at=Side.RIGHT)
    desk.settled()
    assert desk.names() == (None, "obama1.jpg")
    assert desk.page.card.headline.text() == "One more photo"
    desk.drop_files(samples / "biden.jpg")
    desk.verdict()
    assert desk.names() == ("biden.jpg", "obama1.jpg")


def test_a_pair_dropped_before_the_engine_is_ready_is_answered(open_desk: Callable[..., Desk], samples: Path) -> None:
    desk = open_desk(start=False)
    desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    desk.qtbot.waitUntil(lambda: desk.names() == ("obama1.jpg", "obama2.jpg"), timeout=PATIENCE)
    assert desk.controller.state.comparison is None
    desk.window.start()
    assert desk.verdict().verdict.outcome is Outcome.SAME


def test_of_ten_pairs_in_a_row_the_last_one_wins(desk: Desk, samples: Path) -> None:
    shown = []
    desk.controller.changed.connect(lambda: shown.append(desk.controller.state.comparison))
    for n in range(10):
        other = "biden.jpg" if n % 2 == 0 else "obama2.jpg"
        desk.drop_files(samples / "obama1.jpg", samples / other)
    assert desk.verdict().verdict.outcome is Outcome.SAME
    assert desk.names() == ("obama1.jpg", "obama2.jpg")
    # What an older pair would have said never came up.
    assert {c.verdict.outcome for c in shown if c is not None} == {Outcome.SAME}


def test_image_data_of_a_browser(desk: Desk, samples: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.jpg")])
    mime.setData("image/jpeg", (samples / "obama1.jpg").read_bytes())
    desk.drop(mime, at=Side.LEFT)
    desk.settled()
    assert desk.names() == ("dropped picture", None)
    assert desk.error(Side.LEFT) == ""


@pytest.mark.parametrize("address", ["https://example.org/face.jpg", "http://example.org/"])
def test_a_web_address_alone_is_refused(desk: Desk, samples: Path, address: str) -> None:
    desk.drop_files(samples / "obama1.jpg", at=Side.LEFT)
    desk.settled()
    mime = QMimeData()
    mime.setUrls([QUrl(address)])
    desk.drop(mime, at=Side.LEFT)
    assert "never uses the network" in desk.error(Side.LEFT)
    assert desk.names() == ("obama1.jpg", None)


def test_a_web_address_as_text_is_refused(desk: Desk) -> None:
    mime = QMimeData()
    mime.setText("https://example.org/face.jpg")
    desk.drop(mime, at=Side.RIGHT)
    assert "never uses the network" in desk.error(Side.RIGHT)


def test_three_files_are_refused_and_nothing_changes(desk: Desk, samples: Path) -> None:
    desk.drop_files(*(samples / f"obama{n}.jpg" for n in (1, 2, 3)), at=Side.LEFT)
    assert desk.error(Side.LEFT).startswith("3 files are too many")
    assert desk.names() == (None, None)


def test_paste_an_image_a_file_and_nothing(desk: Desk, samples: Path) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setImage(QImage(str(samples / "obama1.jpg")))
    desk.press(Qt.Key.Key_V, CTRL)
    desk.settled()
    clipboard.setMimeData(files(samples / "obama2.jpg"))
    desk.press(Qt.Key.Key_V, CTRL)
    assert desk.verdict().verdict.outcome is Outcome.SAME
    assert desk.names() == ("pasted picture", "obama2.jpg")
    clipboard.setText("nothing to see")
    desk.page.slots[Side.RIGHT].photo.setFocus()
    desk.press(Qt.Key.Key_V, CTRL)
    assert "no picture" in desk.error(Side.RIGHT)


def test_transparent_parts_of_a_pasted_image_are_white() -> None:
    image = QImage(5, 3, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    image.setPixelColor(1, 0, Qt.GlobalColor.red)
    pixels = pixels_of(image)
    assert pixels.shape == (3, 5, 3)
    assert pixels[0, 1].tolist() == [255, 0, 0]
    assert (pixels[1:] == 255).all()


def test_pasted_pixels_are_those_of_the_image(samples: Path) -> None:
    with Image.open(samples / "biden.jpg") as picture:
        expected = np.asarray(picture.convert("RGB").crop((0, 0, 101, 67)))
    image = QImage(expected.tobytes(), 101, 67, 303, QImage.Format.Format_RGB888)
    assert (pixels_of(image) == expected).all()
    assert (pixels_of(image.convertToFormat(QImage.Format.Format_ARGB32)) == expected).all()


def test_open_dialog_takes_two_photos(desk: Desk, samples: Path) -> None:
    desk.press(Qt.Key.Key_O, CTRL)
    dialog = desk.window.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    dialog.setDirectory(str(samples))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText('"obama1.jpg" "obama2.jpg"')
    desk.qtbot.keyClick(line, Qt.Key.Key_Return)
    desk.verdict()
    assert desk.names() == ("obama1.jpg", "obama2.jpg")


def test_sample_pairs_in_turn(desk: Desk) -> None:
    desk.qtbot.mouseClick(desk.page.teach.sample_button, Qt.MouseButton.LeftButton)
    assert desk.verdict().verdict.outcome is Outcome.SAME
    desk.press(Qt.Key.Key_E, CTRL)
    desk.qtbot.waitUntil(lambda: desk.names()[1] == "biden.jpg", timeout=PATIENCE)
    assert desk.verdict().verdict.outcome is Outcome.DIFFERENT


# Bad input.


def test_a_bad_file_leaves_everything_as_it_was(desk: Desk, samples: Path, tmp_path: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    before = desk.verdict()
    text = tmp_path / "一段 文字.jpg"
    text.write_text("not a photograph", encoding="utf-8")
    for bad in (text, tmp_path / "gone.jpg", tmp_path):
        desk.drop_files(bad, at=Side.RIGHT)
        desk.qtbot.waitUntil(lambda: desk.error(Side.RIGHT) != "", timeout=PATIENCE)
        desk.settled()
        assert bad.name in desk.error(Side.RIGHT)
        assert desk.error(Side.LEFT) == ""
        assert desk.names() == ("obama1.jpg", "obama2.jpg")
        after = desk.controller.state.comparison
        assert after is not None
        assert after.right is before.right
        desk.qtbot.mouseClick(desk.page.slots[Side.RIGHT].error.close_button, Qt.MouseButton.LeftButton)
        assert desk.error(Side.RIGHT) == ""


def test_no_face_is_said_and_the_photo_that_was_there_stays(desk: Desk, samples: Path, landscape: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    desk.verdict()
    desk.drop_files(landscape, at=Side.LEFT)
    desk.qtbot.waitUntil(lambda: desk.error(Side.LEFT) != "", timeout=PATIENCE)
    desk.settled()
    assert "No face was found in “no face.png”" in desk.error(Side.LEFT)
    assert desk.names() == ("obama1.jpg", "obama2.jpg")
    assert desk.page.slots[Side.LEFT].photo.chosen == 0
    assert desk.verdict().verdict.outcome is Outcome.SAME


def test_of_two_dropped_files_the_good_one_is_kept(desk: Desk, samples: Path, landscape: Path) -> None:
    desk.drop_files(landscape, samples / "obama2.jpg")
    desk.qtbot.waitUntil(lambda: desk.error(Side.LEFT) != "", timeout=PATIENCE)
    desk.settled()
    assert desk.names() == (None, "obama2.jpg")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_file_without_permission(desk: Desk, samples: Path, tmp_path: Path) -> None:
    path = tmp_path / "locked.jpg"
    path.write_bytes((samples / "obama1.jpg").read_bytes())
    path.chmod(0)
    desk.drop_files(path, at=Side.LEFT)
    desk.qtbot.waitUntil(lambda: "locked.jpg" in desk.error(Side.LEFT), timeout=PATIENCE)


# Choosing, judging, undoing.


def test_another_face_changes_the_verdict(desk: Desk, samples: Path, crowd: Path) -> None:
    desk.drop_files(crowd, samples / "obama1.jpg")
    desk.verdict()
    slot = desk.page.slots[Side.LEFT]
    assert "4 faces" in slot.hint.text()
    slot.photo.setFocus()
    desk.press(Qt.Key.Key_2)
    assert desk.verdict().verdict.outcome is Outcome.DIFFERENT
    desk.press(Qt.Key.Key_Left)
    assert desk.verdict().verdict.outcome is Outcome.SAME
    loaded = desk.controller.slot(Side.LEFT).loaded
    assert loaded is not None
    assert loaded.chosen == 0
    biden = slot.photo.to_view.map(QPoint(*(int(v) for v in loaded.detection.faces[1].landmarks[2])))
    desk.qtbot.mouseClick(slot.photo, Qt.MouseButton.LeftButton, pos=biden)
    assert desk.verdict().verdict.outcome is Outcome.DIFFERENT


def test_strictness_judges_again_at_once(desk: Desk, samples: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    desk.verdict()
    limits = []
    for index, strictness in enumerate(Strictness):
        desk.page.strictness.setCurrentIndex(index)
        desk.page.strictness.activated.emit(index)
        comparison = desk.controller.state.comparison
        assert comparison is not None
        assert comparison.verdict.strictness is strictness
        limits.append(comparison.verdict.same_below)
    assert limits == sorted(limits, reverse=True)
    assert limits[0] > limits[-1]


def test_swap_keeps_the_distance_and_can_be_undone(desk: Desk, samples: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", samples / "biden.jpg")
    before = desk.verdict().verdict.distance
    desk.qtbot.mouseClick(desk.page.swap_button, Qt.MouseButton.LeftButton)
    assert desk.names() == ("biden.jpg", "obama1.jpg")
    assert desk.verdict().verdict.distance == pytest.approx(before)
    desk.press(Qt.Key.Key_Z, CTRL)
    assert desk.names() == ("obama1.jpg", "biden.jpg")


def test_clear_and_replace_can_be_undone(desk: Desk, samples: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    desk.verdict()
    desk.drop_files(samples / "biden.jpg", at=Side.RIGHT)
    desk.qtbot.waitUntil(lambda: desk.names()[1] == "biden.jpg", timeout=PATIENCE)
    desk.verdict()
    desk.page.slots[Side.LEFT].photo.setFocus()
    desk.press(Qt.Key.Key_Delete)
    assert desk.names() == (None, "biden.jpg")
    assert desk.controller.state.comparison is None
    desk.press(Qt.Key.Key_N, CTRL)
    assert desk.names() == (None, None)
    assert desk.page.teach.isVisible()
    for expected in (
        (None, "biden.jpg"),
        ("obama1.jpg", "biden.jpg"),
        ("obama1.jpg", "obama2.jpg"),
        (None, None),  # the two files dropped at once were one step
    ):
        desk.press(Qt.Key.Key_Z, CTRL)
        assert desk.names() == expected
    assert not desk.page.undo_button.isEnabled()


def test_undo_keeps_no_more_big_photographs_than_it_promises(desk: Desk, samples: Path, tmp_path: Path) -> None:
    with Image.open(samples / "obama1.jpg") as image:
        for n in range(4):
            image.resize((2400, 3000)).save(tmp_path / f"big {n}.jpg", quality=80)
    for n in range(4):
        desk.drop_files(tmp_path / f"big {n}.jpg", at=Side.LEFT)
        desk.qtbot.waitUntil(lambda n=n: desk.names()[0] == f"big {n}.jpg", timeout=PATIENCE)
        desk.settled()
    undone = 0
    while desk.page.undo_button.isEnabled():
        desk.press(Qt.Key.Key_Z, CTRL)
        undone += 1
    assert undone == 2
    assert desk.names() == ("big 1.jpg", None)


def test_copy_as_text(desk: Desk, samples: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    desk.verdict()
    desk.press(Qt.Key.Key_C, CTRL)
    text = QGuiApplication.clipboard().text()
    assert "Supports: same person" in text
    assert "obama1.jpg" in text
    assert str(samples) not in text
    assert desk.page.card.copy_button.text() == "Copied"


def test_details_unfold(desk: Desk, samples: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    desk.verdict()
    assert not desk.page.card.details.isVisible()
    desk.press(Qt.Key.Key_D, CTRL)
    assert desk.page.card.details.isVisible()


def test_a_long_name_is_elided_in_the_middle(desk: Desk, samples: Path, tmp_path: Path) -> None:
    path = tmp_path / ("a photograph whose name " + "goes on and " * 12 + "ends.jpg")
    path.write_bytes((samples / "obama1.jpg").read_bytes())
    desk.drop_files(path, at=Side.LEFT)
    desk.settled()
    label = desk.page.slots[Side.LEFT].name
    assert label.text().startswith("a photo")
    assert label.text().endswith(".jpg")
    assert "…" in label.text()
    assert label.toolTip() == path.name


def test_the_card_goes_under_the_photos_where_the_window_is_narrow(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(start=False, size=(960, 640))
    photo, teach = desk.page.slots[Side.LEFT], desk.page.teach
    assert teach.geometry().top() > photo.geometry().bottom()
    desk.window.resize(1400, 800)
    desk.qtbot.waitUntil(lambda: teach.geometry().left() > photo.geometry().right())


# By keyboard alone.


def test_every_control_has_a_name_and_can_be_reached_by_tab(desk: Desk, samples: Path) -> None:
    desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    desk.verdict()
    desk.window.rail.tabs["compare"].setFocus()
    reached: list[QWidget] = []
    while (focus := QApplication.focusWidget()) not in reached:
        assert focus is not None
        assert focus.accessibleName(), f"{focus} has no accessible name"
        reached.append(focus)
        desk.press(Qt.Key.Key_Tab)
    left, right = (desk.page.slots[side] for side in Side)
    wanted = [left.open_button, left.photo, right.open_button, right.photo, desk.page.card.details_button]
    order = [reached.index(widget) for widget in wanted]
    assert order == sorted(order)
    for widget in (left.clear_button, desk.page.swap_button, desk.page.strictness, *desk.window.rail.tabs.values()):
        assert widget in reached


def test_a_whole_comparison_by_keyboard(desk: Desk, samples: Path) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setMimeData(files(samples / "obama1.jpg"))
    desk.press(Qt.Key.Key_V, CTRL)
    desk.settled()
    clipboard.setMimeData(files(samples / "biden.jpg"))
    desk.press(Qt.Key.Key_V, CTRL)
    assert desk.verdict().verdict.outcome is Outcome.DIFFERENT
    desk.press(Qt.Key.Key_F6)
    here = desk.page.slots[Side.RIGHT].photo
    assert QApplication.focusWidget() in (here, desk.page.slots[Side.LEFT].photo)
    desk.press(Qt.Key.Key_T, CTRL)
    assert desk.names() == ("biden.jpg", "obama1.jpg")


def test_encoded_png_on_the_clipboard_is_not_decoded_on_the_gui_thread(desk: Desk, samples: Path) -> None:
    from siamgui.gui.photos.sources import Picture, sources_of

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImage(str(samples / "obama1.jpg")).save(buffer, "PNG")
    mime = QMimeData()
    mime.setData("image/png", buffer.data())
    (source,) = sources_of(mime, "picture")
    assert isinstance(source, Picture)
    assert isinstance(source.data, bytes)
