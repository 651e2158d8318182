"""Where a passphrase is typed, hidden until it is to be seen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.widgets.kit import button, grow, line, row


class SecretLine(QWidget):
    def __init__(self, name: str, *, hint: str = "") -> None:
        """name: what a reader says. hint: stands there while it is empty."""
        super().__init__()
        self.field = line(name, hint=hint)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        hidden = Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
        self.field.setInputMethodHints(hidden | Qt.InputMethodHint.ImhNoPredictiveText)
        self.show_button = button(tr("Show"), kind="quiet", checkable=True, hint=tr("Show what is typed"))
        self.show_button.toggled.connect(self._toggled)
        self.setLayout(row(grow(self.field), self.show_button))
        self.setFocusProxy(self.field)

    @property
    def text(self) -> str:
        return self.field.text()

    def clear(self) -> None:
        """And hide what is typed next."""
        self.field.clear()
        self.show_button.setChecked(False)

    @Slot(bool)
    def _toggled(self, shown: bool) -> None:
        self.field.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
