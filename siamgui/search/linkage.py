"""Constrained average linkage of faces, of which only near pairs are kept; what it is and why: grouping.py."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.errors import Cancelled
from siamgui.core.machine import processors
from siamgui.search.closeness import FAR, Closeness
from siamgui.search.grouping_values import Bools, Bound, Faces, Ints, Vectors

Floats = NDArray[np.float64]
Told = Callable[[float], object]

MOST_PAIRS = 3_000_000
"""Near pairs that are kept at a time, in some 350 MB. Thousands of photographs of one person have more."""
_ROWS, _COLUMNS = 512, 4096
_BINS = 4096
_STAR, _MANY = 20, 200
"""Where of so many units fewer than one pair are each other's nearest, they are all nearest to a few; of fewer than
_MANY it does not matter."""
_NEARLY, _MATCHED = 0.1, 16


Pairs = tuple[Ints, Ints, Vectors]


class Linkage:
    """Of the faces that are judged, each of which is in a unit, later in a group. Weight: closeness beyond FAR.

    What is near to what is worked out once, and serves again when other units are to be joined.
    """

    def __init__(
        self, faces: Faces, calibration: Calibration, poor: Bools, judged: Bools, allowed: Bound, firm: Bound
    ) -> None:
        """poor, judged: (n,) of the faces: too poor to be judged with another such one; judged at all.

        firm: of joins that are no weak ones.
        """
        self._rows = np.flatnonzero(judged)
        self._poor = poor[self._rows]
        self._far = calibration.energy.closeness_at(calibration.threshold(FAR))
        self._least, self._firm = (calibration.energy.closeness_at(one.limit) - self._far for one in (allowed, firm))
        self._most = calibration.energy.closeness_at(0) - self._far
        self._close = Closeness(faces, calibration, self._rows)
        self._faces: _Gathered | None = None

    def joined(self, unit: Ints, known: Known, told: Told, stop: threading.Event) -> tuple[Ints, Bools]:
        """(n,) which group each face is in, and (n,) whether a weak join brought it there. unit: (n,) the one before.

        Where there are more near pairs than the memory should hold, the nearest are joined first, as many as it holds,
        and what they make are the units of the next time.
        """
        if self._faces is None:
            self._faces = self._gathered(np.arange(len(self._rows)), 0.0, told, stop)
        if self._faces.whole:
            own = unit[self._rows]
            a, b, weight = self._faces.pairs()
            label, weak = self._joined((own[a], own[b], weight), unit, known, 0.0, stop)
            return label[unit], weak[unit]
        floor = self._faces.floor()
        unsure = np.zeros(len(unit), bool)
        while True:
            near = self._gathered(unit[self._rows], floor, told, stop)
            label, weak = self._joined(near.pairs(), unit, known, floor, stop)
            unsure |= weak[unit]
            if not floor or (label == np.arange(len(label))).all():  # or all that is near is kept apart
                return label[unit], unsure
            unit, known = label[unit], known.renamed(label)
            left = self._gathered(unit[self._rows], 0.0, told, stop)
            if left.whole:
                label, weak = self._joined(left.pairs(), unit, known, 0.0, stop)
                return label[unit], unsure | weak[unit]
            floor = left.floor()

    def _gathered(self, own: Ints, floor: float, told: Told, stop: threading.Event) -> _Gathered:
        """The weights above floor, less that, of pairs of units. own: (m,) those of the faces that are judged."""
        found = _Gathered(self._most)
        blocks = [
            (slice(i, i + _ROWS), slice(j, j + _COLUMNS))
            for i in range(0, len(own), _ROWS)
            for j in range(i, len(own), _COLUMNS)
        ]
        least = np.float32(self._far + floor)

        def near(block: tuple[slice, slice]) -> None:
            if stop.is_set():
                raise Cancelled
            weight = self._close.block(*block) - least
            i, j = np.nonzero(weight > 0)
            weight = weight[i, j]
            i, j = i + block[0].start, j + block[1].start
            kept = (i < j) & (own[i] != own[j]) & ~(self._poor[i] & self._poor[j])
            told(0.95 * found.add(own[i[kept]], own[j[kept]], weight[kept]) / len(blocks))

        with ThreadPoolExecutor(processors()) as pool:
            for _ in pool.map(near, blocks):
                pass
        return found

    def _joined(
        self, pairs: Pairs, unit: Ints, known: Known, floor: float, stop: threading.Event
    ) -> tuple[Ints, Bools]:
        """(u,) which group each unit is in, and (u,) whether a weak join brought it there. pairs: less floor."""
        units, own = len(known.whose), unit[self._rows]
        least, firm = (max(limit - floor, 1e-9) for limit in (self._least, self._firm))
        label, unsure = np.arange(units), np.zeros(units, bool)
        known = known.sorted()
        count, poor = (np.bincount(some, minlength=units).astype(np.float64) for some in (own, own[self._poor]))
        a, b, weight = _summed(*pairs, units)
        while len(a):
            if stop.is_set():
                raise Cancelled
            mean = weight / (count[a] * count[b] - poor[a] * poor[b])  # two poor faces say nothing
            may = mean >= least
            may[may] = known.allow(a[may], b[may])
            if not may.any():
                break
            one, other, near = _nearest_of_each_other(a[may], b[may], mean[may], units)
            left = len(np.unique(np.concatenate([a[may], b[may]])))
            if left > _MANY and len(one) * _STAR < left:
                one, other, near = _nearly_nearest(a[may], b[may], mean[may], units)
            smaller = np.where(count[one] < count[other], one, other)
            unsure |= np.isin(label, smaller[near < firm])
            into = np.arange(units)
            into[other] = one
            label = into[label]
            count, poor = (np.asarray(np.bincount(into, column, units), np.float64) for column in (count, poor))
            known = known.renamed(into)
            joined = np.zeros(units, bool)
            joined[one] = joined[other] = True
            changed = joined[a] | joined[b]
            anew = _summed(into[a[changed]], into[b[changed]], weight[changed], units)
            a, b, weight = (np.concatenate([old[~changed], new]) for old, new in zip((a, b, weight), anew, strict=True))
        return label, unsure


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of u units beside distances. apart: (k, 2) of different people, the lower one first, in order.

    whose: (u,) the person that each shows, below 0 where nobody said.
    """

    apart: Ints
    whose: Ints

    def allow(self, a: Ints, b: Ints) -> Bools:
        """Which of these pairs, a below b, may be one person."""
        units = len(self.whose)
        barred = np.isin(a * units + b, self.apart[:, 0] * units + self.apart[:, 1])
        return np.asarray(~barred & ((self.whose[a] == self.whose[b]) | (self.whose[a] < 0) | (self.whose[b] < 0)))

    def renamed(self, into: Ints) -> Known:
        """into: (u,) the unit that each is a part of from now on."""
        whose = np.full(len(into), -1)
        np.maximum.at(whose, into, self.whose)
        return Known(into[self.apart], whose).sorted()

    def sorted(self) -> Known:
        units = max(len(self.whose), 1)
        keys = np.unique(self.apart.min(axis=1, initial=units) * units + self.apart.max(axis=1, initial=0))
        return Known(np.stack(np.divmod(keys, units), axis=1), self.whose)


def _nearest_of_each_other(a: Ints, b: Ints, mean: Floats, units: int) -> tuple[Ints, Ints, Floats]:
    """Pairs (lower, higher, how near) each of whose two has no nearer one. Of those as near the lowest comes first."""
    highest = np.full(units, -np.inf)
    np.maximum.at(highest, a, mean)
    np.maximum.at(highest, b, mean)
    both = (mean == highest[a]) & (mean == highest[b])
    a, b, mean = a[both], b[both], mean[both]
    lowest = np.full(units, units)
    np.minimum.at(lowest, a, b)
    np.minimum.at(lowest, b, a)
    first = (lowest[a] == b) & (lowest[b] == a)
    return a[first], b[first], mean[first]


def _nearly_nearest(a: Ints, b: Ints, mean: Floats, units: int) -> tuple[Ints, Ints, Floats]:
    """As _nearest_of_each_other(), but nobody waits for a nearer one that is hardly nearer.

    In a large group all are nearest to its middle, which could take in one at a time. So pairs are joined as well that
    fall short of the nearest of either by _NEARLY at most: (1 + eps)-good merges (Dhulipala et al., "TeraHAC", 2023).
    """
    highest = np.zeros(units)
    np.maximum.at(highest, a, mean)
    np.maximum.at(highest, b, mean)
    enough = mean >= (1 - _NEARLY) * np.maximum(highest[a], highest[b])
    a, b, mean = a[enough], b[enough], mean[enough]
    found: list[tuple[Ints, Ints, Floats]] = []
    while len(a) and len(found) < _MATCHED:
        found.append(_nearest_of_each_other(a, b, mean, units))
        taken = np.zeros(units, bool)
        taken[found[-1][0]] = taken[found[-1][1]] = True
        free = ~(taken[a] | taken[b])
        a, b, mean = a[free], b[free], mean[free]
    one, other, near = (np.concatenate(column) for column in zip(*found, strict=True))
    return one, other, near


def _summed(a: Ints, b: Ints, weight: NDArray[np.floating], units: int) -> tuple[Ints, Ints, Floats]:
    """Each pair once, lower one first, without those of one and the same, and the sum of its weights."""
    keys = np.minimum(a, b).astype(np.int64) * units + np.maximum(a, b)
    keys, weight = keys[a != b], weight[a != b]
    found, place = np.unique(keys, return_inverse=True)
    sums = np.asarray(np.bincount(place, weight, len(found)), np.float64)
    return found // max(units, 1), found % max(units, 1), sums


class _Gathered:
    """Weights of pairs of units; of many faces in two units many. For threads, in any order.

    whole: whether all that were added are here. histogram: (_BINS,) of the weights that were added, whole or not.
    """

    def __init__(self, most: float) -> None:
        """most: the largest weight there can be."""
        self.whole = True
        self._most = most
        self._histogram = np.zeros(_BINS, np.int64)
        self._parts: list[tuple[NDArray[np.int32], NDArray[np.int32], Vectors]] = []
        self._count = self._calls = 0
        self._lock = threading.Lock()

    def add(self, a: Ints, b: Ints, weight: Vectors) -> int:
        """-> how often something has been added."""
        bins = np.minimum(weight * np.float32(_BINS / (self._most or 1)), _BINS - 1).astype(np.int64)
        histogram, part = np.bincount(bins, minlength=_BINS), (a.astype(np.int32), b.astype(np.int32), weight)
        with self._lock:
            self._calls += 1
            self._histogram += histogram
            if self.whole:
                self._parts.append(part)
                self._count += len(a)
                if self._count > MOST_PAIRS:
                    self._fewer()
            return self._calls

    def _fewer(self) -> None:
        units = 1 + max(int(part[1].max(initial=0)) for part in self._parts)
        units = max(units, 1 + max(int(part[0].max(initial=0)) for part in self._parts))
        a, b, weight = _summed(*self.pairs(), units)
        self._count = len(a)
        self.whole = self._count <= MOST_PAIRS // 2
        self._parts = [(a.astype(np.int32), b.astype(np.int32), weight.astype(np.float32))] if self.whole else []

    def pairs(self) -> Pairs:
        if not self._parts:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)
        self._parts = [tuple(np.concatenate(column) for column in zip(*self._parts, strict=True))]  # type: ignore[list-item]
        return self._parts[0]  # type: ignore[return-value]

    def floor(self) -> float:
        """A weight that not more than half of MOST_PAIRS pairs of faces are above."""
        above = np.cumsum(self._histogram[::-1])[::-1]
        return float((np.flatnonzero(above > MOST_PAIRS // 2).max(initial=-1) + 1) * self._most / _BINS)
