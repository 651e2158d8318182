"""How steps 3 to 6 stand, in words for the rail of steps."""

from __future__ import annotations

from siamgui.core.i18n import mark, tr
from siamgui.gui.training.run_state import Phase, RunState
from siamgui.gui.training.run_words import method_name
from siamgui.gui.training.state import Progress, Standing, Step

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
        Step.KEEP: _keep(state),
    }


def _unlabelled(state: RunState) -> bool:
    return state.counts is not None and not (state.counts.genuine and state.counts.impostor)


def _method(state: RunState) -> Progress:
    if state.phase is Phase.NONE and _unlabelled(state):
        return Progress(Standing.BLOCKED, why=_both_kinds())
    settings = state.wanted
    done = state.phase is not Phase.NONE
    return Progress(Standing.DONE if done else Standing.OPEN, method_name(settings.method) if settings else "")


def _train(state: RunState) -> Progress:
    if state.phase is Phase.NONE:
        return Progress(Standing.BLOCKED, why=_both_kinds()) if _unlabelled(state) else Progress()
    if state.phase is Phase.RUNNING:
        n, total = state.current_pass
        return Progress(Standing.OPEN, tr("pass {n} of {total}", n=n, total=total) if total else tr("running"))
    done = state.phase is Phase.FINISHED
    return Progress(Standing.DONE if done else Standing.OPEN, tr(_PHASES[state.phase]))


def _judge(state: RunState) -> Progress:
    if state.judged is None:
        return Progress(Standing.BLOCKED, why=tr("There is nothing to judge yet: train first."))
    allowed = state.judged.judgement.gate.allowed
    return Progress(Standing.DONE, tr("can be used")) if allowed else Progress(Standing.OPEN, tr("not recommended"))


def _keep(state: RunState) -> Progress:
    active = next((version for version in state.versions or () if version.active), None)
    if active is None:
        return Progress()
    return Progress(Standing.OPEN if active.bundled else Standing.DONE, active.name)


def _both_kinds() -> str:
    return tr("Label at least one pair of the same person and one of different people first.")
