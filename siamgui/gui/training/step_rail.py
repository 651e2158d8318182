"""The six steps side by side: where one is, which are done, which wait for something."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.training.step_status import StepProgress, StepStatus
from siamgui.gui.training.steps import Step, step_name
from siamgui.gui.widgets.kit import grow, row


class StepRail(QWidget):
    """wanted(Step) is emitted when the person picks one."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Steps"))
        self._here = Step.PAIRS
        self.buttons = {step: self._button(step) for step in Step}
        self.setLayout(row(*(grow(button) for button in self.buttons.values()), spacing=4))

    def _button(self, step: Step) -> QToolButton:
        made = QToolButton()
        made.setObjectName(step.value)
        made.setProperty("kind", "step")
        made.setCheckable(True)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        made.clicked.connect(self._clicked)
        return made

    def show_progress(self, here: Step, progress: Mapping[Step, StepProgress]) -> None:
        """here: the step that is shown."""
        self._here = here
        for step, button in self.buttons.items():
            words, name = progress[step].words, step_name(step)
            done = progress[step].status is StepStatus.DONE
            button.setText(f"{step.number}  {name}\n{'✓ ' * done}{words}")
            button.setChecked(step is here)
            said = [tr("Step {number}: {name}", number=step.number, name=name)]
            said += [tr("you are here")] * (step is here) + [tr("done")] * done + [words] * bool(words)
            button.setAccessibleName(", ".join(said))
            button.setToolTip(progress[step].why)
        # One without words below its name is as high as the others, which in Chinese are higher.
        self.setFixedHeight(self.sizeHint().height())

    @Slot()
    def _clicked(self) -> None:
        for step, button in self.buttons.items():
            button.setChecked(step is self._here)  # a click must not leave two of them checked
        self.wanted.emit(Step(self.sender().objectName()))
