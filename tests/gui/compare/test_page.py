"""The compare page: the real window, real drops and keys, real photographs, the real engine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from siamgui.core.types import Outcome, Side, Strictness
from tests.builders.window import PATIENCE, User, files

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


def test_two_files_dropped_at_once_fill_both_slots_and_are_judged(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    comparison = user.verdict()
    assert user.names() == ("obama1.jpg", "obama2.jpg")
    assert comparison.verdict.outcome is Outcome.SAME
    assert user.page.card.headline.text() == "Supports: same person"
    assert user.page.card.rarity.text() in user.page.card.accessibleDescription()
    assert user.page.card.crops[0].face.shows_something
    assert "MobileFaceNet" in user.window.status.engine.whole_text()
    assert user.window.status.engine.whole_text().endswith("ms")


def test_different_people(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "biden.jpg")
    assert user.verdict().verdict.outcome is Outcome.DIFFERENT
    assert user.page.card.headline.property("outcome") == "different"


def test_one_file_goes_where_it_is_dropped_or_else_to_the_first_empty_slot(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", at=Side.RIGHT)
    user.settled()
    assert user.names() == (None, "obama1.jpg")
    assert user.page.card.headline.text() == "One more photo"
    user.drop_files(samples / "biden.jpg")
    user.verdict()
    assert user.names() == ("biden.jpg", "obama1.jpg")


def test_a_pair_dropped_before_the_engine_is_ready_is_answered(open_window: Callable[..., User], samples: Path) -> None:
    user = open_window(start=False)
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.qtbot.waitUntil(lambda: user.names() == ("obama1.jpg", "obama2.jpg"), timeout=PATIENCE)
    assert user.controller.state.comparison is None
    user.window.start()
    assert user.verdict().verdict.outcome is Outcome.SAME


def test_of_ten_pairs_in_a_row_the_last_one_wins(user: User, samples: Path) -> None:
    shown = []
    user.controller.changed.connect(lambda: shown.append(user.controller.state.comparison))
    for n in range(10):
        other = "biden.jpg" if n % 2 == 0 else "obama2.jpg"
        user.drop_files(samples / "obama1.jpg", samples / other)
    assert user.verdict().verdict.outcome is Outcome.SAME
    assert user.names() == ("obama1.jpg", "obama2.jpg")
    # What an older pair would have said never came up.
    assert {c.verdict.outcome for c in shown if c is not None} == {Outcome.SAME}


def test_image_data_of_a_browser(user: User, samples: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.jpg")])
    mime.setData("image/jpeg", (samples / "obama1.jpg").read_bytes())
    user.drop(mime, at=Side.LEFT)
    user.settled()
    assert user.names() == ("dropped picture", None)
    assert user.error(Side.LEFT) == ""


@pytest.mark.parametrize("address", ["https://example.org/face.jpg", "http://example.org/"])
def test_a_web_address_alone_is_refused(user: User, samples: Path, address: str) -> None:
    user.drop_files(samples / "obama1.jpg", at=Side.LEFT)
    user.settled()
    mime = QMimeData()
    mime.setUrls([QUrl(address)])
    user.drop(mime, at=Side.LEFT)
    assert "never uses the network" in user.error(Side.LEFT)
    assert user.names() == ("obama1.jpg", None)


def test_a_web_address_as_text_is_refused(user: User) -> None:
    mime = QMimeData()
    mime.setText("https://example.org/face.jpg")
    user.drop(mime, at=Side.RIGHT)
    assert "never uses the network" in user.error(Side.RIGHT)


def test_paste_an_image_a_file_and_nothing(user: User, samples: Path) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setImage(QImage(str(samples / "obama1.jpg")))
    user.press(Qt.Key.Key_V, CTRL)
    user.settled()
    clipboard.setMimeData(files(samples / "obama2.jpg"))
    user.press(Qt.Key.Key_V, CTRL)
    assert user.verdict().verdict.outcome is Outcome.SAME
    assert user.names() == ("pasted picture", "obama2.jpg")
    clipboard.setText("nothing to see")
    user.page.slots[Side.RIGHT].photo.setFocus()
    user.press(Qt.Key.Key_V, CTRL)
    assert "no picture" in user.error(Side.RIGHT)


def test_open_dialog_takes_two_photos(user: User, samples: Path) -> None:
    user.press(Qt.Key.Key_O, CTRL)
    dialog = user.window.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    dialog.setDirectory(str(samples))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText('"obama1.jpg" "obama2.jpg"')
    user.qtbot.keyClick(line, Qt.Key.Key_Return)
    user.verdict()
    assert user.names() == ("obama1.jpg", "obama2.jpg")


def test_sample_pairs_in_turn(user: User) -> None:
    user.qtbot.mouseClick(user.page.teach_button, Qt.MouseButton.LeftButton)
    assert user.verdict().verdict.outcome is Outcome.SAME
    user.press(Qt.Key.Key_E, CTRL)
    user.qtbot.waitUntil(lambda: user.names()[1] == "biden.jpg", timeout=PATIENCE)
    assert user.verdict().verdict.outcome is Outcome.DIFFERENT


# Bad input.


def test_a_bad_file_leaves_everything_as_it_was(user: User, samples: Path, tmp_path: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    before = user.verdict()
    text = tmp_path / "一段 文字.jpg"
    text.write_text("not a photograph", encoding="utf-8")
    for bad in (text, tmp_path / "gone.jpg", tmp_path):
        user.drop_files(bad, at=Side.RIGHT)
        user.qtbot.waitUntil(lambda: user.error(Side.RIGHT) != "", timeout=PATIENCE)
        user.settled()
        assert bad.name in user.error(Side.RIGHT)
        assert user.error(Side.LEFT) == ""
        assert user.names() == ("obama1.jpg", "obama2.jpg")
        after = user.controller.state.comparison
        assert after is not None
        assert after.right is before.right
        user.qtbot.mouseClick(user.page.slots[Side.RIGHT].error.close_button, Qt.MouseButton.LeftButton)
        assert user.error(Side.RIGHT) == ""


def test_no_face_is_said_and_the_photo_that_was_there_stays(user: User, samples: Path, landscape: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.verdict()
    user.drop_files(landscape, at=Side.LEFT)
    user.qtbot.waitUntil(lambda: user.error(Side.LEFT) != "", timeout=PATIENCE)
    user.settled()
    assert "No face was found in “no face.png”" in user.error(Side.LEFT)
    assert user.names() == ("obama1.jpg", "obama2.jpg")
    assert user.page.slots[Side.LEFT].photo.chosen == 0
    assert user.verdict().verdict.outcome is Outcome.SAME


def test_of_two_dropped_files_the_good_one_is_kept(user: User, samples: Path, landscape: Path) -> None:
    user.drop_files(landscape, samples / "obama2.jpg")
    user.qtbot.waitUntil(lambda: user.error(Side.LEFT) != "", timeout=PATIENCE)
    user.settled()
    assert user.names() == (None, "obama2.jpg")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_file_without_permission(user: User, samples: Path, tmp_path: Path) -> None:
    path = tmp_path / "locked.jpg"
    path.write_bytes((samples / "obama1.jpg").read_bytes())
    path.chmod(0)
    user.drop_files(path, at=Side.LEFT)
    user.qtbot.waitUntil(lambda: "locked.jpg" in user.error(Side.LEFT), timeout=PATIENCE)


# Choosing, judging, undoing.


def test_another_face_changes_the_verdict(user: User, samples: Path, crowd: Path) -> None:
    user.drop_files(crowd, samples / "obama1.jpg")
    user.verdict()
    slot = user.page.slots[Side.LEFT]
    assert "4 faces" in slot.hint.text()
    slot.photo.setFocus()
    user.press(Qt.Key.Key_2)
    assert user.verdict().verdict.outcome is Outcome.DIFFERENT
    user.press(Qt.Key.Key_Left)
    assert user.verdict().verdict.outcome is Outcome.SAME
    loaded = user.controller.slot(Side.LEFT).loaded
    assert loaded is not None
    assert loaded.chosen == 0
    biden = slot.photo.to_view.map(QPoint(*(int(v) for v in loaded.detection.faces[1].landmarks[2])))
    user.qtbot.mouseClick(slot.photo, Qt.MouseButton.LeftButton, pos=biden)
    assert user.verdict().verdict.outcome is Outcome.DIFFERENT


def test_strictness_judges_again_at_once(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.verdict()
    limits = []
    for index, strictness in enumerate(Strictness):
        user.page.strictness.setCurrentIndex(index)
        user.page.strictness.activated.emit(index)
        comparison = user.controller.state.comparison
        assert comparison is not None
        assert comparison.verdict.strictness is strictness
        limits.append(comparison.verdict.same_below)
    assert limits == sorted(limits, reverse=True)
    assert limits[0] > limits[-1]


def test_swap_keeps_the_distance_and_can_be_undone(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "biden.jpg")
    before = user.verdict().verdict.distance
    user.qtbot.mouseClick(user.page.swap_button, Qt.MouseButton.LeftButton)
    assert user.names() == ("biden.jpg", "obama1.jpg")
    assert user.verdict().verdict.distance == pytest.approx(before)
    user.press(Qt.Key.Key_Z, CTRL)
    assert user.names() == ("obama1.jpg", "biden.jpg")


def test_clear_and_replace_can_be_undone(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.verdict()
    user.drop_files(samples / "biden.jpg", at=Side.RIGHT)
    user.qtbot.waitUntil(lambda: user.names()[1] == "biden.jpg", timeout=PATIENCE)
    user.verdict()
    user.page.slots[Side.LEFT].photo.setFocus()
    user.press(Qt.Key.Key_Delete)
    assert user.names() == (None, "biden.jpg")
    assert user.controller.state.comparison is None
    user.press(Qt.Key.Key_N, CTRL)
    assert user.names() == (None, None)
    assert user.page.teach.isVisible()
    for expected in (
        (None, "biden.jpg"),
        ("obama1.jpg", "biden.jpg"),
        ("obama1.jpg", "obama2.jpg"),
        (None, None),  # the two files dropped at once were one step
    ):
        user.press(Qt.Key.Key_Z, CTRL)
        assert user.names() == expected
    assert not user.page.undo_button.isEnabled()


def test_undo_keeps_no_more_big_photographs_than_it_promises(user: User, samples: Path, tmp_path: Path) -> None:
    with Image.open(samples / "obama1.jpg") as image:
        for n in range(4):
            image.resize((2400, 3000)).save(tmp_path / f"big {n}.jpg", quality=80)
    for n in range(4):
        user.drop_files(tmp_path / f"big {n}.jpg", at=Side.LEFT)
        user.qtbot.waitUntil(lambda n=n: user.names()[0] == f"big {n}.jpg", timeout=PATIENCE)
        user.settled()
    undone = 0
    while user.page.undo_button.isEnabled():
        user.press(Qt.Key.Key_Z, CTRL)
        undone += 1
    assert undone == 2
    assert user.names() == ("big 1.jpg", None)


def test_copy_as_text(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.verdict()
    user.press(Qt.Key.Key_C, CTRL)
    text = QGuiApplication.clipboard().text()
    assert "Supports: same person" in text
    assert "obama1.jpg" in text
    assert str(samples) not in text
    assert user.page.card.copy_button.text() == "Copied"


def test_details_unfold(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.verdict()
    assert not user.page.card.details.isVisible()
    user.press(Qt.Key.Key_D, CTRL)
    assert user.page.card.details.isVisible()


def test_the_card_goes_under_the_photos_where_the_window_is_narrow(open_window: Callable[..., User]) -> None:
    user = open_window(start=False, size=(960, 640))
    photo, teach = user.page.slots[Side.LEFT], user.page.teach
    assert teach.geometry().top() > photo.geometry().bottom()
    user.window.resize(1400, 800)
    user.qtbot.waitUntil(lambda: teach.geometry().left() > photo.geometry().right())


# By keyboard alone.


def test_every_control_has_a_name_and_can_be_reached_by_tab(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.verdict()
    user.window.rail.tabs["compare"].setFocus()
    reached: list[QWidget] = []
    while (focus := QApplication.focusWidget()) not in reached:
        assert focus is not None
        assert focus.accessibleName(), f"{focus} has no accessible name"
        reached.append(focus)
        user.press(Qt.Key.Key_Tab)
    left, right = (user.page.slots[side] for side in Side)
    wanted = [left.open_button, left.photo, right.open_button, right.photo, user.page.card.details_button]
    order = [reached.index(widget) for widget in wanted]
    assert order == sorted(order)
    tabs = (tab for tab in user.window.rail.tabs.values() if tab.isVisible())  # that of a lock needs a passphrase
    for widget in (left.clear_button, user.page.swap_button, user.page.strictness, *tabs):
        assert widget in reached


def test_a_whole_comparison_by_keyboard(user: User, samples: Path) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setMimeData(files(samples / "obama1.jpg"))
    user.press(Qt.Key.Key_V, CTRL)
    user.settled()
    clipboard.setMimeData(files(samples / "biden.jpg"))
    user.press(Qt.Key.Key_V, CTRL)
    assert user.verdict().verdict.outcome is Outcome.DIFFERENT
    user.press(Qt.Key.Key_F6)
    here = user.page.slots[Side.RIGHT].photo
    assert QApplication.focusWidget() in (here, user.page.slots[Side.LEFT].photo)
    user.press(Qt.Key.Key_T, CTRL)
    assert user.names() == ("biden.jpg", "obama1.jpg")
