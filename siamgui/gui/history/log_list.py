"""A list of the history page: searched, filtered, exported, forgotten after a time or at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from siamgui.core import wording
from siamgui.core.i18n import tr, trn
from siamgui.core.types import Outcome
from siamgui.gui.history.controller import ListController
from siamgui.gui.history.state import Exported
from siamgui.gui.history.table import LogTable
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.empty_place import EmptyPlace
from siamgui.gui.widgets.file_dialog import FileDialog, Place
from siamgui.gui.widgets.kit import (
    Choice,
    Part,
    box,
    button,
    column,
    command,
    grow,
    label,
    row,
    shortcuts,
    stack,
    stretch,
)
from siamgui.gui.widgets.question import Question
from siamgui.gui.widgets.search_line import SearchLine
from siamgui.storage.log_wording import Columns

KEEP_DAYS = (None, 7, 30, 90, 365)


@dataclass(frozen=True, slots=True)
class ListWords:
    """name: of the table. empty: title and text while nothing stands there. export: title of the file dialog.

    file: the name that is offered. filters: of that dialog. forget: the question before all of n entries are forgotten.
    """

    name: str
    columns: Columns
    empty: tuple[str, str]
    export: str
    file: str
    filters: tuple[str, ...]
    forget: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class ListState:
    """search, outcome: which entries are shown. entry: id of the chosen one. asked: whether to clear is being asked."""

    search: str
    outcome: Outcome | None
    entry: int | None
    asked: bool


class LogList(QWidget):
    """The view of a ListController."""

    def __init__(self, controller: ListController, words: ListWords, *, foot: tuple[Part, ...] = ()) -> None:
        """foot: stands first in the row at the lower end."""
        super().__init__()
        self.controller, self._words = controller, words
        self.files = FileDialog(self, Place.DocumentsLocation)
        self.trouble, self.notice = Banner(closable=False), Banner()
        self.search = SearchLine(tr("Search the log"))
        self.search.setMaximumWidth(320)
        outcomes = {None: tr("All results")} | {outcome: wording.headline(outcome) for outcome in Outcome}
        self.outcomes = Choice[Outcome | None](tr("Results to show"), outcomes)
        self.count = label(role="muted")
        self.table = LogTable(words.name, words.columns)
        self.told = label(role="muted", wrap=True, align=Qt.AlignmentFlag.AlignTop)
        self.told.setMinimumHeight(2 * self.told.fontMetrics().lineSpacing())
        self.empty = EmptyPlace("history", *words.empty)
        self.question = Question(tr("Forget them"))
        self.keep_days = Choice[int | None](tr("Keep entries"))
        self.said = label(role="muted", wrap=True)
        self.clear_button = button(tr("Clear…"), self._ask, hint=tr("Forget all entries"))
        self.export_button = command("export", self.open_dialog)
        self._build(foot)
        self._connect()
        self._render()

    def _build(self, foot: tuple[Part, ...]) -> None:
        keep_label = label(tr("Keep entries"), of=self.keep_days)
        self._filters = box(row(grow(self.search), self.outcomes, stretch(), self.count))
        self._stack = stack(self.empty, self.table)
        self._list = box(
            column(
                self._filters,
                grow(self._stack),
                self.told,
                self.question,
                row(*foot, keep_label, self.keep_days, grow(self.said), self.clear_button, self.export_button),
                spacing=8,
            )
        )
        self._views = stack(self._list)
        self.setLayout(column(self.trouble, self.notice, grow(self._views)))

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
        """Ask where the file is to be written."""
        if self.controller.state.total:
            words = self._words
            self.files.ask(words.export, QFileDialog.FileMode.AnyFile, words.filters, save_as=words.file)

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
        self.question.words.setText(self._words.forget(state.total))
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
            self.table.choose(chosen.id)
        self._tell()

    @Slot()
    def _tell(self) -> None:
        row = self.table.current
        self.told.setText(row.told if row is not None else "")

    def take_focus(self) -> None:
        self.search.setFocus()

    def keep(self) -> ListState:
        chosen = self.table.current
        entry = chosen.id if chosen is not None else None
        return ListState(self.search.text(), self.outcomes.value, entry, self.question.asked)

    def restore(self, kept: ListState) -> None:
        self.search.setText(kept.search)
        self.outcomes.show_value(kept.outcome)
        self._fill()
        self.table.choose(kept.entry)
        if kept.asked:
            self._ask()


def forget_words(total: int) -> str:
    return trn("Forget the one entry for good?", "Forget all {n} entries for good? It cannot be undone.", total)


def _written(exported: Exported) -> str:
    return trn(
        "{n} entry was written to “{name}”.",
        "{n} entries were written to “{name}”.",
        exported.entries,
        name=exported.file,
    )


def _days(days: int | None) -> str:
    return tr("until they are cleared") if days is None else trn("{n} day", "{n} days", days)
