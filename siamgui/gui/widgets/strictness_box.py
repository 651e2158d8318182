"""The choice of strictness, with what each accepts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from siamgui.core import wording
from siamgui.core.i18n import tr
from siamgui.core.types import Strictness


class StrictnessBox(QComboBox):
    chosen = Signal(object)
    """Strictness, when the person picks another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for strictness in Strictness:
            self.addItem("", strictness)
        self.activated.connect(self._activated)
        self._retranslate()

    def show_strictness(self, strictness: Strictness) -> None:
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(strictness))
        self.setToolTip(wording.strictness_hint(strictness))

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.chosen.emit(Strictness(self.itemData(index)))  # Qt keeps a plain str

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(tr("Strictness"))
        for n, strictness in enumerate(Strictness):
            share = wording.one_in(strictness.fmr)
            self.setItemText(n, f"{wording.strictness_name(strictness)} · {share}")
            self.setItemData(n, wording.strictness_hint(strictness), Qt.ItemDataRole.ToolTipRole)
        self.setToolTip(wording.strictness_hint(Strictness(self.currentData())))
