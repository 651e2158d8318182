"""The labelling desk: two faces large, one key an answer."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from siamgui.core.i18n import tr, trn
from siamgui.core.types import Label
from siamgui.gui.actions import COMMANDS
from siamgui.gui.display import image_of
from siamgui.gui.training.labelling.contradiction_view import ContradictionView
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.state import LabellingState
from siamgui.gui.widgets.face_picture import NamedFace
from siamgui.gui.widgets.kit import (
    Align,
    Card,
    announce,
    at,
    box,
    button,
    column,
    command,
    grow,
    label,
    row,
    say,
    shortcuts,
    stack,
)
from siamgui.storage.labelling_session import DeskMode
from siamgui.storage.labelling_view import DeskState, LabelSummary
from siamgui.storage.labelling_wording import face_name, follows_words, question_words

ANSWERS = {"same": Label.SAME, "different": Label.DIFFERENT, "unsure": Label.UNSURE}


class LabellingDesk(Card):
    """Shows what lies on the desk and takes the answers."""

    def __init__(self, controller: LabellingController) -> None:
        super().__init__()
        self.setAccessibleName(tr("Labelling desk"))
        self._controller = controller
        self._spoken = ""
        self.headline, self.hint = label(role="title", wrap=True), label(role="muted", wrap=True)
        self.contradictions_button = button("", self._show_contradictions, "quiet", icon="warning")
        self.look_button = button("", self._show_doubts, "quiet", icon="people")
        self.leave_button = button(tr("Later: back to new pairs"), self._leave, "quiet")
        self.faces = NamedFace(), NamedFace()
        self.buttons = {name: command(name, self._answered) for name in ANSWERS}
        for name, one in self.buttons.items():
            one.setObjectName(name)
            one.setText(f"{one.text()}  {_keys(name)}")
        self.undo_button = command("unsay", controller.undo, "quiet")
        self.undo_button.setText(_keys("unsay"))
        self.follows = label(role="muted")
        self.contradiction = ContradictionView()
        self.contradiction.settled.connect(controller.settle)
        left, right = self.faces
        answers = row(*(grow(one) for one in self.buttons.values()), self.undo_button)
        pair = column(grow(row(grow(left), grow(right), spacing=16)), answers, self.follows)
        self._stack = stack(box(pair), self.contradiction, QWidget())
        other = (at(one, Align.AlignTop) for one in (self.contradictions_button, self.look_button, self.leave_button))
        self.setLayout(column(row(grow(self.headline), *other), self.hint, grow(self._stack), margins=(16, 12, 16, 12)))
        actions = shortcuts(self, dict.fromkeys(ANSWERS, self._answered) | {"unsay": controller.undo})
        actions["unsay"].setShortcuts([QKeySequence("Z"), QKeySequence("Ctrl+Z")])
        for name in ANSWERS:
            actions[name].setAutoRepeat(False)  # one press, one answer

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
        desk = self._controller.state.desk
        if desk is None or desk.mode is DeskMode.ASK:
            return False
        self._leave()
        return True

    # Showing.

    def show_state(self, state: LabellingState) -> None:
        summary, desk = state.summary or LabelSummary(), state.desk or DeskState()
        contradictions, doubts = len(summary.contradictions), len(summary.doubts)
        asking, resolving = desk.mode is DeskMode.ASK, desk.mode is DeskMode.RESOLVE
        self.contradictions_button.setText(trn("{n} contradiction", "{n} contradictions", contradictions))
        self.contradictions_button.setVisible(asking and contradictions > 0)
        self.look_button.setText(trn("{n} to look at again", "{n} to look at again", doubts))
        self.look_button.setVisible(asking and doubts > 0)
        self.leave_button.setVisible(not asking)
        self._stack.setCurrentIndex(1 if resolving else 0 if desk.pair is not None else 2)
        if resolving:
            self.contradiction.show_contradiction(desk.contradiction)
        headline, hint = question_words(summary, desk)
        self.headline.setText(headline)
        say(self.hint, hint)
        pair = desk.pair
        cards = (pair.left, pair.right) if pair is not None else (None, None)
        for face, card in zip(self.faces, cards, strict=True):
            face.show_face(image_of(card.picture) if card is not None else None, face_name(card))
        for one in self.buttons.values():
            one.setEnabled(pair is not None)
        self.undo_button.setEnabled(bool(summary.undo))
        self.follows.setText(follows_words(desk))
        self._speak(f"{headline} {hint} {self.follows.text()} {' / '.join(face_name(card) for card in cards)}")

    def _speak(self, words: str) -> None:
        """A new pair is announced once."""
        if words != self._spoken and self.isVisible():
            self._spoken = words
            self.setAccessibleDescription(words)
            announce(self, words)


def _keys(name: str) -> str:
    return QKeySequence(COMMANDS[name].keys).toString(QKeySequence.SequenceFormat.NativeText)
