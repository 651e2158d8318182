"""A question on the page before something that cannot be undone, or that needs a word."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.widgets.kit import button, grow, label, row


class Question(QFrame):
    """Hidden until it is asked. confirmed is emitted for yes; no hides it."""

    confirmed = Signal()

    def __init__(self, yes: str, no: str = "") -> None:
        """yes, no: what the buttons say; no is "Leave it" unless it is given."""
        super().__init__()
        self.setObjectName("banner")
        self._asked_from: QWidget | None = None
        self.words = label(wrap=True)
        self.yes_button = button(yes, self._yes)
        self.no_button = button(no or tr("Leave it"), self.take_back)
        self.setLayout(row(grow(self.words), self.yes_button, self.no_button, margins=(12, 4, 8, 4)))
        self.hide()

    def ask(self, asked_from: QWidget) -> None:
        """The keyboard goes to no, and back to asked_from when that is the answer."""
        self._asked_from = asked_from
        self.show()
        self.no_button.setFocus()

    @property
    def asked(self) -> bool:
        """Whether it waits for an answer."""
        return not self.isHidden()

    @Slot()
    def take_back(self) -> bool:
        """Leave it unanswered. False if it was not asked."""
        asked = self.asked
        self.hide()
        if asked and self._asked_from is not None:
            self._asked_from.setFocus()
        return asked

    @Slot()
    def _yes(self) -> None:
        self.hide()
        self.confirmed.emit()
