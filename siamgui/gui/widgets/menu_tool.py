"""A small button that opens a menu of commands."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from siamgui.gui import theme


def menu_tool(icon: str, actions: Iterable[QAction], hint: str, text: str = "") -> QToolButton:
    """icon: a file of resources/icons. hint: its tooltip, and what a reader says. text: beside the icon."""
    made = QToolButton()
    made.setProperty("kind", "quiet")
    made.setProperty("menu", "true")
    made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    if text:
        made.setText(text)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    made.setToolTip(hint)
    made.setAccessibleName(hint)
    theme.set_icon(made, icon)
    menu = QMenu(made)
    menu.addActions(list(actions))
    made.setMenu(menu)
    return made
