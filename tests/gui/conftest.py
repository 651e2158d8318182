"""The real window for every test that asks for it, driven by real events, with settings of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from siamgui.gui import preferences, theme
from siamgui.gui.inference import Inference
from siamgui.gui.main_window import MainWindow
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Workers
from tests.builders.window import PATIENCE, User


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def _no_widget_left_behind(qapp: QApplication) -> Iterator[None]:
    """A test fails when a window that it opened is still there after its end."""
    before = set(qapp.topLevelWidgets())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [widget for widget in qapp.topLevelWidgets() if widget not in before]
    assert not left, f"widgets left behind: {left}"


@pytest.fixture(autouse=True)
def _clipboard_emptied(qapp: QApplication) -> Iterator[None]:
    """What Python put on the clipboard must not outlive Python: Qt would crash at the very end."""
    yield
    qapp.clipboard().clear()


@pytest.fixture
def store(qapp: QApplication) -> Iterator[WindowStore]:
    """For a page without its window."""
    store = WindowStore()
    yield store
    store.stop()


@pytest.fixture(scope="module")
def inference(qapp: QApplication) -> Iterator[Inference]:
    """For pages without their window: the engine, loaded once."""
    inference = Inference()
    inference.load("cpu")
    yield inference
    inference.stop()


@pytest.fixture(scope="module")
def decoders(qapp: QApplication) -> Iterator[Workers]:
    workers = Workers(2, "decoder")
    yield workers
    workers.stop()


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[..., User]]:
    """Opens the window; start=False leaves the engine unloaded."""
    windows: list[MainWindow] = []

    def make(start: bool = True, size: Sequence[int] = (1280, 800)) -> User:
        theme.apply(qapp, "light")
        window = MainWindow(preferences.load(), "cpu")
        windows.append(window)
        window.resize(*size)
        with qtbot.waitActive(window, timeout=PATIENCE):
            window.show()
            window.activateWindow()
        if start:
            window.start()
        return User(qtbot, window)

    yield make
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.fixture
def user(open_window: Callable[..., User]) -> User:
    return open_window()
