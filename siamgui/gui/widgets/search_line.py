"""Where a list is searched."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit

from siamgui.core.i18n import tr


class SearchLine(QLineEdit):
    def __init__(self, name: str) -> None:
        """name: what a reader says."""
        super().__init__()
        self.setProperty("role", "input")
        self.setAccessibleName(name)
        self.setPlaceholderText(tr("Search"))
        self.setClearButtonEnabled(True)

    @Slot()
    def begin(self) -> None:
        """Let the user type something else."""
        self.setFocus()
        self.selectAll()

    def go_back(self) -> bool:
        """Escape: out of the search. False if there was none."""
        searched = bool(self.text())
        self.clear()
        return searched
