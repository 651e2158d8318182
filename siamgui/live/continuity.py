"""Whether the face in view is still the one it was: nobody changes in a fifth of a second, except by being exchanged.

A few frames are held back until they have been compared with those just before them. In a steady picture the two means
lie 0.1 to 0.5 apart, however the person turns or the light changes; of two people they lie as far apart as impostors
do, who come nearer than the limit once in a thousand pairs. That holds across a gap as well, when the face was out
of view for a while.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.embedding import unit
from siamgui.core.energy import L2, Energy

HELD_BACK = 3
"""Frames that are looked at together before they count."""
BEFORE = 3
"""Frames before them that they are compared with."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What one frame contributes. vector: (d,) unit embedding. weight: 0 to 1. seconds: of the source it stands for."""

    vector: NDArray[np.float32]
    weight: float
    seconds: float


class Continuity:
    """limit: the distance from which two means are of two people, at an FMR of 1e-3 (Calibration.threshold)."""

    def __init__(self, limit: float, energy: Energy = L2) -> None:
        self._limit, self._energy = limit, energy
        self._held: deque[Evidence] = deque()
        self._before: deque[NDArray[np.float32]] = deque(maxlen=BEFORE)
        self.broken = False
        """Whether the face was exchanged; that is for good."""

    def add(self, evidence: Evidence) -> Evidence | None:
        """Returns the frame that is now known to be of the first face, some frames late; None while there is none."""
        self._held.append(evidence)
        if len(self._held) < HELD_BACK:
            return None
        if len(self._before) == BEFORE:
            now, before = _mean([held.vector for held in self._held]), _mean(self._before)
            self.broken |= self._energy.distance(now, before) > self._limit
        known = self._held.popleft()
        self._before.append(known.vector)
        return None if self.broken else known


def _mean(vectors: deque[NDArray[np.float32]] | list[NDArray[np.float32]]) -> NDArray[np.float32]:
    return unit(np.sum(vectors, axis=0))
