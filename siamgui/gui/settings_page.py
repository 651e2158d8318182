"""The settings: few, each takes effect at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from siamgui.core import wording
from siamgui.core.i18n import LANGUAGES, mark, tr
from siamgui.core.types import Strictness
from siamgui.gui.preferences import Preferences
from siamgui.gui.theme import SCHEMES

_APPEARANCE = {"system": mark("Like the system"), "light": mark("Light"), "dark": mark("Dark")}
_DEVICE = {
    "auto": mark("Automatic"),
    "cpu": mark("CPU"),
    "cuda": mark("NVIDIA graphics card"),
    "mps": mark("Apple graphics"),
}


class SettingsPage(QWidget):
    """Shows Preferences; changed carries the new ones."""

    changed = Signal(object)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._devices: tuple[str, ...] = ("auto", "cpu")
        self.title = QLabel()
        self.title.setProperty("role", "title")
        self.title.setMinimumHeight(32)
        self.language, self.appearance, self.device, self.strictness = (QComboBox() for _ in range(4))
        self._rows = [(QLabel(), box, QLabel()) for box in self._boxes]
        form = QGridLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(4)
        form.setColumnStretch(2, 1)
        for n, (label, box, note) in enumerate(self._rows):
            label.setBuddy(box)
            note.setProperty("role", "small")
            note.setWordWrap(True)
            box.setFixedWidth(320)
            box.activated.connect(self._activated)
            form.addWidget(label, 3 * n, 0)
            form.addWidget(box, 3 * n, 1)
            form.addWidget(note, 3 * n + 1, 1, 1, 2)
            form.setRowMinimumHeight(3 * n + 2, 12)
        card = QFrame()
        card.setProperty("role", "card")
        card.setMaximumWidth(720)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(20, 20, 20, 8)
        inner.addLayout(form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(self.title)
        layout.addWidget(card)
        layout.addStretch(1)
        self._retranslate()

    @property
    def _boxes(self) -> tuple[QComboBox, ...]:
        return self.language, self.appearance, self.device, self.strictness

    def set_devices(self, devices: Sequence[str]) -> None:
        """Offer devices of this machine besides "auto" and "cpu"."""
        self._devices = ("auto", "cpu", *devices)
        self._retranslate()

    @Slot()
    def _activated(self) -> None:
        self._preferences = replace(
            self._preferences,
            language=self.language.currentData(),
            appearance=self.appearance.currentData(),
            device=self.device.currentData(),
            strictness=Strictness(self.strictness.currentData()),  # Qt keeps a plain str
        )
        self.changed.emit(self._preferences)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        chosen = self._preferences
        devices = dict.fromkeys((*self._devices, chosen.device))
        self.title.setText(tr("Settings"))
        _fill(self.language, {"system": tr("Like the system"), **LANGUAGES}, chosen.language)
        _fill(self.appearance, {name: tr(_APPEARANCE[name]) for name in SCHEMES}, chosen.appearance)
        _fill(self.device, {name: tr(_DEVICE[name]) for name in devices}, chosen.device)
        strictness = {s: f"{wording.strictness_name(s)} · {wording.one_in(s.fmr)}" for s in Strictness}
        _fill(self.strictness, strictness, chosen.strictness)
        texts = (
            (tr("Language"), ""),
            (tr("Appearance"), ""),
            (tr("Device"), tr("Where the face engine runs. Automatic takes a graphics card if there is a usable one.")),
            (
                tr("Strictness at the start"),
                tr("How many pairs of different people may come out as the same person."),
            ),
        )
        for (label, box, note), (name, explanation) in zip(self._rows, texts, strict=True):
            label.setText(name)
            box.setAccessibleName(name)
            box.setAccessibleDescription(explanation)
            note.setText(explanation)
            note.setVisible(bool(explanation))


def _fill(box: QComboBox, items: dict[str, str] | dict[Strictness, str], chosen: str) -> None:
    with QSignalBlocker(box):
        box.clear()
        for value, text in items.items():
            box.addItem(text, value)
        box.setCurrentIndex(box.findData(chosen))
