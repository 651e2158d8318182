"""How close many faces are, in blocks, on the scale of a calibration's adjusted distances, and how rare that is.

Below the rates that a calibration carries its curve is carried on along its last decade. The tail of the distances of
different people falls ever more steeply, so what is placed there is rarer than it says.
"""

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


def log_rate(table: Calibration, distance: Floats) -> Floats:
    """log FMR, below the table's first distance along its last decade."""
    return _carried_on(distance, *_unique(table.fmr_distance, np.log(table.fmr_rate)))


def distance_of(table: Calibration, log_rate: float) -> float:
    """The distance of a log FMR, 0 at least: of a table that says nothing of smaller rates than its only one, that."""
    at, value = _unique(np.log(table.fmr_rate), table.fmr_distance)
    if len(at) < 2 and log_rate < at[0]:
        return 0.0
    return max(0.0, float(_carried_on(np.asarray(log_rate), at, value)))


def _unique(at: Floats, value: Floats) -> tuple[Floats, Floats]:
    first = np.concatenate([[True], np.diff(at) > 0])
    return at[first], value[first]


def _carried_on(wanted: Floats, at: Floats, value: Floats) -> Floats:
    """np.interp(), and before the first point along the line from there through the point where one decade is gone."""
    logs = at if at[0] < 0 else value
    decade = min(int(np.searchsorted(logs, logs[0] + np.log(10))), len(at) - 1)
    slope = (value[decade] - value[0]) / (at[decade] - at[0]) if decade else 0.0
    inside = np.interp(wanted, at, value)
    return np.asarray(np.where(wanted < at[0], value[0] + slope * (wanted - at[0]), inside), np.float64)


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
                rates = log_rate(self._limits.tables[kind], distances)
                at = _unique(np.log(self._calibration.fmr_rate), self._calibration.fmr_distance)
                by_domain = _closeness_at(self._calibration, _carried_on(rates, *at))
                if self._calibration.cohort is not None and self._conditions is not None:
                    a, b = self._conditions[rows][i], self._conditions[columns][j]
                    pair = self._calibration.cohort.adjustment(x, a, y, b).forgiving(self._limits.usual[kind])
                    by_domain = np.minimum(
                        by_domain, _closeness_at(self._calibration, np.asarray(pair.adjusted(distances), np.float64))
                    )
                close[i, j] = by_domain
        return close


def _closeness_at(calibration: Calibration, distance: Floats) -> Floats:
    return 1 - np.square(distance) / 2 if calibration.energy.order == 2 else -distance
