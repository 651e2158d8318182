"""Constrained average linkage of faces, of which only near pairs are kept; what it is and why: grouping.py."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.errors import Cancelled
from siamgui.search.closeness import FAR, Closeness, distance_of
from siamgui.search.grouping_values import Bools, Bound, Faces, Ints, Vectors

Floats = NDArray[np.float64]
Told = Callable[[float], object]

MOST_PAIRS = 6_000_000
"""Near pairs that are kept at a time, in some 400 MB. Thousands of photographs of one person have more."""
_ROWS, _COLUMNS = 512, 4096
_BINS = 4096


class Linkage:
    """Of the faces that are judged, each of which is in a unit, later in a group. Weight: closeness beyond FAR."""

    def __init__(
        self,
        faces: Faces,
        calibration: Calibration,
        poor: Bools,
        judged: Bools,
        allowed: Bound,
        told: Told,
        stop: threading.Event,
    ) -> None:
        self._rows = np.flatnonzero(judged)
        self._poor = poor[self._rows]
        self._far = calibration.energy.closeness_at(distance_of(calibration, np.log(FAR)))
        self._least = calibration.energy.closeness_at(allowed.limit) - self._far
        self._most = calibration.energy.closeness_at(0) - self._far
        self._close = Closeness(faces, calibration, self._rows)
        self._told, self._stop = told, stop

    def joined(self, unit: Ints, forbidden: Ints) -> Ints:
        """(n,) which group each face is in. unit: (n,) where it is before. forbidden: (k, 2) units kept apart.

        Where there are more near pairs than the memory should hold, the nearest are joined first, as many as it holds,
        and what they make are the units of the next time.
        """
        while True:
            gathered = self._gathered(unit, 0.0)
            if gathered.whole:
                return self._joined(gathered, unit, forbidden, self._least)[unit]
            floor = gathered.floor()
            into = self._joined(self._gathered(unit, floor), unit, forbidden, max(self._least - floor, 1e-9))
            if (into == np.arange(len(into))).all():  # all that is near is kept apart
                return unit
            unit, forbidden = into[unit], into[forbidden]

    def _gathered(self, unit: Ints, floor: float) -> _Gathered:
        """The weights above floor, less that."""
        own, found = unit[self._rows], _Gathered(int(unit.max(initial=-1)) + 1, self._most)
        blocks = [
            (slice(i, i + _ROWS), slice(j, j + _COLUMNS))
            for i in range(0, len(own), _ROWS)
            for j in range(i, len(own), _COLUMNS)
        ]
        least = np.float32(self._far + floor)

        def near(block: tuple[slice, slice]) -> tuple[Ints, Ints, Vectors]:
            if self._stop.is_set():
                raise Cancelled
            weight = self._close.block(*block) - least
            i, j = np.nonzero(weight > 0)
            weight = weight[i, j]
            i, j = i + block[0].start, j + block[1].start
            kept = (i < j) & (own[i] != own[j]) & ~(self._poor[i] & self._poor[j])
            return own[i[kept]], own[j[kept]], weight[kept]

        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for done, some in enumerate(pool.map(near, blocks)):
                found.add(*some)
                self._told(0.95 * (done + 1) / len(blocks))
        return found

    def _joined(self, gathered: _Gathered, unit: Ints, forbidden: Ints, least: float) -> Ints:
        """(u,) which group each unit is in. least: mean weight at which two are joined."""
        units, own = gathered.units, unit[self._rows]
        label = np.arange(units)
        barred = np.unique(forbidden.min(axis=1) * units + forbidden.max(axis=1))
        count, poor = (np.bincount(some, minlength=units).astype(np.float64) for some in (own, own[self._poor]))
        a, b, weight = gathered.pairs()
        while len(a):
            if self._stop.is_set():
                raise Cancelled
            mean = weight / (count[a] * count[b] - poor[a] * poor[b])  # two poor faces say nothing
            may = mean >= least
            may[may] = ~np.isin(a[may] * units + b[may], barred)
            if not may.any():
                break
            one, other = _nearest_of_each_other(a[may], b[may], mean[may], units)
            into = np.arange(units)
            into[other] = one
            label = into[label]
            count, poor = (np.asarray(np.bincount(into, column, units), np.float64) for column in (count, poor))
            barred = _renamed(barred, into, units)
            a, b, weight = _summed(into[a], into[b], weight, units)
        return label


def _nearest_of_each_other(a: Ints, b: Ints, mean: Floats, units: int) -> tuple[Ints, Ints]:
    """The pairs (lower, higher) each of whose two has no nearer one. Of those as near the lowest comes first."""
    left, right = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.lexsort((right, -np.concatenate([mean, mean]), left))
    left, right = left[order], right[order]
    first = np.flatnonzero(np.diff(left, prepend=-1))
    nearest = np.full(units, -1)
    nearest[left[first]] = right[first]
    some = left[first]
    both = some[(nearest[nearest[some]] == some) & (some < nearest[some])]
    return both, nearest[both]


def _renamed(barred: Ints, into: Ints, units: int) -> Ints:
    one, other = into[barred // units], into[barred % units]
    return np.unique(np.minimum(one, other) * units + np.maximum(one, other))


def _summed(a: Ints, b: Ints, weight: Floats, units: int) -> tuple[Ints, Ints, Floats]:
    """Each pair once, lower one first, without those of one and the same, and the sum of its weights."""
    keys = np.minimum(a, b) * units + np.maximum(a, b)
    keys, weight = keys[a != b], weight[a != b]
    found, place = np.unique(keys, return_inverse=True)
    return found // max(units, 1), found % max(units, 1), np.asarray(np.bincount(place, weight, len(found)), np.float64)


@dataclass(slots=True, eq=False)
class _Gathered:
    """Weights of pairs of faces summed by pairs of units. whole: whether all that were added are here.

    most: the largest weight there can be. histogram: (_BINS,) of the weights that were added, whole or not.
    """

    units: int
    most: float
    whole: bool = True
    histogram: Ints = field(default_factory=lambda: np.zeros(_BINS, np.int64))
    _parts: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    _count: int = 0

    def add(self, a: Ints, b: Ints, weight: Vectors) -> None:
        if not len(a):
            return
        bins = np.minimum(weight * (_BINS / self.most), _BINS - 1).astype(np.int64)
        self.histogram += np.bincount(bins, minlength=_BINS)
        if not self.whole:
            return
        self._parts.append(_summed(a, b, weight.astype(np.float64), self.units))
        self._count += len(self._parts[-1][0])
        if self._count > MOST_PAIRS:
            self._parts = [self.pairs()]
            self._count = len(self._parts[0][0])
            if self._count > MOST_PAIRS // 2:
                self.whole, self._parts = False, []

    def pairs(self) -> tuple[Ints, Ints, Floats]:
        if not self._parts:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
        a, b, weight = (np.concatenate([part[place] for part in self._parts]) for place in range(3))
        return _summed(a, b, weight, self.units)

    def floor(self) -> float:
        """A weight that not more than half of MOST_PAIRS pairs of faces are above."""
        above = np.cumsum(self.histogram[::-1])[::-1]
        return float((np.flatnonzero(above > MOST_PAIRS // 2).max(initial=-1) + 1) * self.most / _BINS)
