"""The log as a table: the rows that contain what is searched for and ended as is asked for."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from siamgui.core.i18n import tr
from siamgui.core.types import Outcome
from siamgui.gui import theme
from siamgui.storage.log_wording import Columns, LogRow

ROOM_FOR_ALL = 1000
Index = QModelIndex | QPersistentModelIndex


class LogModel(QAbstractTableModel):
    """rows: those that are shown."""

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        self._columns = columns
        self._all: tuple[LogRow, ...] = ()
        self._wanted: tuple[str, Outcome | None] = ("", None)
        self.rows: tuple[LogRow, ...] = ()

    def show(self, rows: tuple[LogRow, ...], search: str, outcome: Outcome | None) -> None:
        """search: what any cell has to contain, in whatever case. outcome: None for all."""
        if rows is self._all and (search, outcome) == self._wanted:
            return
        self._all, self._wanted = rows, (search, outcome)
        self.beginResetModel()
        self.rows = tuple(row for row in rows if row.shown(search, outcome))
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(self._columns.names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == self._columns.result:
            colours = theme.colours()
            icon = theme.icon(row.outcome.value, colours.of(row.outcome))
            icon.addPixmap(theme.pixmap(row.outcome.value, colours.on_accent), QIcon.Mode.Selected)
            return icon
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.told
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(self._columns.names[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class LogTable(QTableView):
    """One row is chosen at a time; the arrows walk."""

    opened = Signal()
    """The chosen one is to be opened."""

    def __init__(self, name: str, columns: Columns) -> None:
        super().__init__()
        self._columns = columns
        self.setProperty("role", "list")
        self.setAccessibleName(name)
        self.log = LogModel(columns)
        self.setModel(self.log)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(36)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setResizeContentsPrecision(200)
        head.setSectionResizeMode(columns.wide, QHeaderView.ResizeMode.Stretch)
        head.setMinimumSectionSize(72)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, what is said below the table anyway stands there alone."""
        super().resizeEvent(event)
        for column in self._columns.spare:
            self.setColumnHidden(column, self.width() < ROOM_FOR_ALL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if self.indexAt(event.position().toPoint()).isValid():
            self.opened.emit()

    @property
    def current(self) -> LogRow | None:
        """The chosen one."""
        row = self.currentIndex().row()
        return self.log.rows[row] if 0 <= row < len(self.log.rows) else None

    def choose(self, entry: int | None) -> None:
        """Choose the entry with this id, if it is shown."""
        row = next((n for n, row in enumerate(self.log.rows) if row.id == entry), -1)
        if row not in (-1, self.currentIndex().row()):
            self.selectRow(row)
