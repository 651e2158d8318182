"""The photographs that could not be used, each with the reason."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from siamgui.core.i18n import tr
from siamgui.storage.label_store import Problem


class ProblemList(QFrame):
    """closed is emitted by its button."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.shown: tuple[Problem, ...] = ()
        self.title = QLabel()
        self.title.setProperty("role", "title")
        self.close_button = QPushButton()
        self.close_button.clicked.connect(self.closed)
        self.text = QTextBrowser()
        self.setFocusProxy(self.text)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.text, 1)
        self._retranslate()

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        if problems != self.shown:
            self.shown = problems
            self.text.setHtml("".join(f"<p>{escape(problem.text)}</p>" for problem in problems))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.title.setText(tr("Photos that could not be used"))
        self.text.setAccessibleName(tr("Photos that could not be used"))
        self.close_button.setText(tr("Back to the desk"))
