"""Pairs of faces whose pictures nobody looks at."""

from __future__ import annotations

import numpy as np

from siamgui.labelling.types import PairSet


def pair_set(people: int = 120, *, known: bool = False) -> PairSet:
    """One genuine pair of each person, and one impostor pair with the next."""
    left = np.arange(0, 2 * people, 2)
    return PairSet(
        crops=np.zeros((2 * people, 1, 1, 3), np.uint8),
        names=("",) * (2 * people),
        good=np.ones(2 * people, bool),
        person=np.repeat(np.arange(people), 2),
        left=np.concatenate([left, left]),
        right=np.concatenate([left + 1, (left + 3) % (2 * people)]),
        same=np.repeat([True, False], people),
        people_known=known,
    )
