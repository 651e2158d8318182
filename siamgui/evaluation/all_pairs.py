"""All against all: every pair of photographs of a set of people, to check a claimed FMR on people never seen before.

Works in blocks, so that the memory needed does not grow with the number of pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.parts import Floats, all_say
from siamgui.core.types import Strictness
from siamgui.evaluation.bootstrap import fmr_interval
from siamgui.evaluation.metrics import (
    Bools,
    ConditionResult,
    Curve,
    EachLimits,
    Ints,
    PairsRead,
    StrictnessResult,
    Tally,
    by_condition,
    nothing_heard,
    strictness_result,
    tally,
)
from siamgui.evaluation.pair_limits import PairLimits
from siamgui.evaluation.reading import Readings

_BLOCK = 512
_BINS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class AllPairs:
    """genuine, impostor: pairs compared. limit_intervals: of each strictness' limit_fmr (95 %, by person).

    conditions: of each strictness, one for each of CONDITIONS; none where nothing is known of how faces were
    photographed.
    """

    genuine: int
    impostor: int
    curve: Curve
    strictness: tuple[StrictnessResult, ...]
    limit_intervals: tuple[tuple[float, float], ...]
    conditions: tuple[tuple[ConditionResult, ...], ...]


class Block(NamedTuple):
    """Some of all pairs, m of them.

    left, right: (m,) photographs, counted among those that were read. same: (m,) whether they show one person. limits:
    of each strictness.
    """

    left: Ints
    right: Ints
    same: Bools
    pairs: PairsRead
    limits: dict[Strictness, EachLimits]


def blocks_of_pairs(readings: Readings, person: Ints, calibration: Calibration) -> Iterator[Block]:
    """Every photograph that was read against every other one, once. person: (n,) who each photograph shows."""
    read = readings.read
    vectors, person = readings.vectors[read], person[read]
    whole = replace(readings, vectors=vectors, decisive=readings.decisive[read], damaged=readings.damaged[read])
    judged = PairLimits.of(calibration, vectors)
    for start in range(0, len(vectors), _BLOCK):
        rows, columns = np.triu_indices(min(_BLOCK, len(vectors) - start), k=start + 1, m=len(vectors))
        pairs = _against_all(whole, calibration, judged, slice(start, start + _BLOCK))[rows, columns]
        rows = rows + start
        table = judged.table(rows, columns)
        limits = {strictness: judged.limits(strictness, table) for strictness in Strictness}
        yield Block(rows, columns, person[rows] == person[columns], pairs, limits)


def compare_all(readings: Readings, person: NDArray[np.int64], calibration: Calibration) -> AllPairs:
    """Error rates over all of them. person: (n,) who each photograph shows."""
    read = readings.read
    person_read = person[read]
    edges = np.linspace(0.0, calibration.energy.bound(readings.vectors.shape[1]), _BINS + 1)
    counts = {True: np.zeros(_BINS, np.int64), False: np.zeros(_BINS, np.int64)}
    tallies = {(strictness, kind): Tally(0, 0, 0, 0, 0) for strictness in Strictness for kind in (True, False)}
    # the two people of each, and how many of the two faces are spoilt
    false_matches: dict[Strictness, list[NDArray[np.int64]]] = {strictness: [] for strictness in Strictness}
    of_condition = np.zeros(3, np.int64)

    for left, right, same, pairs, limits in blocks_of_pairs(readings, person, calibration):
        for kind in (True, False):
            chosen = pairs[same == kind]
            counts[kind] += np.histogram(chosen.distances, edges)[0]
            for strictness in Strictness:
                tallies[strictness, kind] += tally(chosen, limits[strictness].only(same == kind), strictness)
        of_condition += by_condition(pairs.spoilt[~same])
        for strictness in Strictness:
            wrong = ~same & (pairs.adjusted <= limits[strictness].same_below)
            false_matches[strictness].append(
                np.stack([person_read[left[wrong]], person_read[right[wrong]], pairs.spoilt[wrong]])
            )

    photos = np.bincount(person_read, minlength=int(person_read.max()) + 1)
    wrong_of = {s: np.concatenate(false_matches[s], axis=1) for s in Strictness}
    return AllPairs(
        genuine=int(counts[True].sum()),
        impostor=int(counts[False].sum()),
        curve=Curve.of_histograms(edges, counts[True], counts[False]),
        strictness=tuple(strictness_result(s, tallies[s, True], tallies[s, False]) for s in Strictness),
        limit_intervals=tuple(fmr_interval(wrong_of[s][:2], photos) for s in Strictness),
        conditions=tuple(_conditions(wrong_of[s], of_condition, person_read, readings.spoilt) for s in Strictness),
    )


def _conditions(wrong: Ints, pairs: Ints, person: Ints, spoilt: Ints | None) -> tuple[ConditionResult, ...]:
    """wrong: (3, m) people and spoilt faces of each false match. pairs: (3,) impostor pairs of each condition."""
    if spoilt is None or not pairs.any():
        return ()
    clear, odd = (np.bincount(person[spoilt == kind], minlength=int(person.max()) + 1) for kind in (0, 1))
    found = []
    for count, photos, others in ((0, clear, None), (1, clear, odd), (2, odd, None)):
        matches = wrong[:2, wrong[2] == count]
        interval = fmr_interval(matches, photos, others) if pairs[count] else (0.0, 1.0)
        found.append(ConditionResult.of(int(pairs[count]), matches.shape[1], interval))
    return tuple(found)


def _against_all(whole: Readings, calibration: Calibration, judged: PairLimits, block: slice) -> PairsRead:
    """A block of b of n photographs, all of them read, against each: every field (b, n)."""
    vectors, energy = whole.vectors, calibration.energy
    closeness = energy.closeness(vectors[block], vectors)
    distances = np.minimum(energy.distance_at(closeness), energy.bound(vectors.shape[1])).astype(np.float64)
    every = np.arange(len(vectors))
    left, right = every[block][:, None], every[None]
    cohort, conditions, spoilt = calibration.cohort, whole.conditions, whole.spoilt
    if cohort is None or conditions is None or spoilt is None:
        return PairsRead.unconditional(distances, judged.doubts(whole.decisive, whole.damaged, left, right).different)
    some = conditions[block]
    adjusted = energy.distance_at(cohort.all_adjusted(vectors[block], some, vectors, conditions).astype(np.float64))
    faces = spoilt[block][:, None] + spoilt[None]
    unlike, shared = cohort.all_unlike(some, conditions), np.zeros_like(distances)
    if judged.measured.any():
        shared = cohort.all_shared(vectors[block], some, vectors, conditions).astype(np.float64)
    forbidden = judged.doubts(whole.decisive, whole.damaged, left, right, conditional=True)
    known = PairsRead(distances, adjusted, shared, unlike, *forbidden, faces, *nothing_heard(distances))
    if calibration.parts:
        architecture = calibration.encoder.partition(" ")[0]
        known = known.heard(all_say(architecture, calibration.parts, vectors[block], vectors, _crossed))
    return judged.carried_by_both(known, left, right)


def _crossed(a: Floats, b: Floats) -> Floats:
    """(b, d) and (n, d) -> (b, n) distances."""
    square = np.vecdot(a, a)[:, None] + np.vecdot(b, b)[None] - 2 * (a @ b.T)
    return np.asarray(np.sqrt(np.maximum(square, 0)))
