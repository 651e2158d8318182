"""The choice of strictness, with what each accepts."""

from __future__ import annotations

from PySide6.QtCore import Qt

from siamgui.core import wording
from siamgui.core.i18n import tr
from siamgui.core.types import Strictness
from siamgui.gui.widgets.kit import Choice


class StrictnessBox(Choice[Strictness]):
    def __init__(self) -> None:
        shares = {s: f"{wording.strictness_name(s)} · {wording.one_in(s.fmr)}" for s in Strictness}
        super().__init__(tr("Strictness"), shares)
        for n, strictness in enumerate(Strictness):
            self.setItemData(n, wording.strictness_hint(strictness), Qt.ItemDataRole.ToolTipRole)

    def show_value(self, value: Strictness | None) -> None:
        super().show_value(value)
        self.setToolTip(wording.strictness_hint(self.value))
