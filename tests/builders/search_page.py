"""A person at the page Search, with the real engine and folders made of the bundled photographs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from siamgui.core.resources import resource
from siamgui.gui.search.page import SearchPage
from siamgui.gui.search.state import SearchState
from siamgui.search.values import Found
from tests.builders.window import PATIENCE, files

KEY = Qt.Key


def scans(folder: Path, names: Sequence[str] = ("obama1", "obama2", "biden")) -> Path:
    """A folder with some of the bundled photographs, each under its own name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        data = resource(f"samples/{name}.jpg").read_bytes()
        (folder / f"{name}.jpg").write_bytes(data)
    return folder


class Seeker:
    def __init__(self, qtbot: QtBot, page: SearchPage) -> None:
        self.qtbot, self.page, self.controller = qtbot, page, page.controller
        self.wait(lambda: self.state.folders is not None)

    @property
    def state(self) -> SearchState:
        return self.controller.state

    def wait(self, done: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(done()), timeout=PATIENCE)

    def drop(self, *paths: Path) -> None:
        self.page.drop(files(*paths), QPoint(10, 10))

    def press(self, key: Qt.Key, on: QWidget) -> None:
        self.qtbot.keyClick(on, key)

    def click(self, button: QAbstractButton) -> None:
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def has_read(self, folder: Path) -> None:
        """Drop it, and wait until all of it is read."""
        self.drop(folder)
        self.wait(lambda: folder in self.controller.folders.notes and self.state.current is None)
        self.wait(lambda: any(one.folder == folder and one.read for one in self.state.folders or ()))

    def found(self) -> Found:
        """The answer, once there is one and nothing is under way."""
        self.wait(lambda: self.state.found is not None and not self.state.searching and self.state.current is None)
        assert self.state.found is not None
        return self.state.found
