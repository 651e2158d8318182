"""The expert settings: a row for each, of which only those that matter to the method are shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QDoubleSpinBox, QSpinBox, QWidget

from siamgui.core.i18n import tr
from siamgui.finetuning.setting_fields import FIELDS, SettingField
from siamgui.finetuning.settings import Settings
from siamgui.gui.widgets.form import form, form_row
from siamgui.gui.widgets.kit import Choice
from siamgui.versions.method import Method


class SettingsForm(QWidget):
    """Shows Settings; changed carries the new ones."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._settings = Settings(Method.HEAD)
        self.boxes = {field.name: self._make(field) for field in FIELDS}
        self._rows = {
            field.name: form_row(tr(field.label), self.boxes[field.name], tr(field.words)) for field in FIELDS
        }
        for name, box in self.boxes.items():
            box.setObjectName(name)
            box.setMinimumSize(200, 28)
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            box.installEventFilter(self)
        self.setLayout(form(self._rows.values()))
        self.show_settings(self._settings)

    def _make(self, field: SettingField) -> QWidget:
        if field.choices is not None:
            choice = Choice[Any]("", {value: tr(name) for value, name in field.choices.items()})
            choice.picked.connect(self._edited)
            return choice
        if field.span is None:
            tick = QCheckBox()
            tick.clicked.connect(self._edited)
            return tick
        least, most, digits = field.span
        if digits == 0:
            count = QSpinBox()
            count.setRange(round(least), round(most))
            count.valueChanged.connect(self._edited)
            return count
        number = QDoubleSpinBox()
        number.setDecimals(digits)
        number.setRange(least, most)
        number.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        number.valueChanged.connect(self._edited)
        return number

    def show_settings(self, settings: Settings) -> None:
        self._settings = settings
        for field in FIELDS:
            box, value = self.boxes[field.name], getattr(settings, field.name)
            with QSignalBlocker(box):
                if isinstance(box, Choice):
                    box.show_value(value)
                elif isinstance(box, QCheckBox):
                    box.setChecked(value)
                elif isinstance(box, QSpinBox) and field.name == "rank":
                    box.setMinimum(0 if settings.method is Method.HEAD else 1)  # only a head knows a full matrix
                    box.setValue(value)
                elif isinstance(box, QSpinBox | QDoubleSpinBox) and box.value() != (value or 0):
                    box.setValue(value or 0)
            self._rows[field.name].set_visible(settings.method in field.methods and field.when(settings))

    @Slot()
    def _edited(self) -> None:
        box = self.sender()
        value: Any = None
        if isinstance(box, QCheckBox):
            value = box.isChecked()
        elif isinstance(box, Choice | QSpinBox | QDoubleSpinBox):
            value = box.value if isinstance(box, Choice) else box.value()
        name = box.objectName()
        if name == "q" and not value:
            value = None
        self.changed.emit(replace(self._settings, **{name: value}))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the page; it does not change a setting on the way."""
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
