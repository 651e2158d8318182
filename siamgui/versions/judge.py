"""Before against after, on people whom training never saw, and on other people than the user's.

Confidence intervals resample people, not pairs; before and after are measured on the same draws, so that the interval
of the change is that of the difference and not of two separate guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Adjustment
from siamgui.core.domain import domain_limit, looked_up_with
from siamgui.core.types import Strictness
from siamgui.evaluation.metrics import Bools, Curve, Floats, Ints, equal_error_rate, falling_share
from siamgui.labelling.types import PairSet
from siamgui.versions.gate import decide, told_from_chance
from siamgui.versions.judgement import (
    Decided,
    Holdout,
    Interval,
    Judgement,
    Measures,
    ReferenceJudgement,
    ReferenceKind,
    StrictnessRates,
    WorstPair,
)

Vectors = NDArray[np.float32]
Weights = NDArray[np.float32]

REPEATS, REFERENCE_REPEATS = 500, 200
IMPOSTORS_DRAWN = 20_000
_SEED = 20050620  # fixed, so that two runs on the same data agree
_CURVE_POINTS = 200
_WORST = 24
_MOVED = 0.05  # a distance, on the scale of L2, that went the wrong way by less is noise to the eye
_BINS = 40


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceVectors:
    """Faces of other people under both encoders. person: (n,); before, after: (n, d) unit; name: of the folder.

    carriers: as in ReferenceJudgement.
    """

    kind: ReferenceKind
    name: str
    person: Ints
    before: Vectors
    after: Vectors
    carriers: int = 0


class Large(NamedTuple):
    """What carries the claim of a domain, of m pairs. table: (m,) which of the tables holds for pairs at large; the one
    that judges a pair where it is of no domain. forgiven: (m,) how much of what the two have in common.
    """

    table: Ints
    forgiven: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The m labelled pairs as one encoder sees them, each judged by limits that were not taken from its own people.

    distances: (m,), NaN where the encoder has seen the faces. ratio: (m,) log10 likelihood ratios.
    limits: of each strictness, (2, m): same below the first, different above the second.
    closed: (2, m) whether the quality of a photograph forbids to say so. bound: how far apart two embeddings can be.
    """

    distances: Floats
    ratio: Floats
    limits: dict[Strictness, Floats]
    closed: Bools
    bound: float

    @classmethod
    def of(
        cls,
        distances: Floats,
        tables: Sequence[Calibration],
        table: Ints,
        closed: Bools,
        bound: float,
        pair: Adjustment | None = None,
        large: Large | None = None,
    ) -> Seen:
        """table: (m,) which of tables judges each pair. pair: of the distances, where there is a cohort.

        closed: (m,), or (2, m) as in Seen. large: where there are domains.
        """
        large = large or Large(table, np.zeros(len(table)))
        adjusted, of_domain = np.array([each.adjusted for each in tables])[large.table], large.table != table
        both_of = {s: np.array([each.limits(s) for each in tables]).T for s in Strictness}
        limits = {s: each[:, table] for s, each in both_of.items()}
        told = np.nan_to_num(distances).astype(np.float64)
        if pair is not None:
            farther = np.nan_to_num(pair.adjusted(distances)).astype(np.float64)
            limit = {s: np.asarray(pair.plain(both_of[s][0, large.table]), np.float64) for s in Strictness}
            for number in np.unique(table[of_domain]):
                rows = of_domain & (table == number)
                general, own = tables[int(large.table[rows][0])], tables[number]
                forgiven, some = large.forgiven[rows], pair[rows]
                farther[rows] = looked_up_with(general, own, told[rows], farther[rows], some.shared, forgiven)
                for s, each in limit.items():
                    each[rows] = domain_limit(general, own, some, forgiven, s.fmr)
            told = np.where(adjusted, np.where(of_domain, farther, np.maximum(told, farther)), told)
            for strictness, both in limits.items():
                same = np.where(adjusted, limit[strictness], both[0])
                apart = np.fmax(both[1], pair.unlike)
                limits[strictness] = np.array([same, np.fmax(apart, same)])
        ratios = np.stack([each.log10_lrs(told) for each in tables])
        closed = np.broadcast_to(closed, (2, len(table)))
        return cls(distances, ratios[table, np.arange(len(table))], limits, closed, bound)

    def only(self, chosen: Ints) -> Seen:
        limits = {strictness: both[:, chosen] for strictness, both in self.limits.items()}
        return Seen(self.distances[chosen], self.ratio[chosen], limits, self.closed[:, chosen], self.bound)

    def decided(self, same: Bools) -> Decided:
        """At "balanced", and with quality."""
        low, high = self.limits[Strictness.BALANCED]
        called_same = (self.distances <= low) & ~self.closed[0]
        called_different = (self.distances > high) & ~self.closed[1]
        decided = called_same | called_different
        wrong = decided & np.where(same, called_different, called_same)
        return Decided(len(same), int(decided.sum()), int(wrong.sum()))


def judge_run(
    before: Seen,
    after: Seen,
    pairs: PairSet,
    judged: Ints,
    reference: ReferenceVectors | None,
    tables: tuple[Calibration, Calibration],
    *,
    changed: bool,
) -> Judgement:
    """before, after: the labelled pairs under the parent and under the new encoder. judged: those of held-out people.

    tables: of both, for the reference. changed: whether the encoder computes anything new.
    """
    holdout = None
    if len(set(pairs.same[judged].tolist())) == 2:
        holdout = _holdout(before.only(judged), after.only(judged), pairs, judged)
    judged_reference = None if reference is None else judge_reference(reference, *tables)
    # All labels against the old encoder, which never saw them; the held-out ones against the new one.
    told = told_from_chance(before.distances, pairs.same) or told_from_chance(
        after.distances[judged], pairs.same[judged]
    )
    return Judgement(holdout, judged_reference, decide(holdout, judged_reference, changed=changed, labels_told=told))


def measure(seen: Seen, same: Bools, left: Ints, right: Ints, weights: Weights) -> tuple[Measures, Floats]:
    """The measures, and the EER of each draw.

    same: (m,) both kinds present; left, right: (m,) who is in each photograph.
    weights: (r, m) how often each pair was drawn, from draws().
    """
    distances = seen.distances
    curve = Curve.of(distances, same)
    eers, aucs = resampled(distances, same, weights)
    fmr, fnmr = _thinned(curve)
    genuine, impostor = distances[same], distances[~same]
    edges = np.linspace(0.0, seen.bound, _BINS + 1)
    measures = Measures(
        genuine=len(genuine),
        impostor=len(impostor),
        people=len(np.unique(np.concatenate([left, right]))),
        eer=curve.eer,
        eer_interval=interval(eers),
        auc=curve.auc,
        auc_interval=interval(aucs),
        cllr=cllr(seen.ratio[same], seen.ratio[~same]),
        cllr_min=_cllr_min(distances, same),
        curve_fmr=fmr,
        curve_fnmr=fnmr,
        edges=tuple(map(float, edges)),
        genuine_counts=tuple(map(int, np.histogram(genuine, edges)[0])),
        impostor_counts=tuple(map(int, np.histogram(impostor, edges)[0])),
        strictness={s.value: _strictness(distances, same, seen.limits[s], weights) for s in Strictness},
    )
    return measures, eers


def draws(left: Ints, right: Ints, same: Bools, repeats: int) -> Weights:
    """(repeats, m) how often each pair is drawn when people are drawn with replacement."""
    people, number = np.unique(np.concatenate([left, right]), return_inverse=True)
    one, two = number[: len(left)], number[len(left) :]
    generator = np.random.default_rng(_SEED)
    count = len(people)
    drawn = np.stack([np.bincount(generator.integers(count, size=count), minlength=count) for _ in range(repeats)])
    return np.where(same, drawn[:, one], drawn[:, one] * drawn[:, two]).astype(np.float32)


def resampled(distances: Floats, same: Bools, weights: Weights) -> tuple[Floats, Floats]:
    """EER and AUC of each draw; NaN where it holds only one kind of pairs."""
    order = np.argsort(distances, kind="stable")
    distances, same, weights = distances[order], same[order], weights[:, order]
    ends = np.append(distances[1:] > distances[:-1], True)  # equal distances are accepted together
    genuine, impostor = (np.cumsum(weights * kind, axis=1, dtype=np.float64) for kind in (same, ~same))
    eers = np.full(len(weights), np.nan)
    aucs = np.full(len(weights), np.nan)
    for row in np.flatnonzero((genuine[:, -1] > 0) & (impostor[:, -1] > 0)):
        fmr = np.concatenate([[0.0], impostor[row, ends] / impostor[row, -1]])
        tar = np.concatenate([[0.0], genuine[row, ends] / genuine[row, -1]])
        eers[row] = equal_error_rate(fmr, 1.0 - tar)
        aucs[row] = float(np.sum(np.diff(fmr) * (tar[1:] + tar[:-1]) / 2))
    return eers, aucs


def interval(values: Floats, nothing: Interval = (0.0, 1.0)) -> Interval:
    """The 95 % interval of resampled values; nothing: what is said where no draw gave any."""
    known = values[~np.isnan(values)]
    if not len(known):
        return nothing
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def cllr(genuine: Floats, impostor: Floats) -> float:
    """Cost of log likelihood ratios in bits (Bruemmer and du Preez, 2006). Both: log10 of the ratios."""
    bits = np.log2(10.0)
    on_genuine, on_impostor = np.logaddexp2(0, -genuine * bits).mean(), np.logaddexp2(0, impostor * bits).mean()
    return float(on_genuine + on_impostor) / 2


def _cllr_min(distances: Floats, same: Bools) -> float:
    """Cllr after the best calibration that falls with the distance (pool-adjacent-violators), seen in hindsight."""
    at, place = np.unique(distances, return_inverse=True)
    genuine, impostor = (np.bincount(place[kind], minlength=len(at)) / kind.sum() for kind in (same, ~same))
    share = np.clip(falling_share(genuine, impostor), 1e-9, 1 - 1e-9)[place]
    ratio = np.log10(share / (1 - share))
    return cllr(ratio[same], ratio[~same])


def _thinned(curve: Curve) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """At most _CURVE_POINTS points, evenly along the curve's length, so that both ends keep theirs."""
    length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(curve.fmr)) + np.abs(np.diff(curve.fnmr)))])
    wanted = np.linspace(0.0, length[-1], _CURVE_POINTS)
    chosen = np.unique(np.clip(np.searchsorted(length, wanted), 0, len(length) - 1))
    return tuple(map(float, curve.fmr[chosen])), tuple(map(float, curve.fnmr[chosen]))


def _strictness(distances: Floats, same: Bools, limits: Floats, weights: Weights) -> StrictnessRates:
    wrong = np.where(same, distances > limits[1], distances <= limits[0])
    open_ = (distances > limits[0]) & (distances <= limits[1])
    total = weights.sum(axis=1)
    some = total > 0

    def drawn(mask: Bools) -> Interval:
        return interval((weights[some] @ mask.astype(np.float32)) / total[some])

    return StrictnessRates(float(wrong.mean()), drawn(wrong), float(open_.mean()), drawn(open_))


def _both(
    one: Seen, two: Seen, same: Bools, people: tuple[Ints, Ints], repeats: int
) -> tuple[Measures, Measures, Interval]:
    """Measures before and after, and the interval of the change of the EER."""
    weights = draws(*people, same, repeats)
    (before, eers_before), (after, eers_after) = (measure(seen, same, *people, weights) for seen in (one, two))
    return before, after, interval(eers_after - eers_before, (-1.0, 1.0))


def _holdout(before: Seen, after: Seen, pairs: PairSet, judged: Ints) -> Holdout:
    left, right, same = pairs.left[judged], pairs.right[judged], pairs.same[judged]
    measured = _both(before, after, same, (pairs.person[left], pairs.person[right]), REPEATS)
    return Holdout(*measured, _worst(before, after, same, left, right), before.decided(same), after.decided(same))


def _worst(one: Seen, two: Seen, same: Bools, left: Ints, right: Ints) -> tuple[WorstPair, ...]:
    """How far each pair lies on the wrong side of the middle between the two limits of "balanced", in both encoders."""
    low, high = two.limits[Strictness.BALANCED]
    sign = np.where(same, 1.0, -1.0)
    off_before, off_after = (
        sign * (seen.distances - seen.limits[Strictness.BALANCED].mean(axis=0)) * (2 / seen.bound)
        for seen in (one, two)
    )
    before, after = one.distances, two.distances
    wrong = np.where(same, after > high, after <= low)
    listed = wrong | ((off_after > 0) & (off_after - off_before > _MOVED))
    order = [k for k in np.lexsort((-off_after, ~wrong)) if listed[k]][:_WORST]
    return tuple(
        WorstPair(int(left[k]), int(right[k]), bool(same[k]), float(before[k]), float(after[k]), bool(wrong[k]))
        for k in order
    )


def judge_reference(reference: ReferenceVectors, before: Calibration, after: Calibration) -> ReferenceJudgement:
    """Before against after, on other people alone."""
    left, right = _reference_pairs(reference.person)
    person = reference.person
    same = person[left] == person[right]
    one, two = _of_reference(reference.before, left, right, before), _of_reference(reference.after, left, right, after)

    def said(measures: tuple[Measures | None, Measures | None, Interval], confused: bool) -> ReferenceJudgement:
        people, photos = len(np.unique(person)), len(person)
        return ReferenceJudgement(
            reference.kind, reference.name, people, photos, *measures, confused, reference.carriers
        )

    def overlap(seen: Seen) -> bool:
        genuine, impostor = seen.distances[same], seen.distances[~same]
        return bool(genuine.max(initial=0.0) >= impostor.min(initial=seen.bound))

    if reference.kind is ReferenceKind.PHOTOS or not same.any() or same.all():
        return said((None, None, (-1.0, 1.0)), overlap(two) and not overlap(one))
    return said(_both(one, two, same, (person[left], person[right]), REFERENCE_REPEATS), False)


def _of_reference(vectors: Vectors, left: Ints, right: Ints, table: Calibration) -> Seen:
    distances = table.energy.distances(vectors[left], vectors[right])
    nothing = np.zeros(len(left), np.int64)
    return Seen.of(distances, (table,), nothing, nothing > 0, table.energy.bound(vectors.shape[1]))


def _reference_pairs(person: Ints) -> tuple[Ints, Ints]:
    """Every genuine pair and at most IMPOSTORS_DRAWN impostor pairs, drawn by a fixed seed."""
    left, right = np.triu_indices(len(person), 1)
    same = person[left] == person[right]
    impostors = np.flatnonzero(~same)
    if len(impostors) > IMPOSTORS_DRAWN:
        impostors = np.random.default_rng(_SEED).choice(impostors, IMPOSTORS_DRAWN, replace=False)
    chosen = np.concatenate([np.flatnonzero(same), impostors])
    return left[chosen], right[chosen]
