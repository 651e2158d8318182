"""The real window as the screenshot tools show it, and how they wait for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication

from siamgui.gui import language, theme
from siamgui.gui.main_window import MainWindow
from siamgui.gui.preferences import Preferences

SIZE = (1280, 800)


def opened(app: QApplication, size: tuple[int, int] = SIZE) -> MainWindow:
    """A window on the CPU whose engine is being loaded, light and in English."""
    dress(app, "light", "en")
    window = MainWindow(Preferences(), "cpu")
    window.resize(*size)
    window.show()
    window.start()
    return window


def dress(app: QApplication, appearance: str, code: str) -> None:
    theme.apply(app, appearance)
    language.apply(app, code)


def until(there: Callable[[], object]) -> None:
    """Wait; whatever is waited for may come from another thread."""
    while not there():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 100)
