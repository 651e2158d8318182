"""Whether somebody is there: every key, click and movement in a window of the program."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QGuiApplication, QWindow
from shiboken6 import isValid

from siamgui.gui.vault.controller import VaultController

_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
        QEvent.Type.DragMove,
        QEvent.Type.Drop,
        QEvent.Type.InputMethod,
    }
)


class InputWatch(QObject):
    """Tells the controller, and looks at events only while that wants to know.

    It looks at windows, where input comes in, not at the application: there every event of every object, also of one
    that is being destroyed, would be given to Python, and PySide now and then crashes over such a one.
    """

    def __init__(self, controller: VaultController) -> None:
        super().__init__(controller)
        self._controller = controller
        self._windows: list[QWindow] = []  # kept, so that no event has to find their Python side anew
        controller.changed.connect(self._follow)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        wanted = QGuiApplication.topLevelWindows() if self._controller.watching else []
        here = [window for window in self._windows if isValid(window)]
        for window in here:
            if window not in wanted:
                window.removeEventFilter(self)
        for window in wanted:
            if window not in here:
                window.installEventFilter(self)
        self._windows = wanted

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._controller.touched()
        return False
