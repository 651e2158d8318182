"""Pages built anew: in another language every page stays where it was, and nothing of the old ones is left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from siamgui.gui.pages import ENTRIES
from tests.builders.window import PATIENCE, User

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize("name", ENTRIES)
def test_each_page_is_built_anew_without_a_widget_left_behind(open_window: Callable[..., User], name: str) -> None:
    user = open_window(start=False)
    user.window.go(name)
    if name == "training":  # until it knows what is kept, it shows little
        known = user.training.controller
        user.qtbot.waitUntil(lambda: known.state.summary is not None, timeout=PATIENCE)
    counts = []
    for code in ("zh_CN", "en", "zh_CN", "en"):
        user.speak(code)
        assert user.window.page == name
        assert user.window.view(name).isVisible()
        assert ENTRIES[name].behind or user.window.rail.tabs[name].isChecked()
        counts.append(len(user.window.findChildren(QWidget)))
    assert counts[1] == counts[3]
    if name != "compare":
        user.press(Qt.Key.Key_Escape)
    assert user.window.page == "compare"


def test_what_is_read_and_typed_stays(open_window: Callable[..., User]) -> None:
    user = open_window(start=False)
    user.press(Qt.Key.Key_F1)
    assert user.window.page == "help"
    user.help.text.setFocus()
    bar = user.help.text.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    assert place > 0
    user.speak("zh_CN")
    assert user.window.focusWidget() is user.help.text
    assert user.help.text.verticalScrollBar().value() == min(place, user.help.text.verticalScrollBar().maximum())
    user.press(Qt.Key.Key_7, CTRL)
    assert user.window.page == "settings"
    user.settings.device.setFocus()
    user.speak("en")
    assert user.window.focusWidget() is user.settings.device
    assert user.help.text.toPlainText().count("Swap the photos") == 1


def test_the_focus_stays_while_another_window_is_in_front(open_window: Callable[..., User], qtbot: QtBot) -> None:
    user = open_window(start=False)
    user.press(Qt.Key.Key_F1)
    user.help.text.setFocus()
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitActive(other, timeout=PATIENCE):
        other.show()
        other.activateWindow()
    user.speak("zh_CN")
    assert user.window.focusWidget() is user.help.text


def test_a_file_dialog_that_is_open_stays_open_and_is_listened_to(open_window: Callable[..., User]) -> None:
    user = open_window(start=False)
    user.press(Qt.Key.Key_O, CTRL)
    dialog = user.window.findChild(QFileDialog)
    assert dialog is not None
    user.speak("zh_CN")
    assert dialog.isVisible()
    user.press(Qt.Key.Key_O, CTRL)
    assert user.window.findChildren(QFileDialog) == [dialog]
    user.page.stop()
    user.qtbot.waitUntil(lambda: not user.window.findChildren(QFileDialog), timeout=PATIENCE)
