"""The right side of the page: the wall of likenesses with what is said of one, or one sentence in place of it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QListWidget, QMenu, QWidget

from siamgui.core.i18n import tr
from siamgui.core.types import Outcome
from siamgui.gui.search.controller import SearchController
from siamgui.gui.search.state import Problems, SearchState
from siamgui.gui.search.tile_painter import SYMBOLS
from siamgui.gui.search.wall import Wall
from siamgui.gui.search.words import about_likeness, heading, place_words
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.empty_place import CENTRE, EmptyPlace, Well
from siamgui.gui.widgets.kit import (
    Card,
    CopyButton,
    Icon,
    bar,
    box,
    button,
    column,
    command,
    grow,
    label,
    row,
    say,
    stack,
    stretch,
)
from siamgui.search.values import Likeness
from siamgui.search.wording import found_lines


class Answers(QWidget):
    """Shows SearchState.found, or what comes before it."""

    compare_wanted = Signal(object)
    """A likeness."""
    add_wanted = Signal()
    videos_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, controller: SearchController) -> None:
        super().__init__()
        self._controller = controller
        self.heading = ElidedLabel("muted")
        self.copy_button = CopyButton(self.copy, words=True)
        self.busy = bar(tr("Searching"))
        self.busy.setRange(0, 0)
        self.wall = Wall(controller.crops)
        self.wall.opened.connect(self.compare_wanted)
        self.wall.more_wanted.connect(controller.more)
        self.wall.menu_wanted.connect(self._show_menu)
        self.wall.chosen.connect(self._render_chosen)
        self.chosen = ChosenBar()
        self.chosen.compare_button.clicked.connect(self._compare)
        self.chosen.search_button.clicked.connect(self._search)
        self.chosen.folder_button.clicked.connect(self._show_folder)
        self._result = box(column(row(grow(self.heading), self.copy_button), grow(self.wall), self.chosen, spacing=8))
        self.no_folder = EmptyPlace(
            "search",
            tr("Find a face in a folder of photos"),
            tr(
                "Add a folder or videos, or drop them here. Every face in them is read once, and only what is new or "
                "has changed is read again. Then give a photo of a face, and its likenesses come, nearest first, each "
                "with how rare it is among so many faces.\n\n"
                "The photos stay where they are. What is kept of the faces is numbers, encrypted on this computer."
            ),
            command("add_folder", self.add_wanted, "primary"),
            command("add_videos", self.videos_wanted),
        )
        self.no_question = EmptyPlace(
            "photo",
            tr("Whose face do you look for?"),
            tr("Drop a photo, paste or open one, or choose a person on the left."),
            command("open", self.open_wanted, "primary"),
        )
        self.sentence = _Sentence()
        self.problems = ProblemList()
        self.problems.back_button.clicked.connect(lambda: controller.show_problems(None))
        self._stack = stack(self.no_folder, self.no_question, self.sentence, self._result, self.problems)
        self.setLayout(column(self.busy, grow(self._stack), spacing=4))
        policy = self.busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(policy)

    def render_state(self, state: SearchState) -> None:
        self.busy.setVisible(state.searching or (state.folders is None and state.blocked is None))
        self.wall.show_found(state.found)
        if state.found is not None:
            self.heading.set_whole_text(heading(state.found))
        self._stack.setCurrentWidget(self._place(state))
        self._render_chosen()

    def _place(self, state: SearchState) -> QWidget:
        if state.problems is not None:
            self.problems.show_problems(state.problems)
            return self.problems
        if state.folders == () and state.current is None and not state.waiting:
            return self.no_folder
        if state.found is not None and state.found.likenesses:
            return self._result
        if self._controller.whom is None and not state.question.photo.busy and state.folders is not None:
            return self.no_question
        self.sentence.say(_instead(state))
        return self.sentence

    @Slot()
    def _render_chosen(self) -> None:
        found, likeness = self._controller.state.found, self.wall.current
        self.chosen.setVisible(found is not None and likeness is not None)
        if found is not None and likeness is not None:
            self.chosen.show_likeness(likeness, found.faces)

    # What can be done with a likeness.

    @Slot()
    def _compare(self) -> None:
        if self.wall.current is not None:
            self.compare_wanted.emit(self.wall.current)

    @Slot()
    def _search(self) -> None:
        if self.wall.current is not None:
            self._controller.ask_for_face(self.wall.current)

    @Slot()
    def _show_folder(self) -> None:
        if self.wall.current is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.wall.current.path.parent)))

    @Slot()
    def copy(self) -> None:
        """All likenesses that are shown, as text."""
        found = self._controller.state.found
        if found is not None:
            QGuiApplication.clipboard().setText("\n".join(found_lines(found)))
            self.copy_button.confirm()

    @Slot()
    def _copy_place(self) -> None:
        if self.wall.current is not None:
            QGuiApplication.clipboard().setText(str(self.wall.current.path))

    @Slot(QPoint)
    def _show_menu(self, where: QPoint) -> None:
        self.make_menu().popup(where)

    def make_menu(self) -> QMenu:
        """Of the current likeness."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for text, what in (
            (tr("Compare"), self._compare),
            (tr("Search for this face"), self._search),
            (tr("Show the folder"), self._show_folder),
            (tr("Copy where it is"), self._copy_place),
        ):
            action = QAction(text, menu)
            action.triggered.connect(what)
            menu.addAction(action)
        return menu


def _instead(state: SearchState) -> str:
    """The one sentence in place of likenesses that are not there."""
    if state.blocked is not None:
        return ""
    if state.folders is None:
        return tr("Looking up what was read…")
    if state.question.photo.busy and not state.searching:
        return tr("Looking for faces…")
    if not state.engine:
        return tr("The model is being loaded…")
    if state.folders and not state.searched:
        return tr("No folder is ticked. Tick one on the left to search it.")
    if state.loaded:
        return tr("Loading {n} faces…", n=f"{state.loaded:,}")
    if state.searching or state.found is None:
        return tr("Searching…")
    if state.current is not None:
        return tr("The faces are being read. Likenesses come as soon as they are.")
    return tr("There is no face to compare with. Read a folder on the left, or add another one.")


class _Sentence(Well):
    def __init__(self) -> None:
        self._words = label("", "muted", wrap=True, align=CENTRE)
        super().__init__("search", row(stretch(), grow(self._words, 3), stretch()), low=2)

    def say(self, text: str) -> None:
        self._words.setText(text)
        self.setAccessibleName(text)


class ChosenBar(Card):
    """What is said of the current likeness, and what can be done with it."""

    def __init__(self) -> None:
        super().__init__()
        self.icon, self.outcome = Icon(), label(role="title", wrap=True)
        self.words, self.path = label(wrap=True), ElidedLabel("small")
        self.compare_button = button(tr("Compare"), None, "primary", icon="compare")
        self.search_button = button(tr("Search for this face"), None, "quiet", icon="search")
        self.folder_button = button(tr("Show the folder"), None, "quiet", icon="open")
        head = row(self.icon, grow(self.outcome), self.compare_button)
        foot = row(grow(self.path), self.search_button, self.folder_button, spacing=4)
        self.setLayout(column(head, self.words, foot, spacing=4, margins=(12, 8, 12, 8)))

    def show_likeness(self, likeness: Likeness, faces: int) -> None:
        outcome, *rest = about_likeness(likeness, faces)
        colour = "muted" if likeness.copy else _INK[likeness.outcome]
        self.icon.show_icon("photo" if likeness.copy else SYMBOLS[likeness.outcome], colour)
        self.outcome.setText(outcome)
        say(self.words, "\n".join(rest))
        self.path.set_whole_text(place_words(likeness.path, 3))
        self.path.setToolTip(str(likeness.path))


_INK = {Outcome.SAME: "same", Outcome.DIFFERENT: "different", Outcome.INCONCLUSIVE: "inconclusive"}


class ProblemList(QWidget):
    """The files of a folder that cannot be read, in place of the likenesses."""

    def __init__(self) -> None:
        super().__init__()
        self.title = label(role="title", wrap=True)
        self.back_button = button(tr("Back to the likenesses"))
        self.list = QListWidget()
        self.list.setProperty("role", "list")
        self.list.setWordWrap(True)
        self.list.setAccessibleName(tr("Files that cannot be read"))
        self._shown: Problems | None = None
        self.setLayout(column(row(grow(self.title), self.back_button), grow(self.list)))

    def show_problems(self, problems: Problems) -> None:
        if problems is self._shown:
            return
        self._shown = problems
        self.title.setText(tr("Files of “{name}” that cannot be read", name=problems.collection.folder.name))
        self.list.clear()
        self.list.addItems([f"{place}\n{sentence}" for place, sentence in problems.files])
        self.list.setCurrentRow(0)
        self.list.setFocus()
