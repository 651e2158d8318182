"""What a page says while it has nothing to show: what will stand here, and how it comes."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton

from siamgui.gui.widgets.kit import Align, Card, Icon, Margins, Part, at, column, grow, label, row, stretch

CENTRE = Align.AlignCenter


class Well(Card):
    """A place to drop on: an icon and what stands below it, in the middle."""

    def __init__(
        self,
        icon: str,
        *parts: Part,
        margins: Margins = (24, 16, 24, 16),
        align: Align = CENTRE,
        low: int = 1,
    ) -> None:
        """icon: a file of resources/icons. low: how much of the free room is below, against 1 above."""
        super().__init__("well")
        drawn = at(Icon(icon, side=40), align)
        self.setLayout(column(stretch(), drawn, *parts, stretch(low), spacing=12, margins=margins))


class EmptyPlace(Well):
    """An icon, a title, a few sentences, and perhaps buttons."""

    def __init__(self, icon: str, title: str, text: str, *buttons: QAbstractButton) -> None:
        """text: plain, one paragraph or more."""
        super().__init__(
            icon,
            label(title, "title", align=CENTRE),
            row(stretch(), grow(label(text, "muted", wrap=True, align=CENTRE), 3), stretch()),  # lines that read well
            *([row(stretch(), *buttons, stretch())] if buttons else []),
            margins=(32, 16, 32, 16),
            low=2,
        )
