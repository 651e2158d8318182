"""Numbers on their way, where motion is wanted."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEasingCurve, Qt, QVariantAnimation, Slot
from PySide6.QtWidgets import QApplication, QStyle, QWidget


def animated(widget: QWidget) -> bool:
    """False where nobody would see it, or where the system asks for no motion, as far as Qt can tell."""
    asked = widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget) > 0
    # Only on Windows does Qt know the setting; elsewhere this effect counts as off for everyone.
    allowed = sys.platform != "win32" or QApplication.isEffectEnabled(Qt.UIEffect.UI_General)
    return widget.isVisible() and asked and allowed


class Glide(QVariantAnimation):
    """A number that a widget paints, and that glides to where it is sent. finished: it is there."""

    def __init__(self, widget: QWidget, milliseconds: int) -> None:
        super().__init__(widget)
        self._widget = widget
        self.value = 0.0
        """The number to paint now."""
        self.setDuration(milliseconds)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.valueChanged.connect(self._moved)

    def go(self, value: float, *, at_once: bool = False) -> None:
        """at_once: without motion."""
        self.stop()
        if at_once or value == self.value or not animated(self._widget):
            self._moved(value)
            self.finished.emit()
        else:
            self.setStartValue(self.value)
            self.setEndValue(value)
            self.start()

    @Slot(object)
    def _moved(self, value: float) -> None:
        self.value = value
        self._widget.update()
