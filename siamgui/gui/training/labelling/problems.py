"""The photographs that could not be used, each with the reason."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTextBrowser

from siamgui.core.i18n import tr
from siamgui.gui.widgets.kit import Card, button, column, grow, label, row
from siamgui.storage.label_store import Problem


class ProblemList(Card):
    """closed is emitted by its button."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown: tuple[Problem, ...] = ()
        title = tr("Photos that could not be used")
        self.text = QTextBrowser()
        self.text.setAccessibleName(title)
        self.setFocusProxy(self.text)
        head = row(grow(label(title, "title")), button(tr("Back to the desk"), self.closed))
        self.setLayout(column(head, grow(self.text), margins=(16, 12, 16, 12)))

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        if problems != self.shown:
            self.shown = problems
            self.text.setHtml("".join(f"<p>{escape(problem.text)}</p>" for problem in problems))
