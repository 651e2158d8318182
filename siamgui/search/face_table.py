"""All faces that one encoder has seen, in memory: the exact search for the nearest.

A query is one pass over all embeddings, which is bound by the memory: on one thread for each processor, in blocks that
stay in the cache while they are weighed. Of very many the pass is over 8-bit integers, and what these may be wrong is
added to the bound (siamgui.search.coarse). Why not an index, and why nothing is mapped from the disk: decision 21.

Likenesses are ordered by the *adjusted* cosine (siamgui.core.cohort). To compute it for a million faces would take
minutes, but it never exceeds

    a = u/2 ((s - m_x) / d_x + (s - m_y) / d_y) + c    s: cosine; m, d: of each face; u, c: usual deviation and mean

because what is taken off for a shared fault is never negative. So the faces are weighed by a, and the exact value is
worked out only for those whose bound is above that of the last one wanted: the search misses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Conditions, joined
from siamgui.core.embedding import unit
from siamgui.core.machine import processors
from siamgui.core.types import FaceReading
from siamgui.search.coarse import Coarse
from siamgui.search.weighing import Weighing, squares_to
from siamgui.storage.collection_operations import ReadFaces, ReadFacesStamp, ReadSeenFaces
from siamgui.storage.collection_values import FaceRows, FacesStamp
from siamgui.storage.store import Store

Vectors = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_ROWS = 2**15
"""Faces in a block: 40 MB of a joint embedding."""
_PACKED = 8
"""Full blocks that are made integers of at a time: that takes half a second, however few they are."""
_HALF = 2.0**-11 * 1.01
"""By how much a cosine is wrong at most where one of the two is kept in half precision."""
_LOADED = 2**12
"""Faces that are read in one transaction."""
_WEIGHED = 64
"""Faces whose exact value is worked out at a time, beyond those that are wanted."""
MOST_WEIGHED = 2**13
"""And at most. Only where thousands share a fault with the probe is the bound that loose; then Near.whole is False."""
SLACK = 0.002
"""By how much m and d, which were measured before embeddings were kept in half precision, may lower a bound."""


@dataclass(slots=True, eq=False)
class _Block:
    """At most _ROWS faces, of which the first `used` count, or several such blocks as one.

    The fields as of FaceRows and SeenFace. coarse: of several; then vectors are in half precision.
    """

    vectors: NDArray[np.floating]
    mean: Vectors
    deviation: Vectors
    ids: Ints
    pictures: Ints
    original: Ints
    used: int = 0
    coarse: Coarse | None = None

    @classmethod
    def empty(cls, size: int) -> _Block:
        """size: numbers of an embedding."""
        mean, deviation = np.empty(_ROWS, np.float32), np.empty(_ROWS, np.float32)
        ids, pictures, original = (np.empty(_ROWS, np.int64) for _ in range(3))
        return cls(np.empty((_ROWS, size), np.float32), mean, deviation, ids, pictures, original)

    def add(self, rows: FaceRows, start: int) -> int:
        """As many of rows as there is room for, from start on -> how many."""
        count = min(len(rows.ids) - start, _ROWS - self.used)
        here, there = slice(self.used, self.used + count), slice(start, start + count)
        self.vectors[here] = unit(rows.records["vector"][there].astype(np.float32))
        self.mean[here], self.deviation[here] = rows.records["mean"][there], rows.records["deviation"][there]
        self.ids[here], self.pictures[here] = rows.ids[there], rows.pictures[there]
        self.original[here] = rows.original[there]
        self.used += count
        return count

    @classmethod
    def packed(cls, blocks: Sequence[_Block]) -> _Block | None:
        """Full ones as one; None where this processor is not exact enough for that."""
        coarse = Coarse(*(block.vectors.astype(np.float32, copy=False) for block in blocks))
        if not coarse.holds:
            return None
        vectors = np.concatenate([block.vectors.astype(np.float16) for block in blocks])
        names = ("mean", "deviation", "ids", "pictures", "original")
        rest = {name: np.concatenate([getattr(block, name) for block in blocks]) for name in names}
        return cls(vectors, **rest, used=len(vectors), coarse=coarse)

    def bounds(self, weighing: Weighing) -> Vectors:
        """(used,)"""
        mean, deviation = self.mean[: self.used], self.deviation[: self.used]
        if self.coarse is None:
            return weighing.of_vectors(self.vectors[: self.used], mean, deviation)
        cosines = [self.coarse.cosines(query) + _length(query) * self.coarse.error for query in weighing.queries]
        return weighing.of_cosines(cosines, mean, deviation)

    def bounds_of(self, rows: Ints, weighing: Weighing) -> Vectors:
        """Of a few, as near as their embeddings tell."""
        vectors = self.vectors[rows].astype(np.float32)
        if self.coarse is None:
            return weighing.of_vectors(vectors, self.mean[rows], self.deviation[rows])
        cosines = [np.vecdot(vectors, query) + _length(query) * _HALF for query in weighing.queries]
        return weighing.of_cosines(cosines, self.mean[rows], self.deviation[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """n faces, nearest first. ids: (n,). distances, adjusted: (n,) to the probe; the same where there is no cohort.

    conditions: of each, None likewise. whole: whether none can be missing.
    """

    ids: Ints
    distances: Floats
    adjusted: Floats
    conditions: Conditions | None
    whole: bool


class FaceTable:
    """For one thread at a time."""

    def __init__(self, calibration: Calibration, *, often: bool = False) -> None:
        """calibration: of the encoder whose faces these are. often: many questions come: integers are worth making."""
        self._calibration = calibration
        self._blocks: list[_Block] = []
        self._stamp = FacesStamp(0, -1)
        self._packs = often and calibration.energy.order == 2

    def __len__(self) -> int:
        return sum(block.used for block in self._blocks)

    def refresh(self, store: Store, progress: Callable[[int], object] = lambda _count: None) -> None:
        """Load what has come since the last time; all of it where something has changed. progress: faces so far."""
        stamp = store.do(ReadFacesStamp())
        if stamp == self._stamp:
            return
        if stamp.going != self._stamp.going:
            self._blocks, self._stamp = [], FacesStamp(0, stamp.going)
        last = self._stamp.last
        while (rows := store.do(ReadSeenFaces(self._calibration.encoder, last, _LOADED))) is not None:
            self.add(rows)
            last = int(rows.ids[-1])
            progress(len(self))
        self._stamp = replace(stamp, last=max(last, stamp.last))

    def add(self, rows: FaceRows) -> None:
        start = 0
        while start < len(rows.ids):
            if not self._blocks or self._blocks[-1].used == _ROWS:
                self._pack()
                self._blocks.append(_Block.empty(rows.records["vector"].shape[1]))
            start += self._blocks[-1].add(rows, start)

    def _pack(self) -> None:
        """The last ones, where they are full and enough."""
        last = self._blocks[-_PACKED:]
        if self._packs and len(last) == _PACKED and all(block.coarse is None for block in last):
            packed = _Block.packed(last)
            if packed is None:
                self._packs = False
            else:
                self._blocks[-_PACKED:] = [packed]

    def searched(self, pictures: frozenset[int] | None, without: Sequence[int] = ()) -> Bools:
        """(n,) which faces are searched: those of these pictures, None for all, and none of the pictures in without.

        Of several that are the same photograph only one.
        """
        ids, owners, original = (self._column(name) for name in ("ids", "pictures", "original"))
        asked = np.ones(len(ids), bool) if pictures is None else np.isin(owners, list(pictures))
        asked &= ~np.isin(owners, list(without))
        kept: Bools = asked & (original == ids)
        orphans = np.flatnonzero(asked & ~kept)  # copies, some of them of a photograph that is not searched
        orphans = orphans[~np.isin(original[orphans], ids[kept])]
        kept[orphans[np.unique(original[orphans], return_index=True)[1]]] = True
        return kept

    def _column(self, name: str) -> Ints:
        parts = [getattr(block, name)[: block.used] for block in self._blocks]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def nearest(self, readings: Sequence[FaceReading], count: int, searched: Bools, store: Store) -> Near:
        """At most count of the faces searched. readings: one or several of one person.

        store: where what the order needs beside the embeddings is read. Raises ValueError for another encoder.
        """
        if any(reading.embedding.encoder != self._calibration.encoder for reading in readings):
            raise ValueError("embeddings of two encoders do not compare")
        bounds = self.bounds(readings)
        bounds[~searched] = -np.inf
        self._tighten(bounds, readings, count + _WEIGHED)
        weigher = _Weigher(self._calibration, readings)
        rows, left = _highest(bounds, count + _WEIGHED), np.empty(0, np.int64)
        while len(rows):
            found = store.do(ReadFaces(tuple(self._ids(rows))))
            if found is not None:
                weigher.add(found)
            bounds[rows] = -np.inf
            left = np.flatnonzero(bounds > weigher.least(count) - SLACK)
            if weigher.count >= MOST_WEIGHED:
                break
            rows = left[np.argsort(-bounds[left], kind="stable")[:_WEIGHED]]
        return weigher.nearest(count, whole=not len(left))

    def bounds(self, readings: Sequence[FaceReading]) -> Vectors:
        """(n,) what the adjusted closeness to each face does not exceed; see the module."""
        bounds = np.empty(len(self), np.float32)
        weighing, starts = Weighing(self._calibration, readings), self._starts

        def one(number: int) -> None:
            bounds[starts[number] : starts[number + 1]] = self._blocks[number].bounds(weighing)

        # Not more than there is to do: a thread costs as much as a few thousand faces.
        with ThreadPoolExecutor(max(1, min(processors(), len(self._blocks)))) as pool:
            for _ in pool.map(one, range(len(self._blocks))):
                pass
        return bounds

    def _tighten(self, bounds: Vectors, readings: Sequence[FaceReading], most: int) -> None:
        """Those of whoever may be among the highest, where integers have made them higher than need be."""
        if all(block.coarse is None for block in self._blocks):
            return
        weighing, rows = Weighing(self._calibration, readings), _highest(bounds, most)
        self._weigh_again(bounds, rows, weighing)
        if len(rows) == most:
            above = np.flatnonzero(bounds > bounds[rows].min())
            self._weigh_again(bounds, above[~np.isin(above, rows)], weighing)

    def _weigh_again(self, bounds: Vectors, rows: Ints, weighing: Weighing) -> None:
        for block, own, start in self._by_block(rows):
            bounds[start + own] = block.bounds_of(own, weighing)

    @property
    def _starts(self) -> list[int]:
        """The row of the first face of each block, and of the end."""
        return [0, *accumulate(block.used for block in self._blocks)]

    def _by_block(self, rows: Ints) -> Iterator[tuple[_Block, Ints, int]]:
        """Each block that any of the rows are in, which these are of its own, and the row of its first."""
        starts = self._starts
        of = np.searchsorted(starts, rows, side="right") - 1
        for number in np.unique(of).tolist():
            yield self._blocks[number], np.sort(rows[of == number]) - starts[number], starts[number]

    def _ids(self, rows: Ints) -> Iterator[int]:
        for block, own, _ in self._by_block(rows):
            yield from block.ids[own].tolist()


def _length(query: Vectors) -> float:
    return float(np.linalg.norm(query))


def _highest(bounds: Vectors, most: int) -> Ints:
    """The rows of the highest, at most so many, in no order; those of -inf are none."""
    # What is not among the highest of a part is not among the highest of all: most are passed over without a sort.
    floor = -np.inf
    if len(bounds) > 4 * _ROWS and most < _ROWS:
        floor = float(np.partition(bounds[:_ROWS], _ROWS - most)[_ROWS - most])
    rows = np.flatnonzero(bounds >= floor) if floor > -np.inf else np.flatnonzero(bounds > -np.inf)
    if len(rows) <= most:
        return rows
    return rows[np.argpartition(bounds[rows], len(rows) - most)[-most:]]


class _Weigher:
    """Works out what the bounds stand for. count: faces so far."""

    def __init__(self, calibration: Calibration, readings: Sequence[FaceReading]) -> None:
        self._calibration, self._readings = calibration, readings
        self._ids: list[Ints] = []
        self._squares: list[Floats] = []  # of distances
        self._adjusted: list[Floats] = []
        self._conditions: list[Conditions] = []
        self.count = 0

    def add(self, rows: FaceRows) -> None:
        vectors, norms = unit(rows.records["vector"].astype(np.float32)), np.nan_to_num(rows.records["quality"][:, -1])
        cohort, met = self._calibration.cohort, None
        if cohort is not None:
            met = cohort.conditions(vectors, norms, rows.records["look"].astype(np.float32))
            self._conditions.append(met)
        squares, adjusted = squares_to(self._calibration, self._readings, vectors, met)
        self._ids.append(rows.ids)
        self._squares.append(squares)
        self._adjusted.append(adjusted)
        self.count += len(rows.ids)

    def least(self, count: int) -> float:
        """The closeness of the last of the nearest, on the scale of bounds(); -inf while there are fewer."""
        if self.count < count or not count:
            return -np.inf
        last = float(np.partition(np.concatenate(self._adjusted), count - 1)[count - 1])
        return -last if self._calibration.energy.order != 2 else 1 - last / 2

    def nearest(self, count: int, *, whole: bool) -> Near:
        if not self._ids:
            return Near(np.empty(0, np.int64), np.empty(0), np.empty(0), None, whole)
        ids, squares, adjusted = (np.concatenate(self._ids), *map(np.concatenate, (self._squares, self._adjusted)))
        order = np.lexsort((ids, adjusted))[:count]
        conditions = joined(self._conditions)[order] if self._conditions else None
        distances, claimed = (np.sqrt(np.maximum(squared[order], 0)) for squared in (squares, adjusted))
        return Near(ids[order], distances, claimed, conditions, whole)
