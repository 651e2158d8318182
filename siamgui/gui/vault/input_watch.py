"""Whether somebody is there: every key, click and movement anywhere in the program."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Slot

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
    """Tells the controller, and looks at events only while that wants to know."""

    def __init__(self, controller: VaultController) -> None:
        super().__init__(controller)
        self._controller = controller
        self._watching = False
        controller.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        app = QCoreApplication.instance()
        if app is None or self._watching == self._controller.watching:
            return
        self._watching = self._controller.watching
        (app.installEventFilter if self._watching else app.removeEventFilter)(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._controller.touched()
        return False
