"""A person at the people page: drops, keys, and waiting until nothing is under way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from siamgui.gui.people.page import PeoplePage
from siamgui.gui.people.state import PeopleState
from siamgui.storage.people_store import PeopleStore, Person
from tests.builders.window import PATIENCE, files

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


class Keeper:
    """A person at the people page."""

    def __init__(self, qtbot: QtBot, page: PeoplePage) -> None:
        self.qtbot = qtbot
        self.page = page
        self.controller = page.controller
        self.settle()

    @property
    def state(self) -> PeopleState:
        return self.controller.state

    def wait(self, done: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(done, timeout=PATIENCE)

    def settle(self) -> None:
        """Wait until nothing is under way."""

        def still() -> bool:
            state = self.state
            drafted = len(state.draft.tiles) == len(state.draft.candidates)
            opened = state.people is not None and (state.opened is not None or not state.people)
            idle = not state.busy and state.reading is None and state.embedding is None and state.engine
            return state.blocked is not None or (opened and idle and drafted)

        self.wait(still)

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        self.qtbot.keyClick(QApplication.focusWidget() or self.page, key, held)

    def type(self, text: str) -> None:
        widget = QApplication.focusWidget()
        assert widget is not None
        self.qtbot.keyClicks(widget, text)

    def click(self, button: QAbstractButton) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def drop(self, *paths: Path) -> None:
        self.page.drag_over(files(*paths), QPoint())
        self.page.drop(files(*paths), QPoint())
        self.settle()

    def enrol(self, name: str, *photos: Path) -> Person:
        """By name and photographs, the short way."""
        self.press(KEY.Key_N, CTRL)
        self.type(name)
        self.drop(*photos)
        self.click(self.page.person.enrol_button)
        self.wait(lambda: not self.state.drafting)
        self.settle()
        assert self.state.opened is not None
        return self.state.opened.person

    def stored(self) -> tuple[Person, ...]:
        """What is on the disk, read as another process would."""
        with PeopleStore.open() as people:
            return people.list()

    def names(self) -> list[str]:
        """What the list shows."""
        model = self.page.list.view.model()
        return [str(model.index(row, 0).data()).split("\n")[0] for row in range(model.rowCount())]
