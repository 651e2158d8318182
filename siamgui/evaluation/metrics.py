"""Error rates of verification, from distances of genuine and impostor pairs.

Terms follow ISO/IEC 19795-1: FMR, the share of impostor pairs accepted; FNMR, the share of genuine pairs rejected;
TAR = 1 - FNMR. A pair is accepted when its distance is at most the threshold. A NaN distance marks a pair of which a
photograph gave no face.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Limits
from siamgui.core.parts import ALIKE, Alone, largest_alone
from siamgui.core.types import Strictness

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
Ints = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Mean accuracy over the folds, each judged with the threshold that suits the other folds best.

    standard_error: of that mean. read: among the pairs with a face in both photographs;
    all: with every other pair counted as wrong. thresholds: one per fold.
    """

    read: float
    standard_error: float
    all: float
    folds: tuple[float, ...]
    thresholds: tuple[float, ...]


def best_threshold(distances: Floats, same: Bools) -> float:
    """The threshold with the most pairs right; the middle one where several do equally well. No NaN."""
    order = np.argsort(distances, kind="stable")
    sorted_distances, sorted_same = distances[order], same[order]
    # Right answers when the first k pairs are accepted, k = 0 .. n.
    right = np.concatenate([[0], np.cumsum(np.where(sorted_same, 1, -1))])
    gaps = np.concatenate([[True], sorted_distances[1:] > sorted_distances[:-1], [True]])
    best = np.flatnonzero(gaps & (right == right[gaps].max()))
    k = int(best[len(best) // 2])
    if k == 0:
        return float(sorted_distances[0]) - 1e-6
    if k == len(sorted_distances):
        return float(sorted_distances[-1])
    return float(sorted_distances[k - 1] + sorted_distances[k]) / 2


def fold_accuracy(distances: Floats, same: Bools, folds: Ints) -> Accuracy | None:
    """Cross-validated accuracy. None where fewer than two folds have pairs that could be read."""
    read = ~np.isnan(distances)
    numbers = [fold for fold in np.unique(folds) if (read & (folds == fold)).any()]
    if len(numbers) < 2:
        return None
    shares, shares_all, thresholds = [], [], []
    for fold in numbers:
        inside = folds == fold
        threshold = best_threshold(distances[read & ~inside], same[read & ~inside])
        right = (distances[inside & read] <= threshold) == same[inside & read]
        shares.append(float(right.mean()))
        shares_all.append(float(right.sum() / inside.sum()))
        thresholds.append(threshold)
    error = float(np.std(shares, ddof=1) / np.sqrt(len(shares)))
    return Accuracy(float(np.mean(shares)), error, float(np.mean(shares_all)), tuple(shares), tuple(thresholds))


def make_folds(same: Bools, count: int = 10) -> Ints:
    """Fold numbers for a list that has none: the pairs of each kind dealt out in turn. (n,)"""
    folds = np.zeros(len(same), dtype=np.int64)
    count = max(1, min(count, int(same.sum()), int((~same).sum())))
    for kind in (True, False):
        where = np.flatnonzero(same == kind)
        folds[where] = np.arange(len(where)) % count
    return folds


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """FMR and FNMR at every threshold, rising: (n,) each. The first point accepts nothing, the last everything."""

    thresholds: Floats
    fmr: Floats
    fnmr: Floats

    @classmethod
    def of(cls, distances: Floats, same: Bools) -> Curve:
        """From the distances of pairs; no NaN; both kinds present."""
        thresholds, place = np.unique(distances, return_inverse=True)
        impostor, genuine = (np.bincount(place[kind], minlength=len(thresholds)) for kind in (~same, same))
        below = np.nextafter(thresholds[:1], -1.0)
        return cls.of_histograms(np.concatenate([below, thresholds]), genuine, impostor)

    @classmethod
    def of_histograms(cls, edges: Floats, genuine: Ints, impostor: Ints) -> Curve:
        """From counts per bin, for more pairs than fit in memory. edges: (n + 1,), counts: (n,)."""
        fmr = np.concatenate([[0.0], np.cumsum(impostor) / impostor.sum()])
        tar = np.concatenate([[0.0], np.cumsum(genuine) / genuine.sum()])
        return cls(edges, fmr, 1.0 - tar)

    @property
    def auc(self) -> float:
        return float(np.trapezoid(1.0 - self.fnmr, self.fmr))

    @property
    def eer(self) -> float:
        return equal_error_rate(self.fmr, self.fnmr)


def equal_error_rate(fmr: Floats, fnmr: Floats) -> float:
    """Where the rates cross, on straight lines between the points. fmr rises, fnmr falls."""
    after = int(np.argmax(fmr >= fnmr))
    if after == 0:
        return float(fmr[0])
    before = after - 1
    gap_before, gap_after = fnmr[before] - fmr[before], fmr[after] - fnmr[after]
    share = gap_before / (gap_before + gap_after)
    return float(fmr[before] + share * (fmr[after] - fmr[before]))


def falling_share(genuine: Floats, impostor: Floats) -> Floats:
    """Of genuine among both, made to fall along the distance (pool-adjacent-violators): (n,) in [0, 1].

    genuine, impostor: (n,) weights at rising distances, not both 0.
    """
    from scipy.optimize import isotonic_regression

    both = genuine + impostor
    return np.asarray(isotonic_regression(genuine / both, weights=both, increasing=False).x, np.float64)


def auc_error(auc: float, genuine: int, impostor: int) -> float:
    """Standard error of an AUC from so many pairs (Hanley and McNeil, Radiology 1982)."""
    both, other = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (genuine - 1) * (both - auc**2) + (impostor - 1) * (other - auc**2)
    return float(np.sqrt(max(0.0, variance) / (genuine * impostor)))


def rate_interval(errors: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a rate over independent trials (Clopper-Pearson)."""
    from scipy.special import betaincinv  # the quantile of a beta distribution; scipy.stats takes 0.6 s to import

    low = float(betaincinv(errors, trials - errors + 1, 0.025)) if errors else 0.0
    high = float(betaincinv(errors + 1, trials - errors, 0.975)) if errors < trials else 1.0
    return low, high


def upper_bound(errors: int, trials: int) -> float:
    """The 95 % upper bound of a rate (Clopper-Pearson); for no errors, close to the rule of three, 3 / trials."""
    from scipy.special import betaincinv

    return 1.0 if errors >= trials else float(betaincinv(errors + 1, trials - errors, 0.95))


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """TAR at the largest threshold whose measured FMR is at most the target.

    tar: among the pairs read. tar_all: with unread genuine pairs counted as rejected.
    false_matches of impostors pairs were accepted. fmr_upper: what FMR the data cannot exclude there (95 %).
    supported: False where the target lies below 3 / impostors, so that the data cannot carry it.
    """

    target: float
    threshold: float
    tar: float
    tar_all: float
    false_matches: int
    impostors: int
    fmr_upper: float
    supported: bool


def operating_point(curve: Curve, target: float, genuine: int, impostors: int, unread_genuine: int) -> OperatingPoint:
    """genuine, impostors: pairs read of each kind, behind the curve."""
    index = int(np.searchsorted(curve.fmr, target * (1 + 1e-9), side="right")) - 1
    tar = float(1.0 - curve.fnmr[index])
    false_matches = round(float(curve.fmr[index]) * impostors)
    return OperatingPoint(
        target=target,
        threshold=float(curve.thresholds[index]),
        tar=tar,
        tar_all=tar * genuine / (genuine + unread_genuine),
        false_matches=false_matches,
        impostors=impostors,
        fmr_upper=upper_bound(false_matches, impostors),
        supported=target * impostors >= 3,
    )


@dataclass(frozen=True, slots=True, eq=False)
class PairsRead:
    """What is known of m pairs before a strictness is chosen.

    distances: (m,) NaN where a photograph could not be read. adjusted: (m,) what claims are looked up with; the same
    where there is no cohort. shared: (m,) adjusted cosine lost for what the two photographs have in common.
    unlike: (m,) distance up to which the two may well be of one person. no_same, no_different: (m,) whether quality
    forbids to say so. spoilt: (m,) how many of the two faces are; -1 where that is not known. least_alone, most_alone:
    (m,) the smallest and the largest FMR that one of the encoders of a joint one says; 1 and 0 where nothing is known.
    """

    distances: Floats
    adjusted: Floats
    shared: Floats
    unlike: Floats
    no_same: Bools
    no_different: Bools
    spoilt: Ints
    least_alone: Floats
    most_alone: Floats

    @classmethod
    def unconditional(cls, distances: Floats, poor: Bools) -> PairsRead:
        """Where nothing is known of the photographs but whether either of them is too poor."""
        unknown, nothing = np.full(distances.shape, -1), np.zeros_like(distances)
        return cls(distances, distances, nothing, nothing, poor, poor, unknown, *nothing_heard(distances))

    @classmethod
    def joined(cls, parts: Sequence[PairsRead]) -> PairsRead:
        """One after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def heard(self, said: Alone) -> PairsRead:
        """With what each encoder says alone, (m,) each."""
        return replace(self, least_alone=said.least, most_alone=said.most)

    def __getitem__(self, rows: Bools | tuple[Ints, Ints]) -> PairsRead:
        return PairsRead(*(getattr(self, field.name)[rows] for field in fields(self)))


def nothing_heard(distances: Floats) -> tuple[Floats, Floats]:
    """PairsRead.least_alone and most_alone of (m,) pairs of an encoder that is one."""
    return np.ones_like(distances), np.zeros_like(distances)


class EachLimits(NamedTuple):
    """As Limits, of each pair: (m,) each."""

    same_below: Floats
    different_above: Floats

    def only(self, rows: Bools | tuple[Ints, Ints]) -> EachLimits:
        return EachLimits(self.same_below[rows], self.different_above[rows])


def outcomes(pairs: PairsRead, limits: Limits | EachLimits, strictness: Strictness) -> tuple[Bools, Bools]:
    """(supports same, supports different) of each pair, as siamgui.core.calibration.judge() decides one pair.

    A pair with a NaN distance is neither.
    """
    same = pairs.adjusted <= limits.same_below
    different = ~same & (pairs.distances > np.maximum(limits.different_above, pairs.unlike))
    one_poor = pairs.no_different & ~pairs.no_same
    same &= ~pairs.no_same & (pairs.most_alone <= largest_alone(strictness.fmr, one_poor))
    return same, different & ~pairs.no_different & (pairs.least_alone > ALIKE * strictness.fmr)


CONDITIONS = ("clear_clear", "clear_spoilt", "spoilt_spoilt")
"""Pairs by how many of the two faces are spoilt."""


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """Impostor pairs of one condition at one strictness.

    pairs: read. accepted: of these, at or below the limit, quality aside. limit_fmr: their share; interval_95: of that;
    None of no pairs.
    """

    pairs: int
    accepted: int
    limit_fmr: float | None
    interval_95: tuple[float, float] | None

    @classmethod
    def of(cls, pairs: int, accepted: int, interval: tuple[float, float]) -> ConditionResult:
        """interval: taken where there are pairs."""
        return cls(pairs, accepted, _of_decided(accepted, pairs), interval if pairs else None)


def by_condition(spoilt: Ints) -> Ints:
    """(m,) numbers of spoilt faces -> (3,) pairs of each of CONDITIONS."""
    return np.bincount(spoilt[spoilt >= 0].astype(np.int64), minlength=3)


@dataclass(frozen=True, slots=True)
class Shares:
    """How the pairs of one kind came out, as shares of them all; unread pairs count as inconclusive."""

    same: float
    inconclusive: float
    different: float


@dataclass(frozen=True, slots=True)
class StrictnessResult:
    """What one strictness did.

    fmr, fnmr: wrong decisions as shares of all pairs of that kind; fmr_decided, fnmr_decided: of those decided.
    limit_fmr: share of impostor pairs read at or below the limit, quality aside: the rate that claimed_fmr promises.
    error_rate: wrong decisions among decided pairs; error_rate_all: with every undecided pair counted as wrong too.
    None: a share of no pairs.
    """

    strictness: Strictness
    claimed_fmr: float
    genuine: Shares
    impostor: Shares
    fmr: float
    fnmr: float
    fmr_decided: float | None
    fnmr_decided: float | None
    limit_fmr: float | None
    error_rate: float | None
    error_rate_all: float
    inconclusive_rate: float


@dataclass(frozen=True, slots=True)
class Tally:
    """Pairs of one kind: in all, read, at or below the "same" limit whatever their quality, and by outcome."""

    pairs: int
    read: int
    below_limit: int
    same: int
    different: int

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def decided(self) -> int:
        return self.same + self.different

    @property
    def shares(self) -> Shares:
        pairs = self.pairs
        return Shares(self.same / pairs, (pairs - self.decided) / pairs, self.different / pairs)


def tally(pairs: PairsRead, limits: Limits | EachLimits, strictness: Strictness) -> Tally:
    """Counts over the pairs of one kind."""
    same, different = outcomes(pairs, limits, strictness)
    read = int((~np.isnan(pairs.distances)).sum())
    below = int((pairs.adjusted <= limits.same_below).sum())
    return Tally(len(pairs.distances), read, below, int(same.sum()), int(different.sum()))


def strictness_result(strictness: Strictness, genuine: Tally, impostor: Tally) -> StrictnessResult:
    wrong, decided = impostor.same + genuine.different, genuine.decided + impostor.decided
    pairs = genuine.pairs + impostor.pairs
    return StrictnessResult(
        strictness=strictness,
        claimed_fmr=strictness.fmr,
        genuine=genuine.shares,
        impostor=impostor.shares,
        fmr=impostor.same / impostor.pairs,
        fnmr=genuine.different / genuine.pairs,
        fmr_decided=_of_decided(impostor.same, impostor.decided),
        fnmr_decided=_of_decided(genuine.different, genuine.decided),
        limit_fmr=_of_decided(impostor.below_limit, impostor.read),
        error_rate=_of_decided(wrong, decided),
        error_rate_all=(wrong + pairs - decided) / pairs,
        inconclusive_rate=(pairs - decided) / pairs,
    )


def _of_decided(part: int, whole: int) -> float | None:
    return part / whole if whole else None
