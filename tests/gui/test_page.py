"""Pages built anew: in another language every page stays where it was, and nothing of the old ones is left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from siamgui.gui.main_window import PAGES
from tests.builders.window import PATIENCE, Desk

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize("name", [entry.name for entry in PAGES])
def test_each_page_is_built_anew_without_a_widget_left_behind(open_desk: Callable[..., Desk], name: str) -> None:
    desk = open_desk(start=False)
    desk.window.go(name)
    counts = []
    for code in ("zh_CN", "en", "zh_CN", "en"):
        desk.speak(code)
        assert desk.window.page == name
        assert desk.window.view(name).isVisible()
        assert desk.window.rail.tabs[name].isChecked()
        counts.append(len(desk.window.findChildren(QWidget)))
    assert counts[1] == counts[3]
    if name != "compare":
        desk.press(Qt.Key.Key_Escape)
    assert desk.window.page == "compare"


def test_what_is_read_and_typed_stays(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(start=False)
    desk.press(Qt.Key.Key_F1)
    desk.help.text.setFocus()
    bar = desk.help.text.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    assert place > 0
    desk.speak("zh_CN")
    assert QApplication.focusWidget() is desk.help.text
    assert desk.help.text.verticalScrollBar().value() == min(place, desk.help.text.verticalScrollBar().maximum())
    desk.press(Qt.Key.Key_6, CTRL)
    desk.settings.device.setFocus()
    desk.speak("en")
    assert QApplication.focusWidget() is desk.settings.device
    assert desk.help.text.toPlainText().count("Swap the photos") == 1


def test_a_file_dialog_that_is_open_stays_open_and_is_listened_to(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(start=False)
    desk.press(Qt.Key.Key_O, CTRL)
    dialog = desk.window.findChild(QFileDialog)
    assert dialog is not None
    desk.speak("zh_CN")
    assert dialog.isVisible()
    desk.press(Qt.Key.Key_O, CTRL)
    assert desk.window.findChildren(QFileDialog) == [dialog]
    desk.page.stop()
    desk.qtbot.waitUntil(lambda: not desk.window.findChildren(QFileDialog), timeout=PATIENCE)
