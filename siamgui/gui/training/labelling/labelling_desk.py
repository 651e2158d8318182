"""The labelling desk: two faces large, one key an answer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from siamgui.core.i18n import tr, trn
from siamgui.core.types import Label
from siamgui.gui import theme
from siamgui.gui.actions import COMMANDS, add_action, name_action
from siamgui.gui.training.labelling.contradiction_view import ContradictionView
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.state import DeskMode, DeskState, FaceCard, LabellingState, Shelf, said_words
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.face_picture import FacePicture

ANSWERS = {"same": Label.SAME, "different": Label.DIFFERENT, "unsure": Label.UNSURE}


class LabellingDesk(QFrame):
    """Shows what lies on the desk and takes the answers."""

    def __init__(self, controller: LabellingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._controller = controller
        self._state = controller.state
        self.headline, self.hint, self.follows = QLabel(), QLabel(), QLabel()
        self.faces = [FacePicture() for _ in range(2)]
        self.captions = [ElidedLabel() for _ in range(2)]
        self.buttons = {name: QPushButton() for name in ANSWERS}
        self.undo_button = QPushButton()
        self.contradictions_button, self.look_button, self.leave_button = (QPushButton() for _ in range(3))
        self.contradiction = ContradictionView()
        self._stack = QStackedWidget()
        self._spoken = ""
        self._build()
        self._connect()
        self._retranslate()

    def _build(self) -> None:
        self.headline.setProperty("role", "title")
        for label in (self.headline, self.hint):
            label.setWordWrap(True)
        for label in (self.hint, self.follows):
            label.setProperty("role", "muted")
        for button in (self.contradictions_button, self.look_button, self.leave_button, self.undo_button):
            button.setProperty("kind", "quiet")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.headline, 1)
        for button in (self.contradictions_button, self.look_button, self.leave_button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        theme.set_icon(self.contradictions_button, "warning")
        theme.set_icon(self.look_button, "people")
        self._stack.addWidget(self._make_pair())
        self._stack.addWidget(self.contradiction)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.hint)
        layout.addWidget(self._stack, 1)

    def _make_pair(self) -> QWidget:
        pair = QWidget()
        faces = QGridLayout()
        faces.setHorizontalSpacing(16)
        faces.setVerticalSpacing(4)
        for n, (face, caption) in enumerate(zip(self.faces, self.captions, strict=True)):
            caption.setProperty("role", "small")
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            faces.addWidget(face, 0, n)
            faces.addWidget(caption, 1, n)
            faces.setColumnStretch(n, 1)
        faces.setRowStretch(0, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        for name, icon in (("same", "same"), ("different", "different"), ("unsure", "inconclusive")):
            theme.set_icon(self.buttons[name], icon)
            row.addWidget(self.buttons[name], 1)
        theme.set_icon(self.undo_button, "undo")
        row.addWidget(self.undo_button)
        layout = QVBoxLayout(pair)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(faces, 1)
        layout.addLayout(row)
        layout.addWidget(self.follows)
        return pair

    def _connect(self) -> None:
        self._actions = {name: add_action(self, name) for name in (*ANSWERS, "unsay")}
        self._actions["unsay"].setShortcuts([QKeySequence("Z"), QKeySequence("Ctrl+Z")])
        self._actions["unsay"].triggered.connect(self._controller.undo)
        for name in ANSWERS:
            self._actions[name].setAutoRepeat(False)  # one press, one answer
            self._actions[name].triggered.connect(self._answered)
            self.buttons[name].setObjectName(name)
            self.buttons[name].clicked.connect(self._answered)
        self.undo_button.clicked.connect(self._controller.undo)
        self.contradictions_button.clicked.connect(self._show_contradictions)
        self.look_button.clicked.connect(self._show_doubts)
        self.leave_button.clicked.connect(self._leave)
        self.contradiction.settled.connect(self._controller.settle)

    @Slot()
    def _answered(self) -> None:
        self._controller.answer(ANSWERS[self.sender().objectName()])

    @Slot()
    def _show_contradictions(self) -> None:
        self._controller.show_desk(DeskMode.RESOLVE)

    @Slot()
    def _show_doubts(self) -> None:
        self._controller.show_desk(DeskMode.LOOK)

    @Slot()
    def _leave(self) -> None:
        self._controller.show_desk(DeskMode.ASK)

    def go_back(self) -> bool:
        """Escape: back to new pairs. False if they are there already."""
        desk = self._state.desk
        if desk is None or desk.mode is DeskMode.ASK:
            return False
        self._leave()
        return True

    # Showing.

    def render_state(self, state: LabellingState) -> None:
        self._state = state
        shelf, desk = state.shelf or Shelf(), state.desk or DeskState()
        contradictions, doubts = len(shelf.contradictions), len(shelf.doubts)
        asking = desk.mode is DeskMode.ASK
        self.contradictions_button.setText(trn("{n} contradiction", "{n} contradictions", contradictions))
        self.contradictions_button.setVisible(asking and contradictions > 0)
        self.look_button.setText(trn("{n} to look at again", "{n} to look at again", doubts))
        self.look_button.setVisible(asking and doubts > 0)
        self.leave_button.setVisible(not asking)
        resolving = desk.mode is DeskMode.RESOLVE
        self._stack.setCurrentIndex(1 if resolving else 0)
        if resolving:
            self.contradiction.show_contradiction(desk.contradiction)
        headline, hint = self._words(shelf, desk)
        self.headline.setText(headline)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        pair = desk.pair
        cards = (pair.left, pair.right) if pair is not None else (None, None)
        for card, face, caption in zip(cards, self.faces, self.captions, strict=True):
            face.set_image(card.picture if card is not None else None, _name(card))
            caption.set_whole_text(_name(card))
        self._stack.setVisible(resolving or pair is not None)
        for button in self.buttons.values():
            button.setEnabled(pair is not None)
        self.undo_button.setEnabled(bool(shelf.undo))
        self.follows.setText(_follows(desk))
        self._speak(f"{headline} {hint} {self.follows.text()} {' / '.join(_name(card) for card in cards)}")

    def _speak(self, words: str) -> None:
        """A new pair is announced once."""
        if words != self._spoken and self.isVisible():
            self._spoken = words
            self.setAccessibleDescription(words)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def _words(self, shelf: Shelf, desk: DeskState) -> tuple[str, str]:
        if desk.mode is DeskMode.RESOLVE:
            text = tr("One of them must be wrong: the others make the first pair one person. Change the wrong one.")
            return tr("These answers cannot all be true"), text
        if desk.mode is DeskMode.LOOK and desk.pair is not None and desk.pair.said is not None:
            why = (
                tr("A list that you imported says the opposite.")
                if desk.disputed
                else tr("The encoder is sure of the opposite. If you are right, this pair is worth a lot.")
            )
            more = trn("{n} more to look at.", "{n} more to look at.", desk.left_over) if desk.left_over else ""
            return tr("{said}. Is that right?", said=said_words(desk.pair.said)), f"{why} {more}".strip()
        if desk.pair is not None:
            return tr("Are these the same person?"), ""
        if desk.waiting and len(shelf.faces) > 1:
            return tr("Reading the faces…"), tr("The first pair comes as soon as the encoder has seen them.")
        if len(shelf.faces) > 1:
            return tr("Every pair is answered"), tr("Bring in more photos to label more pairs, or go on to the check.")
        return tr("One more photo"), tr("It takes two photos to make a pair.")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.render_state(self._state)

    def _retranslate(self) -> None:
        self.setAccessibleName(tr("Labelling desk"))
        for action in self._actions.values():
            name_action(action)
        for name, button in (*self.buttons.items(), ("unsay", self.undo_button)):
            keys = QKeySequence(COMMANDS[name].keys).toString(QKeySequence.SequenceFormat.NativeText)
            text = tr(COMMANDS[name].text)
            button.setText(keys if button is self.undo_button else f"{text}  {keys}")
            button.setAccessibleName(text)
            button.setToolTip(f"{text} ({keys})")
        self.leave_button.setText(tr("Later: back to new pairs"))


def _name(card: FaceCard | None) -> str:
    if card is None:
        return ""
    return f"{card.name} · {card.person}" if card.person else card.name


def _follows(desk: DeskState) -> str:
    if desk.follows:
        return trn("That answers {n} more pair by itself.", "That answers {n} more pairs by themselves.", desk.follows)
    if desk.waiting:
        return trn("{n} face is still to be read.", "{n} faces are still to be read.", desk.waiting)
    return ""
