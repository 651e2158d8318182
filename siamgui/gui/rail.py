"""The pages on the left, icon and word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.widgets.kit import column, stretch, tool

if TYPE_CHECKING:
    from siamgui.gui.main_window import Entry

ICON = 24


class Rail(QWidget):
    """tabs: a button for each page, by name."""

    def __init__(self, pages: Sequence[Entry], actions: Mapping[str, QAction]) -> None:
        """actions: what the buttons trigger."""
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Pages"))
        self.tabs = {entry.name: _tab(entry.name, actions[entry.name]) for entry in pages}
        above, foot = ([self.tabs[entry.name] for entry in pages if entry.foot is at_foot] for at_foot in (False, True))
        self.setLayout(column(*above, stretch(), *foot, spacing=4, margins=(8, 12, 8, 12)))

    def mark(self, name: str) -> None:
        """Show which page is shown."""
        for other, tab in self.tabs.items():
            tab.setChecked(other == name)


def _tab(name: str, action: QAction) -> QToolButton:
    tab = tool(name, action.trigger, kind="", words=True)
    tab.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    tab.setIconSize(QSize(ICON, ICON))
    tab.setCheckable(True)
    tab.setFixedWidth(72)
    return tab
