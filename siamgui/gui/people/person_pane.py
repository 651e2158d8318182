"""The right side of the people page: one person with the photographs, enrolled or about to be."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from siamgui.core.i18n import tr, trn
from siamgui.gui import theme
from siamgui.gui.actions import dress
from siamgui.gui.display import wrap
from siamgui.gui.people.controller import PeopleController
from siamgui.gui.people.details_form import DetailsForm
from siamgui.gui.people.state import Details, PeopleState
from siamgui.gui.people.tiles import PhotoTiles
from siamgui.gui.people.wording import about
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.face_picture import FacePicture
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.storage.people_view import OpenedPerson, PhotoTile

FACE = 64
MOST_REFUSED = 2
"""Photographs that were not good enough and are named one by one."""


class PersonPane(QFrame):
    """files_wanted, camera_wanted: photographs are to be added. verify_wanted: with the person's id."""

    files_wanted = Signal()
    camera_wanted = Signal()
    verify_wanted = Signal(int)

    def __init__(self, controller: PeopleController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._controller = controller
        self._state = controller.state
        self._opened: OpenedPerson | None = None
        self._shown: int | None = -1  # whose details stand in the form; None: the draft's
        self._draft = Details()
        self.face = FacePicture(FACE)
        self.title, self.about = ElidedLabel(), QLabel()
        self.verify_button, self.enrol_button, self.cancel_button, self.remove_button = (
            QPushButton() for _ in range(4)
        )
        self.alike = Banner(closable=False)
        self.alike_button = QPushButton()
        self.odd, self.refused = Banner(closable=False), Banner()
        self._reading = QWidget()
        self.reading_words, self._bar, self.stop_button = QLabel(), QProgressBar(), QPushButton()
        self.photos_title = QLabel()
        self.add_button, self.camera_button, self.remove_photo_button = (QPushButton() for _ in range(3))
        self.tiles = PhotoTiles()
        self.well = _Well()
        self._photos = QStackedWidget()
        self.form = DetailsForm()
        self._build()
        self._connect()
        self._retranslate()

    def _build(self) -> None:
        self.title.setProperty("role", "title")
        self.about.setProperty("role", "muted")
        self.about.setWordWrap(True)
        self.photos_title.setProperty("role", "chart-title")
        for button in (self.verify_button, self.enrol_button):
            button.setProperty("kind", "primary")
        for button in (self.remove_button, self.remove_photo_button, self.stop_button):
            button.setProperty("kind", "quiet")
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.about)
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.face)
        head.addLayout(words, 1)
        for button in (self.remove_button, self.cancel_button, self.verify_button, self.enrol_button):
            head.addWidget(button)
        alike = QHBoxLayout()
        alike.setSpacing(8)
        alike.addWidget(self.alike, 1)
        alike.addWidget(self.alike_button)
        reading = QHBoxLayout(self._reading)
        reading.setContentsMargins(0, 0, 0, 0)
        reading.setSpacing(12)
        self._bar.setTextVisible(False)
        reading.addWidget(self.reading_words)
        reading.addWidget(self._bar, 1)
        reading.addWidget(self.stop_button)
        photos = QHBoxLayout()
        photos.setSpacing(8)
        photos.addWidget(self.photos_title, 1)
        for button in (self.remove_photo_button, self.add_button, self.camera_button):
            photos.addWidget(button)
        self._photos.addWidget(self.tiles)
        self._photos.addWidget(self.well)
        body = QWidget()
        below = QVBoxLayout(body)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(8)
        below.addLayout(alike)
        for widget in (self.odd, self.refused, self._reading):
            below.addWidget(widget)
        below.addLayout(photos)
        below.addWidget(self._photos, 1)
        below.addSpacing(4)
        below.addWidget(self.form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(scrolling(body), 1)

    def _connect(self) -> None:
        self.verify_button.clicked.connect(self._verify)
        self.enrol_button.clicked.connect(self._enrol)
        self.cancel_button.clicked.connect(self._controller.give_up)
        self.remove_button.clicked.connect(self.remove)
        self.alike_button.clicked.connect(self._controller.add_to_alike)
        self.refused.dismissed.connect(self._controller.dismiss)
        self.stop_button.clicked.connect(self._controller.stop_reading)
        self.add_button.clicked.connect(self.files_wanted)
        self.camera_button.clicked.connect(self.camera_wanted)
        self.remove_photo_button.clicked.connect(self._remove_photo)
        self.tiles.remove_wanted.connect(self._controller.remove_photo)
        self.tiles.currentRowChanged.connect(self._mark_buttons)
        self.form.edited.connect(self.save)
        self.form.entered.connect(self._enter)
        self.form.name_left.connect(self._restore_name)
        self.form.typed.connect(self._mark_buttons)
        self._controller.draft_ended.connect(self._forget_draft)

    # What the user does.

    @Slot()
    def save(self) -> None:
        """Keep what was changed in the form of an enrolled person."""
        opened = self._opened
        if opened is None or self._shown != opened.person.id:
            return
        person, details = opened.person, self.form.details()
        if details != Details(person.name, person.consent, person.retain_until):
            self._controller.change(person.id, details)

    @Slot()
    def _restore_name(self) -> None:
        """A name that was refused does not stay in the form of somebody who has another."""
        opened = self._opened
        if opened is not None and self._shown == opened.person.id and not self._state.busy:
            self.form.name.setText(opened.person.name)

    @Slot()
    def _enter(self) -> None:
        if self._shown is None and self.enrol_button.isEnabled():
            self._enrol()

    @Slot()
    def _enrol(self) -> None:
        self._controller.enrol(self.form.details())

    @Slot()
    def _verify(self) -> None:
        if self._opened is not None:
            self.verify_wanted.emit(self._opened.person.id)

    @Slot()
    def remove(self) -> None:
        """Take the person away who is shown; the page offers the way back."""
        if self._opened is not None and not self._state.drafting:
            self._controller.remove(self._opened.person)

    @Slot()
    def _remove_photo(self) -> None:
        tile = self.tiles.current
        if tile is not None:
            self._controller.remove_photo(tile.key)

    @Slot()
    def _forget_draft(self) -> None:
        self._draft = Details()
        if self._shown is None:
            self._shown = -1

    # Showing.

    def render_state(self, state: PeopleState) -> None:
        before, self._state = self._opened, state
        opened = self._opened = state.opened
        drafting = state.drafting
        wanted = None if drafting or opened is None else opened.person.id
        another = wanted != self._shown
        if another and self._shown is None:
            self._draft = self.form.details()
        if another:
            self._shown = wanted
        if drafting or opened is None:
            self._render_draft(state, another)
        else:
            self._render_person(opened, another, opened is not before)
        self.odd.say(_odd(state.draft.tiles if drafting or opened is None else opened.tiles))
        self.refused.say(_refused(state.refused))
        share = state.reading
        self._reading.setVisible(share is not None)
        if share is not None:
            now = min(share.done + 1, share.total)
            self.reading_words.setText(tr("Reading photo {n} of {total}…", n=now, total=share.total))
            self._bar.setRange(0, share.total)
            self._bar.setValue(share.done)
        for widget in (self.face, self.verify_button, self.remove_button):
            widget.setVisible(not drafting)
        for widget in (self.enrol_button, self.cancel_button):
            widget.setVisible(drafting)
        self._mark_buttons()

    def _render_draft(self, state: PeopleState, another: bool) -> None:
        draft = state.draft
        if another:
            self.form.show_details(self._draft, all_of_it=True)
        self.title.set_whole_text(tr("New person"))
        self.about.setText(tr("A name and three or more photos, of different days if there are any."))
        self.tiles.set_tiles(draft.tiles)
        self._photos.setCurrentWidget(self.tiles if draft.tiles else self.well)
        alike = draft.alike
        words = tr("This face looks like “{name}”, who is enrolled already.", name=alike.name) if alike else ""
        self.alike.say(words)
        self.alike_button.setVisible(alike is not None)

    def _render_person(self, opened: OpenedPerson, another: bool, changed: bool) -> None:
        person = opened.person
        if another or changed:
            self.form.show_details(Details(person.name, person.consent, person.retain_until), all_of_it=another)
        self.face.set_image(wrap(opened.tiles[0].picture).copy(), person.name)
        self.title.set_whole_text(person.name)
        self.about.setText(about(person))
        self.tiles.set_tiles(opened.tiles)
        self._photos.setCurrentWidget(self.tiles)
        words = tr("“{name}” is enrolled with a face that looks like this one.", name=opened.alike)
        self.alike.say(words if opened.alike else "")
        self.alike_button.hide()

    @Slot()
    def _mark_buttons(self) -> None:
        state = self._state
        idle = state.reading is None and not state.enrolling
        self.enrol_button.setEnabled(idle and bool(state.draft.candidates) and bool(self.form.name.text().strip()))
        self.alike_button.setEnabled(idle)
        self.remove_photo_button.setEnabled(self.tiles.current is not None)
        self.camera_button.setEnabled(state.engine)

    def set_target(self, on: bool) -> None:
        """Whether a drop would land here."""
        for widget in (self, self.well):
            if widget.property("target") is not on:
                widget.setProperty("target", on)
                theme.restyle(widget)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.render_state(self._state)

    def _retranslate(self) -> None:
        self.verify_button.setText(tr("Verify"))
        self.verify_button.setToolTip(tr("Compare this person with the face before the camera"))
        self.enrol_button.setText(tr("Enrol"))
        self.cancel_button.setText(tr("Cancel"))
        self.remove_button.setText(tr("Remove person"))
        self.remove_photo_button.setText(tr("Remove photo"))
        self.stop_button.setText(tr("Stop"))
        self.alike_button.setText(tr("Add the photos there"))
        self.photos_title.setText(tr("Photos"))
        dress(self.add_button, "open", tr("Add photos of the person"))
        dress(self.camera_button, "camera", tr("Take photos of the person"))
        theme.set_icon(self.remove_photo_button, "clear")
        self.tiles.setAccessibleName(tr("Photos of the person"))


def _refused(sentences: tuple[str, ...]) -> str:
    left = len(sentences) - MOST_REFUSED
    if left <= 0:
        return "\n".join(sentences)
    more = trn("One more photo could not be used.", "{n} more photos could not be used.", left)
    return "\n".join((*sentences[:MOST_REFUSED], more))


def _odd(tiles: tuple[PhotoTile, ...]) -> str:
    names = [tile.name for tile in tiles if tile.odd]
    if not names:
        return ""
    if len(names) == len(tiles):
        return tr("These photos do not look like one person. Remove what does not belong.")
    listed = tr(", ").join(tr("“{name}”", name=name) for name in names[:3])
    return trn(
        "{names} does not look like the other photos. Remove it if it shows somebody else.",
        "{n} photos do not look like the others, among them {names}. Remove those that show somebody else.",
        len(names),
        names=listed,
    )


class _Well(QFrame):
    """What the photographs of a new person have to be like."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "well")
        self._icon, self._words = QLabel(), QLabel()
        self._words.setWordWrap(True)
        for label in (self._icon, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.setSpacing(12)
        layout.addStretch(1)
        layout.addWidget(self._icon)
        layout.addWidget(self._words)
        layout.addStretch(1)
        self._paint_icon()
        theme.theme.changed.connect(self._paint_icon)
        self._retranslate()

    @Slot()
    def _paint_icon(self) -> None:
        self._icon.setPixmap(theme.pixmap("photo", theme.colours().muted, 40, self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._words.setText(
            tr(
                "Drop photos of the person here, open them, or take them with the camera.\n"
                "Each is checked: the face has to be large, sharp and well lit."
            )
        )
