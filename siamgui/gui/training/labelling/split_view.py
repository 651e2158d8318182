"""The split by people, drawn: who is learned from, who says when to stop, who judges at the end."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from siamgui.core.i18n import tr, trn
from siamgui.gui.training.labelling.state import Check, PartCard
from siamgui.gui.widgets.mosaic import Mosaic
from siamgui.labelling.types import Part

ROWS = 3


class SplitView(QFrame):
    """A card with one column for each part."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._title, self.why, self.left_out, self.lack = (QLabel() for _ in range(4))
        self._title.setProperty("role", "title")
        self.why.setProperty("role", "muted")
        self.left_out.setProperty("role", "muted")
        self.columns = {part: _Column() for part in (Part.TRAIN, Part.VALIDATION, Part.JUDGE)}
        parts = QHBoxLayout()
        parts.setSpacing(20)
        for part, column in self.columns.items():
            parts.addWidget(column, 2 if part is Part.TRAIN else 1)
        self._parts = QWidget()
        self._parts.setLayout(parts)
        parts.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        for label in (self._title, self.lack, self.why):
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addWidget(self._parts)
        self.left_out.setWordWrap(True)
        layout.addWidget(self.left_out)

    def show_check(self, check: Check, lack: str) -> None:
        """lack: what is missing before a result can be judged, or ""."""
        self._title.setText(tr("Who is held out"))
        self.lack.setText(f"⚠ {lack}" if lack else "")
        self.lack.setVisible(bool(lack))
        self.why.setText(
            tr(
                "A network that has seen a person knows that person. So the people are divided, not the pairs: whoever "
                "judges at the end was never learned from."
            )
        )
        self._parts.setVisible(bool(check.parts))
        for part in check.parts:
            self.columns[part.part].show_part(part)
        self.left_out.setText(
            trn(
                "{n} pair joins people of two groups and is left out.",
                "{n} pairs join people of two groups and are left out.",
                check.left_out,
            )
        )
        self.left_out.setVisible(check.left_out > 0)


class _Column(QWidget):
    """One part: its name, what it is for, its people and pairs, and some of the faces."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.purpose, self.counts = QLabel(), QLabel(), QLabel()
        self.name.setStyleSheet("font-weight: 600")
        self.purpose.setProperty("role", "small")
        self.mosaic = Mosaic(ROWS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for label in (self.name, self.purpose, self.counts):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            layout.addWidget(label)
        layout.addWidget(self.mosaic)
        layout.addStretch(1)

    def show_part(self, part: PartCard) -> None:
        name, purpose = {
            Part.TRAIN: (tr("Learned from"), tr("The encoder is fitted to these people.")),
            Part.VALIDATION: (tr("Say when to stop"), tr("Training ends when these get no better.")),
            Part.JUDGE: (tr("Held out: judge at the end"), tr("Only looked at when all is decided.")),
        }[part.part]
        people = trn("{n} person", "{n} people", part.people)
        self.name.setText(name)
        self.purpose.setText(purpose)
        self.counts.setText(
            tr(
                "{people}; pairs: {same} same, {different} different",
                people=people,
                same=part.genuine,
                different=part.impostor,
            )
        )
        self.mosaic.set_faces([(face.picture, face.name) for face in part.faces], part.people)
        self.mosaic.setAccessibleName(f"{name}: {people}")
