"""Forms: fields with their labels, and a sentence about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from siamgui.gui.widgets.kit import label


@dataclass(frozen=True, slots=True)
class FormRow:
    """A field with its label and a sentence about it ("" for none)."""

    label: QLabel
    field: QWidget
    hint: QLabel

    def set_visible(self, shown: bool) -> None:
        self.label.setVisible(shown)
        self.field.setVisible(shown)
        self.hint.setVisible(shown and bool(self.hint.text()))


def form_row(text: str, field: QWidget, hint: str = "") -> FormRow:
    """The label names the field, for the keyboard and for a reader as well."""
    named = label(text, of=field)
    field.setAccessibleName(text)
    field.setAccessibleDescription(hint)
    return FormRow(named, field, label(hint, "small", wrap=True))


def form(rows: Iterable[FormRow], *, hints_below: bool = False, spacing: tuple[int, int] = (16, 8)) -> QGridLayout:
    """Rows one under the other. hints_below: under their fields instead of beside them. spacing: across and down."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(spacing[0])
    grid.setVerticalSpacing(spacing[1])
    grid.setColumnStretch(2, 1)
    for n, one in enumerate(rows):
        at_row = 3 * n if hints_below else n
        grid.addWidget(one.label, at_row, 0)
        grid.addWidget(one.field, at_row, 1)
        if hints_below:
            grid.addWidget(one.hint, at_row + 1, 1, 1, 2)
            grid.setRowMinimumHeight(at_row + 2, 12)
        else:
            grid.addWidget(one.hint, at_row, 2)
        if not one.hint.text():
            one.hint.hide()
    return grid
