"""The card of one model version, or those of two beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from siamgui.core.i18n import tr

if TYPE_CHECKING:
    from siamgui.versions.version_store import Version

LONGEST_WORD = 24
"""Letters after which a word without a place to break is shortened; the tooltip has all of it."""


class CardView(QFrame):
    """Names and values; Tab reaches it, and its description says it all in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chart")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)

    def show_versions(self, versions: Sequence[Version]) -> None:
        """versions: one, or two to compare."""
        from siamgui.versions.cards import card_rows

        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        cards = [card_rows(version) for version in versions]
        rows = [(row[0][0], *(value for _, value in row)) for row in zip(*cards, strict=True)]
        if len(versions) > 1:
            rows.insert(0, ("", *(version.name for version in versions)))
        said = []
        shown = [row for row in rows if any(row[1:])]
        for down, row in enumerate(shown):
            for across, text in enumerate(row):
                self._grid.addWidget(self._cell(text or "–" * (across > 0), head=across == 0), down, across)
            said.append(f"{row[0]}: {', '.join(value or '–' for value in row[1:])}.")
        for column in range(1, 3):
            self._grid.setColumnStretch(column, int(column <= len(versions)))
        self.setAccessibleName(tr("Card of {names}", names=", ".join(version.name for version in versions)))
        self.setAccessibleDescription(" ".join(said))

    def _cell(self, text: str, *, head: bool) -> QLabel:
        words = text.split(" ")
        short = " ".join(word if len(word) <= LONGEST_WORD else f"{word[:12]}…" for word in words)
        label = QLabel(short, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        label.setWordWrap(True)
        if short != text:
            label.setToolTip(text)
        if head:
            label.setProperty("role", "small")
            label.setFixedWidth(168)
        return label
