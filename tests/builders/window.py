"""A person at the real window: drops, keys, and waiting for answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from siamgui.core.types import Comparison, Side
from siamgui.gui import language
from siamgui.gui.main_window import MainWindow

if TYPE_CHECKING:
    from siamgui.gui.compare.view import ComparePage
    from siamgui.gui.help_page import HelpPage
    from siamgui.gui.history.page import HistoryPage
    from siamgui.gui.live.page import LivePage
    from siamgui.gui.people.page import PeoplePage
    from siamgui.gui.settings_page import SettingsPage
    from siamgui.gui.training.page import TrainingPage

PATIENCE = 60_000
"""Milliseconds before a test gives up waiting; nothing is asserted about speed."""


def files(*paths: Path) -> QMimeData:
    """What a file manager delivers."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


class User:
    """A person at the window."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window
        self.controller = window.controllers.pair

    # The pages, as they are now: another language brings others.

    @property
    def page(self) -> ComparePage:
        return self.window.compare

    @property
    def live(self) -> LivePage:
        return self.window.live

    @property
    def people(self) -> PeoplePage:
        return cast("PeoplePage", self.window.view("people"))

    @property
    def training(self) -> TrainingPage:
        return cast("TrainingPage", self.window.view("training"))

    @property
    def history(self) -> HistoryPage:
        return cast("HistoryPage", self.window.view("history"))

    @property
    def settings(self) -> SettingsPage:
        return cast("SettingsPage", self.window.view("settings"))

    @property
    def help(self) -> HelpPage:
        return cast("HelpPage", self.window.view("help"))

    def drop(self, mime: QMimeData, at: Side | None = None) -> None:
        """Drag over the window and let go: over a slot, or over the rail, where no slot is."""
        target = self.page.slots[at] if at else self.window.rail
        where = QPointF(target.mapTo(self.window, QPoint(target.width() // 2, target.height() // 2)))
        state = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        enter = QDragEnterEvent(where.toPoint(), *state)
        QApplication.sendEvent(self.window, enter)
        assert enter.isAccepted()
        QApplication.sendEvent(self.window, QDragMoveEvent(where.toPoint(), *state))
        QApplication.sendEvent(self.window, QDropEvent(where, *state))

    def drop_files(self, *paths: Path, at: Side | None = None) -> None:
        self.drop(files(*paths), at)

    def settled(self) -> None:
        """Wait until nothing is under way."""
        slots = self.controller.slot

        def done() -> bool:
            return self.controller.state.engine is not None and not any(slots(side).busy for side in Side)

        self.qtbot.waitUntil(done, timeout=PATIENCE)

    def verdict(self) -> Comparison:
        """Wait for the answer about what is shown."""
        self.settled()
        comparison = self.controller.state.comparison
        assert comparison is not None
        return comparison

    def firm(self) -> Comparison:
        """Wait for the answer that is known to be firm, or not to be."""
        self.verdict()
        self.qtbot.waitUntil(lambda: not self.controller.state.checking, timeout=PATIENCE)
        return self.verdict()

    def names(self) -> tuple[str | None, str | None]:
        """What the two slots show."""
        left, right = (self.controller.slot(side).shown for side in Side)
        return (left.photo.name if left else None, right.photo.name if right else None)

    def error(self, side: Side) -> str:
        banner = self.page.slots[side].error
        return banner.text() if banner.isVisible() else ""

    def speak(self, code: str) -> None:
        """Change the language, and wait until the old widgets are gone."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        before = self.window.view(self.window.page)
        language.apply(app, code)
        self.qtbot.waitUntil(lambda: self.window.view(self.window.page) is not before, timeout=PATIENCE)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        """Press a key wherever the focus is, in the window that is in front; if none is, in this one."""
        if QApplication.activeWindow() is None:  # the platform of the tests has no window manager to bring one there
            with self.qtbot.waitActive(self.window, timeout=PATIENCE):
                self.window.activateWindow()
        target = QApplication.focusWidget() or self.window
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        self.qtbot.keyClick(target, key, held)
