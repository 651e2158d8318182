"""Names and values, in one pair of columns or more."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget


class DetailsTable(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._across = 1
        self._labels: list[tuple[QLabel, QLabel]] = []

    def arrange(self, across: int) -> None:
        """across: how many pairs of columns."""
        self._across = across
        for column in range(4):
            self._grid.setColumnStretch(column, column % 2 if column < 2 * across else 0)
        self._place()

    def set_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """rows: name and value of each."""
        if len(self._labels) != len(rows):
            for label in self.findChildren(QLabel):
                label.deleteLater()
            self._labels = [(QLabel(self), QLabel(self)) for _ in rows]
            for pair in self._labels:
                for label in pair:
                    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
                    label.setWordWrap(True)
                    label.setTextFormat(Qt.TextFormat.PlainText)
                pair[0].setProperty("role", "small")
            self._place()
        for pair, row in zip(self._labels, rows, strict=True):
            for label, text in zip(pair, row, strict=True):
                label.setText(text)

    def _place(self) -> None:
        down = -(-len(self._labels) // self._across)
        for n, (name, value) in enumerate(self._labels):
            column, row = divmod(n, down)
            self._grid.addWidget(name, row, 2 * column)
            self._grid.addWidget(value, row, 2 * column + 1)
