"""The six steps side by side: where one is, which are done, which wait for something."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from siamgui.core.i18n import tr
from siamgui.gui import theme
from siamgui.gui.training.labelling.state import LabellingState, Step, StepStatus, step_name


class StepRail(QWidget):
    """wanted(Step) is emitted when the person picks one."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = LabellingState()
        self.buttons: dict[Step, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for step in Step:
            button = self.buttons[step] = QToolButton()
            button.setObjectName(step.value)
            button.setProperty("kind", "step")
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Preferred)
            button.clicked.connect(self._clicked)
            row.addWidget(button, 1)

    def render_state(self, state: LabellingState) -> None:
        self._state = state
        for step, button in self.buttons.items():
            progress = state.progress[step]
            here = step is state.step
            done = progress.status is StepStatus.DONE
            words = progress.words or (tr("not yet") if progress.status is StepStatus.BLOCKED else "")
            sign = "✓ " if done else ""
            name = f"{step.number}  {step_name(step)}"
            button.setText(f"{name}\n{sign}{words}")
            button.setChecked(here)
            said = [tr("Step {number}: {name}", number=step.number, name=step_name(step))]
            said += [tr("you are here")] * here + [tr("done")] * done + [words] * bool(words)
            button.setAccessibleName(", ".join(said))
            button.setToolTip(progress.why)
            if button.property("status") != progress.status.value:
                button.setProperty("status", progress.status.value)
                theme.restyle(button)
        # One without words below its name is as high as the others, which in Chinese are higher.
        self.setFixedHeight(self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.render_state(self._state)

    @Slot()
    def _clicked(self) -> None:
        self.wanted.emit(Step(self.sender().objectName()))
        self.render_state(self._state)  # a click must not leave two of them checked
