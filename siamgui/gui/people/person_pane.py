"""The right side of the people page: one person with the photographs, enrolled or about to be."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from siamgui.core.i18n import tr
from siamgui.gui.display import image_of
from siamgui.gui.people.controller import PeopleController
from siamgui.gui.people.details_form import DetailsForm
from siamgui.gui.people.state import Details, Draft, PeopleState
from siamgui.gui.people.tiles import PhotoTiles
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.empty_place import Well
from siamgui.gui.widgets.face_picture import FacePicture
from siamgui.gui.widgets.kit import (
    Align,
    Card,
    box,
    button,
    column,
    command,
    gap,
    grow,
    label,
    row,
    stack,
    stretch,
)
from siamgui.gui.widgets.progress import Progress
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.storage import people_wording
from siamgui.storage.people_store import Person
from siamgui.storage.people_view import OpenedPerson

FACE = 64


class PersonPane(Card):
    """files_wanted, camera_wanted: photographs are to be added. verify_wanted: with the person's id."""

    files_wanted = Signal()
    camera_wanted = Signal()
    verify_wanted = Signal(int)

    def __init__(self, controller: PeopleController) -> None:
        super().__init__()
        self._controller = controller
        self._state = controller.state
        self._shown: Person | None = None  # whose details stand in the form; None: the draft's
        self.face = FacePicture(FACE)
        self.title, self.about = ElidedLabel("title"), label(role="muted", wrap=True)
        verify = tr("Compare this person with the face before the camera")
        self.verify_button = button(tr("Verify"), self._verify, "primary", hint=verify)
        self.enrol_button = button(tr("Enrol"), controller.enrol, "primary")
        self.cancel_button = button(tr("Cancel"), controller.give_up)
        self.remove_button = button(tr("Remove person"), self.remove, "quiet")
        self.alike = Banner(closable=False)
        self.alike_button = button(tr("Add the photos there"), controller.add_to_alike)
        self.odd, self.refused = Banner(closable=False), Banner()
        stop_button = button(tr("Stop"), controller.stop_reading, "quiet")
        self.reading = Progress(tr("Reading photos"), stop_button)
        self.add_button = command("open", self.files_wanted, purpose=tr("Add photos of the person"))
        self.camera_button = command("camera", self.camera_wanted, purpose=tr("Take photos of the person"))
        self.remove_photo_button = button(tr("Remove photo"), self._remove_photo, "quiet", icon="clear")
        self.tiles = PhotoTiles()
        invitation = tr(
            "Drop photos of the person here, open them, or take them with the camera.\n"
            "Each is checked: the face has to be large, sharp and well lit."
        )
        self.well = Well("photo", label(invitation, wrap=True, align=Align.AlignCenter))
        self.form = DetailsForm()
        self._build()
        self._connect()

    def _build(self) -> None:
        words = column(stretch(), self.title, self.about, stretch(), spacing=4)
        commands = (self.remove_button, self.cancel_button, self.verify_button, self.enrol_button)
        photos = label(tr("Photos"), "chart-title")
        self._photos = stack(self.tiles, self.well)
        body = column(
            row(grow(self.alike), self.alike_button),
            self.odd,
            self.refused,
            self.reading,
            row(grow(photos), self.remove_photo_button, self.add_button, self.camera_button),
            grow(self._photos),
            gap(4),
            self.form,
        )
        head = row(self.face, grow(words), *commands, spacing=12)
        self.setLayout(column(head, grow(scrolling(box(body))), margins=(16, 12, 16, 16)))

    def _connect(self) -> None:
        self.refused.dismissed.connect(self._controller.dismiss)
        self.tiles.remove_wanted.connect(self._controller.remove_photo)
        self.tiles.currentRowChanged.connect(self._mark_buttons)
        self.form.edited.connect(self.save)
        self.form.entered.connect(self._enter)
        self.form.name_left.connect(self._restore_name)
        self.form.typed.connect(self._describe)

    # What the user does.

    @Slot()
    def save(self) -> None:
        """Keep what was changed in the form of an enrolled person."""
        person, details = self._shown, self.form.details()
        if person is not None and details != _details(person):
            self._controller.change(person.id, details)

    @Slot()
    def _describe(self) -> None:
        if self._shown is None:
            self._controller.describe(self.form.details())

    @Slot()
    def _restore_name(self) -> None:
        """A name that was refused does not stay in the form of somebody who has another, once it has been left."""
        if self._shown is not None and not self._state.busy and not self.form.name.hasFocus():
            self.form.name.setText(self._shown.name)

    @Slot()
    def _enter(self) -> None:
        if self._shown is None and self.enrol_button.isEnabled():
            self._controller.enrol()

    @Slot()
    def _verify(self) -> None:
        if self._state.opened is not None:
            self.verify_wanted.emit(self._state.opened.person.id)

    @Slot()
    def remove(self) -> None:
        """Take the person away who is shown; the page offers the way back."""
        if self._state.opened is not None and not self._state.drafting:
            self._controller.remove(self._state.opened.person)

    @Slot()
    def _remove_photo(self) -> None:
        tile = self.tiles.current
        if tile is not None:
            self._controller.remove_photo(tile.key)

    # Showing.

    def render_state(self, state: PeopleState) -> None:
        """state: with somebody opened, or a draft."""
        self._state = state
        if state.drafting or state.opened is None:
            self._render_draft(state.draft)
        else:
            self._render_person(state.opened)
        self.refused.say(people_wording.refused(state.refused))
        share = state.reading
        if share is None:
            self.reading.hide()
        else:
            now = min(share.done + 1, share.total)
            words = tr("Reading photo {n} of {total}…", n=now, total=share.total)
            self.reading.show_share(words, share.done, share.total)
        for widget in (self.face, self.verify_button, self.remove_button):
            widget.setVisible(not state.drafting)
        for widget in (self.enrol_button, self.cancel_button):
            widget.setVisible(state.drafting)
        self._mark_buttons()

    def _render_draft(self, draft: Draft) -> None:
        self._shown = None
        self.form.show_details(draft.details)
        self.title.set_whole_text(tr("New person"))
        self.about.setText(tr("A name and three or more photos, of different days if there are any."))
        self.tiles.set_tiles(draft.tiles)
        self._photos.setCurrentWidget(self.tiles if draft.tiles else self.well)
        alike = draft.alike
        words = tr("This face looks like “{name}”, who is enrolled already.", name=alike.name) if alike else ""
        self.alike.say(words)
        self.alike_button.setVisible(alike is not None)
        self.odd.say(people_wording.odd(draft.tiles))

    def _render_person(self, opened: OpenedPerson) -> None:
        before, person = self._shown, opened.person
        self._shown = person
        same = before is not None and before.id == person.id
        self.form.show_details(_details(person), _details(before) if before is not None and same else None)
        self.face.set_image(image_of(opened.tiles[0].picture), person.name)
        self.title.set_whole_text(person.name)
        self.about.setText(people_wording.about(person))
        self.tiles.set_tiles(opened.tiles)
        self._photos.setCurrentWidget(self.tiles)
        words = tr("“{name}” is enrolled with a face that looks like this one.", name=opened.alike)
        self.alike.say(words if opened.alike else "")
        self.alike_button.hide()
        self.odd.say(people_wording.odd(opened.tiles))
        self._restore_name()

    @Slot()
    def _mark_buttons(self) -> None:
        state = self._state
        idle = state.reading is None and not state.enrolling
        self.enrol_button.setEnabled(idle and bool(state.draft.candidates) and bool(state.draft.details.name))
        self.alike_button.setEnabled(idle)
        self.remove_photo_button.setEnabled(self.tiles.current is not None)
        self.camera_button.setEnabled(state.engine)

    def set_target(self, on: bool) -> None:
        super().set_target(on)
        self.well.set_target(on)


def _details(person: Person) -> Details:
    return Details(person.name, person.consent, person.retain_until)
