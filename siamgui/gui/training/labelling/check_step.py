"""Step 2: what the pairs are worth: faces, duplicates, people who overlap, balance, and who is held out."""

from __future__ import annotations

from PySide6.QtCore import Slot

from siamgui.core.i18n import tr
from siamgui.gui.training.labelling.check_lines import CheckLines
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.split_view import SplitView
from siamgui.gui.training.step_view import StepView
from siamgui.gui.widgets.kit import Align, at, bar, box, column, label, stack, stretch
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.storage.labelling_session import DeskMode
from siamgui.storage.training_steps import Step, lack_of


class CheckStep(StepView[None]):
    """The view of a Check."""

    def __init__(self, controller: LabellingController) -> None:
        super().__init__()
        self.controller = controller
        self.split, self.lines = SplitView(), CheckLines()
        self.lines.wanted.connect(self._go_to_desk)
        self._wait, working = label(), bar(tr("Working"))
        working.setRange(0, 0)
        waiting = box(column(stretch(), at(self._wait, Align.AlignHCenter), working, stretch(2), margins=11))
        body = box(column(self.split, self.lines, stretch(), spacing=12, margins=(0, 0, 8, 0)))
        self.scroll_area = scrolling(body, by_keyboard=True)
        self.scroll_area.setAccessibleName(tr("What the pairs are worth"))
        self._stack = stack(waiting, self.scroll_area)
        self.setLayout(column(self._stack))

    @Slot(object)
    def _go_to_desk(self, mode: DeskMode) -> None:
        self.controller.go(Step.PAIRS)
        self.controller.show_desk(mode)

    def show_state(self) -> None:
        state = self.controller.state
        self._wait.setText(tr("Photos are still being read…") if state.importing else tr("Looking at the pairs…"))
        self._stack.setCurrentIndex(1 if state.check is not None else 0)
        if state.check is not None and state.summary is not None:
            self.split.show_check(state.check, lack_of(state.summary, state.check))
            self.lines.show_check(state.check, state.summary)
