"""What a page says while it has nothing to show: what will stand here, and how it comes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFrame

from siamgui.gui.widgets.kit import Icon, at, column, grow, label, row, stretch

CENTRE = Qt.AlignmentFlag.AlignCenter


class EmptyPlace(QFrame):
    """An icon, a title, a few sentences, and perhaps a button."""

    def __init__(self, icon: str, title: str, text: str, button: QAbstractButton | None = None) -> None:
        """icon: a file of resources/icons. text: plain, one paragraph or more."""
        super().__init__()
        self.setProperty("role", "well")
        words = label(text, "muted", wrap=True, align=CENTRE)
        below = () if button is None else (at(button, Qt.AlignmentFlag.AlignHCenter),)
        self.setLayout(
            column(
                stretch(),
                at(Icon(icon, side=40), Qt.AlignmentFlag.AlignHCenter),
                label(title, "title", align=CENTRE),
                row(stretch(), grow(words, 3), stretch()),  # lines of a length that reads well
                *below,
                stretch(2),
                spacing=12,
                margins=(32, 16, 32, 16),
            )
        )
