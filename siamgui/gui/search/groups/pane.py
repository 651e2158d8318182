"""The right side while groups are looked through: all faces of one group, and what can be said of them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QMenu, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.search.groups.controller import GroupsController
from siamgui.gui.search.groups.face_wall import FaceWall
from siamgui.gui.search.groups.list_panel import GroupListPanel
from siamgui.gui.search.groups.placed_faces import PlacedFaces
from siamgui.gui.search.groups.state import GroupsState
from siamgui.gui.search.groups.words import (
    chosen_words,
    group_heading,
    made_words,
    shown_words,
    work_words,
)
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.empty_place import EmptyPlace
from siamgui.gui.widgets.kit import (
    box,
    button,
    column,
    command,
    gap,
    grow,
    label,
    line,
    row,
    say,
    stack,
)
from siamgui.gui.widgets.progress import Progress
from siamgui.gui.widgets.question import Question
from siamgui.search.collection_groups import FaceGroup
from siamgui.search.group_wording import clash_words
from siamgui.storage.collection_values import PlacedFace

_STEPS = 1000


class GroupPane(QWidget):
    """Shows the current group of a GroupListPanel."""

    compare_wanted = Signal(object, object)
    """Two faces, a PlacedFace each."""
    search_wanted = Signal(object)
    """A PlacedFace."""

    def __init__(self, controller: GroupsController, groups: GroupListPanel, faces: PlacedFaces) -> None:
        super().__init__()
        self._controller, self._groups, self._faces = controller, groups, faces
        self._group: FaceGroup | None = None
        # About all groups.
        self.about = label(role="muted", wrap=True)
        self.label_button = button(tr("Label for training"), controller.label, icon="training")
        self.label_button.setToolTip(tr("Make labelled pairs of the groups that were looked through"))
        self.undo_button = command("undo", controller.undo, "quiet", words=False)
        self.stop_button = button(tr("Stop"), self._stop, "quiet")
        self.progress = Progress(tr("Gathering the faces"), self.stop_button)
        self.made = label(role="muted", wrap=True)
        self.clash = Banner(action=button(tr("Forget what was said of them"), self._forget_clashes))
        self.asking = Question(tr("They are one person"))
        self.asking.confirmed.connect(controller.say_anyway)
        self.asking.no_button.clicked.connect(controller.leave_it)
        # About one.
        self.heading = ElidedLabel("title")
        self.name_line = line(tr("Name"), hint=tr("Who is this?"))
        self.name_line.returnPressed.connect(self.give_name)
        self.name_line.textChanged.connect(self._render_buttons)
        self.name_button = button(tr("Name it"), self.give_name, "primary")
        self.name_button.setToolTip(tr("All faces that are shown are this person"))
        self.confirm_button = command("one_person", self.confirm)
        self.enrol_button = button(tr("Enrol"), self._enrol, "quiet")
        self.enrol_button.setToolTip(tr("Enrol this person from the best photos, to be recognised again"))
        self.wall = FaceWall(faces)
        self.wall.opened.connect(self._open)
        self.wall.chosen.connect(self._render_buttons)
        self.wall.menu_wanted.connect(self._show_menu)
        # About faces of it.
        self.words = ElidedLabel("small")
        self.apart_button = command("apart", self.take_apart)
        self.not_button = button(tr("Not this person"), self.say_not)
        self.not_button.setToolTip(tr("Take these faces out of the group ({keys})", keys=tr("Del")))
        self.search_button = button(tr("Search"), self._search, "quiet", icon="search", hint=tr("Search for this face"))
        self.compare_button = button(tr("Compare"), self._compare, "quiet", icon="compare")
        self.first_button = button(tr("Gather the faces"), controller.gather, "primary")
        self.empty = EmptyPlace(
            "people",
            tr("Gather the faces by person"),
            tr(
                "The faces that were read are put into groups, each of one person as far as can be told. You look "
                "through them, and say what is right and wrong with it. Groups that were looked through can be "
                "searched, labelled for training, and enrolled.\n\n"
                "Only numbers are worked on. The photos stay where they are."
            ),
            self.first_button,
        )
        self._stack = stack(self.empty, self._body())
        top = row(grow(self.about), self.undo_button, self.label_button, spacing=4)
        self._top = box(top)
        self.setLayout(
            column(self._top, self.progress, self.made, self.clash, self.asking, grow(self._stack), spacing=6)
        )
        faces.arrived.connect(self._render_looking)
        groups.list.chosen.connect(self._render_group)
        groups.merge_wanted.connect(self.merge)

    def _body(self) -> QWidget:
        said = row(grow(self.name_line), self.name_button, self.confirm_button, self.enrol_button, spacing=6)
        foot = row(
            grow(self.words),
            self.apart_button,
            self.not_button,
            self.compare_button,
            self.search_button,
            spacing=4,
        )
        return box(column(self.heading, said, gap(2), grow(self.wall), foot, spacing=6))

    # Showing.

    def render_state(self, state: GroupsState) -> None:
        self._top.setVisible(state.shown is not None)
        self._stack.setCurrentIndex(0 if state.shown is None else 1)
        self.first_button.setEnabled(state.engine and state.gathering is None)
        if state.shown is not None:
            self.about.setText(shown_words(state.shown, outdated=state.outdated))
        gathering = state.gathering
        if gathering is not None:
            words = tr("Stopping…") if state.stopping else tr("Gathering the faces…")
            self.progress.show_share(words, round(_STEPS * gathering), _STEPS if gathering else 0)
        else:
            self.progress.show_share(work_words(state), state.done, state.total)
        self.stop_button.setEnabled(not state.stopping)
        reviewed = 0 if state.shown is None else state.shown.reviewed
        self.label_button.setEnabled(reviewed > 0 and state.free and state.work is None)
        self.undo_button.setEnabled(state.undo > 0 and not state.busy and state.work is None)
        say(self.made, made_words(state))
        self.clash.say("" if state.shown is None else clash_words(state.shown.found))
        self._render_asking(state)
        self._render_group()

    def _render_asking(self, state: GroupsState) -> None:
        if state.asking is None:
            self.asking.take_back()
        elif not self.asking.asked:
            self.asking.words.setText(str(state.asking.error))
            self.asking.ask(self._groups.list)

    @Slot()
    def _render_group(self) -> None:
        shown, group = self._controller.state.shown, self._groups.list.current
        if shown is None or group is None:
            self.wall.show_group(None)
            return
        if group is not self._group:
            self._group = group
            self.heading.set_whole_text(group_heading(group, shown))
            if not self.name_line.hasFocus() or not self.name_line.isModified():
                self.name_line.setText(group.name)
            self.wall.show_group(group)
        self._render_buttons()

    @property
    def _about_faces(self) -> bool:
        """What is said is said of the faces that are chosen, not of the group: those who are alone are none."""
        shown = self._controller.state.shown
        return shown is not None and self._group is shown.alone

    @Slot()
    def _render_buttons(self) -> None:
        state, group = self._controller.state, self._group
        faces = self.wall.faces
        free = state.free and group is not None
        whole = group is not None and len(set(faces) & set(group.faces)) == len(group.faces)
        about = not self._about_faces or bool(faces)
        name = self.name_line.text().strip()
        self.name_button.setEnabled(free and about and bool(name))
        self.name_line.setEnabled(free)
        looked = group is not None and group.reviewed == len(group.faces) and not self._about_faces
        enough = len(faces) > 1 if self._about_faces else not looked
        self.confirm_button.setEnabled(free and enough)
        self.enrol_button.setEnabled(
            free and state.work is None and group is not None and bool(group.name) and state.engine
        )
        for each in (self.apart_button, self.not_button):
            each.setEnabled(free and bool(faces) and not whole and not self._about_faces)
        self._faces.want("chosen", faces if len(faces) <= 2 else ())
        self._render_looking()
        self.words.set_whole_text(chosen_words(len(faces)))

    @Slot()
    def _render_looking(self) -> None:
        """What needs the photos, or why it cannot be had."""
        faces = self.wall.faces
        why = next(filter(None, map(self._faces.why_not, faces)), "") if len(faces) <= 2 else ""
        for button_of, count, hint in (
            (self.search_button, 1, tr("Search for this face")),
            (self.compare_button, 2, tr("Compare two faces that are chosen")),
        ):
            button_of.setEnabled(len(faces) == count and not why)
            button_of.setToolTip(why if len(faces) == count and why else hint)

    # What is said.

    @Slot()
    def give_name(self) -> None:
        name = self.name_line.text().strip()
        if self._group is not None and name and self.name_button.isEnabled():
            self.name_line.setModified(False)
            self._controller.name(self.wall.faces if self._about_faces else self._group.every, name)

    @Slot()
    def confirm(self) -> None:
        """All of one person: the group, or of those who are alone the faces that are chosen."""
        if self._group is None or not self.confirm_button.isEnabled():
            return
        if self._about_faces:
            self._controller.say_one_person([FaceGroup(self.wall.faces, ())])
        else:
            self._controller.say_one_person([self._group])

    @Slot()
    def merge(self) -> None:
        if self._groups.mergeable:
            self._controller.say_one_person(self._groups.list.groups)

    @Slot()
    def take_apart(self) -> None:
        self._say_apart(together=True)

    @Slot()
    def say_not(self) -> None:
        self._say_apart(together=False)

    def _say_apart(self, *, together: bool) -> None:
        if self._group is not None and self.not_button.isEnabled():
            self._controller.say_apart(self.wall.faces, self._group, together=together)

    @Slot()
    def _forget_clashes(self) -> None:
        shown = self._controller.state.shown
        if shown is not None:
            self._controller.forget(shown.found.clashes)

    @Slot()
    def _enrol(self) -> None:
        if self._group is not None:
            self._controller.enrol(self._group, self._group.name)

    @Slot()
    def _stop(self) -> None:
        self._controller.stop_gathering()
        self._controller.stop_work()

    # What can be done with faces.

    def _chosen(self) -> list[PlacedFace]:
        placed = [self._faces.placed(face) for face in self.wall.faces]
        return [one for one in placed if one is not None and one.files]

    @Slot()
    def _search(self) -> None:
        for one in self._chosen()[:1]:
            self.search_wanted.emit(one)

    @Slot()
    def _compare(self) -> None:
        faces = self._chosen()
        if len(faces) == 2:
            self.compare_wanted.emit(*faces)

    @Slot(int)
    def _open(self, face: int) -> None:
        """The photo as it is, in the program that shows photos."""
        placed = self._faces.placed(face)
        if placed is not None and placed.files:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(placed.files[0])))

    @Slot()
    def _open_current(self) -> None:
        if self.wall.current is not None:
            self._open(self.wall.current)

    @Slot()
    def _forget(self) -> None:
        self._controller.forget(self.wall.faces)

    @Slot(QPoint)
    def _show_menu(self, where: QPoint) -> None:
        self.make_menu().popup(where)

    def make_menu(self) -> QMenu:
        """Of the faces that are chosen."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for text, what, possible in (
            (tr("Another person"), self.take_apart, self.apart_button.isEnabled()),
            (tr("Not this person"), self.say_not, self.not_button.isEnabled()),
            (tr("Forget what was said of them"), self._forget, bool(self.wall.faces)),
            (tr("Search for this face"), self._search, self.search_button.isEnabled()),
            (tr("Compare"), self._compare, self.compare_button.isEnabled()),
            (tr("Open the photo"), self._open_current, self.wall.current is not None),
        ):
            action = QAction(text, menu)
            action.setEnabled(possible)
            action.triggered.connect(what)
            menu.addAction(action)
        return menu
