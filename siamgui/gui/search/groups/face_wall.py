"""The faces of one group as a wall: those that are sure first, then those that are unsure, then further copies.

Arrows walk, Shift with them chooses a run, Ctrl+A all, Enter opens the photo, the menu key offers more.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView

from siamgui.core.i18n import tr
from siamgui.gui.search.groups.placed_faces import PlacedFaces
from siamgui.gui.search.groups.words import face_words
from siamgui.gui.search.tile_painter import TileLook
from siamgui.gui.search.tile_table import TileTable
from siamgui.search.collection_groups import FaceGroup

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
Flag = QItemSelectionModel.SelectionFlag


class _FaceModel(QAbstractTableModel):
    def __init__(self, faces: PlacedFaces) -> None:
        super().__init__()
        self._faces = faces
        self.group: FaceGroup | None = None
        self.ids: tuple[int, ...] = ()
        self.columns = 1

    def show(self, group: FaceGroup | None, columns: int) -> None:
        self.beginResetModel()
        self.group, self.columns = group, columns
        self.ids = () if group is None else group.every
        self.endResetModel()

    def place(self, index: Index) -> int:
        """Of a face, -1 for none."""
        place = index.row() * self.columns + index.column() if index.isValid() else -1
        return place if place < len(self.ids) else -1

    def index_of(self, place: int) -> QModelIndex:
        return self.index(*divmod(place, self.columns))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else -(-len(self.ids) // self.columns)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self.columns

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.place(index) < 0:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        place = self.place(index)
        if place < 0 or self.group is None or role not in (Role.UserRole, Role.AccessibleTextRole, Role.ToolTipRole):
            return None
        face, words = self.ids[place], face_words(self.ids[place], self.group)
        placed = self._faces.placed(face)
        path = placed.files[0] if placed is not None and placed.files else None
        name = path.name if path is not None else ""
        if role == Role.UserRole:
            gone = self._faces.is_gone(face) or self._faces.problem(face) is not None
            symbol = "photo" if face in self.group.copies else "inconclusive" if words else ""
            folder = path.parent.name if path is not None else ""
            ink, lines = ("muted", (name, folder)) if words else ("", (folder,))
            return TileLook(self._faces.picture(face), gone, symbol, ink, words or name, lines)
        number = "" if placed is None else tr("face {number}", number=placed.number)
        if role == Role.AccessibleTextRole:
            return ". ".join(filter(None, (name, number, words)))
        problem = self._faces.problem(face)
        return "\n".join(filter(None, (str(path or ""), number, words, str(problem or ""))))


class FaceWall(TileTable):
    """opened: a face, by its id. chosen: other faces are chosen."""

    opened = Signal(int)
    chosen = Signal()
    lines = 2

    def __init__(self, faces: PlacedFaces) -> None:
        super().__init__()
        self._faces = faces
        self._model = _FaceModel(faces)
        self.setModel(self._model)
        self.setAccessibleName(tr("Faces of the group"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._from = self._to = QModelIndex()
        self.doubleClicked.connect(self._open)
        self.selectionModel().selectionChanged.connect(self._selected)
        faces.arrived.connect(self.viewport().update)

    def show_group(self, group: FaceGroup | None) -> None:
        """Of the group that was shown what is chosen stays so; of another one nothing is chosen."""
        before = self._model.group
        if group is before:
            return
        same = before is not None and group is not None and bool({*before.faces[:50]} & {*group.faces[:50]})
        self._show(group, keep=same)

    def _show(self, group: FaceGroup | None, *, keep: bool) -> None:
        chosen, place, down = set(self.faces), self._model.place(self.currentIndex()), self.verticalScrollBar().value()
        self._model.show(group, self.across)
        self.size_rows()
        self.share_width(self._model.columns)
        self.updateGeometries()
        if self._model.ids:
            at = min(max(place, 0), len(self._model.ids) - 1) if keep else 0
            self.selectionModel().setCurrentIndex(self._model.index_of(at), Flag.NoUpdate)
        if keep and chosen:
            self._select([at for at, face in enumerate(self._model.ids) if face in chosen])
        self.verticalScrollBar().setValue(down if keep else 0)
        self.chosen.emit()
        self._seen.start()

    def _select(self, places: Sequence[int]) -> None:
        """Rising. All at once: whoever hears of it looks at all that are chosen."""
        every, start = QItemSelection(), 0
        for end in range(1, len(places) + 1):
            if end == len(places) or places[end] != places[end - 1] + 1:
                every.merge(self._run(places[start], places[end - 1]), Flag.Select)
                start = end
        self.selectionModel().select(every, Flag.Select)

    def _run(self, first: int, last: int) -> QItemSelection:
        """As one reads, not a rectangle."""
        columns, run = self._model.columns, QItemSelection()
        whole = range(-(-first // columns), (last + 1) // columns)  # lines
        edges = [first, min(whole.start * columns, last + 1), whole.stop * columns, last + 1]
        for one, end in pairwise(edges if whole else (*edges[:2], last + 1)):
            if one < end:
                run.append(QItemSelectionRange(self._model.index_of(one), self._model.index_of(end - 1)))
        return run

    @property
    def ids(self) -> tuple[int, ...]:
        """All that are shown."""
        return self._model.ids

    @property
    def faces(self) -> tuple[int, ...]:
        """Those that are chosen, in their order."""
        ids, columns = self._model.ids, self._model.columns
        places = sorted(
            line * columns + column
            for some in self.selectionModel().selection().toList()
            for line in range(some.top(), some.bottom() + 1)
            for column in range(some.left(), some.right() + 1)
        )
        return tuple(ids[place] for place in places if place < len(ids))

    @property
    def current(self) -> int | None:
        """The face that the keyboard is at."""
        place = self._model.place(self.currentIndex())
        return self._model.ids[place] if place >= 0 else None

    def choose(self, faces: tuple[int, ...]) -> None:
        self.clearSelection()
        for at, face in enumerate(self._model.ids):
            if face in faces:
                self.selectionModel().setCurrentIndex(self._model.index_of(at), Flag.Select)

    def lay_out(self) -> None:
        self._show(self._model.group, keep=True)

    @Slot()
    def look(self) -> None:
        """Which faces are in view, or nearly so."""
        if self.isVisible() and self._model.ids:
            rows, columns = self.rows_in_view(), self._model.columns
            self._faces.want("wall", self._model.ids[rows.start * columns : rows.stop * columns])

    @Slot(QItemSelection, QItemSelection)
    def _selected(self) -> None:
        self.chosen.emit()

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        place = self._model.place(index)
        if place >= 0:
            self.opened.emit(self._model.ids[place])

    def setSelection(self, rect: QRect, command: Flag) -> None:
        one, other = sorted((self._model.place(self._from), self._model.place(self._to)))
        if one < 0 or one == other or not command & Flag.Select:
            super().setSelection(rect, command)
            return
        self.selectionModel().select(self._run(one, other), command)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._to = self.indexAt(event.position().toPoint())
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._from = self._to
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._to = self.indexAt(event.position().toPoint())
        super().mouseMoveEvent(event)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        self._to = super().moveCursor(action, modifiers)
        if not modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._from = self._to
        return self._to

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)
