"""A wall of tiles: a table without lines, as many side by side as there is room for. Only what is in view is drawn."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from siamgui.gui.search.tile_painter import TilePainter, tile_size


class TileTable(QTableView):
    """menu_wanted: with the global position. lines: of each tile, below its head."""

    menu_wanted = Signal(QPoint)
    lines: int

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(TilePainter(self))
        self.setProperty("role", "matrix")
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(24)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._seen = QTimer(self, singleShot=True, interval=0)
        self._seen.timeout.connect(self.look)
        self.verticalScrollBar().valueChanged.connect(self._seen.start)

    def look(self) -> None:
        """Other tiles may be in view."""
        raise NotImplementedError

    def lay_out(self) -> None:
        """Another number of tiles fits side by side."""
        raise NotImplementedError

    @property
    def across(self) -> int:
        """How many tiles fit side by side."""
        return max(1, self.viewport().width() // tile_size(self.lines).width())

    def size_rows(self) -> None:
        """All of them as high as a tile; after the model is another one."""
        self.verticalHeader().setDefaultSectionSize(tile_size(self.lines).height())

    def share_width(self, columns: int) -> None:
        self.horizontalHeader().setDefaultSectionSize(self.viewport().width() // columns)

    def rows_in_view(self) -> range:
        """And one more on either side."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        rows = self.model().rowCount()
        return range(max(0, first - 1), rows if last < 0 else min(rows, last + 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.across != self.model().columnCount():
            self.lay_out()
            self.scrollTo(self.currentIndex())
        self.share_width(self.model().columnCount())
        self._seen.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._seen.start()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            where = self.visualRect(self.currentIndex()).center()
        else:
            where = self.viewport().mapFromGlobal(event.globalPos())
            index = self.indexAt(where)
            if index.flags() & Qt.ItemFlag.ItemIsSelectable and not self.selectionModel().isSelected(index):
                self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if self.currentIndex().isValid():
            self.menu_wanted.emit(self.viewport().mapToGlobal(where))
