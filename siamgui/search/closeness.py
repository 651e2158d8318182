"""How close many faces are, in blocks, on the scale of a calibration's adjusted distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.evaluation.pair_limits import PairLimits
from siamgui.search.grouping_values import Faces, Ints, Vectors

Floats = NDArray[np.float64]

FAR = 1e-3
"""FMR at whose distance two faces are as far apart as counts. What lies beyond tells different people from each other
no better, and a face that is turned away or old would keep a group from growing together."""


class Closeness:
    """Of the judged faces, in blocks: how close, on the scale of the calibration's distances."""

    def __init__(self, faces: Faces, calibration: Calibration, rows: Ints) -> None:
        self._calibration, self._vectors = calibration, faces.vectors[rows]
        self._conditions = None if faces.conditions is None else faces.conditions[rows]
        self._limits = PairLimits.of(calibration, self._vectors)

    def block(self, rows: slice, columns: slice) -> Vectors:
        x, y, calibration = self._vectors[rows], self._vectors[columns], self._calibration
        if calibration.cohort is not None and self._conditions is not None:
            close = calibration.cohort.all_adjusted(x, self._conditions[rows], y, self._conditions[columns])
        else:
            close = calibration.energy.closeness(x, y)
        return self._of_the_domain(close, rows, columns) if self._limits.measured.any() else close

    def _of_the_domain(self, close: Vectors, rows: slice, columns: slice) -> Vectors:
        """Pairs of the domain as close as pairs of others are that are as rare, by the rarer of both claims."""
        every = np.arange(len(self._vectors))
        table = self._limits.table(every[rows][:, None], every[columns][None])
        energy = self._calibration.energy
        for kind in np.flatnonzero(self._limits.measured).tolist():
            i, j = np.nonzero(table == kind)
            if len(i):
                x, y = self._vectors[rows][i], self._vectors[columns][j]
                distances = energy.distances(x, y)
                if self._calibration.cohort is not None and self._conditions is not None:
                    a, b = self._conditions[rows][i], self._conditions[columns][j]
                    pair = self._calibration.cohort.adjustment(x, a, y, b)
                    distances = self._limits.of_domain(kind, distances, pair.adjusted(distances), pair.shared)
                as_rare = self._calibration.as_rare(self._limits.tables[kind], distances)
                close[i, j] = _closeness_at(self._calibration, as_rare)
        return close


def _closeness_at(calibration: Calibration, distance: Floats) -> Floats:
    return 1 - np.square(distance) / 2 if calibration.energy.order == 2 else -distance
