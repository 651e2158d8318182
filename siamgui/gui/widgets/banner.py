"""A message on the page that stays until it has been read."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QFrame, QToolButton

from siamgui.core.i18n import tr
from siamgui.gui import theme
from siamgui.gui.widgets.kit import Icon, announce, at, grow, label, row

TOP = Qt.AlignmentFlag.AlignTop


class Banner(QFrame):
    """Hidden while it has nothing to say. dismissed is emitted by its button."""

    dismissed = Signal()

    def __init__(self, *, closable: bool = True) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._words = label(wrap=True)
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
        _announce(self, words)


class ActionBanner(QFrame):
    """Says what has happened, with a button that does something about it. Hidden while it has nothing to say."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.words, self.button = label(wrap=True), button
        self.setLayout(row(grow(self.words), button, margins=(12, 4, 8, 4)))
        self.hide()

    def say(self, text: str) -> None:
        """text: empty hides it."""
        if text == self.words.text():
            return
        self.words.setText(text)
        _announce(self, text)


def _announce(banner: QFrame, text: str) -> None:
    banner.setAccessibleName(text)
    banner.setVisible(bool(text))
    if text:
        announce(banner, text)
