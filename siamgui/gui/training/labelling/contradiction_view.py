"""Answers that contradict each other, side by side, each with the way to change it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QScrollArea

from siamgui.core.i18n import tr
from siamgui.core.types import Label
from siamgui.gui.display import image_of
from siamgui.gui.widgets.face_picture import NamedFace
from siamgui.gui.widgets.kit import Align, Card, at, box, button, column, label, row, stretch
from siamgui.labelling.wording import said_words
from siamgui.storage.labelling_view import PairCard

SIDE = 88


class ContradictionView(QScrollArea):
    """settled(pair, Label) is emitted with another answer for one of the pairs."""

    settled = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._shown: tuple[PairCard, ...] = ()
        self.cards: list[ContradictionCard] = []

    def show_contradiction(self, pairs: tuple[PairCard, ...]) -> None:
        """The pair called different first, then the chain of pairs called the same."""
        if [(card.pair, card.said) for card in pairs] == [(card.pair, card.said) for card in self._shown]:
            return
        self._shown = pairs
        self.cards = [ContradictionCard(card) for card in pairs]
        for card in self.cards:
            card.settled.connect(self.settled)
        placed = (at(card, Align.AlignTop) for card in self.cards)
        self.setWidget(box(row(*placed, stretch(), spacing=12)))  # the old one is deleted


class ContradictionCard(Card):
    """One pair, what was said of it, and the other answers."""

    settled = Signal(object, object)

    def __init__(self, card: PairCard) -> None:
        super().__init__()
        self._card = card
        faces = NamedFace(SIDE), NamedFace(SIDE)
        for tile, face in zip(faces, (card.left, card.right), strict=True):
            tile.show_face(image_of(face.picture), face.name)
        self.words = label(_said(card), wrap=True)
        self.words.setFixedWidth(2 * SIDE + 4)
        self.buttons: dict[Label, QPushButton] = {}
        if card.said is not None:
            if card.said is Label.SAME:
                self.buttons[Label.DIFFERENT] = button(tr("No, different people"), self._clicked)
            else:
                self.buttons[Label.SAME] = button(tr("No, the same person"), self._clicked)
            self.buttons[Label.UNSURE] = button(tr("I am not sure"), self._clicked)
        for answer, one in self.buttons.items():
            one.setObjectName(answer.value)
        self.setLayout(column(row(*faces, spacing=4), self.words, *self.buttons.values(), spacing=4, margins=12))

    @Slot()
    def _clicked(self) -> None:
        self.settled.emit(self._card.pair, Label(self.sender().objectName()))


def _said(card: PairCard) -> str:
    if card.said is not None:
        return said_words(card.said)
    return tr("Both come from the folder “{name}”", name=card.left.person or "")
