"""The values that flow where the faces of a collection are gathered by person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.cohort import Conditions

Vectors = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Contradiction(ValueError):
    """What was said of some faces cannot all be true."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """n faces as one encoder sees them.

    vectors: (n, d) unit embeddings. conditions: of each; None where the encoder has no cohort. poor: (n,) whether a
    quality finding is decisive; damaged: (n,) whether a part of the face is missing. picture: (n,) a number for the
    photograph each is in, whose faces are different people; below 0 where that says nothing, as in films. original:
    (n,) the row of the face of which it is a copy, its own where of none.
    """

    vectors: Vectors
    conditions: Conditions | None
    poor: Bools
    damaged: Bools
    picture: Ints
    original: Ints

    def __len__(self) -> int:
        return len(self.vectors)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said of faces, by their rows. same, different: of pairs.

    whose: a row, and a number for the person that it shows; two numbers are two people.
    """

    same: tuple[tuple[int, int], ...] = ()
    different: tuple[tuple[int, int], ...] = ()
    whose: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """faces: N, without copies and without those that quality forbids to judge. limit: the adjusted distance.

    share: of the faces, wrong joins that were allowed. expected: wrong joins that the calibration expects at most.
    carried: whether its data carry the share; otherwise expected is larger, as far as anybody knows.
    """

    faces: int
    limit: float
    share: float
    expected: float
    carried: bool


@dataclass(frozen=True, slots=True)
class Grouping:
    """groups: the rows of each, rising; the largest group first, then by their first rows. Every face is in one.

    copies: how many faces are copies of others. unjudged: rows of faces that quality forbids to judge; they are alone,
    unless they are copies or somebody said whose they are. unsure: rows of the faces that joined others by a likeness
    for which a tenth of the share would not have done (of two groups that were joined, the smaller one's).
    """

    groups: tuple[tuple[int, ...], ...]
    copies: int
    unjudged: tuple[int, ...]
    unsure: tuple[int, ...]
    bound: Bound

    @property
    def several(self) -> tuple[tuple[int, ...], ...]:
        """Those of more than one face."""
        return tuple(group for group in self.groups if len(group) > 1)
