"""A message on the page that stays until it has been read."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QFrame, QToolButton

from siamgui.core.i18n import tr
from siamgui.gui import theme
from siamgui.gui.widgets.kit import Icon, announce, at, grow, label, row

TOP = Qt.AlignmentFlag.AlignTop


class Banner(QFrame):
    """Hidden while it has nothing to say. dismissed is emitted by the button of one that can be closed."""

    dismissed = Signal()

    def __init__(self, *, closable: bool = True, action: QAbstractButton | None = None) -> None:
        """action: does something about what is said; such a banner is no warning, and not closed."""
        super().__init__()
        self.setObjectName("banner")
        self._words = label(wrap=True)
        if action is not None:
            self.setLayout(row(grow(self._words), action, margins=(12, 4, 8, 4)))
        else:
            self.close_button = QToolButton()
            self.close_button.setProperty("kind", "quiet")
            self.close_button.setToolTip(tr("Dismiss this message"))
            self.close_button.setAccessibleName(tr("Dismiss this message"))
            self.close_button.clicked.connect(self.dismissed)
            theme.set_icon(self.close_button, "clear")
            if not closable:  # showing it before it has a parent would open a window
                self.close_button.hide()
            icon = Icon("warning", "warning")
            self.setLayout(row(at(icon, TOP), grow(self._words), at(self.close_button, TOP), margins=(12, 8, 8, 8)))
        self.hide()

    def text(self) -> str:
        return self._words.text()

    def say(self, text: object) -> None:
        """Show a sentence, or what an error says; with an empty one, or None, nothing."""
        words = "" if text is None else str(text)
        if words == self.text():
            return
        self._words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        if words:
            announce(self, words)
