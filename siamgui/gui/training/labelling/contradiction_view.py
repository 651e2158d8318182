"""Answers that contradict each other, side by side, each with the way to change it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from siamgui.core.i18n import tr
from siamgui.core.types import Label
from siamgui.gui.training.labelling.state import PairCard, said_words
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.face_picture import FacePicture

SIDE = 88


class ContradictionView(QScrollArea):
    """settled(pair, Label) is emitted with another answer for one of the pairs."""

    settled = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._shown: tuple[PairCard, ...] = ()
        self.cards: list[ContradictionCard] = []

    def show_contradiction(self, contradiction: tuple[PairCard, ...]) -> None:
        """The pair called different first, then the chain of pairs called the same."""
        if [(card.pair, card.said) for card in contradiction] == [(card.pair, card.said) for card in self._shown]:
            return
        self._shown = contradiction
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.cards = [ContradictionCard(card) for card in contradiction]
        for card in self.cards:
            card.settled.connect(self.settled)
            row.addWidget(card, 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch(1)
        self.setWidget(body)  # the old one is deleted


class ContradictionCard(QFrame):
    """One pair, what was said of it, and the other answers."""

    settled = Signal(object, object)

    def __init__(self, card: PairCard) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._card = card
        pictures = QHBoxLayout()
        pictures.setSpacing(4)
        names = QHBoxLayout()
        names.setSpacing(4)
        for face in (card.left, card.right):
            picture = FacePicture(SIDE)
            picture.set_image(face.picture, face.name)
            pictures.addWidget(picture)
            name = ElidedLabel()
            name.setProperty("role", "small")
            name.setFixedWidth(SIDE)
            name.set_whole_text(face.name)
            names.addWidget(name)
        self.words = QLabel(self._said())
        self.words.setWordWrap(True)
        self.words.setFixedWidth(2 * SIDE + 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(4)
        layout.addLayout(pictures)
        layout.addLayout(names)
        layout.addWidget(self.words)
        self.buttons: dict[Label, QPushButton] = {}
        if card.said is None:
            return
        other = Label.DIFFERENT if card.said is Label.SAME else Label.SAME
        for label in (other, Label.UNSURE):
            button = self.buttons[label] = QPushButton()
            button.setObjectName(label.value)
            button.clicked.connect(self._clicked)
            layout.addWidget(button)
        self.buttons[other].setText(
            tr("No, different people") if other is Label.DIFFERENT else tr("No, the same person")
        )
        self.buttons[Label.UNSURE].setText(tr("I am not sure"))

    def _said(self) -> str:
        if self._card.said is not None:
            return said_words(self._card.said)
        return tr("Both come from the folder “{name}”", name=self._card.left.person or "")

    @Slot()
    def _clicked(self) -> None:
        self.settled.emit(self._card.pair, Label(self.sender().objectName()))
