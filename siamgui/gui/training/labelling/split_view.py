"""The split by people, drawn: who is learned from, who says when to stop, who judges at the end."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from siamgui.core.amounts import people_count
from siamgui.core.i18n import tr, trn
from siamgui.gui.display import image_of
from siamgui.gui.widgets.kit import Align, Card, box, column, grow, label, row, say, stretch
from siamgui.gui.widgets.mosaic import Mosaic
from siamgui.labelling.types import Part
from siamgui.storage.label_check import Check, PartCard

ROWS = 3
_TOP = Align.AlignLeft | Align.AlignTop


class SplitView(Card):
    """One column for each part."""

    def __init__(self) -> None:
        super().__init__()
        self.lack, self.left_out = label(wrap=True), label(role="muted", wrap=True)
        self.columns = {
            Part.TRAIN: _Column(tr("Learned from"), tr("The encoder is fitted to these people.")),
            Part.VALIDATION: _Column(tr("Say when to stop"), tr("Training ends when these get no better.")),
            Part.JUDGE: _Column(tr("Held out: judge at the end"), tr("Only looked at when all is decided.")),
        }
        why = tr(
            "A network that has seen a person knows that person. So the people are divided, not the pairs: whoever "
            "judges at the end was never learned from. Where a head alone is trained, everybody judges: ten more heads "
            "are trained for that, each without some of the people, who are judged by it."
        )
        columns = (grow(one, 2 if part is Part.TRAIN else 1) for part, one in self.columns.items())
        self._parts = box(row(*columns, spacing=20))
        self.setLayout(
            column(
                label(tr("Who is held out"), "title", wrap=True),
                self.lack,
                label(why, "muted", wrap=True),
                self._parts,
                self.left_out,
                margins=(16, 12, 16, 12),
            )
        )

    def show_check(self, check: Check, lack: str) -> None:
        """lack: what is missing before a result can be judged, or ""."""
        say(self.lack, f"⚠ {lack}" if lack else "")
        self._parts.setVisible(bool(check.parts))
        for part in check.parts:
            self.columns[part.part].show_part(part)
        left_out = trn(
            "{n} pair joins people of two groups and is left out.",
            "{n} pairs join people of two groups and are left out.",
            check.left_out,
        )
        say(self.left_out, left_out if check.left_out else "")


class _Column(QWidget):
    """One part: its name, what it is for, its people and pairs, and some of the faces."""

    def __init__(self, name: str, purpose: str) -> None:
        super().__init__()
        self._name = name
        title = label(name, wrap=True, align=_TOP)
        title.setStyleSheet("font-weight: 600")
        self.counts = label(wrap=True, align=_TOP)
        self.mosaic = Mosaic(ROWS)
        small = label(purpose, "small", wrap=True, align=_TOP)
        self.setLayout(column(title, small, self.counts, self.mosaic, stretch(), spacing=4))

    def show_part(self, part: PartCard) -> None:
        people = people_count(part.people)
        self.counts.setText(
            tr(
                "{people}; pairs: {same} same, {different} different",
                people=people,
                same=part.genuine,
                different=part.impostor,
            )
        )
        self.mosaic.set_faces([(image_of(face.picture), face.name) for face in part.faces], part.people)
        self.mosaic.setAccessibleName(f"{self._name}: {people}")
