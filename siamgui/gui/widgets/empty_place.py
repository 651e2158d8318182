"""What a page says while it has nothing to show: what will stand here, and how it comes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from siamgui.gui import theme


class EmptyPlace(QFrame):
    """An icon, a title, a few sentences, and a button that is hidden until somebody shows it."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        """icon: name of a file in resources/icons."""
        super().__init__(parent)
        self.setProperty("role", "well")
        self._name = icon
        self._icon, self._title, self._text = (QLabel() for _ in range(3))
        self._title.setProperty("role", "title")
        self._text.setProperty("role", "muted")
        self.button = QPushButton()
        self.button.setProperty("kind", "primary")
        self.button.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 16, 32, 16)
        layout.setSpacing(12)
        layout.addStretch(1)
        for label in (self._icon, self._title):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setWordWrap(True)
        row = QHBoxLayout()  # lines of a length that reads well
        row.addStretch(1)
        row.addWidget(self._text, 3)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)
        self._paint_icon()
        theme.theme.changed.connect(self._paint_icon)

    def say(self, title: str, text: str) -> None:
        self._title.setText(title)
        self._text.setText(text)

    @Slot()
    def _paint_icon(self) -> None:
        self._icon.setPixmap(theme.pixmap(self._name, theme.colours().muted, 40, self.devicePixelRatioF()))
