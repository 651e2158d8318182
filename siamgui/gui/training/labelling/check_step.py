"""Step 2: what the pairs are worth: faces, duplicates, people who overlap, balance, and who is held out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.training.labelling.check_lines import CheckLines
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.split_view import SplitView
from siamgui.gui.training.labelling.state import DeskMode, LabellingState, Step
from siamgui.gui.widgets.scrolling import scrolling


class CheckStep(QWidget):
    """The view of a Check."""

    def __init__(self, controller: LabellingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self._state = controller.state
        self.split = SplitView()
        self.lines = CheckLines()
        self.lines.wanted.connect(self._go_to_desk)
        self._wait = QLabel()
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._stack = QStackedWidget()
        self._build()

    def _build(self) -> None:
        waiting = QWidget()
        wait = QVBoxLayout(waiting)
        wait.setSpacing(8)
        wait.addStretch(1)
        wait.addWidget(self._wait, 0, Qt.AlignmentFlag.AlignHCenter)
        wait.addWidget(self._bar)
        wait.addStretch(2)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.split)
        column.addWidget(self.lines)
        column.addStretch(1)
        self.scroll_area = scrolling(body, by_keyboard=True)
        self._stack.addWidget(waiting)
        self._stack.addWidget(self.scroll_area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    @Slot(object)
    def _go_to_desk(self, mode: DeskMode) -> None:
        self.controller.go(Step.PAIRS)
        self.controller.show_desk(mode)

    def render_state(self, state: LabellingState) -> None:
        self._state = state
        self.scroll_area.setAccessibleName(tr("What the pairs are worth"))
        self._bar.setAccessibleName(tr("Working"))
        self._wait.setText(tr("Photos are still being read…") if state.importing else tr("Looking at the pairs…"))
        self._stack.setCurrentIndex(1 if state.check is not None else 0)
        if state.check is not None and state.shelf is not None:
            self.split.show_check(state.check, state.lack)
            self.lines.show_check(state.check, state.shelf)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.render_state(self._state)
