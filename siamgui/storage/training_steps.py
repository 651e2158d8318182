"""The steps from photographs to a version in use, and how far each is, in words."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from siamgui.core.amounts import pair_count
from siamgui.core.i18n import mark, tr
from siamgui.core.types import Label
from siamgui.finetuning.wording import lack_of_pairs, method_name
from siamgui.storage.label_check import Check
from siamgui.storage.labelling_view import LabelSummary
from siamgui.storage.run_state import Phase, RunState


class Step(enum.StrEnum):
    """The steps of training, in their order."""

    PAIRS = "pairs"
    CHECK = "check"
    METHOD = "method"
    TRAIN = "train"
    JUDGE = "judge"
    ACTIVATE = "keep"  # as data folders name it

    @property
    def number(self) -> int:
        """From 1."""
        return list(Step).index(self) + 1

    def moved(self, by: int) -> Step | None:
        """The step that many places on, or None beyond either end."""
        at = self.number - 1 + by
        return list(Step)[at] if 0 <= at < len(Step) else None


_NAMES = {
    Step.PAIRS: mark("Pairs"),
    Step.CHECK: mark("Check"),
    Step.METHOD: mark("Method"),
    Step.TRAIN: mark("Train"),
    Step.JUDGE: mark("Judge"),
    Step.ACTIVATE: mark("Keep"),
}


def step_name(step: Step) -> str:
    return tr(_NAMES[step])


_PHASES = {
    Phase.PREPARING: mark("preparing"),
    Phase.PAUSED: mark("paused"),
    Phase.ENDING: mark("finishing"),
    Phase.BROKEN_OFF: mark("interrupted"),
    Phase.FINISHED: mark("finished"),
}


class StepStatus(enum.Enum):
    """Whether a step can be worked on, and whether its work is done."""

    OPEN = enum.auto()
    DONE = enum.auto()
    BLOCKED = enum.auto()


@dataclass(frozen=True, slots=True)
class StepProgress:
    """words: below the name of the step. why: what a blocked step waits for, in one sentence."""

    status: StepStatus = StepStatus.OPEN
    words: str = ""
    why: str = ""


def progress_of(summary: LabelSummary | None, check: Check | None, run: RunState) -> dict[Step, StepProgress]:
    """summary, check: None until they are known."""
    return {
        Step.PAIRS: _pairs(summary, check),
        Step.CHECK: _check(summary, check),
        Step.METHOD: _method(run),
        Step.TRAIN: _train(run),
        Step.JUDGE: _judge(run),
        Step.ACTIVATE: _activate(run),
    }


def lack_of(summary: LabelSummary | None, check: Check | None) -> str:
    """What is missing before a result can be judged, in one sentence, as far as is known; "" if nothing is."""
    if summary is None:
        return ""
    if lack := lack_of_pairs(summary.count(Label.SAME), summary.count(Label.DIFFERENT)):
        return lack
    if check is None or check.divided:
        return ""
    return tr(
        "These people cannot be divided into three groups that each have pairs of the same person and of different "
        "people, so a result could not be judged. Label pairs of more people."
    )


def _pairs(summary: LabelSummary | None, check: Check | None) -> StepProgress:
    if summary is None:
        return StepProgress()
    pairs = summary.count(Label.SAME) + summary.count(Label.DIFFERENT)
    status = StepStatus.OPEN if lack_of(summary, check) else StepStatus.DONE
    return StepProgress(status, pair_count(pairs) if pairs else tr("start here"))


def _check(summary: LabelSummary | None, check: Check | None) -> StepProgress:
    if summary is not None and summary.empty:
        return _blocked(tr("There is nothing to check yet. Bring in photos first."))
    if check is None:
        return StepProgress(words=tr("not yet looked at"))
    if lack_of(summary, check):
        return StepProgress(words=tr("too few pairs"))
    return StepProgress(StepStatus.DONE, tr("looked at"))


def _method(state: RunState) -> StepProgress:
    if _unlabelled(state):
        return _blocked(tr("Label at least one pair of the same person and one of different people first."))
    words = method_name(state.wanted.method) if state.wanted is not None else ""
    return StepProgress(StepStatus.OPEN if state.phase is Phase.NONE else StepStatus.DONE, words)


def _train(state: RunState) -> StepProgress:
    if _unlabelled(state):
        return _method(state)
    if state.phase is Phase.NONE:
        return StepProgress()
    if state.phase is Phase.RUNNING:
        n, total = state.current_pass
        return StepProgress(words=tr("pass {n} of {total}", n=n, total=total) if total else tr("running"))
    done = state.phase is Phase.FINISHED
    return StepProgress(StepStatus.DONE if done else StepStatus.OPEN, tr(_PHASES[state.phase]))


def _judge(state: RunState) -> StepProgress:
    if state.judged is None:
        return _blocked(tr("There is nothing to judge yet: train first."))
    if state.judged.judgement.gate.allowed:
        return StepProgress(StepStatus.DONE, tr("can be used"))
    return StepProgress(words=tr("not recommended"))


def _activate(state: RunState) -> StepProgress:
    active = next((version for version in state.versions or () if version.active), None)
    if active is None:
        return StepProgress()
    return StepProgress(StepStatus.OPEN if active.bundled else StepStatus.DONE, active.name)


def _unlabelled(state: RunState) -> bool:
    """Whether there is nothing to train on, and no run either."""
    counts = state.counts
    return state.phase is Phase.NONE and counts is not None and not (counts.genuine and counts.impostor)


def _blocked(why: str) -> StepProgress:
    return StepProgress(StepStatus.BLOCKED, tr("not yet"), why)
