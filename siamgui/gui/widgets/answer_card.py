"""A card with an answer: the headline in the colour of its outcome, sentences, and what is behind it on demand."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLayout

from siamgui.core.i18n import tr
from siamgui.core.types import Outcome
from siamgui.gui import theme
from siamgui.gui.widgets.details import DetailsTable
from siamgui.gui.widgets.kit import Card, CopyButton, FoldButton, announce, box, label, say
from siamgui.gui.widgets.scrolling import scrolling


class AnswerCard(Card):
    """The parts that every answer has, to be placed by who knows the others; place() makes the room for them."""

    def __init__(self, *, words: bool = True) -> None:
        """words: on the button that copies."""
        super().__init__()
        self._spoken = ""
        self.headline = label(role="headline", wrap=True)
        self.rarity, self.reason, self.advice = (label(wrap=True) for _ in range(3))
        self.details_button, self.copy_button = FoldButton(name="details"), CopyButton(self.copy, words=words)
        self.details_button.toggled.connect(self.show_details)
        self.details = DetailsTable()
        self.details.hide()

    def place(self, content: QLayout) -> None:
        """Make scroll_area, which scrolls content where there is no room."""
        self.scroll_area = scrolling(box(content), by_keyboard=True)
        self.scroll_area.setObjectName("verdict")
        for widget in (self, self.scroll_area):
            widget.setAccessibleName(tr("Verdict"))

    def details_rows(self) -> tuple[tuple[str, str], ...]:
        """Names and values behind the answer; none while there is no answer."""
        raise NotImplementedError

    def as_text(self) -> str:
        """The whole answer as plain text; "" while there is none."""
        raise NotImplementedError

    def show_headline(self, outcome: Outcome | None, text: str) -> None:
        """outcome: None while there is no answer."""
        self.headline.setText(text)
        theme.set_style(self.headline, "outcome", "" if outcome is None else outcome.value)

    def warn(self, advice: Iterable[str]) -> None:
        """Sentences about what lowers trust."""
        say(self.advice, "\n".join(f"⚠ {line}" for line in advice))

    def describe(self, *sentences: str, aloud: bool = False) -> None:
        """All of it for a screen reader. aloud: say it at once, if it is new; "" among the sentences are left out."""
        before, self._spoken = self._spoken, " ".join(filter(None, sentences))
        for widget in (self, self.scroll_area):
            widget.setAccessibleDescription(self._spoken)
        if aloud and self._spoken != before:
            announce(self, self._spoken)

    @Slot()
    def show_details(self) -> None:
        """As far as they are unfolded."""
        rows = self.details_rows() if self.details_button.isChecked() else ()
        if rows:
            self.details.set_rows(rows)
        self.details.setVisible(bool(rows))
        self.updateGeometry()

    @Slot()
    def copy(self) -> None:
        """The whole answer as text, on the clipboard."""
        text = self.as_text()
        if text:
            QGuiApplication.clipboard().setText(text)
            self.copy_button.confirm()
