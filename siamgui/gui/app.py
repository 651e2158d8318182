"""The window from the command line: painted first, with the engine warming up behind it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

# opencv-python points Qt at its own, older plugins as soon as it is imported.
if "cv2" in os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH", ""):
    del os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"]

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication

from siamgui.gui import language, preferences, theme
from siamgui.gui.crash import CrashReporter
from siamgui.gui.main_window import MainWindow
from siamgui.gui.single_window import SingleWindow, claim


class _Starter(QObject):
    """Does the rest once the window has been painted, and what later starts ask for."""

    def __init__(self, window: MainWindow, single: SingleWindow, paths: Sequence[Path]) -> None:
        super().__init__(window)
        self._window = window
        self._single = single
        self._paths = paths
        window.painted.connect(self._go, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _go(self) -> None:
        self._window.start()
        if not preferences.was_shown_around():
            self._window.show_around()
        self._open(self._paths)
        self._single.asked.connect(self._come)
        self._single.listen()

    def _open(self, paths: Sequence[Path]) -> None:
        if paths:
            self._window.open_files(paths)

    @Slot(list)
    def _come(self, paths: list[Path]) -> None:
        """To the front, with these files if there are any."""
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.raise_()
        self._window.activateWindow()
        self._open(paths)


def run(paths: Sequence[Path] = (), device: str = "auto", wanted_language: str = "system") -> int:
    """Show the window until it is closed; returns the exit code. Where it is open already it takes paths instead.

    paths: up to two photographs to open. device, wanted_language: for this run instead of what the user has set, unless
    "auto" and "system".
    Raises WindowDoesNotAnswer.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C in the terminal ends the window
    app = QApplication(sys.argv[:1])
    app.setApplicationName("siamgui")
    app.setDesktopFileName("siamgui")
    single = claim(paths)
    if single is None:
        return 0
    reporter = CrashReporter(app)
    chosen = preferences.load()
    language.apply(app, chosen.language if wanted_language == "system" else wanted_language)
    theme.apply(app, chosen.appearance)
    window = MainWindow(chosen, device)
    app.aboutToQuit.connect(window.shut_down)
    _Starter(window, single, paths)
    window.show()
    code = app.exec()
    single.close()
    reporter.restore()
    return code
