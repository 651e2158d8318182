"""Whether motion is wanted."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QStyle, QWidget


def animated(widget: QWidget) -> bool:
    """False where nobody would see it, or where the system asks for no motion, as far as Qt can tell."""
    asked = widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget) > 0
    # Only on Windows does Qt know the setting; elsewhere this effect counts as off for everyone.
    allowed = sys.platform != "win32" or QApplication.isEffectEnabled(Qt.UIEffect.UI_General)
    return widget.isVisible() and asked and allowed
