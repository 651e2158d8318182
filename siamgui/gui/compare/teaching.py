"""In place of the verdict while there is nothing to compare: what to do, and what will happen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from siamgui.core.i18n import tr
from siamgui.gui.widgets.kit import Card, card, column, gap, label, row, stretch


def teaching(sample_button: QWidget) -> Card:
    text = tr(
        "Drop two photos at once. siamgui outlines the faces, measures how far apart the two are, "
        "and says what that means and how sure one can be. Of three or more it compares each with each."
    )
    promise = tr("Your photos stay on this computer: siamgui never uses the network.")
    return card(
        column(
            label(tr("Are these two faces the same person?"), "title", wrap=True),
            label(text, wrap=True),
            label(promise, "muted", wrap=True),
            gap(4),
            row(sample_button, stretch()),
            stretch(),
            spacing=12,
            margins=20,
        )
    )
