"""Whether the face in view is still the one that the verification began with, however gradually it was exchanged.

Continuity compares with what came just before, and a face that turns into another one little by little passes that at
every step. So what is seen is also held against an anchor, the mean of the beginning, which never moves. What lies
beyond a limit is evidence against, what is nearer is evidence for; Page's cumulative sum of it (E. S. Page, "Continuous
inspection schemes", Biometrika 41, 1954) rises where somebody else stays, and falls back to nothing where a head was
only turned, lit otherwise or blurred for a moment.

A single frame of somebody else, unlike those before and after it, is a stranger's. One is said; with the second the
face was exchanged.
"""

from __future__ import annotations

from collections import deque
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from siamgui.core.embedding import unit
from siamgui.core.energy import L2, Energy

DRIFTED = 0.85
"""Of the distance of two people: at which what is seen now is not like the beginning of the same sight any more."""
STRANGE = 0.8
"""Of the same: at which a single frame is not like others."""
BEGINNING = 0.8
"""Seconds of evidence of which the anchor is made."""
RECENT = 0.5
"""Seconds of evidence over which what is seen now is averaged."""
LEAST = 0.35
"""What a frame counts at least here: a poor picture of somebody else shows somebody else."""
ENOUGH = 0.08
"""Of the cumulative sum: seconds of evidence times distance beyond the limit."""

BEFORE = 3
"""Frames that one is compared with."""
MOST_AWAY = 3
"""Frames in a row that are taken for strangers'; more are a cut, or a head that turned fast."""
TURNS = 30.0
"""Seconds within which a second stranger means that two people are shown in turn."""
MANY = 5
"""Frames within these that mean it as well, though each is near: the beginning may be a mixture of the two."""

Vector = NDArray[np.float32]


class Anchor:
    """apart: the distance from which two means are of two people, at an FMR of 1e-3 (Calibration.threshold)."""

    def __init__(self, apart: float, energy: Energy = L2) -> None:
        self._limit, self._strange, self._energy = DRIFTED * apart, STRANGE * apart, energy
        self._beginning: NDArray[np.float64] = np.zeros(0)
        self._seconds = 0.0
        self._anchor: Vector | None = None
        self._recent: NDArray[np.float64] | None = None
        self._lately: NDArray[np.float64] | None = None  # as recent, of what was near
        self._before: deque[Vector] = deque(maxlen=BEFORE)
        # Frames that are unlike those before, when they were and whether they are near; what comes next will tell.
        self._away: list[tuple[Vector, float, bool]] = []
        self._unlike: deque[float] = deque(maxlen=MANY)  # when such frames were that lasted but a moment
        self.against = 0.0
        """The cumulative sum."""
        self.strangers: list[float] = []
        """When single frames showed somebody else."""

    def add(self, vector: Vector, weight: float, seconds: float, at: float) -> bool:
        """Take in a frame: (d,) unit embedding, its weight 0 to 1, what it stands for, and when it was.

        Returns whether it may be believed to show the first face: one without weight is too poor for that, unless it is
        near.
        """
        counted = max(weight, LEAST) * seconds
        near = self._near(vector)
        if self._anchor is None or self._recent is None or self._lately is None:
            if weight > 0:
                self._begin(vector, max(weight, LEAST), counted)
        else:
            keep = float(np.exp(-counted / RECENT))
            self._recent = keep * self._recent + (1 - keep) * vector
            if near:
                self._lately = keep * self._lately + (1 - keep) * vector
            beyond = self._energy.distance(unit(self._recent), self._anchor) - self._limit
            self.against = max(0.0, self.against + counted * beyond)
        if weight > 0:
            self._follow(vector, at, near=near)
        return weight > 0 or near

    @property
    def exchanged(self) -> bool:
        """Whether it is somebody else by now, or was by turns."""
        if self.against > ENOUGH or any(later - one < TURNS for one, later in pairwise(self.strangers)):
            return True
        return len(self._unlike) == MANY and self._unlike[-1] - self._unlike[0] < TURNS

    def _begin(self, vector: Vector, weight: float, counted: float) -> None:
        fresh = weight * vector.astype(np.float64)
        self._beginning = self._beginning + fresh if len(self._beginning) else fresh
        self._seconds += counted
        if self._seconds >= BEGINNING:
            self._anchor = unit(self._beginning)
            self._recent = self._lately = self._anchor.astype(np.float64)

    def _near(self, vector: Vector) -> bool:
        """Whether a frame alone shows the first face: near to the beginning and to what was near lately, together."""
        if not len(self._beginning):
            return False
        first = unit(self._beginning)
        known = first if self._lately is None else unit(first + unit(self._lately))
        return self._energy.distance(vector, known) < self._strange

    def _follow(self, vector: Vector, at: float, *, near: bool) -> None:
        """Notice frames that are unlike what was before them, where what comes after them is like that again."""
        if len(self._before) < BEFORE:
            self._before.append(vector)
            return
        if self._energy.distance(vector, self._usual()) > self._strange:
            self._away.append((vector, at, near))
            if len(self._away) > MOST_AWAY:  # no longer a moment
                if self._recent is not None:  # the mean of what was before the step says nothing of what is after it
                    self._recent = np.sum([one for one, *_ in self._away], axis=0) / len(self._away)
                self._away.clear()
                self._before.clear()
            return
        self._unlike += [when for _, when, _ in self._away]
        self.strangers += [when for _, when, by_first in self._away if not by_first]
        self._away.clear()
        self._before.append(vector)

    def _usual(self) -> Vector:
        """What those before look like: the two that are most alike, so that a stranger among them does not count."""
        pairs = combinations(self._before, 2)
        return unit(np.sum(min(pairs, key=lambda pair: self._energy.distance(*pair)), axis=0))
