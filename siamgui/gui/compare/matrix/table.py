"""The matrix itself: a table whose rows and columns are faces. Arrows walk, Enter or a click opens."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from siamgui.core.i18n import tr
from siamgui.gui.compare.matrix.painting import ROW_NAME, Cell, CellPainter, FaceHeader
from siamgui.gui.compare.matrix.state import MatrixState, Tile
from siamgui.gui.compare.matrix.words import about_cell, about_tile

NARROWEST, WIDEST = 68, 168
LOWEST, HIGHEST = 44, 112
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class MatrixModel(QAbstractTableModel):
    """Shows a MatrixState."""

    def __init__(self) -> None:
        super().__init__()
        self.state = MatrixState()

    def show(self, state: MatrixState) -> bool:
        """Whether there are other tiles than before."""
        before, self.state = self.state, state
        if [tile.key for tile in before.tiles] == [tile.key for tile in state.tiles]:
            last = len(state.tiles) - 1
            if last >= 0 and (before.tiles is not state.tiles or before.verdicts is not state.verdicts):
                self.dataChanged.emit(self.index(0, 0), self.index(last, last))
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)
                self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, last)
            return False
        self.beginResetModel()
        self.endResetModel()
        return True

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.state.tiles)

    def columnCount(self, parent: Index | None = None) -> int:
        return self.rowCount(parent)

    def tiles(self, index: Index) -> tuple[Tile, Tile]:
        """Of a cell: its row and its column."""
        return self.state.tiles[index.row()], self.state.tiles[index.column()]

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        row, column = self.tiles(index)
        if role == Role.UserRole:
            return self._cell(row, column)
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return about_cell(self.state, row, column)[0]
        if role == Role.ToolTipRole:
            return "\n".join(about_cell(self.state, row, column))
        if role == Role.AccessibleDescriptionRole:
            return " ".join(about_cell(self.state, row, column)[1:])
        return None

    def _cell(self, row: Tile, column: Tile) -> Cell:
        if row.problem is not None:
            return Cell(None, str(row.problem), wide=True)
        if row is column or column.problem is not None:
            return Cell(None, "" if row is column else "–")
        verdict = self.state.verdict(row, column)
        return Cell(None, "…") if verdict is None else Cell(verdict.outcome, f"{verdict.distance:.2f}")

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if not 0 <= section < len(self.state.tiles):
            return None
        tile = self.state.tiles[section]
        if role == Role.UserRole:
            return tile
        if role == Role.DisplayRole:
            return tile.name
        if role == Role.AccessibleTextRole:
            return ". ".join(about_tile(tile))
        if role == Role.ToolTipRole:
            return "\n".join(about_tile(tile))
        return None


class MatrixTable(QTableView):
    """opened: the keys of two tiles, of row and column. looked_at: the key of one."""

    opened = Signal(int, int)
    looked_at = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._model = MatrixModel()
        self.setModel(self._model)
        self.setItemDelegate(CellPainter(self))
        self.setHorizontalHeader(FaceHeader(Qt.Orientation.Horizontal, self))
        self.setVerticalHeader(FaceHeader(Qt.Orientation.Vertical, self))
        self.setProperty("role", "matrix")
        self.setAccessibleName(tr("Every pair of the photos"))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(self._open)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
            header.sectionClicked.connect(self._look)

    def render_state(self, state: MatrixState) -> None:
        current = self.current_keys
        if self._model.show(state):
            self._arrange()
            self._go_to(current)
        self._span()
        if not self.currentIndex().isValid() and len(state.tiles) > 1:
            self.setCurrentIndex(self._model.index(1, 0))

    @property
    def current_keys(self) -> tuple[int, int] | None:
        """Of row and column of the cell that the keyboard is at."""
        index = self.currentIndex()
        if not index.isValid():
            return None
        row, column = self._model.tiles(index)
        return row.key, column.key

    def go_to(self, row: int, column: int) -> None:
        """To the cell of two tiles, by their keys."""
        self._go_to((row, column))

    def _go_to(self, keys: tuple[int, int] | None) -> None:
        places = {tile.key: place for place, tile in enumerate(self._model.state.tiles)}
        if keys is not None and places:
            row, column = (min(places.get(key, 0), len(places) - 1) for key in keys)
            self.setCurrentIndex(self._model.index(row, column))

    def _span(self) -> None:
        """The sentence of a photograph that cannot be used takes its whole row."""
        tiles = self._model.state.tiles
        for row, tile in enumerate(tiles):
            wide = len(tiles) if tile.problem is not None else 1
            if len(tiles) > 1 and self.columnSpan(row, 0) != wide:
                self.setSpan(row, 0, 1, wide)

    def _arrange(self) -> None:
        """Cells as large as there is room for."""
        count = max(1, len(self._model.state.tiles))
        frame = 2 * self.frameWidth() + 16
        height = (self.height() - frame - 100) // count
        height = max(LOWEST, min(height, HIGHEST))
        self.setProperty("cell_height", height)
        across, down = self.horizontalHeader(), self.verticalHeader()
        assert isinstance(across, FaceHeader)
        width = (self.width() - frame - across.picture_side() - ROW_NAME) // count
        width = max(NARROWEST, min(width, WIDEST))
        across.setDefaultSectionSize(width)
        down.setDefaultSectionSize(height)
        across.updateGeometry()
        down.updateGeometry()
        self.updateGeometries()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open(index)
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        row, column = self._model.tiles(index)
        if row is column:
            self.looked_at.emit(row.key)
        elif self._model.state.verdict(row, column) is not None:
            self.opened.emit(row.key, column.key)

    @Slot(int)
    def _look(self, section: int) -> None:
        self.looked_at.emit(self._model.state.tiles[section].key)
