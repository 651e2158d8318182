"""The training page: the rail of steps, the step that is shown, and the way back and forth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QPoint, Signal, Slot
from PySide6.QtWidgets import QWidget

from siamgui.core.i18n import mark, tr
from siamgui.gui import theme
from siamgui.gui.page import Kept, Page
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.pairs_step import PairsStep
from siamgui.gui.training.step_rail import StepRail
from siamgui.gui.training.step_view import StepView
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.kit import (
    Align,
    at,
    box,
    button,
    column,
    grow,
    label,
    page_head,
    row,
    shortcuts,
    stack,
    stretch,
)
from siamgui.storage.training_steps import Step, StepStatus, progress_of, step_name

if TYPE_CHECKING:
    from siamgui.gui.training.audit.controller import AuditController
    from siamgui.gui.training.finetuning.run_controller import RunController


@dataclass(frozen=True, slots=True)
class TrainingViewState:
    """steps: those that have been shown, each with what its view alone knows."""

    steps: Mapping[Step, Any]


class TrainingPage(Page[TrainingViewState]):
    """The view of a LabellingController and of the RunController that stands on it."""

    def __init__(
        self, controller: LabellingController, runs: RunController, audit: Callable[[], AuditController]
    ) -> None:
        """audit: asked for when its step is first shown."""
        super().__init__()
        self.controller, self.runs, self._audit = controller, runs, audit
        self.progress = progress_of(controller.state.summary, controller.state.check, runs.state)
        self.rail = StepRail()
        self.trouble, self.notice = Banner(closable=False), Banner()
        self.back_button, self.next_button = button("", self.go_to_previous), button("", self.go_to_next)
        self.steps: dict[Step, StepView[Any]] = {}
        self.waiting = _Waiting()
        self._slots = {step: box(column()) for step in Step}  # in this order, whichever is shown first
        self._stack = stack(self.waiting, *self._slots.values())
        hint = tr("Make the encoder better on your own photos. Nothing leaves this computer.")
        self.setLayout(
            column(
                page_head(tr("Training"), hint),
                self.rail,
                self.trouble,
                self.notice,
                grow(self._stack),
                row(self.back_button, stretch(), self.next_button),
                spacing=12,
                margins=(16, 12, 16, 12),
            )
        )
        shortcuts(self, {"back": self.go_to_previous, "next": self.go_to_next})
        self.rail.wanted.connect(controller.go)
        self.waiting.wanted.connect(controller.go)
        self.notice.dismissed.connect(controller.dismiss)
        controller.changed.connect(self._render)
        runs.changed.connect(self._render)
        self._render()

    def _make(self, step: Step) -> StepView[Any]:
        """What a step imports is imported with it."""
        if step is Step.PAIRS:
            return PairsStep(self.controller)
        if step is Step.CHECK:
            from siamgui.gui.training.labelling.check_step import CheckStep

            return CheckStep(self.controller)
        if step is Step.METHOD:
            from siamgui.gui.training.finetuning.method_step import MethodStep

            return MethodStep(self.runs)
        if step is Step.TRAIN:
            from siamgui.gui.training.finetuning.train_step import TrainStep

            return TrainStep(self.runs)
        if step is Step.JUDGE:
            from siamgui.gui.training.versions.judge_step import JudgeStep

            view = JudgeStep(self.runs, self._audit())
            view.step_wanted.connect(self.controller.go)
            return view
        from siamgui.gui.training.versions.activate_step import ActivateStep

        return ActivateStep(self.runs)

    def _step(self, step: Step) -> StepView[Any]:
        if step not in self.steps:
            view = self.steps[step] = self._make(step)
            view.setObjectName(f"step-{step.value}")
            slot = self._slots[step].layout()
            assert slot is not None
            slot.addWidget(view)
        return self.steps[step]

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
        view = self.steps.get(self.controller.state.step)
        return view is not None and view.isVisible() and view.go_back()

    # Drops, which the window hands on while this page is shown.

    def drag_over(self, mime: QMimeData, where: QPoint) -> None:
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

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        self.progress = progress_of(state.summary, state.check, self.runs.state)
        self.rail.show_progress(state.step, self.progress)
        self.trouble.say(state.blocked)
        self.notice.say(state.notice)
        opening = state.summary is None
        # There is something to do on Judge before anything was trained: an audit.
        blocked = self.progress[state.step].status is StepStatus.BLOCKED and state.step is not Step.JUDGE
        if opening or blocked:
            why = tr("Opening your pairs…") if opening else self.progress[state.step].why
            self.waiting.show_reason("" if state.blocked is not None else why, None if opening else Step.PAIRS)
            self._stack.setCurrentWidget(self.waiting)
        else:
            self._step(state.step).show_state()
            self._stack.setCurrentWidget(self._slots[state.step])
        for one, by, text in ((self.back_button, -1, mark("← {step}")), (self.next_button, 1, mark("{step} →"))):
            target = state.step.moved(by)
            one.setVisible(target is not None)
            one.setText(tr(text, step=step_name(target)) if target is not None else "")
        after = state.step.moved(1)
        ready = after is not None and self.progress[after].status is not StepStatus.BLOCKED
        theme.set_style(self.next_button, "kind", "primary" if ready else "")

    def keep(self) -> TrainingViewState:
        return TrainingViewState({step: view.keep() for step, view in self.steps.items()})

    def succeed(self, kept: Kept) -> None:
        """The steps that have been shown are built first: what is open or has the focus may be in any of them."""
        if kept.own is not None:
            for step in kept.own.steps:
                self._step(step)
        super().succeed(kept)

    def restore(self, kept: TrainingViewState) -> None:
        for step, own in kept.steps.items():
            self.steps[step].show_state()
            if own is not None:
                self.steps[step].restore(own)


class _Waiting(QWidget):
    """In place of a step that cannot be worked on yet: what it waits for, and the way there."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._way: Step | None = None
        self._text = label(wrap=True, align=Align.AlignCenter)
        self.button = button("", self._clicked)
        centred = at(self.button, Align.AlignHCenter)
        self.setLayout(column(stretch(), self._text, centred, stretch(2), spacing=16))

    def show_reason(self, text: str, way: Step | None) -> None:
        """way: the step to go to, None for none."""
        self._way = way
        self._text.setText(text)
        self.button.setVisible(way is not None)
        if way is not None:
            self.button.setText(tr("Go to step {number}: {name}", number=way.number, name=step_name(way)))

    @Slot()
    def _clicked(self) -> None:
        self.wanted.emit(self._way)
