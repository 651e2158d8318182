"""The expert settings: one table of fields, each with a sentence; only those that matter to the method are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from siamgui.core.i18n import mark, tr
from siamgui.finetuning.settings import LossName, Settings
from siamgui.gui.preferences import DEVICES
from siamgui.gui.training.finetuning.run_wording import LOSS_NAMES
from siamgui.versions.method import Method

_ON_PEOPLE = (LossName.TRIPLET, LossName.MULTI_SIMILARITY)
_TRAINED = (Method.HEAD, Method.ADAPT, Method.FULL, Method.SCRATCH)
_KEPT_CLOSE = (Method.HEAD, Method.ADAPT, Method.FULL)
_DEEP = (Method.ADAPT, Method.FULL, Method.SCRATCH)
_ENERGIES = {"l2": mark("L2, straight line"), "l1": mark("L1, as in the abstract of the paper")}


@dataclass(frozen=True, slots=True)
class Field:
    """name: of Settings. words: one sentence. methods: those it matters to. when: whether other settings let it matter.

    choices: values and their names. span: least and greatest number, and decimals.
    """

    name: str
    label: str
    words: str
    methods: tuple[Method, ...]
    choices: dict[Any, str] | None = None
    span: tuple[float, float, int] | None = None
    when: Callable[[Settings], bool] = lambda settings: True


FIELDS = (
    Field("loss", mark("Loss"), mark("What training makes smaller."), _TRAINED, LOSS_NAMES),
    Field(
        "q",
        mark("Q of the Chopra loss"),
        mark("The greatest distance there can be; 0 takes the encoder’s own bound."),
        _TRAINED,
        span=(0, 20, 1),
        when=lambda settings: settings.loss is LossName.CHOPRA,
    ),
    Field(
        "energy",
        mark("Distance"),
        mark("How the distance of two embeddings is measured while training."),
        _TRAINED,
        _ENERGIES,
        when=lambda settings: settings.loss not in _ON_PEOPLE,
    ),
    Field("epochs", mark("Passes"), mark("How often every pair is seen, at most."), _TRAINED, span=(1, 1000, 0)),
    Field("batch", mark("Pairs per step"), mark("More is steadier and takes more memory."), _TRAINED, span=(2, 512, 0)),
    Field(
        "learning_rate",
        mark("Learning rate"),
        mark("How far one step goes. Too much and the encoder breaks; it is caught when judged."),
        _TRAINED,
        span=(1e-6, 0.1, 6),
    ),
    Field(
        "rank",
        mark("Rank"),
        mark("How rich a change may be; less forgets less. 0 leaves a head free."),
        (Method.HEAD, Method.ADAPT),
        span=(0, 192, 0),
    ),
    Field(
        "contrast",
        mark("Push apart"),
        mark("How strongly faces of other pairs are pushed apart from each pair of the same person."),
        _TRAINED,
        span=(0, 100, 1),
        when=lambda settings: settings.loss not in _ON_PEOPLE,
    ),
    Field(
        "anchor",
        mark("Anchor"),
        mark("How strongly your good photos hold the encoder where it was."),
        _KEPT_CLOSE,
        span=(0, 1000, 1),
    ),
    Field(
        "robust",
        mark("Robustness"),
        mark("How strongly spoilt copies of your good photos are held to the same place."),
        (Method.ADAPT, Method.FULL),
        span=(0, 1000, 1),
    ),
    Field(
        "l2sp", mark("Pull back"), mark("How strongly weights are drawn back to where they began."), _KEPT_CLOSE,
        span=(0, 100, 3),
    ),
    Field(
        "augment",
        mark("Vary the photos"),
        mark("Shift, mirror, darken and cover them a little, so that details are not learned by heart."),
        _DEEP,
    ),
    Field(
        "patience",
        mark("Patience"),
        mark("Passes that are worse than the best, beyond chance, before training ends by itself; 0: never."),
        _TRAINED,
        span=(0, 1000, 0),
    ),
    Field("seed", mark("Seed"), mark("The same number gives the same result again."), _TRAINED, span=(0, 9999, 0)),
    Field("device", mark("Device"), mark("Where training computes."), _TRAINED, DEVICES),
)  # fmt: skip


class SettingsForm(QWidget):
    """Shows Settings; changed carries the new ones."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = Settings(Method.HEAD)
        self.boxes: dict[str, QWidget] = {}
        self._labels: dict[str, tuple[QLabel, QLabel]] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        for row, field in enumerate(FIELDS):
            box = self.boxes[field.name] = self._make(field)
            box.setObjectName(field.name)
            box.setMinimumWidth(200)
            box.setMinimumHeight(28)
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            box.installEventFilter(self)
            label, note = self._labels[field.name] = QLabel(), QLabel()
            label.setBuddy(box)
            note.setProperty("role", "small")
            note.setWordWrap(True)
            for column, part in enumerate((label, box, note)):
                grid.addWidget(part, row, column)
        self._retranslate()

    def _make(self, field: Field) -> QWidget:
        if field.choices is not None:
            chooser = QComboBox()
            chooser.activated.connect(self._edited)
            return chooser
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
                if isinstance(box, QComboBox):
                    box.setCurrentIndex(box.findData(value))
                elif isinstance(box, QCheckBox):
                    box.setChecked(value)
                elif isinstance(box, QSpinBox) and field.name == "rank":
                    box.setMinimum(0 if settings.method is Method.HEAD else 1)  # only a head knows a full matrix
                    box.setValue(value)
                elif isinstance(box, QSpinBox | QDoubleSpinBox) and box.value() != (value or 0):
                    box.setValue(value or 0)
            shown = settings.method in field.methods and field.when(settings)
            for part in (box, *self._labels[field.name]):
                part.setVisible(shown)

    @Slot()
    def _edited(self) -> None:
        box = self.sender()
        assert isinstance(box, QWidget)
        value: Any = None
        if isinstance(box, QComboBox):
            value = box.currentData()
        elif isinstance(box, QCheckBox):
            value = box.isChecked()
        elif isinstance(box, QSpinBox | QDoubleSpinBox):
            value = box.value()
        name = box.objectName()
        if name == "loss":
            value = LossName(value)  # Qt keeps a plain str
        if name == "q" and not value:
            value = None
        self.changed.emit(replace(self._settings, **{name: value}))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the page; it does not change a setting on the way."""
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        for field in FIELDS:
            box = self.boxes[field.name]
            label, note = self._labels[field.name]
            label.setText(tr(field.label))
            note.setText(tr(field.words))
            box.setAccessibleName(tr(field.label))
            box.setAccessibleDescription(tr(field.words))
            if isinstance(box, QComboBox) and field.choices is not None:
                with QSignalBlocker(box):
                    box.clear()
                    for value, text in field.choices.items():
                        box.addItem(tr(text), value)
        self.show_settings(self._settings)
