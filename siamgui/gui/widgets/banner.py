"""A message on the page that stays until it has been read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from siamgui.core.i18n import tr
from siamgui.gui import theme


class Banner(QFrame):
    """Hidden while it has nothing to say. dismissed is emitted by its button."""

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None, *, closable: bool = True) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._icon = QLabel()
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self.close_button = QToolButton()
        self.close_button.setProperty("kind", "quiet")
        if not closable:  # showing it before it has a parent would open a window
            self.close_button.hide()
        self.close_button.clicked.connect(self.dismissed)
        theme.set_icon(self.close_button, "clear")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._words, 1)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()
        self._dress()
        theme.theme.changed.connect(self._dress)

    def text(self) -> str:
        return self._words.text()

    def say(self, text: str) -> None:
        """Show a sentence, or with an empty one nothing."""
        if text == self.text():
            return
        self._words.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        if text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()

    def _dress(self) -> None:
        self._icon.setPixmap(theme.pixmap("warning", theme.colours().warning, theme.ICON, self.devicePixelRatioF()))
        self.close_button.setToolTip(tr("Dismiss this message"))
        self.close_button.setAccessibleName(tr("Dismiss this message"))
