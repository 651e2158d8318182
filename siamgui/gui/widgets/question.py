"""A question on the page before something that cannot be undone, or that needs a word."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.widgets.kit import button, column, grow, label, row, stretch


class Question(QFrame):
    """Hidden until it is asked. confirmed is emitted for yes; no hides it."""

    confirmed = Signal()

    def __init__(self, yes: str, no: str = "", *, answer: QLineEdit | None = None, narrow: bool = False) -> None:
        """yes, no: what the buttons say; no is "Leave it" unless it is given.

        answer: where a few words are typed, without which there is no yes.
        narrow: without a frame, and the buttons below the words.
        """
        super().__init__()
        self._asked_from: QWidget | None = None
        self.words, self.answer = label(wrap=True), answer
        self.yes_button = button(yes, self._yes)
        self.no_button = button(no or tr("Leave it"), self.take_back)
        if not narrow:
            self.setObjectName("banner")
        if answer is not None:
            answer.textChanged.connect(self._typed)
            answer.returnPressed.connect(self._yes)
            answers = row(grow(answer), self.yes_button, self.no_button)
            self.setLayout(column(self.words, answers, margins=(12, 8, 12, 8)))
        elif narrow:
            self.setLayout(column(self.words, row(self.yes_button, self.no_button, stretch())))
        else:
            self.setLayout(row(grow(self.words), self.yes_button, self.no_button, margins=(12, 4, 8, 4)))
        self.hide()

    def ask(self, asked_from: QWidget, text: str = "") -> None:
        """The keyboard goes to the answer or else to no, and back to asked_from when that is what it is.

        text: stands in the answer to begin with.
        """
        self._asked_from = asked_from
        self.show()
        if self.answer is None:
            self.no_button.setFocus()
            return
        self.answer.setText(text)
        self._typed()
        self.answer.selectAll()
        self.answer.setFocus()

    @property
    def asked(self) -> bool:
        """Whether it waits for an answer."""
        return not self.isHidden()

    @property
    def text(self) -> str:
        """What is typed in the answer."""
        return self.answer.text().strip() if self.answer is not None else ""

    @Slot()
    def take_back(self) -> bool:
        """Leave it unanswered. False if it was not asked."""
        asked = self.asked
        self.hide()
        if asked and self._asked_from is not None:
            self._asked_from.setFocus()
        return asked

    @Slot()
    def _typed(self) -> None:
        self.yes_button.setEnabled(bool(self.text))

    @Slot()
    def _yes(self) -> None:
        if self.yes_button.isEnabled():
            self.hide()
            self.confirmed.emit()
