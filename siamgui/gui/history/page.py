"""The history page: every verification that was made here, to be looked through, exported and forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog

from siamgui.core import wording
from siamgui.core.i18n import tr, trn
from siamgui.core.types import Outcome
from siamgui.gui.history.controller import HistoryController
from siamgui.gui.history.state import Exported
from siamgui.gui.history.table import LogTable
from siamgui.gui.page import Page
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.empty_place import EmptyPlace
from siamgui.gui.widgets.file_dialog import FileDialog, Place
from siamgui.gui.widgets.kit import (
    Choice,
    box,
    button,
    column,
    command,
    grow,
    label,
    page_head,
    row,
    shortcuts,
    stack,
    stretch,
)
from siamgui.gui.widgets.question import Question
from siamgui.gui.widgets.search_line import SearchLine

KEEP_DAYS = (None, 7, 30, 90, 365)
FILE = "verifications.csv"


@dataclass(frozen=True, slots=True)
class HistoryViewState:
    """search, outcome: which entries are shown. entry: id of the chosen one. asked: whether to clear is being asked."""

    search: str
    outcome: Outcome | None
    entry: int | None
    asked: bool


class HistoryPage(Page[HistoryViewState]):
    """The view of a HistoryController."""

    def __init__(self, controller: HistoryController) -> None:
        super().__init__()
        self.controller = controller
        self.files = FileDialog(self, Place.DocumentsLocation)
        self.trouble, self.notice = Banner(closable=False), Banner()
        self.search = SearchLine(tr("Search the log"))
        self.search.setMaximumWidth(320)
        outcomes = {None: tr("All results")} | {outcome: wording.headline(outcome) for outcome in Outcome}
        self.outcomes = Choice[Outcome | None](tr("Results to show"), outcomes)
        self.count = label(role="muted")
        self.table = LogTable()
        self.told = label(role="muted", wrap=True, align=Qt.AlignmentFlag.AlignTop)
        self.told.setMinimumHeight(2 * self.told.fontMetrics().lineSpacing())
        self.empty = EmptyPlace(
            "history",
            tr("Nothing was verified yet"),
            tr(
                "Each verification of the Live page is written down here: when, with whom, how it ended, how rare such "
                "a likeness is, and which model said so. No picture and no embedding is kept."
            ),
        )
        self.question = Question(tr("Forget them"))
        self.keep_days = Choice[int | None](tr("Keep entries"))
        self.said = label(role="muted", wrap=True)
        self.clear_button = button(tr("Clear…"), self._ask, hint=tr("Forget all entries"))
        self.export_button = command("export", self.open_dialog)
        self._build()
        self._connect()
        self._render()

    def _build(self) -> None:
        keep_label = label(tr("Keep entries"), of=self.keep_days)
        self._filters = box(row(grow(self.search), self.outcomes, stretch(), self.count))
        self._stack = stack(self.empty, self.table)
        self.setLayout(
            column(
                page_head(tr("History"), tr("Every verification made here. No pictures are kept.")),
                self.trouble,
                self.notice,
                self._filters,
                grow(self._stack),
                self.told,
                self.question,
                row(keep_label, self.keep_days, grow(self.said), self.clear_button, self.export_button),
                margins=(16, 12, 16, 12),
            )
        )

    def _connect(self) -> None:
        shortcuts(self, {"find": self.search.begin, "export": self.open_dialog})
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._to_table)
        self.outcomes.picked.connect(self._fill)
        self.table.selectionModel().currentRowChanged.connect(self._tell)
        self.keep_days.picked.connect(self.controller.keep)
        self.files.chosen.connect(self._export_to)
        self.question.confirmed.connect(self._clear)
        self.notice.dismissed.connect(self.controller.dismiss)
        self.controller.changed.connect(self._render)

    # What the user does.

    @Slot()
    def _to_table(self) -> None:
        """Enter in the search: the first row found."""
        if self.table.log.rows:
            self.table.selectRow(0)
            self.table.setFocus()

    @Slot()
    def _ask(self) -> None:
        """Nothing brings cleared entries back, so one question stands between, on the page."""
        self.question.ask(self.clear_button)

    @Slot()
    def _clear(self) -> None:
        self.search.clear()
        self.outcomes.show_value(None)
        self.keep_days.setFocus()
        self.controller.clear()

    @Slot()
    def open_dialog(self) -> None:
        """Ask where the CSV file is to be written."""
        if self.controller.state.total:
            tables = tr("Tables ({patterns})", patterns="*.csv")
            self.files.ask(tr("Export the log"), QFileDialog.FileMode.AnyFile, [tables], save_as=FILE)

    @Slot(object)
    def _export_to(self, files: tuple[Path, ...]) -> None:
        self.controller.export(files[0])

    def go_back(self) -> bool:
        """Out of the question or the search."""
        return self.question.take_back() or self.search.go_back()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus() and self.clear_button.isEnabled():
            self._ask()
        else:
            super().keyPressEvent(event)

    # Showing.

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        self.trouble.say(state.blocked)
        self.notice.say(state.notice)
        self.said.setText(_written(state.exported) if state.exported is not None else "")
        some = bool(state.rows)
        for widget in (self._filters, self.told):
            widget.setVisible(some)
        for widget in (self.export_button, self.clear_button):
            widget.setEnabled(some)
        self._stack.setCurrentWidget(self.table if some else self.empty)
        self.empty.setVisible(not some and state.rows is not None)
        self.question.words.setText(
            trn("Forget the one entry for good?", "Forget all {n} entries for good? It cannot be undone.", state.total)
        )
        offered = dict.fromkeys((*KEEP_DAYS, state.keep_days))
        self.keep_days.show_items({days: _days(days) for days in offered}, state.keep_days)
        self._fill()

    @Slot()
    def _fill(self) -> None:
        state, chosen = self.controller.state, self.table.current
        self.table.log.show(state.rows or (), self.search.text(), self.outcomes.value)
        shown = len(self.table.log.rows)
        if shown < state.total:
            self.count.setText(tr("{shown} of {total} entries", shown=f"{shown:,}", total=f"{state.total:,}"))
        else:
            self.count.setText(trn("{n} entry", "{n} entries", shown))
        if chosen is not None:
            self.table.choose(chosen.entry.id)
        self._tell()

    @Slot()
    def _tell(self) -> None:
        row = self.table.current
        self.told.setText(row.told if row is not None else "")

    def enter(self) -> None:
        self.controller.refresh()
        self.search.setFocus()

    def keep(self) -> HistoryViewState:
        chosen = self.table.current
        entry = chosen.entry.id if chosen is not None else None
        return HistoryViewState(self.search.text(), self.outcomes.value, entry, self.question.asked)

    def restore(self, kept: HistoryViewState) -> None:
        self.search.setText(kept.search)
        self.outcomes.show_value(kept.outcome)
        self._fill()
        self.table.choose(kept.entry)
        if kept.asked:
            self._ask()


def _written(exported: Exported) -> str:
    return trn(
        "{n} entry was written to “{name}”.",
        "{n} entries were written to “{name}”.",
        exported.entries,
        name=exported.file,
    )


def _days(days: int | None) -> str:
    return tr("until they are cleared") if days is None else trn("{n} day", "{n} days", days)
