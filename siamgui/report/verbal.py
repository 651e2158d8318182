"""How strong the support is, in the words of a scale, and never stronger than what was measured carries.

The scale is that of the ENFSI Guideline for Evaluative Reporting in Forensic Science (2015). A likelihood ratio that
rests on a fitted curve may be larger than the rates behind it allow: support for one person is never said to be
stronger than 1 / FMR, and support for two never stronger than 1 / FNMR, as they are claimed for these two photographs.
Where the verdict is open, or its calibration was measured by somebody else, no strength is said at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from siamgui.core.i18n import mark, tr
from siamgui.core.types import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """below: the log10 of the likelihood ratio up to which the words hold, itself among them."""

    below: float
    words: str


SCALE = (
    Step(math.log10(2), mark("no support")),
    Step(1, mark("weak support")),
    Step(2, mark("moderate support")),
    Step(3, mark("moderately strong support")),
    Step(4, mark("strong support")),
    Step(6, mark("very strong support")),
    Step(math.inf, mark("extremely strong support")),
)


def carried(verdict: Verdict) -> float | None:
    """log10 of the likelihood ratio that may be put into words, at least 0; None where no strength is to be said."""
    if verdict.outcome is Outcome.INCONCLUSIVE or verdict.stated:
        return None
    same = verdict.outcome is Outcome.SAME
    ratio = verdict.log10_lr if same else -verdict.log10_lr
    return max(0.0, min(ratio, -math.log10(verdict.fmr if same else verdict.fnmr)))


def step_of(log10_lr: float) -> Step:
    """log10_lr: at least 0."""
    return next(step for step in SCALE if log10_lr <= step.below + 1e-9)


def strength(verdict: Verdict) -> str:
    """ "strong support"; "" where none is to be said."""
    log10_lr = carried(verdict)
    return "" if log10_lr is None else tr(step_of(log10_lr).words)


def ranges() -> tuple[tuple[str, str], ...]:
    """Each step with the likelihood ratios it stands for."""
    found: list[tuple[str, str]] = []
    low = 0.0
    for step in SCALE:
        if step.below == math.inf:
            span = tr("more than {low}", low=f"{10**low:,.0f}")
        elif not found:
            span = tr("1 to {high}", high=f"{10**step.below:,.0f}")
        else:
            span = tr("{low} to {high}", low=f"{10**low:,.0f}", high=f"{10**step.below:,.0f}")
        found.append((tr(step.words), span))
        low = step.below
    return tuple(found)
