"""The people page: the list on the left, one person on the right, and what happened above both."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.gui.page import Page
from siamgui.gui.people.controller import PeopleController
from siamgui.gui.people.guided import GuidedCamera
from siamgui.gui.people.list_pane import PeopleList
from siamgui.gui.people.person_pane import PersonPane
from siamgui.gui.people.state import Details, PeopleState
from siamgui.gui.photos.sources import photo_filter, sources_of
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.empty_place import EmptyPlace
from siamgui.gui.widgets.file_dialog import FileDialog
from siamgui.gui.widgets.kit import column, command, grow, page_head, row, shortcuts, stack
from siamgui.gui.widgets.progress import Progress
from siamgui.storage import people_wording


@dataclass(frozen=True, slots=True)
class PeopleViewState:
    """search: in the list. photo: the place of the chosen one, -1 for none. details: as they stand in the form."""

    search: str
    photo: int
    details: Details


class PeoplePage(Page[PeopleViewState]):
    """The view of a PeopleController."""

    verify_wanted = Signal(int)
    """Compare this person, by id, with the face before the camera."""
    who_wanted = Signal()
    """Say who of all enrolled people is before the camera."""

    def __init__(self, controller: PeopleController) -> None:
        super().__init__()
        self.controller = controller
        self.files = FileDialog(self)
        self.trouble, self.notice, self.expired = Banner(closable=False), Banner(), Banner()
        self.undo_button = command("undo", controller.undo)
        self.undo_bar = Banner(action=self.undo_button)
        self.embedding = Progress(tr("Reading the photos anew"))
        self.list = PeopleList()
        self.person = PersonPane(controller)
        self.invite_button = command("new_person", self.begin, "primary")
        self.invitation = EmptyPlace(
            "people",
            tr("Nobody is enrolled yet"),
            tr(
                "Enrol somebody from a few photos or with the camera. Then the Live page can say whether the face "
                "before the camera supports that person, or who of the enrolled people it is.\n\n"
                "Photos, names and notes stay on this computer, and go when you remove the person."
            ),
            self.invite_button,
        )
        self.camera = GuidedCamera(controller.camera)
        self._stack = stack(self.invitation, self.person, self.camera)
        banners = (self.trouble, self.notice, self.expired, self.undo_bar, self.embedding)
        self.setLayout(
            column(
                page_head(tr("People"), tr("Enrolled on this computer. Nothing leaves it.")),
                *banners,
                grow(row(self.list, grow(self._stack), spacing=12)),
                spacing=12,
                margins=(16, 12, 16, 12),
            )
        )
        self._connect()
        self._render()

    def _connect(self) -> None:
        shortcuts(
            self,
            {
                "new_person": self.begin,
                "find": self.list.search.begin,
                "who": self._who,
                "open": self.open_dialog,
                "camera": self.use_camera,
                "paste": self._paste,
                "undo": self.controller.undo,
            },
        )
        self.list.chosen.connect(self._choose)
        self.list.new_wanted.connect(self.begin)
        self.list.who_wanted.connect(self._who)
        self.list.remove_wanted.connect(self.person.remove)
        self.person.files_wanted.connect(self.open_dialog)
        self.person.camera_wanted.connect(self.use_camera)
        self.person.verify_wanted.connect(self.verify_wanted)
        self.files.chosen.connect(self.controller.add)
        self.notice.dismissed.connect(self.controller.dismiss)
        self.expired.dismissed.connect(self.controller.dismiss)
        self.controller.changed.connect(self._render)
        self.controller.camera.changed.connect(self._show_place)

    # What the user does.

    @Slot()
    def begin(self) -> None:
        """Somebody new."""
        self.person.save()
        self.controller.begin()
        self.person.form.name.setFocus()

    @Slot(int)
    def _choose(self, person: int) -> None:
        self.person.save()
        self.controller.choose(person)

    @Slot()
    def _who(self) -> None:
        if self.controller.state.people:
            self.who_wanted.emit()

    @Slot()
    def use_camera(self) -> None:
        """Take photographs with the camera."""
        self.controller.use_camera()
        self.camera.preview.setFocus()

    @Slot()
    def open_dialog(self) -> None:
        """Let the user choose photographs of the person who is shown."""
        self.files.ask(tr("Open photos of one person"), QFileDialog.FileMode.ExistingFiles, [photo_filter()])

    @Slot()
    def _paste(self) -> None:
        self._take(QGuiApplication.clipboard().mimeData(), tr("pasted picture"))

    def _take(self, mime: QMimeData, name: str) -> None:
        try:
            self.controller.add(sources_of(mime, name))
        except SiamguiError as error:
            self.controller.report(error)

    def go_back(self) -> bool:
        """Escape: out of the camera, the draft or the search. False if there was nothing to go back from."""
        if self.controller.camera.state.open:
            self.controller.camera.close()
            return True
        if self.controller.state.drafting:
            self.controller.give_up()
            return True
        return self.list.search.go_back()

    def stop(self) -> None:
        """Let go of the camera, keep what was typed, and close an open dialog."""
        super().stop()
        self.controller.camera.close()
        self.person.save()

    # Drops, which the window hands on while this page is shown.

    def drag_over(self, mime: QMimeData, where: QPoint) -> None:
        """Show that a drop would be taken. where: global position."""
        self._mark_target(True)

    def drag_end(self) -> None:
        self._mark_target(False)

    def drop(self, mime: QMimeData, where: QPoint) -> None:
        """Photographs of the person who is shown, or of somebody new."""
        self._mark_target(False)
        self._take(mime, tr("dropped picture"))

    def _mark_target(self, on: bool) -> None:
        self.person.set_target(on)
        self.invitation.set_target(on)

    # Showing.

    @Slot()
    def _show_place(self) -> None:
        state = self.controller.state
        nobody = state.opened is None and not state.drafting
        place = self.camera if self.controller.camera.state.open else self.invitation if nobody else self.person
        self._stack.setCurrentWidget(place)

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        self.trouble.say(state.blocked)
        self.notice.say(state.notice)
        self.expired.say(people_wording.expired(state.expired))
        removal = state.removal
        self.undo_bar.say(people_wording.removed(removal.name, photo=removal.photo is not None) if removal else "")
        self._show_embedding(state)
        self.list.render_state(state)
        self.list.setVisible(bool(state.people) or state.drafting)
        if state.opened is not None or state.drafting:
            self.person.render_state(state)
        self.invitation.setEnabled(state.blocked is None)
        self._show_place()

    def _show_embedding(self, state: PeopleState) -> None:
        share = state.embedding
        if share is None:
            self.embedding.hide()
        else:
            words = tr("The model has changed: reading photo {n} of {total} anew…", n=share.done + 1, total=share.total)
            self.embedding.show_share(words, share.done, share.total)

    def enter(self) -> None:
        self.controller.refresh()
        self.setFocus()  # and not, as the next in the order, a button that removes somebody

    def leave(self) -> None:
        """The camera is let go, what was removed is gone, and what was typed is kept."""
        self.controller.camera.close()
        self.person.save()
        self.controller.settle()

    def keep(self) -> PeopleViewState:
        return PeopleViewState(self.list.search.text(), self.person.tiles.currentRow(), self.person.form.details())

    def restore(self, kept: PeopleViewState) -> None:
        self.list.search.setText(kept.search)
        self.person.tiles.setCurrentRow(kept.photo)
        self.person.form.show_details(kept.details)
