"""Enrolment and verification by keyboard alone, in the real window: from nobody enrolled to an entry in the log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Outcome
from siamgui.gui.live.state import Phase
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.verification_log import VerificationLog
from tests.builders.videos import portrait, view, write
from tests.builders.window import PATIENCE, Desk, files

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def film(tmp_path: Path, engine: FaceEngine, samples: Path) -> Path:
    """Somebody who does not quite sit still before the camera."""
    photo = load_photo(samples / "obama2.jpg")
    found = engine.find_faces(photo)
    face = portrait(photo.pixels, found.faces[found.prominent])
    clip = [view(face, 0.5 + 0.03 * np.sin(n / 9), 0.5, 0.9, (480, 360)) for n in range(100)]
    return write(tmp_path / "film.avi", clip)


def walk_to(desk: Desk, target: QWidget) -> None:
    """Press Tab until the focus is there."""
    for _ in range(60):
        if target.hasFocus():
            return
        desk.press(KEY.Key_Tab)
    raise AssertionError(f"Tab never comes to {target.accessibleName()}")


def until(desk: Desk, what: Callable[[], bool]) -> None:
    desk.qtbot.waitUntil(what, timeout=PATIENCE)


def enrol(desk: Desk, name: str, *photos: Path) -> None:
    """On the people page: somebody new, with photographs from the clipboard."""
    window = desk.window
    desk.press(KEY.Key_3, CTRL)
    assert window.page == "people"
    until(desk, lambda: window.controllers.people.state.engine and window.controllers.people.state.people is not None)
    desk.press(KEY.Key_N, CTRL)
    until(desk, desk.people.person.form.name.hasFocus)
    for letter in name:
        desk.qtbot.keyClick(QApplication.focusWidget(), letter)
    walk_to(desk, desk.people.person.cancel_button)  # in the name, a paste would be one of letters
    QApplication.clipboard().setMimeData(files(*photos))
    desk.press(KEY.Key_V, CTRL)
    until(desk, lambda: len(window.controllers.people.state.draft.tiles) == len(photos))
    walk_to(desk, desk.people.person.form.name)
    desk.press(KEY.Key_Return)
    until(
        desk,
        lambda: not window.controllers.people.state.drafting and window.controllers.people.state.opened is not None,
    )


def put_in_place_of_the_camera(desk: Desk, film: Path) -> None:
    """On the live page: choose a video file."""
    page, live = desk.live, desk.window.controllers.live
    desk.press(KEY.Key_O, CTRL, SHIFT)
    dialog = page.window().findChild(QFileDialog)
    assert dialog is not None
    dialog.setDirectory(str(film.parent))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText(film.name)
    desk.qtbot.keyClick(line, KEY.Key_Return)
    until(desk, lambda: live.state.source == film)
    with desk.qtbot.waitActive(desk.window, timeout=PATIENCE):  # a window manager does so when a dialog closes
        desk.window.activateWindow()


def test_enrolled_and_verified_without_a_mouse(open_desk: Callable[..., Desk], samples: Path, film: Path) -> None:
    desk = open_desk()
    window = desk.window
    enrol(desk, "Barack Obama", samples / "obama1.jpg", samples / "obama3.jpg")
    with PeopleStore.open() as people:
        assert [(one.name, one.photos, one.last_verified) for one in people.list()] == [("Barack Obama", 2, None)]

    # "Verify" leads to the camera.
    walk_to(desk, desk.people.person.verify_button)
    desk.press(KEY.Key_Space)
    assert window.page == "live"
    live, page = window.controllers.live, desk.live
    until(desk, lambda: live.state.can_start)
    assert page.reference.person.people.currentText() == "Barack Obama"
    put_in_place_of_the_camera(desk, film)
    walk_to(desk, page.preview)
    desk.press(KEY.Key_Space)
    until(desk, lambda: live.state.verdict is not None)
    assert page.card.headline.text() == "Supports: same person"
    assert live.state.phase is Phase.LIVE
    until(desk, lambda: "Last verified" in page.reference.person.words.text())

    # It stands in the history, and the camera went off when the page was left.
    desk.press(KEY.Key_5, CTRL)
    assert window.page == "history"
    assert live.state.phase is Phase.OFF
    until(desk, lambda: bool(window.controllers.history.state.rows))
    with VerificationLog.open() as log:
        entry = log.entries()[0]
    assert (entry.reference, entry.outcome, entry.source.value) == ("Barack Obama", Outcome.SAME, "file")
    with PeopleStore.open() as people:
        assert people.find("Barack Obama").last_verified is not None

    # Escape goes back, page by page; the answer stays until the next start.
    desk.press(KEY.Key_Escape)
    assert window.page == "live"
    assert page.card.headline.text() == "Supports: same person"
    desk.press(KEY.Key_Escape)
    desk.press(KEY.Key_Escape)
    assert window.page == "compare"
    desk.press(KEY.Key_Q, CTRL)
    assert not window.isVisible()
