"""The six steps side by side: where one is, which are done, which wait for something."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from siamgui.core.i18n import tr
from siamgui.gui.widgets.kit import grow, row, step_button
from siamgui.storage.training_steps import Step, StepProgress, StepStatus, step_name


class StepRail(QWidget):
    """wanted(Step) is emitted when the person picks one."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Steps"))
        self._here = Step.PAIRS
        self.buttons = {one: step_button("", self._clicked) for one in Step}
        for one, made in self.buttons.items():
            made.setObjectName(one.value)
        self.setLayout(row(*(grow(button) for button in self.buttons.values()), spacing=4))

    def show_progress(self, here: Step, progress: Mapping[Step, StepProgress]) -> None:
        """here: the step that is shown."""
        self._here = here
        for one, button in self.buttons.items():
            words, name = progress[one].words, step_name(one)
            done = progress[one].status is StepStatus.DONE
            button.setText(f"{one.number}  {name}\n{'✓ ' * done}{words}")
            button.setChecked(one is here)
            said = [tr("Step {number}: {name}", number=one.number, name=name)]
            said += [tr("you are here")] * (one is here) + [tr("done")] * done + [words] * bool(words)
            button.setAccessibleName(", ".join(said))
            button.setToolTip(progress[one].why)
        # One without words below its name is as high as the others, which in Chinese are higher.
        self.setFixedHeight(self.sizeHint().height())

    @Slot()
    def _clicked(self) -> None:
        for one, button in self.buttons.items():
            button.setChecked(one is self._here)  # a click must not leave two of them checked
        self.wanted.emit(Step(self.sender().objectName()))
