"""The left side of the people page: a search, everybody who is enrolled, and what can be done with nobody chosen."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from siamgui.core.i18n import tr, trn
from siamgui.gui.display import wrap
from siamgui.gui.people.state import PeopleState
from siamgui.gui.widgets.kit import Align, column, command, grow, label, stack
from siamgui.gui.widgets.row_painter import PicturedRow
from siamgui.gui.widgets.search_line import SearchLine
from siamgui.storage.people_view import PersonCard
from siamgui.storage.people_wording import list_lines

WIDTH = 264
Index = QModelIndex | QPersistentModelIndex


class _PeopleModel(QAbstractListModel):
    """The people whose names contain what is searched for."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[PersonCard, ...] = ()
        self._search = ""
        self.cards: tuple[PersonCard, ...] = ()

    def show(self, people: tuple[PersonCard, ...], search: str) -> None:
        if people is self._all and search == self._search:
            return
        self._all, self._search = people, search
        wanted = search.strip().casefold()
        found = tuple(card for card in people if wanted in card.person.name.casefold())
        if [card.person.id for card in found] == [card.person.id for card in self.cards]:
            self.cards = found  # what is scrolled to stays in view
            self.dataChanged.emit(self.index(0), self.index(len(found) - 1))
        else:
            self.beginResetModel()
            self.cards = found
            self.endResetModel()

    def row_of(self, person: int | None) -> int:
        return next((row for row, card in enumerate(self.cards) if card.person.id == person), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        card = self.cards[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{card.person.name}\n{list_lines(card.person)}"
        if role == Qt.ItemDataRole.DecorationRole:
            return wrap(card.picture)
        if role == Qt.ItemDataRole.ToolTipRole:
            return card.person.name
        return None


class PeopleList(QWidget):
    """Shows PeopleState.people."""

    chosen = Signal(int)
    remove_wanted = Signal()
    new_wanted = Signal()
    who_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state = PeopleState()
        self._rendering = False
        self.setFixedWidth(WIDTH)
        self.search = SearchLine(tr("Search people"))
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._take_first)
        self._model = _PeopleModel()
        self.view = _List()
        self.view.setModel(self._model)
        self.view.setItemDelegate(PicturedRow(self.view))
        self.view.selectionModel().currentChanged.connect(self._picked)
        self.view.remove_wanted.connect(self.remove_wanted)
        self.nobody = label(role="muted", wrap=True, align=Align.AlignCenter)
        self._stack = stack(self.view, self.nobody)
        self.new_button, self.who_button = command("new_person", self.new_wanted), command("who", self.who_wanted)
        self.setLayout(column(self.search, grow(self._stack), self.new_button, self.who_button))

    def render_state(self, state: PeopleState) -> None:
        self._state = state
        self.who_button.setEnabled(bool(state.people))
        self._fill()

    @Slot()
    def _fill(self) -> None:
        state = self._state
        self._rendering = True
        self._model.show(state.people or (), self.search.text())
        opened = state.opened.person.id if state.opened is not None and not state.drafting else None
        row = self._model.row_of(opened)
        if row != self.view.currentIndex().row():
            self.view.setCurrentIndex(self._model.index(row) if row >= 0 else QModelIndex())
            self.view.scrollTo(self.view.currentIndex())
        self._rendering = False
        self._stack.setCurrentWidget(self.view if self._model.cards else self.nobody)
        self.search.setEnabled(bool(state.people))
        if state.people:
            self.nobody.setText(tr("Nobody here is called “{name}”.", name=self.search.text().strip()))
        else:
            self.nobody.setText(tr("Nobody is enrolled.") if state.people is not None else "")
        count = len(state.people or ())
        self.search.setPlaceholderText(trn("Search {n} person", "Search {n} people", count) if count else tr("Search"))

    @Slot(QModelIndex)
    def _picked(self, index: QModelIndex) -> None:
        if index.isValid() and not self._rendering:
            self.chosen.emit(self._model.cards[index.row()].person.id)

    @Slot()
    def _take_first(self) -> None:
        """Enter in the search: the first one found."""
        if self._model.cards:
            self.view.setCurrentIndex(self._model.index(0))
            self.view.setFocus()


class _List(QListView):
    """Delete asks to take the chosen person away."""

    remove_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "list")
        self.setAccessibleName(tr("Enrolled people"))
        self.setUniformItemSizes(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)
