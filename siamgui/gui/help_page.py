"""Under F1: the documents, the keys, what siamgui is, and the licences of what it brings along."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser

import siamgui
from siamgui.core.i18n import language, tr
from siamgui.core.licences import licences
from siamgui.core.resources import resource
from siamgui.gui.actions import COMMANDS, LOCAL_KEYS
from siamgui.gui.page import Page
from siamgui.gui.theme import colours, theme
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.kit import button, column, grow, page_head, row, stretch

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrintDialog


class HelpPage(Page[None]):
    around_wanted = Signal()
    """To be shown around."""

    def __init__(self) -> None:
        super().__init__()
        self.documents_button = button(tr("Open the documents"), self._open_documents, "primary")
        self.documents_button.setVisible(documents().exists())
        self.around_button = button(tr("Show me around"), self.around_wanted)
        self.print_button = button(tr("Print the keys…"), self.ask_printer)
        self.trouble = Banner()
        self.dialog: QPrintDialog | None = None
        self.text = QTextBrowser()
        self.text.setAccessibleName(tr("Keys and licences"))
        self.text.setOpenLinks(False)
        self.text.setMaximumWidth(820)
        buttons = row(self.documents_button, self.around_button, self.print_button, stretch())
        parts = (page_head(tr("Help")), buttons, self.trouble, grow(self.text))
        self.setLayout(column(*parts, spacing=12, margins=(16, 12, 16, 12)))
        self._write()
        theme.changed.connect(self._write)

    @Slot()
    def _write(self) -> None:
        self.text.setHtml(_page())

    @Slot()
    def _open_documents(self) -> None:
        """In the browser of the system, from the disk."""
        opened = QDesktopServices.openUrl(QUrl.fromLocalFile(str(documents())))
        self.trouble.say(None if opened else tr("No program opened them. They lie in {file}.", file=documents()))

    @Slot()
    def ask_printer(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        if self.dialog is None:
            self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)  # the dialog does not keep it
            self.dialog = QPrintDialog(self._printer, self.window())
            self.dialog.accepted.connect(self._print)
            self.dialog.finished.connect(self._close_dialog)
            QDialog.open(self.dialog)  # that of a print dialog is another

    @Slot()
    def _print(self) -> None:
        if self.dialog is not None:
            keys_on_paper().print_(self.dialog.printer())

    @Slot()
    def _close_dialog(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.deleteLater()

    def stop(self) -> None:
        super().stop()
        if self.dialog is not None:
            self.dialog.close()


def documents() -> Path:
    """Where the site begins, in the language of the moment; it may not be there in a checkout."""
    return resource("site") / ("zh/index.html" if language() == "zh_CN" else "index.html")


def keys_on_paper() -> QTextDocument:
    """What is printed."""
    document = QTextDocument()
    document.setHtml(f"<h2>{escape(tr('Keys'))} · siamgui</h2>{_table(_keys(), 'black')}")
    return document


def _keys() -> list[tuple[str, str]]:
    keys = [
        (QKeySequence(command.keys).toString(QKeySequence.SequenceFormat.NativeText), tr(command.text))
        for command in COMMANDS.values()
    ]
    return keys + [(tr(key), tr(text)) for key, text in LOCAL_KEYS]


def _page() -> str:
    about = tr(
        "siamgui {version} compares two faces on this computer and never uses the network. It says which side a "
        "likeness supports and how rare it is among other people. It is not a proof of identity.",
        version=siamgui.__version__,
    )
    # Not inside the f-string: there the words are not found for translation.
    heads = [escape(head) for head in (tr("Keys"), tr("About"), tr("Licences"))]
    muted = colours().muted.name()
    return (
        f"<h3>{heads[0]}</h3>{_table(_keys(), muted)}<h3>{heads[1]}</h3><p>{escape(about)}</p>"
        f"<h3>{heads[2]}</h3>{_table(licences(), muted)}"
    )


def _table(rows: list[tuple[str, str]], muted: str) -> str:
    """muted: the colour of the left column."""
    cells = "".join(
        f'<tr><td style="color:{muted}; padding:2px 24px 2px 0">{escape(left)}</td>'
        f'<td style="padding:2px 0">{escape(right)}</td></tr>'
        for left, right in rows
    )
    return f"<table>{cells}</table>"
