"""The line at the bottom: who answers, how long it took, and that nothing leaves the machine."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from siamgui.core import wording
from siamgui.core.i18n import tr
from siamgui.gui.compare.state import PairState
from siamgui.gui.widgets.elided_label import ElidedLabel


class StatusLine(QFrame):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: PairState | None = None
        self.setObjectName("status")
        self.engine = ElidedLabel()
        self.offline = QLabel()
        for label in (self.engine, self.offline):
            label.setProperty("role", "small")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 16, 4)
        layout.addWidget(self.engine, 1)
        layout.addWidget(self.offline)
        self._retranslate()

    def render_state(self, state: PairState) -> None:
        self._state = state
        if state.engine is not None:
            text = wording.engine_line(state.engine, state.milliseconds)
        elif state.blocked is not None:
            text = tr("The face engine is not available")
        else:
            text = tr("Getting the face engine ready…")
        self.engine.set_whole_text(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.offline.setText(tr("offline ✓"))
        self.offline.setToolTip(tr("siamgui never uses the network."))
        if self._state is not None:
            self.render_state(self._state)
