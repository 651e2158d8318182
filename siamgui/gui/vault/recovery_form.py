"""Getting in with the recovery code."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from siamgui.core.i18n import tr
from siamgui.gui.vault.controller import VaultController
from siamgui.gui.vault.new_passphrase import NewPassphrase
from siamgui.gui.widgets.kit import button, column, label, line, row, stretch


class RecoveryForm(QWidget):
    """left: without having got in."""

    left = Signal()

    def __init__(self, controller: VaultController) -> None:
        super().__init__()
        self._controller = controller
        self.code = line(tr("Recovery code"), hint="7K2M-…")
        self.code.setInputMethodHints(Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhSensitiveData)
        self.passphrase = NewPassphrase()
        self.code.returnPressed.connect(self.passphrase.setFocus)
        self.passphrase.entered.connect(self._recover)
        self.recover_button = button(tr("Unlock with the code"), self._recover, "primary")
        self.back_button = button(tr("Back"), self.left)
        hint = tr("Without a new passphrase, what is kept opens without a question from then on.")
        self.setLayout(
            column(
                label(tr("Recovery code"), of=self.code),
                self.code,
                self.passphrase,
                label(hint, "small", wrap=True),
                row(self.recover_button, self.back_button, stretch()),
            )
        )
        self.setFocusProxy(self.code)
        controller.changed.connect(self._render)
        self._render()

    def clear(self) -> None:
        self.code.clear()
        self.passphrase.clear()

    @Slot()
    def _render(self) -> None:
        self.recover_button.setEnabled(not self._controller.state.busy)

    @Slot()
    def _recover(self) -> None:
        self._controller.recover(self.code.text(), self.passphrase.new.text, self.passphrase.again.text)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.code.setFocus()
