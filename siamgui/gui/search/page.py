"""The page Search: the question or the groups and the folders on the left, the wall of faces on the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QSizePolicy, QToolButton, QWidget

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.core.types import Side
from siamgui.gui.page import Page
from siamgui.gui.photos.sources import files_of, photo_filter, sources_of, video_filter
from siamgui.gui.search.answers import Answers
from siamgui.gui.search.controller import SearchController
from siamgui.gui.search.folders_panel import FoldersPanel
from siamgui.gui.search.groups.list_panel import GroupListPanel
from siamgui.gui.search.groups.pane import GroupPane
from siamgui.gui.search.groups.placed_faces import PlacedFaces
from siamgui.gui.search.question_panel import QuestionPanel
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.file_dialog import FileDialog
from siamgui.gui.widgets.form import form_row
from siamgui.gui.widgets.kit import Placed, box, column, grow, page_head, row, shortcuts, stack, step_button
from siamgui.gui.widgets.strictness_box import StrictnessBox

if TYPE_CHECKING:
    from siamgui.gui.compare.state import PairState
    from siamgui.search.values import Likeness
    from siamgui.storage.collection_values import PlacedFace

LEFT_WIDTH = 312


@dataclass(frozen=True, slots=True)
class SearchViewState:
    """place: of the current likeness. folder: the row of the chosen folder. groups: they are shown. group: its row."""

    place: int
    folder: int
    groups: bool
    group: int


class SearchPage(Page[SearchViewState]):
    """The view of a SearchController."""

    strictness_chosen = Signal(object)
    compare_wanted = Signal(object, object)
    """Two faces, as PairController.load_faces() takes them."""
    people_wanted = Signal()

    def __init__(self, controller: SearchController, pair: Callable[[], PairState]) -> None:
        """pair: what the compare page shows, to take a photograph from."""
        super().__init__()
        self.controller = controller
        self._pair = pair
        self.files, self.folder_dialog = FileDialog(self), FileDialog(self)
        self.strictness = StrictnessBox()
        self.trouble, self.notice = Banner(closable=False), Banner()
        self.question = QuestionPanel(controller)
        self.folders = FoldersPanel(controller)
        self.answers = Answers(controller)
        self.placed = PlacedFaces(controller.store, controller.crops, self)
        self.group_list = GroupListPanel(controller.groups, self.placed)
        self.groups = GroupPane(controller.groups, self.group_list, self.placed)
        self._left, self._right = stack(self.question, self.group_list), stack(self.answers, self.groups)
        self._column = column(Placed(self._left, 1), Placed(self.folders, 1), spacing=12)
        left = box(self._column)
        left.setFixedWidth(LEFT_WIDTH)
        self.likenesses_button = step_button(tr("Likenesses"), self.show_likenesses)
        self.groups_button = step_button(tr("Groups"), self.show_groups)
        self._views = QButtonGroup(self)
        for each in (self.likenesses_button, self.groups_button):
            self._views.addButton(each)
            each.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        strictness = form_row(tr("Strictness"), self.strictness)
        self._strictness = box(row(strictness.label, strictness.field))
        views = row(self.likenesses_button, self.groups_button, spacing=4)
        head = page_head(tr("Search"), "", views, self._strictness)
        body = grow(row(left, grow(self._right), spacing=16))
        self.setLayout(column(head, self.trouble, self.notice, body, spacing=12, margins=(16, 12, 16, 12)))
        self._connect()
        self.show_likenesses()
        self._render()

    def _connect(self) -> None:
        controller = self.controller
        shortcuts(
            self,
            {
                "open": self.open_dialog,
                "paste": self.paste,
                "camera": self._open_camera,
                "clear": self._clear,
                "copy": self.answers.copy,
                "add_folder": self.add_folder,
                "add_videos": self.add_videos,
                "groups": self._turn,
                "undo": controller.groups.undo,
                "name_group": self._name_group,
                "one_person": self._confirm_group,
                "merge": self._merge_groups,
                "apart": self._take_apart,
            },
        )
        self.files.chosen.connect(controller.take)
        self.folder_dialog.chosen.connect(controller.add)
        self.strictness.picked.connect(self.strictness_chosen)
        self.notice.dismissed.connect(self._dismiss)
        self.question.open_wanted.connect(self.open_dialog)
        self.question.paste_wanted.connect(self.paste)
        self.question.compare_wanted.connect(self._take_from_compare)
        self.question.people_wanted.connect(self.people_wanted)
        self.folders.add_wanted.connect(self.add_folder)
        self.answers.add_wanted.connect(self.add_folder)
        for each in (self.folders, self.answers):
            each.videos_wanted.connect(self.add_videos)
        self.answers.open_wanted.connect(self.open_dialog)
        self.answers.compare_wanted.connect(self._compare)
        self.groups.search_wanted.connect(self._search_for)
        self.groups.compare_wanted.connect(self._compare_faces)
        controller.changed.connect(self._render)
        controller.groups.gathered.connect(self.placed.forget)
        controller.groups.changed.connect(self._render)

    # Likenesses or groups.

    @property
    def shows_groups(self) -> bool:
        return self._right.currentWidget() is self.groups

    @Slot()
    def show_likenesses(self) -> None:
        self._show(self.question, self.answers, self.likenesses_button)

    @Slot()
    def show_groups(self) -> None:
        self.controller.close_camera()
        self._show(self.group_list, self.groups, self.groups_button)

    def _show(self, left: QWidget, right: QWidget, checked: QToolButton) -> None:
        self._left.setCurrentWidget(left)
        self._right.setCurrentWidget(right)
        checked.setChecked(True)
        for place, share in enumerate((4, 3) if self.shows_groups else (1, 1)):
            self._column.setStretch(place, share)
        self.folders.give_way(self.shows_groups)
        self._strictness.setVisible(not self.shows_groups)

    @Slot()
    def _turn(self) -> None:
        """To the other one of the two."""
        if self.shows_groups:
            self.show_likenesses()
        else:
            self.show_groups()
            self.group_list.list.setFocus()

    @Slot()
    def _name_group(self) -> None:
        if self.shows_groups:
            self.groups.name_line.setFocus()
            self.groups.name_line.selectAll()

    @Slot()
    def _confirm_group(self) -> None:
        if self.shows_groups:
            self.groups.confirm()

    @Slot()
    def _merge_groups(self) -> None:
        if self.shows_groups:
            self.groups.merge()

    @Slot()
    def _take_apart(self) -> None:
        if self.shows_groups:
            self.groups.take_apart()

    @Slot(object)
    def _search_for(self, placed: PlacedFace) -> None:
        """A face of a group becomes the question."""
        self.show_likenesses()
        from siamgui.search.original import choice_of, place_in

        self.controller.ask_for(place_in(placed, placed.files[0]), choice_of(placed))

    @Slot(object, object)
    def _compare_faces(self, one: PlacedFace, other: PlacedFace) -> None:
        from siamgui.search.original import choice_of, place_in

        self.compare_wanted.emit(*((place_in(each, each.files[0]), choice_of(each)) for each in (one, other)))

    # The question and the folders.

    @Slot()
    def open_dialog(self) -> None:
        """Let the user pick a photograph of the face to look for."""
        self.files.ask(tr("Open a photo"), QFileDialog.FileMode.ExistingFile, [photo_filter()])

    @Slot()
    def _open_camera(self) -> None:
        self.controller.open_camera()

    @Slot()
    def _clear(self) -> None:
        """The folder where the keyboard is among the folders, the faces of a group, or else the question."""
        if self.folders.list.hasFocus():
            self.folders.ask_removal()
        elif self.shows_groups:
            self.groups.say_not()
        else:
            self.controller.clear()

    @Slot()
    def add_folder(self) -> None:
        self.folder_dialog.ask(tr("Add a folder"), QFileDialog.FileMode.Directory)

    @Slot()
    def add_videos(self) -> None:
        self.files.ask(tr("Add videos"), QFileDialog.FileMode.ExistingFiles, [video_filter()])

    @Slot()
    def paste(self) -> None:
        self._take(QGuiApplication.clipboard().mimeData(), tr("pasted picture"))

    def drag_over(self, mime: QMimeData, where: QPoint) -> None:
        """Show that a drop would be taken. where: global position."""
        self._mark_target(True)

    def drag_end(self) -> None:
        self._mark_target(False)

    def drop(self, mime: QMimeData, where: QPoint) -> None:
        """A photograph is whose face to look for; folders are read."""
        self._mark_target(False)
        self._take(mime, tr("dropped picture"))

    def _mark_target(self, on: bool) -> None:
        self.question.set_target(on)
        self.folders.set_target(on)
        self.answers.no_folder.set_target(on)

    def _take(self, mime: QMimeData, picture_name: str) -> None:
        files = files_of(mime)
        try:
            source = sources_of(mime, picture_name)[0]
        except SiamguiError as error:
            self.controller.report(error)
            return
        if files and not mime.hasImage():
            self.controller.take(files)
        else:
            self.controller.ask_for(source)

    @Slot(object)
    def _take_from_compare(self, side: Side) -> None:
        pair = self._pair()
        loaded = (pair.left if side is Side.LEFT else pair.right).loaded
        if loaded is not None:
            self.controller.question.take_over(loaded)

    @Slot(object)
    def _compare(self, likeness: Likeness) -> None:
        pair = self.controller.pair_with(likeness)
        if pair is not None:
            self.compare_wanted.emit(*pair)

    # Showing.

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        groups = self.controller.groups.state
        self.trouble.say(state.blocked or groups.blocked)
        self.notice.say(state.notice or groups.notice)
        self.strictness.show_value(state.strictness)
        self.question.render_state(state)
        self.folders.render_state(state)
        self.answers.render_state(state)
        self.group_list.render_state(groups)
        self.groups.render_state(groups)

    @Slot()
    def _dismiss(self) -> None:
        self.controller.dismiss()
        self.controller.groups.dismiss()

    def enter(self) -> None:
        self.controller.refresh()
        pair = self._pair()
        sides = ((Side.LEFT, pair.left), (Side.RIGHT, pair.right))
        self.question.set_sides(tuple(side for side, slot in sides if slot.loaded is not None))
        if self.shows_groups:
            self.group_list.list.setFocus()
        elif self.answers.wall.likenesses:
            self.answers.wall.setFocus()
        else:
            self.setFocus()

    def leave(self) -> None:
        """Nothing films while nobody sees it; what is being read goes on."""
        self.controller.close_camera()

    def stop(self) -> None:
        super().stop()
        self.controller.close_camera()

    def go_back(self) -> bool:
        """Escape: out of the camera, a question, the problems, or a message."""
        state = self.controller.state
        if self.controller.camera is not None:
            self.controller.close_camera()
        elif self.folders.go_back():
            pass
        elif state.problems is not None:
            self.controller.show_problems(None)
        elif self.groups.asking.asked:
            self.controller.groups.leave_it()
        elif state.notice is not None or self.controller.groups.state.notice is not None:
            self._dismiss()
        else:
            return False
        return True

    def keep(self) -> SearchViewState:
        group = self.group_list.list.currentIndex().row()
        return SearchViewState(self.answers.wall.place, self.folders.list.currentRow(), self.shows_groups, group)

    def restore(self, kept: SearchViewState) -> None:
        if kept.groups:
            self.show_groups()
            self.group_list.list.choose(kept.group)
        self.folders.list.setCurrentRow(kept.folder)
        self.answers.wall.go_to(kept.place)
