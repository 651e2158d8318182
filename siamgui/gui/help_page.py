"""Under F1: the keys, what siamgui is, and the licences of what it brings along."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QTextBrowser

import siamgui
from siamgui.core.i18n import tr
from siamgui.core.licences import licences
from siamgui.gui.actions import COMMANDS, LOCAL_KEYS
from siamgui.gui.page import Page
from siamgui.gui.theme import colours, theme
from siamgui.gui.widgets.kit import column, grow, page_head


class HelpPage(Page[None]):
    def __init__(self) -> None:
        super().__init__()
        self.text = QTextBrowser()
        self.text.setAccessibleName(tr("Keys and licences"))
        self.text.setOpenLinks(False)
        self.text.setMaximumWidth(820)
        self.setLayout(column(page_head(tr("Help")), grow(self.text), spacing=12, margins=(16, 12, 16, 12)))
        self._write()
        theme.changed.connect(self._write)

    def _write(self) -> None:
        self.text.setHtml(_page())


def _page() -> str:
    keys = [
        (QKeySequence(command.keys).toString(QKeySequence.SequenceFormat.NativeText), tr(command.text))
        for command in COMMANDS.values()
    ]
    keys += [(tr(key), tr(text)) for key, text in LOCAL_KEYS]
    about = tr(
        "siamgui {version} compares two faces on this computer and never uses the network. It says which side a "
        "likeness supports and how rare it is among other people. It is not a proof of identity.",
        version=siamgui.__version__,
    )
    # Not inside the f-string: there the words are not found for translation.
    heads = [escape(head) for head in (tr("Keys"), tr("About"), tr("Licences"))]
    return (
        f"<h3>{heads[0]}</h3>{_table(keys)}<h3>{heads[1]}</h3><p>{escape(about)}</p>"
        f"<h3>{heads[2]}</h3>{_table(licences())}"
    )


def _table(rows: list[tuple[str, str]]) -> str:
    muted = colours().muted.name()
    cells = "".join(
        f'<tr><td style="color:{muted}; padding:2px 24px 2px 0">{escape(left)}</td>'
        f'<td style="padding:2px 0">{escape(right)}</td></tr>'
        for left, right in rows
    )
    return f"<table>{cells}</table>"
