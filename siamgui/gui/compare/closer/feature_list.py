"""The checklist beside two faces: of each feature what is seen, and a note."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from siamgui.core.checklist import LONGEST_NOTE, Checklist, Feature, Remark, Seen, feature_name, seen_name
from siamgui.core.i18n import tr
from siamgui.gui.widgets.kit import Card, box, column, label, line, row, step_button, stretch
from siamgui.gui.widgets.scrolling import scrolling

WIDTH = 316


class FeatureList(Card):
    """Shows a Checklist."""

    said = Signal(object)
    """Remark."""

    def __init__(self) -> None:
        super().__init__()
        self._checklist = Checklist()
        self.buttons: dict[tuple[Feature, Seen], QToolButton] = {}
        self.notes = {
            feature: line(tr("Note on: {what}", what=feature_name(feature)), hint=tr("Note")) for feature in Feature
        }
        parts: list[QWidget] = [
            label(tr("Feature by feature"), "headline"),
            label(
                tr("Your own eyes: nothing of it changes the verdict. It lasts until another pair is compared."),
                "small",
                wrap=True,
            ),
        ]
        for feature in Feature:
            for seen in Seen:
                made = step_button(seen_name(seen), partial(self._pressed, feature, seen))
                made.setAccessibleName(tr("{what}: {seen}", what=feature_name(feature), seen=seen_name(seen)))
                self.buttons[feature, seen] = made
            note = self.notes[feature]
            note.setMaxLength(LONGEST_NOTE)
            note.editingFinished.connect(partial(self._noted, feature))
            chosen = row(*(self.buttons[feature, seen] for seen in Seen), spacing=4)
            parts.append(box(column(label(feature_name(feature)), chosen, note, spacing=4)))
        inner = box(column(*parts, stretch(), spacing=12, margins=11))
        area = scrolling(inner, by_keyboard=True)
        area.setAccessibleName(tr("Feature by feature"))
        self.setLayout(column(area))
        self.setFixedWidth(WIDTH)

    def show_checklist(self, checklist: Checklist) -> None:
        self._checklist = checklist
        for (feature, seen), button in self.buttons.items():
            button.setChecked(checklist.of(feature).seen is seen)
        for feature, note in self.notes.items():
            if note.text() != checklist.of(feature).note and not note.hasFocus():
                with QSignalBlocker(note):
                    note.setText(checklist.of(feature).note)

    def _pressed(self, feature: Feature, seen: Seen) -> None:
        """Pressed once more, it is left open again."""
        before = self._checklist.of(feature)
        self.said.emit(Remark(feature, None if before.seen is seen else seen, self.notes[feature].text().strip()))

    def _noted(self, feature: Feature) -> None:
        before, note = self._checklist.of(feature), self.notes[feature].text().strip()
        if note != before.note:
            self.said.emit(Remark(feature, before.seen, note))
