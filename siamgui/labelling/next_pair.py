"""Which pair of faces to ask about next: the one that teaches most."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from siamgui.core.energy import L2, Energy
from siamgui.core.types import Label
from siamgui.labelling.graph import LabelGraph, Pair, Vectors
from siamgui.labelling.types import Bools, Ints

_BLOCK = 500_000  # pairs worked out at once
_NEAREST = 4000  # pairs weighed against each other
# Below, distances on the scale of L2, which goes up to 2.
_SHOWN_COST = 0.05  # in distance, for each time that a face was shown already
_BELOW_COST = 0.05  # for lying below the threshold when it is the turn of what lies above
_BALANCE = 0.1  # how far to look from the threshold when one kind of pair is half as frequent as the other
_FARTHEST = 0.5  # but no farther than this


def next_pair(
    vectors: Vectors,
    faces: Sequence[int],
    graph: LabelGraph,
    threshold: float,
    done: Collection[Pair] = (),
    energy: Energy = L2,
) -> Pair | None:
    """The unanswered pair that teaches most, or None when all are answered.

    Closest to the threshold first, then varied. Faces that were shown before come later. Of two pairs one lies just
    above the threshold; the other where the kind of pair (same, different) that is in short supply is to be expected.
    Pairs that were labelled (also "unsure"), follow from labels or stand in done are never asked.

    vectors: (n, d) unit embeddings of the n faces, NaN where there is none. threshold: the distance by energy where the
    encoder is undecided. done: pairs to leave out, each in order of id. Deterministic. Of thousands of faces those that
    were shown least are weighed first, against all others, so that the time does not grow with their number.
    """
    ids, vectors = _sorted_known(np.asarray(faces, np.int64), vectors)
    if len(ids) < 2:
        return None
    left_out = np.array(sorted({*done, *graph.said}), np.int64).reshape(-1, 2)
    answered = _Answered(ids, graph, left_out)
    shown = np.bincount(answered.at(left_out.ravel()), minlength=len(ids) + 1)[: len(ids)]
    rows = np.random.default_rng(len(left_out)).permutation(len(ids))
    rows = rows[np.argsort(shown[rows], kind="stable")]
    above = len(left_out) % 2 == 1
    bound = energy.bound(vectors.shape[1])
    target = threshold if above else _balancing(graph, threshold, bound)
    step = max(_BLOCK // len(ids), 1)
    for start in range(0, len(ids), step):
        block = rows[start : start + step]
        closeness = energy.closeness(vectors[block], vectors)
        closeness[np.arange(len(block)), block] = np.nan  # a face with itself
        # Far from the target in closeness is far from it in distance.
        gap = np.abs(closeness - np.float32(energy.closeness_at(target))).ravel()
        wanted = _NEAREST
        while True:
            near = _smallest(gap, wanted)
            a, b = block[near // len(ids)], near % len(ids)
            open_ = ~answered(a, b)
            if open_.any():
                a, b = a[open_], b[open_]
                off = (energy.distance_at(closeness.ravel()[near[open_]]) - target) * (2 / bound)
                cost = np.abs(off) + _SHOWN_COST * (shown[a] + shown[b]) + _BELOW_COST * (above & (off < 0))
                best = int(np.argmin(cost))
                one, other = sorted((int(ids[a[best]]), int(ids[b[best]])))
                return one, other
            if len(near) < wanted:
                break  # every pair of this block is answered
            wanted = len(gap)
    return None


class _Answered:
    """Tells for many pairs at once, by index into the sorted ids, whether they need no asking."""

    def __init__(self, ids: Ints, graph: LabelGraph, left_out: Ints) -> None:
        self._ids = ids
        unknown = len(graph.person) + np.arange(len(ids))  # a person of its own
        self._person = np.array(
            [graph.person.get(face, alone) for face, alone in zip(ids.tolist(), unknown.tolist(), strict=True)],
            np.int64,
        )
        self._in_folder = np.isin(self._person, sorted(graph.folders))
        self._people = int(unknown[-1]) + 1
        self._apart = _codes(np.array(sorted(graph.apart), np.int64).reshape(-1, 2), self._people)
        rows = self.at(left_out)
        self._left_out = _codes(rows[(rows < len(ids)).all(axis=1)], len(ids))

    def at(self, faces: Ints) -> Ints:
        """Index of each face in ids; len(ids) for one that is not among them."""
        index = np.minimum(np.searchsorted(self._ids, faces), len(self._ids) - 1)
        return np.where(self._ids[index] == faces, index, len(self._ids))

    def __call__(self, a: Ints, b: Ints) -> Bools:
        one, other = self._person[a], self._person[b]
        known: Bools = (one == other) | (self._in_folder[a] & self._in_folder[b])
        known |= np.isin(_codes(np.stack([one, other], axis=1), self._people), self._apart)
        known |= np.isin(_codes(np.stack([a, b], axis=1), len(self._ids)), self._left_out)
        return known


def _codes(pairs: Ints, count: int) -> Ints:
    """One number for each pair of numbers below count, whatever their order. (m, 2) -> (m,)"""
    low, high = pairs.min(axis=1, initial=count), pairs.max(axis=1, initial=0)
    return np.asarray(low * count + high)


def _sorted_known(ids: Ints, vectors: Vectors) -> tuple[Ints, Vectors]:
    """The faces that have an embedding, in order of id."""
    known = np.flatnonzero(~np.isnan(vectors).any(axis=1))
    known = known[np.argsort(ids[known], kind="stable")]
    return ids[known], vectors[known]


def _balancing(graph: LabelGraph, threshold: float, bound: float) -> float:
    """The distance, up to bound, at which to look for the kind of pair that is in short supply, if one is."""
    same = sum(label is Label.SAME for label in graph.said.values())
    different = sum(label is Label.DIFFERENT for label in graph.said.values())
    shift = np.clip(_BALANCE * np.log2((same + 1) / (different + 1)), -_FARTHEST, _FARTHEST)
    return float(np.clip(threshold + shift * bound / 2, 0, bound))


def _smallest(values: NDArray[np.float32], count: int) -> Ints:
    """Indices of the count smallest values that are not NaN (all, if there are fewer), in no particular order."""
    if 8 * count < len(values):
        # A bound from a sample first: partitioning a million numbers takes longer than working them out.
        sample = values[:: max(len(values) // 50_000, 1)]
        rank = min(len(sample) - 1, 8 + 2 * count * len(sample) // len(values))
        near = np.flatnonzero(values <= np.partition(sample, rank)[rank])
        if len(near) >= count:
            return near[np.argpartition(values[near], count - 1)[:count]]
    present = np.flatnonzero(~np.isnan(values))
    return present if len(present) <= count else present[np.argpartition(values[present], count - 1)[:count]]
