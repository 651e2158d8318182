"""The photographs of one person, side by side."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QListWidget, QListWidgetItem

from siamgui.core.i18n import tr
from siamgui.gui.display import wrap
from siamgui.storage.people_view import PhotoTile
from siamgui.storage.people_wording import about_photo

PICTURE = 104
CELL = QSize(128, 148)


class PhotoTiles(QListWidget):
    """The arrows walk, Delete takes the chosen one out."""

    remove_wanted = Signal(object)
    """The key of a tile."""

    def __init__(self) -> None:
        super().__init__()
        self._tiles: tuple[PhotoTile, ...] = ()
        self.setProperty("role", "list")
        self.setAccessibleName(tr("Photos of the person"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.setGridSize(CELL)
        self.setUniformItemSizes(True)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setMinimumHeight(CELL.height() + 24)

    def set_tiles(self, tiles: tuple[PhotoTile, ...]) -> None:
        """Show these; the chosen place stays."""
        same = [(tile.key, tile.name, tile.odd) for tile in tiles] == [
            (one.key, one.name, one.odd) for one in self._tiles
        ]
        self._tiles = tiles
        if same:
            return
        row = self.currentRow()
        self.clear()
        for tile in tiles:
            picture = QPixmap.fromImage(wrap(tile.picture))
            icon = QIcon(picture)
            icon.addPixmap(picture, QIcon.Mode.Selected)  # not tinted
            item = QListWidgetItem(icon, _caption(tile))
            item.setSizeHint(CELL - QSize(8, 4))
            about = about_photo(tile)
            item.setToolTip(about)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, about.replace("\n", ". "))
            self.addItem(item)
        self.setCurrentRow(min(row, len(tiles) - 1))

    @property
    def current(self) -> PhotoTile | None:
        """The chosen one."""
        row = self.currentRow()
        return self._tiles[row] if 0 <= row < len(self._tiles) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.current is not None:
            self.remove_wanted.emit(self.current.key)
        else:
            super().keyPressEvent(event)


def _caption(tile: PhotoTile) -> str:
    return f"⚠ {tile.name}" if tile.odd else tile.name
