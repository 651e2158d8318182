"""Whether the face in view is still the one that the verification began with, however gradually it was exchanged.

Continuity compares with what came just before, and a face that turns into another one little by little passes that at
every step. So what is seen is also held against an anchor, the mean of the beginning, which never moves. A frame that
looks like two people at most once in a thousand pairs of different ones is evidence against, one that is nearer is
evidence for; Page's cumulative sum of it (E. S. Page, "Continuous inspection schemes", Biometrika 41, 1954) rises where
somebody else stays, and falls back to nothing where a head was only turned, lit otherwise or blurred for a moment.

A single frame of somebody else, unlike those before and after it, is a stranger's. One is said; with the second the
face was exchanged.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from siamgui.core.embedding import unit
from siamgui.core.energy import L2, Energy

DRIFTED = 0.8
"""Of the distance of two people: at which what is seen now is not like the beginning of the same sight any more."""
STRANGE = 0.8
"""Of the same: at which a single frame is not like those before it."""
BEGINNING = 0.8
"""Seconds of evidence of which the anchor is made."""
RECENT = 0.5
"""Seconds of evidence over which what is seen now is averaged."""
LEAST = 0.35
"""What a frame counts at least here: a poor picture of somebody else shows somebody else."""
ENOUGH = 0.12
"""Of the cumulative sum: seconds of evidence times distance beyond the limit."""

BEFORE = 3
"""Frames that one is compared with."""
MOST_AWAY = 3
"""Frames in a row that are taken for strangers'; more are a cut, or a head that turned fast."""
TURNS = 30.0
"""Seconds within which a second stranger means that two people are shown in turn."""

Vector = NDArray[np.float32]


class Anchor:
    """apart: the distance from which two means are of two people, at an FMR of 1e-3 (Calibration.threshold)."""

    def __init__(self, apart: float, energy: Energy = L2) -> None:
        self._limit, self._strange, self._energy = DRIFTED * apart, STRANGE * apart, energy
        self._beginning: NDArray[np.float64] = np.zeros(0)
        self._seconds = 0.0
        self._anchor: Vector | None = None
        self._recent: NDArray[np.float64] | None = None
        self._before: deque[Vector] = deque(maxlen=BEFORE)
        self._away: list[float] = []  # when frames were that are unlike those before; what comes next will tell
        self.against = 0.0
        """The cumulative sum."""
        self.strangers: list[float] = []
        """When single frames showed somebody else."""

    def add(self, vector: Vector, weight: float, seconds: float, at: float) -> None:
        """Take in a frame: (d,) unit embedding, its weight 0 to 1, what it stands for, and when it was."""
        weight = max(weight, LEAST)
        counted = weight * seconds
        if self._anchor is None:
            fresh = weight * vector.astype(np.float64)
            self._beginning = self._beginning + fresh if len(self._beginning) else fresh
            self._seconds += counted
            if self._seconds >= BEGINNING:
                self._anchor = unit(self._beginning)
                self._recent = self._anchor.astype(np.float64)
        else:
            assert self._recent is not None
            keep = float(np.exp(-counted / RECENT))
            self._recent = keep * self._recent + (1 - keep) * vector
            beyond = self._energy.distance(unit(self._recent), self._anchor) - self._limit
            self.against = max(0.0, self.against + counted * beyond)
        self._follow(vector, at)

    @property
    def exchanged(self) -> bool:
        """Whether it is somebody else by now, or was by turns."""
        return self.against > ENOUGH or any(later - one < TURNS for one, later in pairwise(self.strangers))

    def _follow(self, vector: Vector, at: float) -> None:
        """Notice frames that are unlike what was before them, where what comes after them is like that again."""
        if len(self._before) < BEFORE:
            self._before.append(vector)
            return
        usual = unit(np.sum(self._before, axis=0))
        if self._energy.distance(vector, usual) > self._strange:
            self._away.append(at)
            if len(self._away) > MOST_AWAY:  # no longer a moment
                self._away.clear()
                self._before.clear()
            return
        self.strangers += self._away
        self._away.clear()
        self._before.append(vector)
