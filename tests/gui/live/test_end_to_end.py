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
from tests.builders.window import PATIENCE, User, files

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


def walk_to(user: User, target: QWidget) -> None:
    """Press Tab until the focus is there."""
    for _ in range(60):
        if target.hasFocus():
            return
        user.press(KEY.Key_Tab)
    raise AssertionError(f"Tab never comes to {target.accessibleName()}")


def until(user: User, what: Callable[[], bool]) -> None:
    user.qtbot.waitUntil(what, timeout=PATIENCE)


def enrol(user: User, name: str, *photos: Path) -> None:
    """On the people page: somebody new, with photographs from the clipboard."""
    window = user.window
    user.press(KEY.Key_4, CTRL)
    assert window.page == "people"
    until(user, lambda: window.controllers.people.state.engine and window.controllers.people.state.people is not None)
    user.press(KEY.Key_N, CTRL)
    until(user, user.people.person.form.name.hasFocus)
    for letter in name:
        user.qtbot.keyClick(QApplication.focusWidget(), letter)
    walk_to(user, user.people.person.cancel_button)  # in the name, a paste would be one of letters
    QApplication.clipboard().setMimeData(files(*photos))
    user.press(KEY.Key_V, CTRL)
    until(user, lambda: len(window.controllers.people.state.draft.tiles) == len(photos))
    walk_to(user, user.people.person.form.name)
    user.press(KEY.Key_Return)
    until(
        user,
        lambda: not window.controllers.people.state.drafting and window.controllers.people.state.opened is not None,
    )


def put_in_place_of_the_camera(user: User, film: Path) -> None:
    """On the live page: choose a video file."""
    page, live = user.live, user.window.controllers.live
    user.press(KEY.Key_O, CTRL, SHIFT)
    dialog = page.window().findChild(QFileDialog)
    assert dialog is not None
    dialog.setDirectory(str(film.parent))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText(film.name)
    user.qtbot.keyClick(line, KEY.Key_Return)
    until(user, lambda: live.state.source == film)
    with user.qtbot.waitActive(user.window, timeout=PATIENCE):  # a window manager does so when a dialog closes
        user.window.activateWindow()


def test_enrolled_and_verified_without_a_mouse(open_window: Callable[..., User], samples: Path, film: Path) -> None:
    user = open_window()
    window = user.window
    enrol(user, "Barack Obama", samples / "obama1.jpg", samples / "obama3.jpg")
    with PeopleStore.open() as people:
        assert [(one.name, one.photos, one.last_verified) for one in people.list()] == [("Barack Obama", 2, None)]

    # "Verify" leads to the camera.
    walk_to(user, user.people.person.verify_button)
    user.press(KEY.Key_Space)
    assert window.page == "live"
    live, page = window.controllers.live, user.live
    until(user, lambda: live.state.can_start)
    assert page.reference.person.people.currentText() == "Barack Obama"
    put_in_place_of_the_camera(user, film)
    walk_to(user, page.preview)
    user.press(KEY.Key_Space)
    until(user, lambda: live.state.verdict is not None)
    assert page.card.headline.text() == "Supports: same person"
    assert live.state.phase is Phase.LIVE
    until(user, lambda: "Last verified" in page.reference.person.about.text())

    # It stands in the history, and the camera went off when the page was left.
    user.press(KEY.Key_6, CTRL)
    assert window.page == "history"
    assert live.state.phase is Phase.OFF
    until(user, lambda: bool(window.controllers.history.state.rows))
    with VerificationLog.open() as log:
        entry = log.entries()[0]
    assert (entry.reference, entry.outcome, entry.source.value) == ("Barack Obama", Outcome.SAME, "file")
    with PeopleStore.open() as people:
        assert people.find("Barack Obama").last_verified is not None

    # Escape goes back, page by page; the answer stays until the next start.
    user.press(KEY.Key_Escape)
    assert window.page == "live"
    assert page.card.headline.text() == "Supports: same person"
    user.press(KEY.Key_Escape)
    user.press(KEY.Key_Escape)
    assert window.page == "compare"
    user.press(KEY.Key_Q, CTRL)
    assert not window.isVisible()
