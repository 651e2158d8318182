"""What labelled pairs say together: who is one person, what follows, what contradicts itself, what to ask next.

Faces are known by their ids. "Same" joins two faces into one person; "different" keeps two persons apart; "unsure" says
nothing. Folders that hold one person each say both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from siamgui.core.types import Label

Pair = tuple[int, int]
Vectors = NDArray[np.float32]


class LabelledPair(Protocol):
    """Two different face ids and what a person said of them."""

    @property
    def left(self) -> int: ...
    @property
    def right(self) -> int: ...
    @property
    def label(self) -> Label: ...


AnyPair = TypeVar("AnyPair", bound=LabelledPair)


def ordered(a: int, b: int) -> Pair:
    return (a, b) if a < b else (b, a)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """left and right were called different, but chain joins them: faces from left to right, each "same" as the next.

    The chain is the shortest there is; one of its links or the "different" is wrong.
    """

    left: int
    right: int
    chain: tuple[int, ...]

    @property
    def links(self) -> tuple[Pair, ...]:
        """The pairs of the chain, each in order of id."""
        return tuple(ordered(a, b) for a, b in zip(self.chain, self.chain[1:], strict=False))


@dataclass(frozen=True, slots=True)
class LabelGraph:
    """said: every labelled pair in order of id. person: a number for each face that any label or folder mentions.

    apart: pairs of person numbers, in order, that are different people.
    links: for each face, those that "same" or a folder joins directly to it (of a folder, its first face).
    folders: the person numbers that folders name.
    """

    said: Mapping[Pair, Label]
    person: Mapping[int, int]
    apart: frozenset[Pair]
    links: Mapping[int, tuple[int, ...]]
    folders: frozenset[int]

    @classmethod
    def of(cls, labels: Iterable[LabelledPair], persons: Mapping[int, str | None] | None = None) -> LabelGraph:
        """persons: for each face the name of the person whose folder it came from, where that is known.

        People of two folders are different people, unless a "same" joins them.
        """
        said = {ordered(label.left, label.right): label.label for label in labels}
        named: dict[str, list[int]] = {}
        for face, name in (persons or {}).items():
            if name is not None:
                named.setdefault(name, []).append(face)
        joins = [pair for pair, label in said.items() if label is Label.SAME]
        joins += [(group[0], face) for group in named.values() for face in group[1:]]
        links: dict[int, list[int]] = {face: [] for pair in said for face in pair}
        links |= {face: links.get(face, []) for group in named.values() for face in group}
        for a, b in joins:
            links[a].append(b)
            links[b].append(a)
        person = _components(links)
        apart = {ordered(person[a], person[b]) for (a, b), label in said.items() if label is Label.DIFFERENT}
        return cls(
            said,
            person,
            frozenset(pair for pair in apart if pair[0] != pair[1]),
            {face: tuple(others) for face, others in links.items()},
            frozenset(person[group[0]] for group in named.values()),
        )

    def implied(self, a: int, b: int) -> Label | None:
        """SAME or DIFFERENT where it follows from what was said, however many steps away; None where it does not."""
        one, other = self.person.get(a), self.person.get(b)
        if one is None or other is None:
            return None
        if one == other:
            return Label.SAME
        known = ordered(one, other) in self.apart or {one, other} <= self.folders
        return Label.DIFFERENT if known else None

    def contradictions(self) -> tuple[Contradiction, ...]:
        """Every "different" within one person, in order of the pairs."""
        return tuple(
            Contradiction(a, b, self._chain(a, b))
            for (a, b), label in sorted(self.said.items())
            if label is Label.DIFFERENT and self.person[a] == self.person[b]
        )

    def _chain(self, start: int, end: int) -> tuple[int, ...]:
        """The shortest way from start to end, breadth first."""
        before = {start: start}
        waiting = deque([start])
        while end not in before:
            face = waiting.popleft()
            for other in self.links[face]:
                if other not in before:
                    before[other] = face
                    waiting.append(other)
        way = [end]
        while way[-1] != start:
            way.append(before[way[-1]])
        return tuple(reversed(way))


def _components(links: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """The connected component of each face, numbered from 0 in order of the smallest face id."""
    person: dict[int, int] = {}
    count = 0
    for start in sorted(links):
        if start in person:
            continue
        person[start] = count
        waiting = [start]
        while waiting:
            for other in links[waiting.pop()]:
                if other not in person:
                    person[other] = count
                    waiting.append(other)
        count += 1
    return person


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label that the encoder is sure is wrong. excess: how far the distance lies beyond the limit that says so."""

    left: int
    right: int
    label: Label
    distance: float
    excess: float


def suspects(
    labels: Iterable[LabelledPair], faces: Sequence[int], vectors: Vectors, limits: tuple[float, float]
) -> tuple[Suspect, ...]:
    """Labels against a confident encoder, worst first: likely slips of the hand.

    vectors: (n, d) unit embeddings of the n faces; NaN where there is none.
    limits: (same_below, different_above) of the strictest choice. "Same" beyond the second and "different" up to the
        first are suspect.
    """
    row = {face: index for index, face in enumerate(faces)}
    decided = [
        label for label in labels if label.label is not Label.UNSURE and label.left in row and label.right in row
    ]
    if not decided:
        return ()
    left = vectors[[row[label.left] for label in decided]]
    right = vectors[[row[label.right] for label in decided]]
    distances = np.linalg.norm(left.astype(np.float64) - right, axis=1)
    same_below, different_above = limits
    found = []
    for label, distance in zip(decided, distances.tolist(), strict=True):
        excess = distance - different_above if label.label is Label.SAME else same_below - distance
        if excess > 0:  # never true of NaN
            found.append(Suspect(label.left, label.right, label.label, distance, excess))
    return tuple(sorted(found, key=lambda suspect: -suspect.excess))


# -- what to ask next ------------------------------------------------------------------------------------------------

_AT_MOST = 2000  # faces looked at for one question; of more, another random part each time
_NEAREST = 4000  # pairs weighed against each other
_SHOWN_COST = 0.05  # in distance, for each time that a face was shown already
_SIDE_COST = 0.05  # for lying on the side of the target that had the last turn
_BALANCE = 0.1  # the target moves so far towards the kind of pair of which there is half as much


def next_pair(
    vectors: Vectors, faces: Sequence[int], graph: LabelGraph, threshold: float, done: Collection[Pair] = ()
) -> Pair | None:
    """The unanswered pair that teaches most, or None when all are answered.

    Closest to the threshold first, then varied: faces that were shown before and the side of the threshold that had its
    turn come later, and the target moves towards the kind of pair (same, different) that is in short supply.
    Pairs that were labelled (also "unsure"), follow from labels or stand in done are never asked.

    vectors: (n, d) unit embeddings of the n faces, NaN where there is none. threshold: the distance in [0, 2] where the
    encoder is undecided. done: pairs to leave out, each in order of id. Deterministic.
    """
    known = np.flatnonzero(~np.isnan(vectors).any(axis=1))
    left_out = set(done) | set(graph.said)
    if len(known) > _AT_MOST:
        known = np.random.default_rng(len(left_out)).choice(known, _AT_MOST, replace=False)
    if len(known) < 2:
        return None
    ids = np.asarray(faces, np.int64)[known]
    order = np.argsort(ids)
    ids, part = ids[order], vectors[known[order]]
    cosine = part @ part.T
    target = _target(graph, threshold)
    shown: dict[int, int] = {}
    for pair in left_out:
        for face in pair:
            shown[face] = shown.get(face, 0) + 1
    counts = np.array([shown.get(face, 0) for face in ids.tolist()])
    # Far from the target in cosine is far from it in distance: d^2 = 2 - 2 cos.
    gap = np.abs(cosine - np.float32(1 - target**2 / 2))
    gap[np.tril_indices(len(ids))] = np.inf
    flat = gap.ravel()
    wanted = _NEAREST
    while True:
        near = _smallest(flat, wanted)
        a, b = near // len(ids), near % len(ids)
        off = np.sqrt(np.maximum(2 - 2 * cosine[a, b].astype(np.float64), 0)) - target
        turn = 1 if len(left_out) % 2 else -1
        cost = np.abs(off) + _SHOWN_COST * (counts[a] + counts[b]) + _SIDE_COST * (np.sign(off) != turn)
        for index in np.argsort(cost, kind="stable"):
            pair = int(ids[a[index]]), int(ids[b[index]])
            if pair not in left_out and graph.implied(*pair) is None:
                return pair
        if len(near) < wanted:
            return None
        wanted *= 8


def _target(graph: LabelGraph, threshold: float) -> float:
    same = sum(label is Label.SAME for label in graph.said.values())
    different = sum(label is Label.DIFFERENT for label in graph.said.values())
    shift = _BALANCE * float(np.log2((same + 1) / (different + 1)))
    return float(np.clip(threshold + np.clip(shift, -0.5, 0.5), 0, 2))


def _smallest(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Indices of the count smallest finite values (all of them, if there are fewer), in no particular order."""
    if count < len(values) // 8:
        # A bound from a sample first: partitioning millions of numbers takes longer than working them out.
        sample = values[:: max(len(values) // 100_000, 1)]
        rank = min(len(sample) - 1, 4 + 2 * count * len(sample) // len(values))
        bound = np.partition(sample, rank)[rank]
        near = np.flatnonzero(values <= bound)
        if len(near) >= count:
            return near[np.argpartition(values[near], count - 1)[:count]]
    finite = np.flatnonzero(np.isfinite(values))
    return finite if len(finite) <= count else finite[np.argpartition(values[finite], count - 1)[:count]]
