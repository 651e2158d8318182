"""The choice of what the face before the camera is compared with."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QDateTime, QLocale, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QComboBox, QCompleter, QLineEdit, QListView, QWidget

from siamgui.core.amounts import photo_count
from siamgui.core.i18n import mark, tr, trn
from siamgui.core.types import Side
from siamgui.core.wording import reference_advice
from siamgui.gui.display import image_of
from siamgui.gui.live.reference_controller import ReferenceController
from siamgui.gui.live.state import ReferenceKind, ReferenceState
from siamgui.gui.photos.slot import SlotState
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.face_picture import FacePicture
from siamgui.gui.widgets.kit import (
    Align,
    Card,
    at,
    box,
    button,
    card,
    column,
    grow,
    label,
    row,
    say,
    stack,
    step_button,
    stretch,
    tool,
)
from siamgui.gui.widgets.menu_tool import menu_tool
from siamgui.gui.widgets.photo_view import PhotoView
from siamgui.vault.errors import Locked

KINDS = {
    ReferenceKind.PHOTO: mark("Photo"),
    ReferenceKind.PERSON: mark("Person"),
    ReferenceKind.WHO: mark("Who is this?"),
}


class ReferencePanel(Card):
    """The view of a ReferenceController."""

    open_wanted = Signal()
    paste_wanted = Signal()
    compare_wanted = Signal(object)
    """Side of the compare page to take the photograph from."""
    people_wanted = Signal()
    """To the page on which people are enrolled."""

    def __init__(self, controller: ReferenceController) -> None:
        super().__init__()
        self.setAccessibleName(tr("Compared with"))
        self.kinds = {
            kind: step_button(tr(KINDS[kind]), partial(controller.choose_kind, kind)) for kind in ReferenceKind
        }
        self._group = QButtonGroup(self)
        for choice in self.kinds.values():
            self._group.addButton(choice)
        invitation = tr("Drop a photo of a face here, such as that of an identity card")
        self.photo, self.person, self.who = PhotoPart(controller, invitation), PersonPart(), WhoPart()
        self._parts = {ReferenceKind.PHOTO: self.photo, ReferenceKind.PERSON: self.person, ReferenceKind.WHO: self.who}
        self._stack = stack(*self._parts.values())
        self.photo.open_button.clicked.connect(self.open_wanted)
        self.photo.paste_button.clicked.connect(self.paste_wanted)
        self.photo.side_chosen.connect(self.compare_wanted)
        self.person.chosen.connect(controller.choose_person)
        for part in (self.person, self.who):
            part.empty.button.clicked.connect(self.people_wanted)
        choices = row(*(grow(choice) for choice in self.kinds.values()), spacing=4)
        self.setLayout(
            column(label(tr("Compared with"), "small"), choices, grow(self._stack), margins=(12, 10, 12, 10))
        )

    def render_state(self, state: ReferenceState) -> None:
        self.kinds[state.kind].setChecked(True)
        self._stack.setCurrentWidget(self._parts[state.kind])
        self.photo.render_state(state.photo)
        self.person.render_state(state)
        self.who.render_state(state)


class PhotoPart(QWidget):
    """One photograph, with the face that is compared."""

    side_chosen = Signal(object)

    def __init__(self, controller: ReferenceController, invitation: str) -> None:
        """invitation: what is said while there is none."""
        super().__init__()
        self.name, self.error, self.view = ElidedLabel(), Banner(), PhotoView()
        self.view.setMinimumHeight(96)
        self._well = card(column(label(invitation, "muted", wrap=True, align=Align.AlignCenter), margins=11), "well")
        self._stack = stack(self._well, self.view)
        self.hint = label(role="small", wrap=True)
        self.open_button = tool("open", purpose=tr("Open the reference photo…"), words=True)
        self.paste_button = tool("paste", purpose=tr("Paste the reference photo"))
        self.clear_button = tool("clear", controller.clear, purpose=tr("Clear the reference photo"))
        self.sides = {Side.LEFT: QAction(tr("Left photo"), self), Side.RIGHT: QAction(tr("Right photo"), self)}
        for side, action in self.sides.items():
            action.triggered.connect(partial(self.side_chosen.emit, side))
        self.compare_button = menu_tool(
            "compare", self.sides.values(), tr("Take a photo of the Compare page"), tr("Compare")
        )
        self.view.face_chosen.connect(controller.choose_face)
        self.error.dismissed.connect(controller.dismiss)
        commands = row(
            self.open_button, self.paste_button, self.compare_button, stretch(), self.clear_button, spacing=4
        )
        self.setLayout(column(self.error, grow(self._stack), self.name, self.hint, commands, spacing=4))
        self.set_sides(())

    def render_state(self, state: SlotState) -> None:
        shown = state.shown
        self.view.show_photo(shown.display if shown is not None else None, *state.marks)
        self._stack.setCurrentWidget(self.view if shown is not None else self._well)
        self.error.say(state.error)
        self.name.set_whole_text(shown.photo.name if shown is not None else "")
        self.name.setVisible(shown is not None)
        self.view.setAccessibleName(tr("Reference photo: {name}", name=shown.photo.name) if shown is not None else "")
        self.clear_button.setEnabled(shown is not None or state.source is not None)
        say(self.hint, _hint(state))

    def set_sides(self, sides: tuple[Side, ...]) -> None:
        """Which photographs the compare page has to offer."""
        for side, action in self.sides.items():
            action.setEnabled(side in sides)
        self.compare_button.setEnabled(bool(sides))


class _Empty(QWidget):
    """Nobody is enrolled yet, or they cannot be looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.text = label(role="muted", wrap=True)
        self.button = button(tr("Enrol somebody"))
        self.setLayout(column(self.text, at(self.button, Align.AlignLeft), stretch(), margins=(0, 4, 0, 4)))

    def render_state(self, state: ReferenceState) -> None:
        """Hidden where there are people to choose from."""
        self.setVisible(state.error is not None or not state.people)
        if state.error is not None:
            self.text.setText(str(state.error))
        elif state.people is None:
            self.text.setText(tr("Looking up who is enrolled…"))
        else:
            self.text.setText(tr("Nobody is enrolled yet."))
        locked = isinstance(state.error, Locked)
        self.button.setText(tr("Unlock") if locked else tr("Enrol somebody"))
        self.button.setVisible(state.people == () or locked)


class PersonPart(QWidget):
    """Somebody enrolled, found by typing a part of the name."""

    chosen = Signal(object)
    """id, or None while the name typed is nobody's"""
    entered = Signal()
    """The choice was made by keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self._state = ReferenceState()
        self.people = QComboBox()
        self.people.setAccessibleName(tr("Enrolled person"))
        self.name = QLineEdit()  # framed by the box it stands in
        self.name.setPlaceholderText(tr("Type a part of the name"))
        self.people.setLineEdit(self.name)
        self.people.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = QCompleter(self.people.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self._popup = QListView()
        completer.setPopup(self._popup)
        self.people.setCompleter(completer)
        self.people.currentIndexChanged.connect(self._index_changed)
        self.name.returnPressed.connect(self._typed)
        self.picture = FacePicture(112)
        self.about = label(role="small", wrap=True)
        self.empty = _Empty()
        self._body = box(column(self.people, row(self.picture, grow(self.about), spacing=12), stretch()))
        self.setLayout(column(self._body, self.empty))

    def render_state(self, state: ReferenceState) -> None:
        before, self._state = self._state, state
        self.empty.render_state(state)
        self._body.setVisible(bool(state.people))
        with QSignalBlocker(self.people):
            if before.people != state.people:
                self.people.clear()
                for one in state.people or ():
                    self.people.addItem(one.name, one.id)
                self.people.setCurrentIndex(-1)
            if self.people.currentData() != state.person:
                self.people.setCurrentIndex(self.people.findData(state.person) if state.person is not None else -1)
        chosen = state.chosen
        if before.picture is not state.picture:
            image = image_of(state.picture) if state.picture is not None else None
            self.picture.set_image(image, chosen.name if chosen is not None else "")
        self.picture.setVisible(chosen is not None)
        say(self.about, _about(chosen.photos, chosen.last_verified) if chosen is not None else "")

    @Slot(int)
    def _index_changed(self, at: int) -> None:
        self.chosen.emit(self.people.itemData(at) if at >= 0 else None)

    @Slot()
    def _typed(self) -> None:
        """Enter takes the first whose name holds what was typed."""
        typed = self.people.currentText().strip().casefold()
        names = [self.people.itemText(n) for n in range(self.people.count())]
        found = next((n for n, name in enumerate(names) if typed and typed in name.casefold()), -1)
        if found >= 0:
            self._popup.hide()
            self.people.setCurrentIndex(found if self.name.text() not in names else names.index(self.name.text()))
            self.entered.emit()


class WhoPart(QWidget):
    """Everybody enrolled."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.empty = label(wrap=True), _Empty()
        self.setLayout(column(self.text, self.empty, stretch(), margins=(0, 4, 0, 0)))

    def render_state(self, state: ReferenceState) -> None:
        self.empty.render_state(state)
        people = len(state.people or ())
        self.text.setVisible(people > 0)
        self.text.setText(
            trn(
                "The face is compared with the {n} person enrolled. If it is somebody else, the answer says so.",
                "The face is compared with all {n} people enrolled. If it is none of them, the answer says so.",
                people,
            )
        )


def _hint(state: SlotState) -> str:
    """Below the photograph."""
    if state.busy:
        return tr("Looking for faces…") if state.shown is not None else tr("Reading the photo…")
    if state.loaded is None:
        return ""
    parts = []
    count = len(state.loaded.detection.faces)
    if count > 1:
        parts.append(trn("{n} face", "{n} faces: click another one, or use ← →", count))
    if state.reading is not None:
        parts += [f"⚠ {line}" for line in reference_advice(state.reading)[:1]]
    return "\n".join(parts)


def _about(photos: int, last_verified: str | None) -> str:
    """Beside the face of somebody enrolled."""
    count = photo_count(photos)
    if last_verified is None:
        return "\n".join((count, tr("Never verified so far")))
    moment = QDateTime.fromString(last_verified, Qt.DateFormat.ISODateWithMs).toLocalTime()
    day = QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)
    return "\n".join((count, tr("Last verified on {day}", day=day)))
