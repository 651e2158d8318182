"""The matrix itself: a table whose rows and columns are faces. Arrows walk, Enter or a click opens."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from siamgui.core.i18n import tr
from siamgui.gui.compare.matrix.painting import (
    GAP,
    RADIUS,
    ROW_NAME,
    FaceHeader,
    Pictures,
    draw_problem,
    draw_verdict,
    draw_word,
)
from siamgui.gui.compare.matrix.state import MatrixState, Tile
from siamgui.gui.compare.matrix.words import about_cell, about_tile
from siamgui.gui.theme import colours
from siamgui.gui.widgets.painting import draw_plate, faint, painter_of

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
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return about_cell(self.state, row, column)[0]
        if role == Role.ToolTipRole:
            return "\n".join(about_cell(self.state, row, column))
        if role == Role.AccessibleDescriptionRole:
            return " ".join(about_cell(self.state, row, column)[1:])
        return None

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
        self._pictures = Pictures(self.viewport())
        self._hovered = QModelIndex()
        self._across = FaceHeader(Qt.Orientation.Horizontal, self)
        self._down = FaceHeader(Qt.Orientation.Vertical, self)
        self.setHorizontalHeader(self._across)
        self.setVerticalHeader(self._down)
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
        for header in (self._across, self._down):
            header.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
            header.sectionClicked.connect(self._look)

    def render_state(self, state: MatrixState) -> None:
        current = self.current_keys
        if self._model.show(state):
            self._hovered = QModelIndex()
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
        across, down = self._across, self._down
        across.cell_height = down.cell_height = height
        width = (self.width() - frame - across.picture_side() - ROW_NAME) // count
        width = max(NARROWEST, min(width, WIDEST))
        across.setDefaultSectionSize(width)
        down.setDefaultSectionSize(height)
        across.updateGeometry()
        down.updateGeometry()
        self.updateGeometries()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells in sight, without the delegate: some hundred calls of Python would take longer than a frame."""
        painter = painter_of(self.viewport())
        self._pictures.begin()
        place, tiles = event.rect(), self._model.state.tiles
        across, down = self._across, self._down
        left, top = (max(0, header.visualIndexAt(at)) for header, at in ((across, place.left()), (down, place.top())))
        width, height = across.defaultSectionSize(), down.defaultSectionSize()
        last = QSize(width, height)
        for row in range(top, len(tiles)):
            y = down.sectionViewportPosition(row)
            if y > place.bottom():
                break
            if tiles[row].problem is not None:
                self._paint_problem(painter, row, QPoint(across.sectionViewportPosition(0), y))
                continue
            for column in range(left, len(tiles)):
                x = across.sectionViewportPosition(column)
                if x > place.right():
                    break
                drawn = None if row == column else self._picture(tiles[row], tiles[column], last)
                if drawn is not None:
                    painter.drawPixmap(x, y, drawn)
        self._paint_marks(painter)

    def _picture(self, row: Tile, column: Tile, size: QSize) -> QPixmap | None:
        verdict = self._model.state.verdict(row, column)
        if verdict is None:
            word = "–" if column.problem is not None else "…"
            return self._pictures.picture(word, size, lambda onto, place: draw_word(onto, place, word))
        outcome, text = verdict.outcome, f"{verdict.distance:.2f}"
        return self._pictures.picture(
            (outcome, text), size, lambda onto, place: draw_verdict(onto, place, outcome, text)
        )

    def _paint_problem(self, painter: QPainter, row: int, at: QPoint) -> None:
        text = str(self._model.state.tiles[row].problem)
        size = QSize(len(self._model.state.tiles) * self._across.defaultSectionSize(), self._down.defaultSectionSize())
        seen = QSize(min(size.width(), self.viewport().width() - at.x()), size.height())
        drawn = self._pictures.picture(text, seen, lambda onto, place: draw_problem(onto, place, text))
        if drawn is not None:
            painter.drawPixmap(at, drawn)

    def _paint_marks(self, painter: QPainter) -> None:
        """Where the mouse is, and the keyboard."""
        if self._hovered.isValid():
            draw_plate(painter, self._place(self._hovered), faint(colours().text, 0.07), RADIUS)
        if self.hasFocus() and self.currentIndex().isValid():
            painter.setPen(QPen(colours().focus, 2.5))
            painter.drawRoundedRect(self._place(self.currentIndex()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _place(self, index: QModelIndex) -> QRectF:
        return QRectF(self.visualRect(index)).adjusted(GAP, GAP, -GAP, -GAP)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def _hover(self, index: QModelIndex) -> None:
        if index != self._hovered:
            self._hovered = index
            self.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()

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
