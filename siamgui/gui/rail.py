"""The pages on the left, icon and word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.widgets.kit import column, stretch, tool

ICON = 24


class Rail(QWidget):
    """tabs: a button for each page, by name."""

    def __init__(self, above: Sequence[str], foot: Sequence[str], actions: Mapping[str, QAction]) -> None:
        """above, foot: names of the pages at the upper and at the lower end. actions: what their buttons trigger."""
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Pages"))
        self.tabs = {name: _tab(name, actions[name]) for name in (*above, *foot)}
        upper, lower = ([self.tabs[name] for name in names] for names in (above, foot))
        self.tabs["lock"].hide()
        self.setLayout(column(*upper, stretch(), *lower, spacing=4, margins=(8, 12, 8, 12)))

    def mark(self, name: str) -> None:
        """Show which page is shown."""
        for other, tab in self.tabs.items():
            tab.setChecked(other == name)

    def show_lock(self, *, shown: bool, shut: bool) -> None:
        """shown: where something locks it. shut: it is."""
        self.tabs["lock"].setVisible(shown)
        self.tabs["lock"].setText(tr("Unlock") if shut else tr("Lock now"))


def _tab(name: str, action: QAction) -> QToolButton:
    tab = tool(name, action.trigger, kind="", words=True)
    tab.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    tab.setIconSize(QSize(ICON, ICON))
    tab.setCheckable(True)
    tab.setFixedWidth(72)
    return tab
