"""How far faces are from a probe, and what their closeness does not exceed by the cosine alone (search.face_table)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Conditions, joined
from siamgui.core.types import FaceReading

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]


class Weighing:
    """Of one probe. queries: (d,) each, whose cosines to the faces decide; a bound rises with each of them.

    by_cosines: whether that is so; otherwise only of_vectors() knows.
    """

    def __init__(self, calibration: Calibration, readings: Sequence[FaceReading]) -> None:
        """readings: one or several of one person, of which the mean counts."""
        self._calibration = calibration
        self._probe = np.stack([reading.embedding.vector for reading in readings])
        self._met = None if calibration.cohort is None else met_of(readings)
        self.by_cosines = self._met is not None or calibration.energy.order == 2
        mean = self._probe.mean(axis=0)
        self.queries: tuple[Vectors, ...] = (mean,)
        if self._met is not None and len(readings) > 1:
            self.queries = mean, (self._probe / self._met.deviation[:, None]).mean(axis=0)

    def of_vectors(self, vectors: Vectors, mean: Vectors, deviation: Vectors) -> Vectors:
        """(n, d) embeddings, (n,) means and (n,) deviations of each face's strangers -> (n,) bounds."""
        if self.by_cosines:
            return self.of_cosines([np.vecdot(vectors, query) for query in self.queries], mean, deviation)
        squares = np.square(self._calibration.energy.closeness(self._probe, vectors))
        return -np.asarray(squares.mean(axis=0), np.float32)

    def of_cosines(self, cosines: Sequence[Vectors], mean: Vectors, deviation: Vectors) -> Vectors:
        """cosines: (n,) to each of the queries."""
        cohort, met = self._calibration.cohort, self._met
        if cohort is None or met is None:
            return cosines[0]
        level = float((met.mean / met.deviation).mean())
        own = cosines[0] / met.deviation[0] if len(cosines) == 1 else cosines[1]
        half, usual = cohort.usual_deviation / 2, cohort.usual_mean
        return np.asarray(half * (own - level + (cosines[0] - mean) / deviation) + usual, np.float32)


def squares_to(
    calibration: Calibration, readings: Sequence[FaceReading], vectors: Vectors, met: Conditions | None
) -> tuple[Floats, Floats]:
    """(n,) mean squared distances of a probe to (n, d) embeddings, and the same of adjusted distances.

    readings: of the probe, as Weighing takes them. met: of the embeddings; None where the encoder has no cohort, and
    both are the same.
    """
    probe = np.stack([reading.embedding.vector for reading in readings])
    squares = np.square(calibration.energy.distances(probe[:, None], vectors[None])).mean(axis=0)
    if calibration.cohort is None or met is None:
        return np.asarray(squares, np.float64), np.asarray(squares, np.float64)
    adjusted = 2 - 2 * calibration.cohort.all_adjusted(probe, met_of(readings), vectors, met).mean(axis=0)
    return np.asarray(squares, np.float64), np.asarray(adjusted, np.float64)


def met_of(readings: Sequence[FaceReading]) -> Conditions:
    """How the photographs of a probe were taken. Raises ValueError where that is not known."""
    conditions = [reading.conditions for reading in readings if reading.conditions is not None]
    if len(conditions) != len(readings):
        raise ValueError("the conditions of a photograph are not known")
    return joined(conditions)
