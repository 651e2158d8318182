"""The line at the bottom: who answers, how long it took, and that nothing leaves the machine."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from siamgui.core import wording
from siamgui.core.i18n import tr
from siamgui.gui.compare.state import PairState
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.kit import grow, label, row, say


class StatusLine(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status")
        self.engine = ElidedLabel("small")
        self.recorded = label(role="small")
        self.offline = label(tr("offline ✓"), "small")
        self.offline.setToolTip(tr("siamgui never uses the network."))
        self.setLayout(row(grow(self.engine), self.recorded, self.offline, margins=(16, 4, 16, 4)))

    def render_state(self, state: PairState, recorded: str) -> None:
        """recorded: whether comparisons are written down."""
        say(self.recorded, recorded)
        if state.engine is not None:
            text = wording.engine_line(state.engine, state.milliseconds)
        elif state.blocked is not None:
            text = tr("The face engine is not available")
        else:
            text = tr("Getting the face engine ready…")
        self.engine.set_whole_text(text)
