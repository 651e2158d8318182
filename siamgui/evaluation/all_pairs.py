"""All against all: every pair of photographs of a set of people, to check a claimed FMR on people never seen before.

Works in blocks, so that the memory needed does not grow with the number of pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.types import Strictness
from siamgui.evaluation.bootstrap import fmr_interval
from siamgui.evaluation.metrics import Curve, StrictnessResult, Tally, strictness_result, tally
from siamgui.evaluation.reading import Readings

_BLOCK = 512
_BINS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class AllPairs:
    """genuine, impostor: pairs compared. limit_intervals: of each strictness' limit_fmr (95 %, by person)."""

    genuine: int
    impostor: int
    curve: Curve
    strictness: tuple[StrictnessResult, ...]
    limit_intervals: tuple[tuple[float, float], ...]


def compare_all(readings: Readings, person: NDArray[np.int64], calibration: Calibration) -> AllPairs:
    """Every photograph that was read against every other one. person: (n,) who each photograph shows."""
    read = readings.read
    vectors, person, decisive = readings.vectors[read], person[read], readings.decisive[read]
    limits = {strictness: calibration.limits(strictness) for strictness in Strictness}
    energy, bound = calibration.energy, calibration.energy.bound(vectors.shape[1])
    edges = np.linspace(0.0, bound, _BINS + 1)
    counts = {True: np.zeros(_BINS, np.int64), False: np.zeros(_BINS, np.int64)}
    tallies = {(strictness, kind): Tally(0, 0, 0, 0, 0) for strictness in Strictness for kind in (True, False)}
    false_matches: dict[Strictness, list[NDArray[np.int64]]] = {strictness: [] for strictness in Strictness}

    for start in range(0, len(vectors), _BLOCK):
        block = slice(start, start + _BLOCK)
        closeness = energy.closeness(vectors[block], vectors)
        rows, columns = np.triu_indices(len(closeness), k=start + 1, m=len(vectors))
        distances = np.minimum(energy.distance_at(closeness[rows, columns]), bound)
        rows = rows + start
        same, poor = person[rows] == person[columns], decisive[rows] | decisive[columns]
        for kind in (True, False):
            chosen = distances[same == kind]
            counts[kind] += np.histogram(chosen, edges)[0]
            for strictness in Strictness:
                now = tally(chosen, poor[same == kind], limits[strictness])
                tallies[strictness, kind] += now
        for strictness in Strictness:
            wrong = ~same & (distances <= limits[strictness][0])
            false_matches[strictness].append(np.stack([person[rows[wrong]], person[columns[wrong]]]))

    photos = np.bincount(person, minlength=int(person.max()) + 1)
    return AllPairs(
        genuine=int(counts[True].sum()),
        impostor=int(counts[False].sum()),
        curve=Curve.of_histograms(edges, counts[True], counts[False]),
        strictness=tuple(strictness_result(s, tallies[s, True], tallies[s, False]) for s in Strictness),
        limit_intervals=tuple(fmr_interval(np.concatenate(false_matches[s], axis=1), photos) for s in Strictness),
    )
