"""How steps 3 to 6 stand, in words for the rail of steps."""

from __future__ import annotations

from siamgui.core.i18n import mark, tr
from siamgui.gui.training.finetuning.run_state import Phase, RunState
from siamgui.gui.training.finetuning.run_wording import method_name
from siamgui.gui.training.labelling.state import Progress, Step, StepStatus

_PHASES = {
    Phase.PREPARING: mark("preparing"),
    Phase.PAUSED: mark("paused"),
    Phase.ENDING: mark("finishing"),
    Phase.BROKEN_OFF: mark("interrupted"),
    Phase.FINISHED: mark("finished"),
}


def progress_of(state: RunState) -> dict[Step, Progress]:
    return {
        Step.METHOD: _method(state),
        Step.TRAIN: _train(state),
        Step.JUDGE: _judge(state),
        Step.ACTIVATE: _keep(state),
    }


def _unlabelled(state: RunState) -> bool:
    return state.counts is not None and not (state.counts.genuine and state.counts.impostor)


def _method(state: RunState) -> Progress:
    if state.phase is Phase.NONE and _unlabelled(state):
        return Progress(StepStatus.BLOCKED, why=_both_kinds())
    settings = state.wanted
    done = state.phase is not Phase.NONE
    return Progress(StepStatus.DONE if done else StepStatus.OPEN, method_name(settings.method) if settings else "")


def _train(state: RunState) -> Progress:
    if state.phase is Phase.NONE:
        return Progress(StepStatus.BLOCKED, why=_both_kinds()) if _unlabelled(state) else Progress()
    if state.phase is Phase.RUNNING:
        n, total = state.current_pass
        return Progress(StepStatus.OPEN, tr("pass {n} of {total}", n=n, total=total) if total else tr("running"))
    done = state.phase is Phase.FINISHED
    return Progress(StepStatus.DONE if done else StepStatus.OPEN, tr(_PHASES[state.phase]))


def _judge(state: RunState) -> Progress:
    if state.judged is None:
        return Progress(StepStatus.BLOCKED, why=tr("There is nothing to judge yet: train first."))
    allowed = state.judged.judgement.gate.allowed
    return Progress(StepStatus.DONE, tr("can be used")) if allowed else Progress(StepStatus.OPEN, tr("not recommended"))


def _keep(state: RunState) -> Progress:
    active = next((version for version in state.versions or () if version.active), None)
    if active is None:
        return Progress()
    return Progress(StepStatus.OPEN if active.bundled else StepStatus.DONE, active.name)


def _both_kinds() -> str:
    return tr("Label at least one pair of the same person and one of different people first.")
