"""The choice of what the face before the camera is compared with."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QEvent, QLocale, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from siamgui.core.i18n import mark, tr, trn
from siamgui.core.types import Side
from siamgui.core.wording import reference_advice
from siamgui.gui import theme
from siamgui.gui.actions import dress
from siamgui.gui.display import wrap
from siamgui.gui.live.state import ReferenceKind, ReferenceState
from siamgui.gui.photos.slot import SlotState
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.face_picture import FacePicture
from siamgui.gui.widgets.photo_view import PhotoView

KINDS = {
    ReferenceKind.PHOTO: mark("Photo"),
    ReferenceKind.PERSON: mark("Person"),
    ReferenceKind.WHO: mark("Who is this?"),
}


class ReferencePanel(QFrame):
    """Shows a ReferenceState and passes on what the user wants."""

    kind_chosen = Signal(object)
    open_wanted = Signal()
    paste_wanted = Signal()
    clear_wanted = Signal()
    compare_wanted = Signal(object)
    """Side of the compare page to take the photograph from."""
    face_chosen = Signal(int)
    dismissed = Signal()
    person_chosen = Signal(object)
    people_wanted = Signal()
    """To the page on which people are enrolled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.title = QLabel()
        self.title.setProperty("role", "small")
        self.kinds = {kind: QToolButton() for kind in ReferenceKind}
        self._group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in self.kinds.values():
            button.setCheckable(True)
            button.setProperty("kind", "step")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._group.addButton(button)
            row.addWidget(button, 1)
            button.clicked.connect(self._kind_clicked)
        self.photo = PhotoPart()
        self.person = PersonPart()
        self.who = WhoPart()
        self._stack = QStackedWidget()
        for part in (self.photo, self.person, self.who):
            self._stack.addWidget(part)
        self.photo.open_button.clicked.connect(self.open_wanted)
        self.photo.paste_button.clicked.connect(self.paste_wanted)
        self.photo.clear_button.clicked.connect(self.clear_wanted)
        self.photo.view.face_chosen.connect(self.face_chosen)
        self.photo.error.dismissed.connect(self.dismissed)
        self.photo.side_chosen.connect(self.compare_wanted)
        self.person.chosen.connect(self.person_chosen)
        for part in (self.person, self.who):
            part.empty.button.clicked.connect(self.people_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addLayout(row)
        layout.addWidget(self._stack, 1)
        self._retranslate()

    def render_state(self, state: ReferenceState) -> None:
        self.kinds[state.kind].setChecked(True)
        parts = {ReferenceKind.PHOTO: self.photo, ReferenceKind.PERSON: self.person, ReferenceKind.WHO: self.who}
        self._stack.setCurrentWidget(parts[state.kind])
        self.photo.render_state(state.photo)
        self.person.render_state(state)
        self.who.render_state(state)

    def set_sides(self, sides: tuple[Side, ...]) -> None:
        """Which photographs the compare page has to offer."""
        self.photo.set_sides(sides)

    def set_target(self, on: bool) -> None:
        """Whether a drop would land here."""
        if self.property("target") != on:
            self.setProperty("target", on)
            theme.restyle(self)

    @Slot()
    def _kind_clicked(self) -> None:
        sender = self.sender()
        self.kind_chosen.emit(next(kind for kind, button in self.kinds.items() if button is sender))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(tr("Compared with"))
        self.title.setText(tr("Compared with"))
        for kind, button in self.kinds.items():
            button.setText(tr(KINDS[kind]))


class PhotoPart(QWidget):
    """One photograph, with the face that is compared."""

    side_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._state = SlotState()
        self.name = ElidedLabel()
        self.error = Banner()
        self.view = PhotoView()
        self.view.setMinimumHeight(96)
        self.well = QLabel()
        self.well.setProperty("role", "muted")
        self.well.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.well.setWordWrap(True)
        self._frame = QFrame()
        self._frame.setProperty("role", "well")
        inside = QVBoxLayout(self._frame)
        inside.addWidget(self.well)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._frame)
        self._stack.addWidget(self.view)
        self.hint = QLabel()
        self.hint.setProperty("role", "small")
        self.hint.setWordWrap(True)
        self.open_button, self.paste_button, self.compare_button, self.clear_button = (QToolButton() for _ in range(4))
        self.compare_button.setProperty("menu", "true")
        self.compare_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.compare_button)
        self.sides = {side: menu.addAction("") for side in Side}
        self.compare_button.setMenu(menu)
        menu.triggered.connect(self._side_triggered)
        row = QHBoxLayout()
        row.setSpacing(4)
        self.open_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.compare_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for button in (self.open_button, self.paste_button, self.compare_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.clear_button)
        for button in (self.open_button, self.paste_button, self.compare_button, self.clear_button):
            button.setProperty("kind", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.error)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.name)
        layout.addWidget(self.hint)
        layout.addLayout(row)
        self._retranslate()
        self.set_sides(())

    def render_state(self, state: SlotState) -> None:
        before, self._state = self._state, state
        shown = state.shown
        if shown is not before.shown:
            self.view.set_image(shown.display if shown is not None else None)
        if state.candidate is None and state.loaded is not None:
            loaded = state.loaded
            old = before.loaded if before.candidate is None else None
            if old is None or old.detection is not loaded.detection or loaded.chosen != self.view.chosen:
                self.view.set_faces(loaded.detection.faces, loaded.chosen)
        self._stack.setCurrentWidget(self.view if shown is not None else self._frame)
        self.error.say(str(state.error) if state.error is not None else "")
        self.name.set_whole_text(shown.photo.name if shown is not None else "")
        self.name.setVisible(shown is not None)
        self.view.setAccessibleName(tr("Reference photo: {name}", name=shown.photo.name) if shown is not None else "")
        self.clear_button.setEnabled(shown is not None or state.source is not None)
        self.hint.setText(self._hint())
        self.hint.setVisible(bool(self.hint.text()))

    def set_sides(self, sides: tuple[Side, ...]) -> None:
        for side, action in self.sides.items():
            action.setEnabled(side in sides)
        self.compare_button.setEnabled(bool(sides))

    def _hint(self) -> str:
        state = self._state
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

    @Slot("QAction*")
    def _side_triggered(self, action: object) -> None:
        self.side_chosen.emit(next(side for side, known in self.sides.items() if known is action))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.render_state(self._state)

    def _retranslate(self) -> None:
        self.well.setText(tr("Drop a photo of a face here, such as that of an identity card"))
        dress(self.open_button, "open", tr("Open the reference photo…"))
        dress(self.paste_button, "paste", tr("Paste the reference photo"), words=False)
        dress(self.clear_button, "clear", tr("Clear the reference photo"), words=False)
        self.compare_button.setText(tr("Compare"))
        self.compare_button.setToolTip(tr("Take a photo of the Compare page"))
        self.compare_button.setAccessibleName(tr("Take a photo of the Compare page"))
        theme.set_icon(self.compare_button, "compare")
        self.sides[Side.LEFT].setText(tr("Left photo"))
        self.sides[Side.RIGHT].setText(tr("Right photo"))


class _Empty(QWidget):
    """Nobody is enrolled yet, or they cannot be looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("role", "muted")
        self.button = QPushButton()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(8)
        layout.addWidget(self.words)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)

    def render_state(self, state: ReferenceState) -> None:
        """Hidden where there are people to choose from."""
        self.setVisible(state.error is not None or not state.people)
        if state.error is not None:
            self.words.setText(str(state.error))
        elif state.people is None:
            self.words.setText(tr("Looking up who is enrolled…"))
        else:
            self.words.setText(tr("Nobody is enrolled yet."))
        self.button.setText(tr("Enrol somebody"))
        self.button.setVisible(state.people == ())


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
        self.name = QLineEdit()
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
        self.words = QLabel()
        self.words.setProperty("role", "small")
        self.words.setWordWrap(True)
        self.empty = _Empty()
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(8)
        body.addWidget(self.people)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.picture)
        row.addWidget(self.words, 1)
        body.addLayout(row)
        body.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._body)
        layout.addWidget(self.empty)
        self._retranslate()

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
            image = wrap(state.picture).copy() if state.picture is not None else None
            self.picture.set_image(image, chosen.name if chosen is not None else "")
        self.picture.setVisible(chosen is not None)
        self.words.setVisible(chosen is not None)
        if chosen is not None:
            self.words.setText(_about(chosen.photos, chosen.last_verified))

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

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.render_state(self._state)

    def _retranslate(self) -> None:
        self.people.setAccessibleName(tr("Enrolled person"))
        self.name.setPlaceholderText(tr("Type a part of the name"))


class WhoPart(QWidget):
    """Everybody enrolled."""

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.empty = _Empty()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.words)
        layout.addWidget(self.empty)
        layout.addStretch(1)

    def render_state(self, state: ReferenceState) -> None:
        self.empty.render_state(state)
        people = len(state.people or ())
        self.words.setVisible(people > 0)
        self.words.setText(
            trn(
                "The face is compared with the {n} person enrolled. If it is somebody else, the answer says so.",
                "The face is compared with all {n} people enrolled. If it is none of them, the answer says so.",
                people,
            )
        )


def _about(photos: int, last_verified: str | None) -> str:
    count = trn("{n} photo", "{n} photos", photos)
    if last_verified is None:
        return "\n".join((count, tr("Never verified so far")))
    moment = QDateTime.fromString(last_verified, Qt.DateFormat.ISODateWithMs).toLocalTime()
    day = QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)
    return "\n".join((count, tr("Last verified on {day}", day=day)))
