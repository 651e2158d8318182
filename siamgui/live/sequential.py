"""A group-sequential test on the evidence of many frames.

The frames of one sight of a face resemble each other far too much to be counted as independent pairs. What stands
against the reference is therefore one embedding, the weighted mean of all frames, and its distance means what a single
photograph's means; more frames make it steadier, never more than a photograph by right. On lfw_dev the mean of two to
four photographs of a person is 0.3 to 1.3 times as often so near to another person's as the calibration says.

The test looks a few times, after more and more evidence, and each look may spend a part of the false match rate that
the strictness allows; the parts add up to it, so the claim holds however the looks depend on each other (Bonferroni;
most is kept for the last looks, as O'Brien and Fleming 1979 do). Where n people are enrolled each look is spent on n
distances.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import DIFFERENT_LOG10_LR, Calibration
from siamgui.core.deciding import Doubt, decide
from siamgui.core.embedding import unit
from siamgui.core.types import Outcome, Strictness
from siamgui.live.continuity import Evidence
from siamgui.live.gallery import Nearest


class Look(NamedTuple):
    """seconds: of evidence (frames of full weight) before this look. share: of the rate it may spend."""

    seconds: float
    share: float


LOOKS = (Look(0.6, 0.1), Look(1.2, 0.1), Look(2.4, 0.2), Look(4.8, 0.6))
_DIFFERENT_FROM = 1
"""The first look that may end in DIFFERENT: a poor first second must not turn a person away."""


class Accumulator:
    """The evidence of the frames so far. seconds: of it. frames: that gave some."""

    def __init__(self, dimensions: int) -> None:
        self._total = np.zeros(dimensions, np.float64)
        self.seconds = 0.0
        self.frames = 0

    def add(self, evidence: Evidence) -> None:
        self._total += evidence.weight * evidence.vector
        self.seconds += evidence.weight * evidence.seconds
        self.frames += 1

    @property
    def mean(self) -> NDArray[np.float32]:
        """(d,) the weighted mean of the embeddings, of unit length."""
        return unit(self._total)


class LookResult(NamedTuple):
    """What the evidence says at one look.

    outcome: INCONCLUSIVE while no bound is met. nearest: of the n people. share: of the way to the nearer bound,
    0 to 1. leaning: the side of that bound. fmr: of all n together, and of SAME a bound of that of all looks: the rate
    at this distance over the share that this look may spend. log10_lr: of all n together.
    """

    nearest: Nearest
    outcome: Outcome
    leaning: Outcome
    share: float
    fmr: float
    fmr_is_bound: bool
    log10_lr: float


def log10_lr_among(calibration: Calibration, distance: float, n: int) -> float:
    """log10 of the likelihood ratio of "it is the nearest of n enrolled people" to "it is none of them".

    Among n strangers the nearest comes nearer than one does: its density is n f (1 - F)^(n - 1), with f and F the
    density and distribution of impostor distances.
    """
    farther = math.log10(max(1 - calibration.fmr(distance), 1e-300))
    return calibration.log10_lr(distance) - math.log10(n) - (n - 1) * farther


def allowed(calibration: Calibration, strictness: Strictness, n: int, share: float) -> float:
    """The distance down to which a look supports SAME; 0 where nothing can be as rare."""
    return calibration.threshold(strictness.fmr * share / n)


class Among(NamedTuple):
    """What the distance to the nearest of n people supports.

    limit: the distance down to which "same" is supported. log10_lr: of all n together. several: whether more than one
    of them is so near that each would be supported; then neither is.
    """

    limit: float
    log10_lr: float
    same: bool
    different: bool
    several: bool


def compare_among(
    calibration: Calibration, strictness: Strictness, nearest: Nearest, n: int, share: float = 1.0
) -> Among:
    """share: of the false match rate of the strictness that this comparison may spend."""
    limit = allowed(calibration, strictness, n, share)
    ratio = log10_lr_among(calibration, nearest.distance, n)
    several = nearest.claimed_runner_up is not None and nearest.claimed_runner_up <= limit
    same = nearest.claimed <= limit and not several
    return Among(limit, ratio, same, ratio <= DIFFERENT_LOG10_LR[strictness], several)


def stand(calibration: Calibration, strictness: Strictness, nearest: Nearest, n: int, look: int) -> LookResult:
    """What the distance to the nearest of n people says at one of LOOKS, counted from 0.

    Where two of them are so near that each would be supported, neither is.
    """
    among = compare_among(calibration, strictness, nearest, n, LOOKS[look].share)
    different = among.different and look >= _DIFFERENT_FROM
    outcome = decide(same=among.same, different=different, doubted=Doubt(same=False, different=False)).outcome
    rate, ratio = calibration.fmr(nearest.claimed), among.log10_lr
    # A version that was calibrated on very few pairs claims no rate below 1, and no way towards it can be told.
    towards_same = min(1.0, math.log(rate) / min(math.log(calibration.fmr(among.limit)), -1e-9))
    towards_different = min(1.0, max(0.0, ratio / DIFFERENT_LOG10_LR[strictness]))
    return LookResult(
        nearest=nearest,
        outcome=outcome,
        leaning=Outcome.SAME if towards_same > towards_different else Outcome.DIFFERENT,
        share=max(towards_same, towards_different),
        fmr=min(1.0, n * rate / (LOOKS[look].share if outcome is Outcome.SAME else 1.0)),
        fmr_is_bound=rate <= calibration.smallest_fmr or n > 1 or outcome is Outcome.SAME,
        log10_lr=ratio,
    )
