"""A curve of rates beyond its ends: what is rarer than any table of so many pairs can show.

Below the least rate that a table holds its curve is carried on along its last decade. The tail of the distances of
different people falls ever more steeply, so what is placed there is rarer than it says, and a limit there is never
looser than it should be. What is claimed of such a distance is another matter: no rate below the least.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]


def log_rates(distances: NDArray[np.floating], distance: Curve, rate: Curve) -> Curve:
    """log rates at some distances, by a curve of (n,) rising distances and rates."""
    return _carried_on(np.asarray(distances), *_unique(distance, np.log(rate)))


def distances_at(log_rate: NDArray[np.floating], distance: Curve, rate: Curve) -> Curve:
    """The distances of some log rates, 0 at least; 0 for all below where the curve knows of one rate only."""
    wanted = np.asarray(log_rate)
    at, value = _unique(np.log(rate), distance)
    if len(at) < 2:
        return np.where(wanted < at[0], 0.0, value[0])
    return np.maximum(_carried_on(wanted, at, value), 0.0)


def _unique(at: Curve, value: Curve) -> tuple[Curve, Curve]:
    first = np.concatenate([[True], np.diff(at) > 0])
    return at[first], value[first]


def _carried_on(wanted: NDArray[np.floating], at: Curve, value: Curve) -> Curve:
    """np.interp(), and before the first point along the line from there through the point where one decade is gone."""
    logs = at if at[0] < 0 else value
    decade = min(int(np.searchsorted(logs, logs[0] + np.log(10))), len(at) - 1)
    slope = (value[decade] - value[0]) / (at[decade] - at[0]) if decade else 0.0
    inside = np.interp(wanted, at, value)
    return np.asarray(np.where(wanted < at[0], value[0] + slope * (wanted - at[0]), inside), np.float64)
