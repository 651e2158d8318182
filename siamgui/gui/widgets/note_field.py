"""Where a few lines are typed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit

LINES = 2


class NoteField(QPlainTextEdit):
    """Tab goes on to the next field. left: the keyboard is somewhere else."""

    left = Signal()

    def __init__(self, hint: str = "") -> None:
        """hint: stands there while it is empty."""
        super().__init__()
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setFixedHeight(LINES * self.fontMetrics().lineSpacing() + 28)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()
