"""The history page: every verification that was made here, to be looked through, exported and forgotten."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from siamgui.core import wording
from siamgui.core.i18n import tr, trn
from siamgui.core.types import Outcome
from siamgui.gui.actions import add_action, dress, name_action
from siamgui.gui.history.controller import HistoryController
from siamgui.gui.history.table import LogTable
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.empty_place import EmptyPlace
from siamgui.gui.widgets.file_dialog import FileDialog, Place

KEEP_DAYS = (None, 7, 30, 90, 365)
FILE = "verifications.csv"


class HistoryPage(QWidget):
    """The view of a HistoryController."""

    def __init__(self, controller: HistoryController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self.files = FileDialog(self, Place.DocumentsLocation)
        self.title, self.hint = QLabel(), QLabel()
        self.trouble, self.notice = Banner(closable=False), Banner()
        self.search, self.outcomes, self.count = QLineEdit(), QComboBox(), QLabel()
        self.table = LogTable()
        self.told = QLabel()
        self.empty = EmptyPlace("history")
        self._stack = QStackedWidget()
        self._keep_label, self.keep = QLabel(), QComboBox()
        self.said = QLabel()
        self.export_button, self.clear_button = QPushButton(), QPushButton()
        self._sure = QFrame()
        self.question, self.yes_button, self.no_button = QLabel(), QPushButton(), QPushButton()
        self._build()
        self._connect()
        self._retranslate()
        self._render()

    def _build(self) -> None:
        self.title.setProperty("role", "title")
        self.title.setMinimumHeight(32)
        for label in (self.hint, self.count, self.said, self.told):
            label.setProperty("role", "muted")
        for label in (self.told, self.said, self.question):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setMinimumHeight(2 * self.told.fontMetrics().lineSpacing())
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.search.setProperty("role", "input")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(320)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addWidget(self.hint, 1)
        self._filters = QWidget()
        filters = QHBoxLayout(self._filters)
        filters.setContentsMargins(0, 0, 0, 0)
        filters.setSpacing(8)
        filters.addWidget(self.search, 1)
        filters.addWidget(self.outcomes)
        filters.addStretch(1)
        filters.addWidget(self.count)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        self._sure.setObjectName("banner")
        sure = QHBoxLayout(self._sure)
        sure.setContentsMargins(12, 4, 8, 4)
        sure.setSpacing(8)
        sure.addWidget(self.question, 1)
        sure.addWidget(self.yes_button)
        sure.addWidget(self.no_button)
        self._sure.hide()
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._keep_label)
        foot.addWidget(self.keep)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.clear_button)
        foot.addWidget(self.export_button)
        self._keep_label.setBuddy(self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        for widget in (self.trouble, self.notice, self._filters):
            layout.addWidget(widget)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.told)
        layout.addWidget(self._sure)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self._actions = {name: add_action(self, name) for name in ("find", "export")}
        self._actions["find"].triggered.connect(self._find)
        self._actions["export"].triggered.connect(self.open_dialog)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._to_table)
        self.outcomes.activated.connect(self._fill)
        self.table.selectionModel().currentRowChanged.connect(self._tell)
        self.keep.activated.connect(self._keep_chosen)
        self.export_button.clicked.connect(self.open_dialog)
        self.files.chosen.connect(self._export_to)
        self.clear_button.clicked.connect(self._ask)
        self.no_button.clicked.connect(self._leave_it)
        self.yes_button.clicked.connect(self._clear)
        self.notice.dismissed.connect(self.controller.dismiss)
        self.controller.changed.connect(self._render)

    # What the user does.

    @Slot()
    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    @Slot()
    def _to_table(self) -> None:
        """Enter in the search: the first row found."""
        if self.table.log.rows:
            self.table.selectRow(0)
            self.table.setFocus()

    @Slot(int)
    def _keep_chosen(self, at: int) -> None:
        self.controller.keep(self.keep.itemData(at))

    @Slot()
    def _ask(self) -> None:
        """Nothing brings cleared entries back, so one question stands between, on the page."""
        self._sure.show()
        self.no_button.setFocus()

    @Slot()
    def _leave_it(self) -> None:
        self._sure.hide()
        self.clear_button.setFocus()

    @Slot()
    def _clear(self) -> None:
        self._sure.hide()
        self.search.clear()
        self.outcomes.setCurrentIndex(0)
        self.keep.setFocus()
        self.controller.clear()

    @Slot()
    def open_dialog(self) -> None:
        """Ask where the CSV file is to be written."""
        if not self.controller.state.total:
            return
        tables = tr("Tables ({patterns})", patterns="*.csv")
        dialog = self.files.make(tr("Export the log"), QFileDialog.FileMode.AnyFile, [tables])
        if dialog is not None:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix("csv")
            dialog.selectFile(FILE)
            dialog.open()

    @Slot(object)
    def _export_to(self, files: tuple[Path, ...]) -> None:
        self.controller.export(files[0])

    def go_back(self) -> bool:
        """Escape: out of the question or the search. False if there was nothing to go back from."""
        if self._sure.isVisible():
            self._leave_it()
            return True
        if self.search.text():
            self.search.clear()
            return True
        return False

    def stop(self) -> None:
        """Close an open dialog."""
        self.files.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus() and self.clear_button.isEnabled():
            self._ask()
        else:
            super().keyPressEvent(event)

    # Showing.

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        self.trouble.say(str(state.blocked) if state.blocked is not None else "")
        self.notice.say(str(state.notice) if state.notice is not None else "")
        self.said.setText(state.said)
        some = bool(state.rows)
        for widget in (self._filters, self.told):
            widget.setVisible(some)
        for widget in (self.export_button, self.clear_button):
            widget.setEnabled(some)
        self._stack.setCurrentWidget(self.table if some else self.empty)
        self.empty.setVisible(not some and state.rows is not None)
        self.question.setText(
            trn("Forget the one entry for good?", "Forget all {n} entries for good? It cannot be undone.", state.total)
        )
        self._fill_keep(state.keep_days)
        self._fill()

    @Slot()
    def _fill(self) -> None:
        state = self.controller.state
        outcome = self.outcomes.currentData()
        self.table.log.show(state.rows or (), self.search.text(), Outcome(outcome) if outcome else None)
        shown = len(self.table.log.rows)
        if shown < state.total:
            self.count.setText(tr("{shown} of {total} entries", shown=f"{shown:,}", total=f"{state.total:,}"))
        else:
            self.count.setText(trn("{n} entry", "{n} entries", shown))
        self._tell()

    @Slot()
    def _tell(self) -> None:
        row = self.table.current
        self.told.setText(row.told if row is not None else "")

    def _fill_keep(self, days: int | None) -> None:
        with QSignalBlocker(self.keep):
            self.keep.clear()
            for offered in dict.fromkeys((*KEEP_DAYS, days)):
                words = tr("until they are cleared") if offered is None else trn("{n} day", "{n} days", offered)
                self.keep.addItem(words, offered)
            self.keep.setCurrentIndex(self.keep.findData(days))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.controller.refresh()
            self.search.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._render()
            self.controller.refresh()

    def _retranslate(self) -> None:
        for action in self._actions.values():
            name_action(action)
        self.title.setText(tr("History"))
        self.hint.setText(tr("Every verification made here. No pictures are kept."))
        self.empty.say(
            tr("Nothing was verified yet"),
            tr(
                "Each verification of the Live page is written down here: when, with whom, how it ended, how rare such "
                "a likeness is, and which model said so. No picture and no embedding is kept."
            ),
        )
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search the log"))
        self.outcomes.setAccessibleName(tr("Results to show"))
        self.table.setAccessibleName(tr("Verifications"))
        self._keep_label.setText(tr("Keep entries"))
        self.keep.setAccessibleName(tr("Keep entries"))
        dress(self.export_button, "export")
        self.clear_button.setText(tr("Clear…"))
        self.clear_button.setToolTip(tr("Forget all entries"))
        self.yes_button.setText(tr("Forget them"))
        self.no_button.setText(tr("Leave it"))
        with QSignalBlocker(self.outcomes):
            kept = self.outcomes.currentData()
            self.outcomes.clear()
            self.outcomes.addItem(tr("All results"), "")
            for outcome in Outcome:
                self.outcomes.addItem(wording.headline(outcome), outcome.value)
            self.outcomes.setCurrentIndex(max(0, self.outcomes.findData(kept)))
