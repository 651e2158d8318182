"""The wall of answers, nearest first: a table without lines, as many faces side by side as there is room for.

A row of its own says from where on strangers are expected. Arrows walk, Enter opens, the menu key offers more.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView

from siamgui.core.i18n import tr
from siamgui.gui.search.face_crops import FaceCrops
from siamgui.gui.search.state import Face, face_of
from siamgui.gui.search.tile_painter import SYMBOLS, TileLook, line_height
from siamgui.gui.search.tile_table import TileTable
from siamgui.gui.search.words import about_likeness, name_words, short_rarity, spoken
from siamgui.search.values import Found, Likeness
from siamgui.search.wording import chance_begins, chance_words

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class WallModel(QAbstractTableModel):
    """rows: the places of the likenesses in each; an empty one is the line where chance begins."""

    def __init__(self, crops: FaceCrops) -> None:
        super().__init__()
        self._crops = crops
        self.found: Found | None = None
        self.rows: list[range] = []
        self.columns = 1

    def show(self, found: Found | None, columns: int) -> None:
        self.beginResetModel()
        self.found, self.columns = found, columns
        count = 0 if found is None else len(found.likenesses)
        begins = None if found is None else chance_begins(found)
        self.rows = _rows(0, count if begins is None else begins, columns)
        if begins is not None:
            self.rows += [range(0), *_rows(begins, count, columns)]
        self.endResetModel()

    def at(self, index: Index) -> Likeness | None:
        if self.found is None or not index.isValid():
            return None
        row = self.rows[index.row()]
        return self.found.likenesses[row[index.column()]] if index.column() < len(row) else None

    def index_of(self, place: int) -> QModelIndex:
        """place: of a likeness, from 0."""
        for number, row in enumerate(self.rows):
            if place in row:
                return self.index(number, place - row.start)
        return QModelIndex()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self.columns

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.at(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        found, likeness = self.found, self.at(index)
        if found is None:
            return None
        if likeness is None:
            is_line = not self.rows[index.row()] and index.column() == 0
            return chance_words() if is_line and role in (Role.UserRole, Role.AccessibleTextRole) else None
        if role == Role.UserRole:
            return self._look(likeness)
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return spoken(likeness, found.faces)
        if role == Role.ToolTipRole:
            problem = self._crops.problems.get(face_of(likeness.face))
            problems = () if problem is None else (str(problem),)
            return "\n".join((str(likeness.path), *about_likeness(likeness, found.faces), *problems))
        return None

    def _look(self, likeness: Likeness) -> TileLook:
        return TileLook(
            self._crops.picture(likeness.face),
            face_of(likeness.face) in self._crops.problems,
            "photo" if likeness.copy else SYMBOLS[likeness.outcome],
            "muted" if likeness.copy else likeness.outcome.value,
            f"{likeness.distance:.2f}",
            (short_rarity(likeness), name_words(likeness), likeness.path.parent.name),
        )


def _rows(first: int, end: int, columns: int) -> list[range]:
    return [range(start, min(start + columns, end)) for start in range(first, end, columns)]


class Wall(TileTable):
    """opened: a likeness. chosen: another one is current, or None. more_wanted: the last one is nearly in view."""

    opened = Signal(object)
    chosen = Signal(object)
    more_wanted = Signal()
    lines = 3

    def __init__(self, crops: FaceCrops) -> None:
        super().__init__()
        self._crops = crops
        self._model = WallModel(crops)
        self.setModel(self._model)
        self.setAccessibleName(tr("Likenesses, nearest first"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._again = False
        self._line: int | None = None  # the row that is no tiles
        self.clicked.connect(self._clicked)
        self.selectionModel().currentChanged.connect(self._moved)
        crops.arrived.connect(self.viewport().update)

    def show_found(self, found: Found | None) -> None:
        """What is current and what is scrolled to stay so where it is the same question."""
        before = self._model.found
        if found is before:
            return
        same = before is not None and found is not None and before.probe is found.probe
        self._show(found, keep=same)

    def _show(self, found: Found | None, *, keep: bool) -> None:
        current, down = self.current, self.verticalScrollBar().value()
        if self._line is not None:  # another model keeps neither, but the view does
            self.clearSpans()
            self.setRowHeight(self._line, self.verticalHeader().defaultSectionSize())
        self._model.show(found, self.across)
        self.size_rows()
        self.share_width(self._model.columns)
        self._line = next((number for number, row in enumerate(self._model.rows) if not row), None)
        if self._line is not None:
            self.setRowHeight(self._line, line_height())
            if self._model.columns > 1:
                self.setSpan(self._line, 0, 1, self._model.columns)
        likenesses = () if found is None else found.likenesses
        keys: list[Face] = [face_of(one.face) for one in likenesses]
        before = face_of(current.face) if keep and current is not None else None
        place = keys.index(before) if before in keys else 0
        index = self._model.index_of(place)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.updateGeometries()
        self.verticalScrollBar().setValue(down if keep else 0)
        self.chosen.emit(self.current)
        self._seen.start()

    @property
    def current(self) -> Likeness | None:
        """The likeness that the keyboard is at."""
        return self._model.at(self.currentIndex())

    @property
    def likenesses(self) -> tuple[Likeness, ...]:
        return () if self._model.found is None else self._model.found.likenesses

    def go_to(self, place: int) -> None:
        """To a likeness, by its place from 0."""
        index = self._model.index_of(place)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)

    @property
    def place(self) -> int:
        """Of the current likeness, from 0; -1 for none."""
        index = self.currentIndex()
        return self._model.rows[index.row()][index.column()] if self.current is not None else -1

    def lay_out(self) -> None:
        self._show(self._model.found, keep=True)

    @Slot()
    def look(self) -> None:
        """Which faces are in view, or nearly so."""
        found = self._model.found
        if found is None or not self.isVisible():
            return
        rows = self.rows_in_view()
        self._crops.want(found.likenesses[place].face for row in rows for place in self._model.rows[row])
        if found.more and rows.stop >= len(self._model.rows):
            self.more_wanted.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._again = self.indexAt(event.position().toPoint()) == self.currentIndex()
        super().mousePressEvent(event)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        """The first click chooses, one on what is chosen opens."""
        likeness = self._model.at(index)
        if likeness is not None and self._again:
            self.opened.emit(likeness)

    @Slot()
    def _moved(self) -> None:
        self.chosen.emit(self.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        likeness = self.current
        if likeness is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(likeness)
        else:
            super().keyPressEvent(event)
