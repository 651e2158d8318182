"""A new recovery code, shown once: to be copied by hand, or printed."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from siamgui.core.i18n import tr
from siamgui.core.paths import data_folder
from siamgui.gui import theme
from siamgui.gui.vault.controller import VaultController
from siamgui.gui.widgets.kit import CopyButton, button, card, column, label, row, stretch


class RecoverySheet(QWidget):
    def __init__(self, controller: VaultController) -> None:
        super().__init__()
        self._controller = controller
        self.code = label(align=Qt.AlignmentFlag.AlignCenter, wrap=True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(theme.font(1.25).pointSizeF())
        self.code.setFont(font)
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy_button = CopyButton(self._copy)
        self.print_button = button(tr("Print…"), self._print, "primary")
        self.done_button = button(tr("I have it on paper"), controller.forget_code)
        self.dialog: QPrintDialog | None = None
        words = tr(
            "This is the only time that it is shown. Print it or write it down, and keep it where nobody looks: who "
            "has it and this computer opens everything. A code that was made before opens nothing any more."
        )
        self.setLayout(
            column(
                label(words, wrap=True),
                card(column(self.code, margins=12), "card"),
                row(self.print_button, self.copy_button, self.done_button, stretch()),
                spacing=12,
            )
        )
        controller.changed.connect(self._render)
        self._render()

    @Slot()
    def _render(self) -> None:
        code = self._controller.state.code
        self.code.setText(code)
        self.code.setAccessibleName(tr("Recovery code"))
        self.setVisible(bool(code))
        if not code:
            self.close_dialog()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._controller.state.code)
        self.copy_button.confirm()

    @Slot()
    def _print(self) -> None:
        if self.dialog is None:
            self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)  # the dialog does not own it
            self.dialog = QPrintDialog(self._printer, self.window())
            self.dialog.accepted.connect(self._accepted)
            self.dialog.finished.connect(self.close_dialog)
            QDialog.open(self.dialog)

    @Slot()
    def _accepted(self) -> None:
        if self.dialog is not None and self._controller.state.code:
            sheet(self._controller.state.code).print_(self.dialog.printer())

    @Slot()
    def close_dialog(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.close()
            dialog.deleteLater()


def sheet(code: str) -> QTextDocument:
    """What is printed."""
    head = tr("Recovery code of siamgui")
    folder = tr("Data folder: {folder}", folder=data_folder())
    words = tr(
        "It opens what siamgui keeps in this folder when the passphrase is forgotten or the key is lost. Whoever has "
        "it and the folder can read everything in it."
    )
    document = QTextDocument()
    document.setHtml(
        f"<h2>{escape(head)}</h2><p>{escape(folder)}</p>"
        f'<p style="font-family: monospace; font-size: 18pt">{escape(code)}</p><p>{escape(words)}</p>'
    )
    return document
