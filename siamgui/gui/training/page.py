"""The training page: the rail of steps, the step that is shown, and the way back and forth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from siamgui.core.i18n import mark, tr
from siamgui.gui import theme
from siamgui.gui.actions import add_action, name_action
from siamgui.gui.page import Page
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.pairs_step import PairsStep
from siamgui.gui.training.labelling.state import LabellingState, Step, StepStatus, step_name
from siamgui.gui.training.step_rail import StepRail
from siamgui.gui.widgets.banner import Banner

if TYPE_CHECKING:
    from siamgui.gui.training.finetuning.run_controller import RunController


class StepView(Protocol):
    """What every step is, besides a QWidget. It is made when it is first shown and rendered while it is shown."""

    def render_state(self, state: LabellingState) -> None: ...


class TrainingPage(Page[None]):
    """The view of a LabellingController and of the RunController that stands on it."""

    def __init__(self, controller: LabellingController, runs: RunController) -> None:
        super().__init__()
        self.controller = controller
        self.runs = runs
        self.title = QLabel()
        self.hint = QLabel()
        self.rail = StepRail()
        self.trouble = Banner(closable=False)
        self.notice = Banner()
        self.back_button, self.next_button = QPushButton(), QPushButton()
        self.steps: dict[Step, QWidget] = {}
        self.waiting = _Waiting()
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self._retranslate()
        self._render()

    def _build(self) -> None:
        self.title.setProperty("role", "title")
        self.hint.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addWidget(self.hint, 1)
        self._stack.addWidget(self.waiting)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back_button)
        foot.addStretch(1)
        foot.addWidget(self.next_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.rail)
        layout.addWidget(self.trouble)
        layout.addWidget(self.notice)
        layout.addWidget(self._stack, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self._actions = {name: add_action(self, name) for name in ("back", "next")}
        self._actions["back"].triggered.connect(self.go_to_previous)
        self._actions["next"].triggered.connect(self.go_to_next)
        self.back_button.clicked.connect(self.go_to_previous)
        self.next_button.clicked.connect(self.go_to_next)
        self.rail.wanted.connect(self.controller.go)
        self.waiting.wanted.connect(self.controller.go)
        self.notice.dismissed.connect(self.controller.dismiss)
        self.controller.changed.connect(self._render)

    def _make(self, step: Step) -> QWidget:
        """Steps are made when they are first shown, and so is what they import."""
        if step is Step.PAIRS:
            return PairsStep(self.controller)
        if step is Step.CHECK:
            from siamgui.gui.training.labelling.check_step import CheckStep

            return CheckStep(self.controller)
        if step is Step.METHOD:
            from siamgui.gui.training.finetuning.method_step import MethodStep

            return MethodStep(self.controller, self.runs)
        if step is Step.TRAIN:
            from siamgui.gui.training.finetuning.train_step import TrainStep

            return TrainStep(self.controller, self.runs)
        if step is Step.JUDGE:
            from siamgui.gui.training.versions.judge_step import JudgeStep

            return JudgeStep(self.controller, self.runs)
        from siamgui.gui.training.versions.activate_step import ActivateStep

        return ActivateStep(self.controller, self.runs)

    # Walking.

    @Slot()
    def go_to_previous(self) -> None:
        self._walk(-1)

    @Slot()
    def go_to_next(self) -> None:
        self._walk(1)

    def _walk(self, by: int) -> None:
        target = self.controller.state.step.moved(by)
        if target is not None:
            self.controller.go(target)

    def go_back(self) -> bool:
        """Escape: out of a place within the step. False if there was nothing to go back from."""
        return self.controller.state.step is Step.PAIRS and self._pairs().go_back()

    def stop(self) -> None:
        """Close an open dialog."""
        self._pairs().stop()

    # Drops, which the window hands on while this page is shown.

    def drag_over(self, mime: QMimeData, where: QPoint) -> None:
        """Show that a drop would be taken. where: global position."""
        self._pairs().drag_over(mime)

    def drag_end(self) -> None:
        self._pairs().drag_end()

    def drop(self, mime: QMimeData, where: QPoint) -> None:
        """Photographs, folders and lists of pairs belong to the first step, whichever is shown."""
        self.controller.go(Step.PAIRS)
        self._pairs().drop(mime)

    def _pairs(self) -> PairsStep:
        step = self._step(Step.PAIRS)
        assert isinstance(step, PairsStep)
        return step

    # Showing.

    def _step(self, step: Step) -> QWidget:
        if step not in self.steps:
            view = self.steps[step] = self._make(step)
            view.setObjectName(f"step-{step.value}")
            self._stack.addWidget(view)
        return self.steps[step]

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        self.rail.render_state(state)
        self.trouble.say(str(state.blocked) if state.blocked is not None else "")
        self.notice.say(str(state.notice) if state.notice is not None else "")
        if state.shelf is None or state.progress[state.step].status is StepStatus.BLOCKED:
            self.waiting.render_state(state)
            self._stack.setCurrentWidget(self.waiting)
        else:
            view = self._step(state.step)
            cast(StepView, view).render_state(state)
            self._stack.setCurrentWidget(view)
        for button, by, text in (
            (self.back_button, -1, mark("← {step}")),
            (self.next_button, 1, mark("{step} →")),
        ):
            target = state.step.moved(by)
            button.setVisible(target is not None)
            button.setText(tr(text, step=step_name(target)) if target is not None else "")
        after = state.step.moved(1)
        ready = after is not None and state.progress[after].status is not StepStatus.BLOCKED
        if self.next_button.property("kind") != ("primary" if ready else ""):
            self.next_button.setProperty("kind", "primary" if ready else "")
            theme.restyle(self.next_button)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._render()

    def _retranslate(self) -> None:
        for action in self._actions.values():
            name_action(action)
        self.title.setText(tr("Training"))
        self.hint.setText(tr("Make the encoder better on your own photos. Nothing leaves this computer."))
        self.rail.setAccessibleName(tr("Steps"))
        self.runs.refresh()


class _Waiting(QWidget):
    """In place of a step that cannot be worked on yet: what it waits for, and the way there."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._way = Step.PAIRS
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton()
        self.button.clicked.connect(self._clicked)
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addStretch(1)
        layout.addWidget(self._text)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)

    def render_state(self, state: LabellingState) -> None:
        opening = state.shelf is None
        self._text.setText(tr("Opening your pairs…") if opening else state.progress[state.step].why)
        self._text.setVisible(state.blocked is None)
        self._way = Step.TRAIN if state.step is Step.JUDGE else Step.PAIRS
        self.button.setText(tr("Go to step {number}: {name}", number=self._way.number, name=step_name(self._way)))
        self.button.setVisible(not opening)

    @Slot()
    def _clicked(self) -> None:
        self.wanted.emit(self._way)
