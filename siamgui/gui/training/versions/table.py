"""Names and values side by side, which a screen reader says as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from siamgui.gui.widgets.kit import Align, Card, label

LONGEST_WORD = 24
"""Letters after which a word without a place to break is shortened; the tooltip has all of it."""


class Table(Card):
    """Tab reaches it, and its description says it all in words."""

    def __init__(self, *, names: int = 0, spacing: tuple[int, int] = (24, 4)) -> None:
        """names: width of the first column; then values wrap and share the rest. 0: all as wide as they need.

        spacing: across and down.
        """
        super().__init__("chart")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._names = names
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setHorizontalSpacing(spacing[0])
        self._grid.setVerticalSpacing(spacing[1])

    def show_rows(self, name: str, rows: Sequence[Sequence[str]], spoken: Sequence[str]) -> None:
        """name: of the whole. rows: a name and one value or two each. spoken: the same in sentences."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for down, texts in enumerate(rows):
            for across, text in enumerate(texts):
                self._put(text, down, across)
        last = len(rows[0]) if rows else 1
        for number in range(1, 4):
            self._grid.setColumnStretch(number, int(number < last if self._names else number == last))
        self.setAccessibleName(name)
        self.setAccessibleDescription(" ".join(spoken))

    def _put(self, text: str, down: int, across: int) -> None:
        short = text
        if self._names:
            short = " ".join(word if len(word) <= LONGEST_WORD else f"{word[:12]}…" for word in text.split(" "))
        small = across == 0 or (down == 0 and not self._names)
        cell = label(short, "small" if small else "", wrap=bool(self._names), align=Align.AlignTop | Align.AlignLeft)
        if short != text:
            cell.setToolTip(text)
        if across == 0 and self._names:
            cell.setFixedWidth(self._names)
        self._grid.addWidget(cell, down, across)
