"""The pages on the left, icon and word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.actions import dress

ICON = 24


class Rail(QWidget):
    """tabs: a button for each page, by name."""

    def __init__(self, above: Sequence[str], below: Sequence[str], actions: Mapping[str, QAction]) -> None:
        """above, below: names of the pages at the upper and at the lower end. actions: what their buttons trigger."""
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 12, 8, 12)
        layout.setSpacing(4)
        self.tabs: dict[str, QToolButton] = {}
        for name in (*above, *below):
            tab = self.tabs[name] = QToolButton()
            tab.setCheckable(True)
            tab.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            tab.setFixedWidth(72)
            tab.clicked.connect(actions[name].trigger)
            if name == below[0]:
                layout.addStretch(1)
            layout.addWidget(tab)
        self._retranslate()

    def mark(self, name: str) -> None:
        """Show which page is shown."""
        for other, tab in self.tabs.items():
            tab.setChecked(other == name)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(tr("Pages"))
        for name, tab in self.tabs.items():
            dress(tab, name)
            tab.setIconSize(QSize(ICON, ICON))
