"""A table moved: to other distances, to another energy, or by what a few people show of where it belongs.

Impostor distances by one affine map and genuine ones by another, which take the mean and the standard deviation of one
heap of distances to those of another. That the shape of the tails survives is an assumption; whoever moves a table
says what may be claimed of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.energy import Energy
from siamgui.versions.calibrate import Floats, likelihood_ratio

# Pairs of people (people) at which the user's own distances weigh as much as the parent's shape.
HALF_WEIGHT = 50


@dataclass(frozen=True, slots=True)
class Spread:
    """Centre and width of a heap of distances. support: couples of people, or people, behind it."""

    centre: float
    width: float
    support: int

    @property
    def weight(self) -> float:
        return self.support / (self.support + HALF_WEIGHT)


@dataclass(frozen=True, slots=True)
class Move:
    """d -> to + (d - start) * stretch."""

    start: float
    to: float
    stretch: float

    @classmethod
    def between(cls, old: Spread, new: Spread, centre: float, width: float) -> Move:
        """centre, width: 0 does not move it, 1 moves it all the way."""
        stretch = (max(new.width, 1e-3) / max(old.width, 1e-3)) ** width
        return cls(old.centre, old.centre + centre * (new.centre - old.centre), float(np.clip(stretch, 0.2, 5.0)))

    def __call__(self, distances: Floats) -> Floats:
        return np.clip(self.to + (distances - self.start) * self.stretch, 0.0, 2.0)

    def back(self, distances: Floats) -> Floats:
        return self.start + (distances - self.to) / self.stretch


NOTHING = Spread(0.0, 1.0, 0)
STAY = Move(0.0, 0.0, 1.0)


def rescaled(table: Calibration, factor: float, energy: Energy) -> Calibration:
    """table with all its distances multiplied, as one of energy."""
    if factor == 1.0 and table.energy == energy:
        return table
    return replace(
        table,
        fmr_distance=factor * table.fmr_distance,
        fnmr_distance=factor * table.fnmr_distance,
        lr_distance=factor * table.lr_distance,
        edges=factor * table.edges,
        energy=energy,
    )


def completed(base: Calibration, parent: Calibration) -> Calibration:
    """A table measured on few people, its tails continued by those of the parent's table, moved to its distances.

    Its smallest rates, and so what is claimed, stay as they are: only limits are placed out there.
    """
    weight = base.people / (base.people + HALF_WEIGHT)
    moves = (
        Move.between(_of_histogram(parent.edges, old), _of_histogram(base.edges, new), 1.0, weight)
        for old, new in ((parent.genuine, base.genuine), (parent.impostor, base.impostor))
    )
    tails = moved(parent, *moves)
    rarer, rarer_missed = tails.fmr_rate < base.smallest_fmr, tails.fnmr_rate < base.smallest_fnmr
    closer = np.minimum(tails.fmr_distance[rarer], base.fmr_distance[0])
    farther = np.maximum(tails.fnmr_distance[rarer_missed], base.fnmr_distance[-1])
    return replace(
        base,
        fmr_distance=np.concatenate([closer, base.fmr_distance]),
        fmr_rate=np.concatenate([tails.fmr_rate[rarer], base.fmr_rate]),
        fnmr_distance=np.concatenate([base.fnmr_distance, farther]),
        fnmr_rate=np.concatenate([base.fnmr_rate, tails.fnmr_rate[rarer_missed]]),
        lr_distance=tails.lr_distance,
        lr_log10=tails.lr_log10,
    )


def _of_histogram(edges: Floats, density: Floats) -> Spread:
    middles = (edges[:-1] + edges[1:]) / 2
    centre = float(np.average(middles, weights=density))
    return Spread(centre, float(np.sqrt(np.average((middles - centre) ** 2, weights=density))), 0)


def moved(table: Calibration, genuine: Move, impostor: Move) -> Calibration:
    """table with its distances moved, each kind by its own map, and the likelihood ratio changed accordingly."""
    density_genuine = _moved_density(table.edges, table.genuine, genuine)
    density_impostor = _moved_density(table.edges, table.impostor, impostor)
    # The histograms are coarser than what the table's ratio was fitted on: only their change is taken from them.
    change = _ratio_of(table, density_genuine, density_impostor) - _ratio_of(table, table.genuine, table.impostor)
    ratio = falling(table.lr_log10 + change)
    return replace(
        table,
        fmr_distance=impostor(table.fmr_distance),
        fnmr_distance=genuine(table.fnmr_distance),
        lr_log10=np.clip(ratio, table.lr_log10.min(), table.lr_log10.max()),
        genuine=density_genuine,
        impostor=density_impostor,
    )


def _ratio_of(table: Calibration, genuine: Floats, impostor: Floats) -> Floats:
    """The likelihood ratio of two histograms over the table's edges, within the table's bounds."""
    fine = np.linspace(0.0, 2.0, 401)
    middles = (fine[:-1] + fine[1:]) / 2
    weights = [_density_at(middles, table.edges, density) for density in (genuine, impostor)]
    return np.clip(
        likelihood_ratio(fine, weights[0], weights[1], table.lr_distance),
        float(table.lr_log10.min()),
        float(table.lr_log10.max()),
    )


def falling(curve: Floats) -> Floats:
    """The middle between the nearest falling curves below and above."""
    return np.asarray((np.minimum.accumulate(curve) + np.maximum.accumulate(curve[::-1])[::-1]) / 2)


def _density_at(distances: Floats, edges: Floats, density: Floats) -> Floats:
    return np.interp(distances, (edges[:-1] + edges[1:]) / 2, density, left=0.0, right=0.0) + 1e-9


def _moved_density(edges: Floats, density: Floats, move: Move) -> Floats:
    middles = (edges[:-1] + edges[1:]) / 2
    moved = np.interp(move.back(middles), middles, density, left=0.0, right=0.0)
    return np.asarray(moved / moved.max()) if moved.max() > 0 else density
