"""The groups on the left, the largest first, and those that nobody else is like at the end."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from siamgui.core.i18n import tr, trn
from siamgui.gui.search.groups.controller import GroupsController
from siamgui.gui.search.groups.placed_faces import PlacedFaces
from siamgui.gui.search.groups.state import GroupsState, Shown
from siamgui.gui.search.groups.words import group_row
from siamgui.gui.widgets.kit import Card, button, column, command, grow, label, row, say
from siamgui.gui.widgets.row_painter import PicturedRow
from siamgui.search.collection_groups import FaceGroup

Index = QModelIndex | QPersistentModelIndex
Flag = QItemSelectionModel.SelectionFlag


class _GroupModel(QAbstractListModel):
    def __init__(self, faces: PlacedFaces) -> None:
        super().__init__()
        self._faces = faces
        self.shown: Shown | None = None
        self.groups: tuple[FaceGroup, ...] = ()

    def show(self, shown: Shown | None) -> None:
        self.beginResetModel()
        self.shown = shown
        self.groups = () if shown is None else shown.every
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.groups)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.shown is None or not index.isValid():
            return None
        group = self.groups[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return "\n".join(group_row(group, self.shown))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ". ".join(group_row(group, self.shown))
        if role == Qt.ItemDataRole.DecorationRole:
            return self._faces.picture(group.faces[0])
        return None


class GroupList(QListView):
    """chosen: other groups are chosen, or another one is current."""

    chosen = Signal()

    def __init__(self, faces: PlacedFaces) -> None:
        super().__init__()
        self._faces = faces
        self._model = _GroupModel(faces)
        self.setModel(self._model)
        self.setItemDelegate(PicturedRow(self))
        self.setProperty("role", "list")
        self.setAccessibleName(tr("Groups, the largest first"))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._seen = QTimer(self, singleShot=True, interval=0)
        self._seen.timeout.connect(self._look)
        self.verticalScrollBar().valueChanged.connect(self._seen.start)
        self.selectionModel().selectionChanged.connect(self._selected)
        self.selectionModel().currentChanged.connect(self._selected)
        faces.arrived.connect(self.viewport().update)

    def show_groups(self, shown: Shown | None) -> None:
        """What is chosen stays so, as far as its faces are still together."""
        if shown is self._model.shown:
            return
        current, chosen, row_before = self.current, self.groups, self.currentIndex().row()
        down = self.verticalScrollBar().value()
        self._model.show(shown)
        if shown is not None and self._model.groups:
            rows = {shown.row_of.get(group.faces[0], -1) for group in chosen} - {-1}
            row_now = -1 if current is None else shown.row_of.get(current.faces[0], -1)
            row_now = row_now if row_now >= 0 else min(max(row_before, 0), len(self._model.groups) - 1)
            self.choose(row_now)
            every = QItemSelection()
            for each in rows:
                every.append(QItemSelectionRange(self._model.index(each)))
            self.selectionModel().select(every, Flag.Select)
            self.verticalScrollBar().setValue(down)
            self.scrollTo(self.currentIndex())
        self.chosen.emit()
        self._seen.start()

    def choose(self, at: int) -> None:
        """One group, by its row."""
        self.selectionModel().setCurrentIndex(self._model.index(at), Flag.ClearAndSelect)

    @property
    def current(self) -> FaceGroup | None:
        at = self.currentIndex().row()
        return self._model.groups[at] if 0 <= at < len(self._model.groups) else None

    @property
    def groups(self) -> list[FaceGroup]:
        """Those that are chosen, in their order."""
        return [self._model.groups[index.row()] for index in sorted(self.selectionModel().selectedRows())]

    @property
    def count(self) -> int:
        """How many are chosen; of thousands it is known at once."""
        return sum(some.height() for some in self.selectionModel().selection().toList())

    @property
    def has_alone(self) -> bool:
        """Whether those who are alone are among them."""
        shown = self._model.shown
        last = self._model.index(len(self._model.groups) - 1)
        return shown is not None and shown.alone is not None and self.selectionModel().isSelected(last)

    @Slot(QItemSelection, QItemSelection)
    @Slot(QModelIndex, QModelIndex)
    def _selected(self) -> None:
        self.chosen.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._seen.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._seen.start()

    @Slot()
    def _look(self) -> None:
        """Which rows are in view."""
        if not self.isVisible() or not self._model.groups:
            return
        first = self.indexAt(self.viewport().rect().topLeft()).row()
        last = self.indexAt(self.viewport().rect().bottomLeft()).row()
        last = len(self._model.groups) - 1 if last < 0 else last
        self._faces.want("list", [group.faces[0] for group in self._model.groups[max(0, first) : last + 1]])


class GroupListPanel(Card):
    """Shows GroupsState.shown; of several that are chosen it offers to make one."""

    merge_wanted = Signal()

    def __init__(self, controller: GroupsController, faces: PlacedFaces) -> None:
        super().__init__()
        self.setAccessibleName(tr("Groups"))
        self.list = GroupList(faces)
        self.hint = label(role="small", wrap=True)
        self.gather_button = button(tr("Gather anew"), controller.gather, "quiet")
        self.merge_button = command("merge", self.merge_wanted)
        self._free = False
        self.list.chosen.connect(self._render)
        head = row(grow(label(tr("Groups, the largest first"), "small")), self.gather_button)
        self.setLayout(column(head, grow(self.list), self.hint, self.merge_button, spacing=6, margins=(12, 8, 12, 10)))

    def render_state(self, state: GroupsState) -> None:
        self._free = state.free
        self.gather_button.setVisible(state.shown is not None)
        self.gather_button.setEnabled(state.engine and state.gathering is None)
        self.list.show_groups(state.shown)
        self._render()

    @Slot()
    def _render(self) -> None:
        count = self.list.count
        self.merge_button.setEnabled(self._free and self.mergeable)
        say(self.hint, trn("{n} group chosen", "{n} groups chosen", count) if count > 1 else "")

    @property
    def mergeable(self) -> bool:
        """Several are chosen, and not those who are alone."""
        return self.list.count > 1 and not self.list.has_alone
