"""What labelled pairs say together: who is one person, what follows, what contradicts itself, what to ask next.

Faces are known by their ids. "Same" joins two faces into one person; "different" keeps two persons apart; "unsure" says
nothing. Folders that hold one person each say both.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from siamgui.core.energy import L2, Energy
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

    @property
    def implied_count(self) -> int:
        """How many pairs are answered by others, without having been asked."""
        size = Counter(self.person.values())
        named = [size[person] for person in self.folders]
        follows = sum(n * (n - 1) // 2 for n in size.values())
        follows += (sum(named) ** 2 - sum(n * n for n in named)) // 2
        follows += sum(size[a] * size[b] for a, b in self.apart if not {a, b} <= self.folders)
        said = sum(label is not Label.UNSURE and self.implied(*pair) is label for pair, label in self.said.items())
        # An "unsure" pair that follows nevertheless counts as answered by others.
        return follows - said

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
    labels: Iterable[LabelledPair],
    faces: Sequence[int],
    vectors: Vectors,
    limits: tuple[float, float],
    energy: Energy = L2,
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
    distances = energy.distances(left, right)
    same_below, different_above = limits
    found = []
    for label, distance in zip(decided, distances.tolist(), strict=True):
        excess = distance - different_above if label.label is Label.SAME else same_below - distance
        if excess > 0:  # never true of NaN
            found.append(Suspect(label.left, label.right, label.label, distance, excess))
    return tuple(sorted(found, key=lambda suspect: -suspect.excess))


COPY = 0.25
"""At most this far apart under L2, whatever the encoder's own energy, two photographs are taken for one: on lfw_dev,
95 % of photographs saved again at another size and quality, and none of two different photographs of a person, came out
nearer."""
_BLOCK = 512


def copies(faces: Sequence[int], vectors: Vectors) -> tuple[Pair, ...]:
    """Pairs of faces at most COPY apart, nearest first: probably one photograph, saved twice.

    vectors: (n, d) unit embeddings of the n faces; NaN where there is none.
    """
    found: list[tuple[float, Pair]] = []
    for start in range(0, len(faces), _BLOCK):
        cosine = vectors[start : start + _BLOCK] @ vectors.T
        for row, column in np.argwhere(cosine >= 1 - COPY**2 / 2):  # never true of NaN
            if start + row < column:
                found.append((-float(cosine[row, column]), ordered(faces[start + row], faces[column])))
    return tuple(pair for _, pair in sorted(found))
