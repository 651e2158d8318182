"""The calibration of a version that the user trained, from that of its parent.

Nobody has thousands of labelled people at hand, so two things are kept apart: where the limits are placed, which may
rest on an assumption, and what is claimed, which may not.

1. The base is a table that calibrate() measured with the new encoder on a reference set. Where there is none, it is the
   parent's table, moved: impostor distances by the affine map that takes the mean and the standard deviation (shrunk
   as below) of the user's impostor distances under the parent to those under the new encoder, genuine ones likewise.
   That the shape of the tails survives the map is an assumption; smallest_fmr and smallest_fnmr are therefore raised to
   3 / n, the rule of three, for the n pairs of people (n people) of the user's that support them. A reference set too
   small to show a rate of 1 in 10,000 gets such a moved table for its tails, and keeps its own smallest rates.
2. The user's photographs on top. Where their impostors lie closer, or their genuine pairs farther apart, than in the
   base, beyond noise, its curves move there, again by an affine map of mean and standard deviation, shrunk by
   n / (n + 50). Of the two curves every distance gets the larger rate, and the likelihood ratio nearer to 1. What such
   a move placed is claimed by the rule of three only.

Only people who took no part in training are looked at: those of the validation part, and those of the training part too
where the encoder stayed as it was. Their pairs are all against all where the people are known. Else every photograph
that stands on the left of some label meets every one that stands on the right of another: if clear photographs were
labelled against poor ones, those are the pairs that count. Two components of the "same" pairs may then still be one
person; so the impostors' centre and width are taken from the median and the upper half, which a few hidden genuine
pairs do not move, and only labelled pairs count as support. The labelled pairs alone would not do for the centre: the
labelling desk asks for those near the limit first.

All of it is done on the scale of L2, on which no two embeddings are farther apart than 2: so a table moves from one
energy to another, and to another size of embedding, like any other table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.energy import L2, Energy
from siamgui.core.types import Strictness
from siamgui.labelling.types import PairSet, Part, Split
from siamgui.versions.calibrate import Floats, Vectors, distances_at, likelihood_ratio, pair_distances

# Pairs of people (people) at which the user's own distances weigh as much as the base.
HALF_WEIGHT = 50
_ADAPTED = "; adapted to the user’s photographs"
_PLENTY = 10**12  # pairs behind a claim that needs no raising
_UPPER = 0.8413  # the quantile one standard deviation above the median of a normal distribution


@dataclass(frozen=True, slots=True)
class _Spread:
    """Centre and width of a heap of distances. people: who stands behind it; support: pairs of people, or people."""

    centre: float
    width: float
    people: int
    support: int

    @property
    def weight(self) -> float:
        return self.support / (self.support + HALF_WEIGHT)


_NOTHING = _Spread(0.0, 1.0, 0, 0)


def _beyond(base: _Spread, users: _Spread, sign: float) -> bool:
    """Whether the user's distances reach further than the base's, upwards (sign 1) or downwards (-1), beyond noise.

    What is compared is two widths from the centre; its standard error is about width * sqrt(3 / people).
    """
    if users.people < 2:
        return False
    reach = sign * (users.centre - base.centre) + 2 * (users.width - base.width)
    return reach > 2 * max(users.width, base.width) * float(np.sqrt(3 / users.people))


@dataclass(frozen=True, slots=True)
class _Move:
    """d -> to + (d - start) * stretch."""

    start: float
    to: float
    stretch: float

    @classmethod
    def between(cls, old: _Spread, new: _Spread, centre: float, width: float) -> _Move:
        """centre, width: 0 does not move it, 1 moves it all the way."""
        stretch = (max(new.width, 1e-3) / max(old.width, 1e-3)) ** width
        return cls(old.centre, old.centre + centre * (new.centre - old.centre), float(np.clip(stretch, 0.2, 5.0)))

    def __call__(self, distances: Floats) -> Floats:
        return np.clip(self.to + (distances - self.start) * self.stretch, 0.0, 2.0)

    def back(self, distances: Floats) -> Floats:
        return self.start + (distances - self.to) / self.stretch


_STAY = _Move(0.0, 0.0, 1.0)


def adapt(
    pairs: PairSet,
    split: Split,
    before: Vectors,
    after: Vectors,
    parent: Calibration,
    base: Calibration | None,
    energy: Energy = L2,
) -> Calibration:
    """The calibration of a new encoder, as described above; its encoder is still the parent's key.

    before, after: (n, d) unit embeddings of the faces of pairs under the parent and under the new encoder.
    parent: the parent's calibration. base: calibrate() of a reference set under the new encoder, or None.
    energy: of the new encoder; that of base.
    """
    stayed = same_encoder(before, after)
    parent = _rescaled(parent, 2 / parent.energy.bound(before.shape[1]), parent.energy)
    base = None if base is None else _rescaled(base, 2 / energy.bound(after.shape[1]), energy)
    if base is not None and base.smallest_fmr > Strictness.STRICT.fmr:
        base = _completed(base, parent) if base.smallest_fmr < 1.0 else None
    parts = (Part.TRAIN, Part.VALIDATION) if stayed else (Part.VALIDATION,)
    chosen = np.isin(split.face, parts)
    support_impostor, support_genuine = _support(pairs, split, parts)
    genuine, impostor = _spreads(pairs, chosen, after, energy)
    table = base or parent
    if base is None and not (stayed and energy == parent.energy):
        old_genuine, old_impostor = _spreads(pairs, chosen, before, parent.energy)
        # The centres are those of the same faces, and move all the way; the widths of few people are too uncertain to
        # be carried far out into the tails.
        move_genuine = _Move.between(old_genuine, genuine, 1.0, genuine.weight) if genuine.support > 1 else _STAY
        move_impostor = _Move.between(old_impostor, impostor, 1.0, impostor.weight) if impostor.support > 1 else _STAY
        table = _moved(parent, move_genuine, move_impostor)
        table = _claiming(table, support_impostor, support_genuine)
    adapted = _with_domain(table, genuine, impostor, support_impostor, support_genuine)
    if not (adapted is table is (base or parent)):
        adapted = replace(adapted, source=table.source.removesuffix(_ADAPTED) + _ADAPTED)
    return _rescaled(adapted, energy.bound(after.shape[1]) / 2, energy)


def _rescaled(table: Calibration, factor: float, energy: Energy) -> Calibration:
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


def same_encoder(before: Vectors, after: Vectors) -> bool:
    """Whether two encoders computed the same embeddings, up to what different engines make of one encoder."""
    return before.shape == after.shape and np.allclose(before, after, atol=1e-4)


def _completed(base: Calibration, parent: Calibration) -> Calibration:
    """A table measured on few people, its tails continued by those of the parent's table, moved to its distances.

    Its smallest rates, and so what is claimed, stay as they are: only limits are placed out there.
    """
    weight = base.people / (base.people + HALF_WEIGHT)
    moves = (
        _Move.between(_of_histogram(parent.edges, old), _of_histogram(base.edges, new), 1.0, weight)
        for old, new in ((parent.genuine, base.genuine), (parent.impostor, base.impostor))
    )
    tails = _moved(parent, *moves)
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


def _support(pairs: PairSet, split: Split, parts: tuple[Part, ...]) -> tuple[int, int]:
    """How many pairs of people stand behind a claim about impostors, and how many people behind one about genuines."""
    person = np.where(np.isin(split.face, parts), pairs.person, -1)
    if pairs.people_known:
        people, photos = np.unique(person[person >= 0], return_counts=True)
        return len(people) * (len(people) - 1) // 2, int((photos > 1).sum())
    labelled = np.isin(split.pair, parts)
    a, b = person[pairs.left[labelled & ~pairs.same]], person[pairs.right[labelled & ~pairs.same]]
    couples = {(min(x, y), max(x, y)) for x, y in zip(a.tolist(), b.tolist(), strict=True)}
    return len(couples), len(np.unique(person[pairs.left[labelled & pairs.same]]))


def _spreads(pairs: PairSet, chosen: NDArray[np.bool_], vectors: Vectors, energy: Energy) -> tuple[_Spread, _Spread]:
    """Of the genuine and the impostor distances among the chosen faces, on the scale of L2."""
    people = np.unique(pairs.person[chosen], return_inverse=True)[1]
    if len(people) < 2:
        return _NOTHING, _NOTHING
    scale = 2 / energy.bound(vectors.shape[1])
    found = pair_distances(vectors[chosen], people, energy)
    genuine, impostor = scale * found.genuine, scale * found.impostor
    of_genuine = of_impostor = _NOTHING
    if len(genuine):
        count = len(np.unique(found.person))
        of_genuine = _Spread(float(genuine.mean()), float(genuine.std()), count, count)
    if len(impostor):
        centre, width = float(impostor.mean()), float(impostor.std())
        if not pairs.people_known:
            across = scale * _across(pairs, chosen, vectors, energy)
            centre = float(np.median(across))
            width = float(np.quantile(across, _UPPER)) - centre
        count = len(np.unique(people))
        of_impostor = _Spread(centre, width, count, count * (count - 1) // 2)
    return of_genuine, of_impostor


def _across(pairs: PairSet, chosen: NDArray[np.bool_], vectors: Vectors, energy: Energy) -> Floats:
    """Distances of each chosen left photograph to each right one of another component; all pairs where none differ."""
    left, right = (np.unique(side[chosen[pairs.left] & chosen[pairs.right]]) for side in (pairs.left, pairs.right))
    apart = pairs.person[left][:, None] != pairs.person[right][None]
    if not apart.any():
        left = right = np.flatnonzero(chosen)
        apart = pairs.person[left][:, None] != pairs.person[right][None]
    return distances_at(energy.closeness(vectors[left], vectors[right])[apart], energy)


def _of_histogram(edges: Floats, density: Floats) -> _Spread:
    middles = (edges[:-1] + edges[1:]) / 2
    centre = float(np.average(middles, weights=density))
    return _Spread(centre, float(np.sqrt(np.average((middles - centre) ** 2, weights=density))), 0, 0)


def _moved(table: Calibration, genuine: _Move, impostor: _Move) -> Calibration:
    """table with its distances moved, each kind by its own map, and the likelihood ratio changed accordingly."""
    density_genuine = _moved_density(table.edges, table.genuine, genuine)
    density_impostor = _moved_density(table.edges, table.impostor, impostor)
    # The histograms are coarser than what the table's ratio was fitted on: only their change is taken from them.
    change = _ratio_of(table, density_genuine, density_impostor) - _ratio_of(table, table.genuine, table.impostor)
    ratio = _falling(table.lr_log10 + change)
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


def _falling(curve: Floats) -> Floats:
    """The middle between the nearest falling curves below and above."""
    return np.asarray((np.minimum.accumulate(curve) + np.maximum.accumulate(curve[::-1])[::-1]) / 2)


def _density_at(distances: Floats, edges: Floats, density: Floats) -> Floats:
    return np.interp(distances, (edges[:-1] + edges[1:]) / 2, density, left=0.0, right=0.0) + 1e-9


def _moved_density(edges: Floats, density: Floats, move: _Move) -> Floats:
    middles = (edges[:-1] + edges[1:]) / 2
    moved = np.interp(move.back(middles), middles, density, left=0.0, right=0.0)
    return np.asarray(moved / moved.max()) if moved.max() > 0 else density


def _claiming(table: Calibration, impostor: int, genuine: int) -> Calibration:
    """table that claims no rate below the rule of three for so many pairs of people, and people."""
    return replace(
        table,
        smallest_fmr=max(table.smallest_fmr, min(1.0, 3 / max(impostor, 1))),
        smallest_fnmr=max(table.smallest_fnmr, min(1.0, 3 / max(genuine, 1))),
    )


def _with_domain(
    table: Calibration, genuine: _Spread, impostor: _Spread, support_impostor: int, support_genuine: int
) -> Calibration:
    """table, moved to the user's photographs wherever they are harder than what it was measured on."""
    base_genuine = _of_histogram(table.edges, table.genuine)
    base_impostor = _of_histogram(table.edges, table.impostor)
    far = _beyond(base_genuine, genuine, 1.0)
    close = _beyond(base_impostor, impostor, -1.0)
    if not (far or close):
        return table
    weight_genuine, weight_impostor = genuine.weight if far else 0.0, impostor.weight if close else 0.0
    moved = _moved(
        table,
        _Move.between(base_genuine, genuine, weight_genuine, weight_genuine),
        _Move.between(base_impostor, impostor, weight_impostor, weight_impostor),
    )
    fmr_distance = np.minimum(table.fmr_distance, moved.fmr_distance)
    fnmr_distance = np.maximum(table.fnmr_distance, moved.fnmr_distance)
    nearer_one = np.where(np.abs(moved.lr_log10) < np.abs(table.lr_log10), moved.lr_log10, table.lr_log10)
    harder = replace(
        table,
        fmr_distance=fmr_distance,
        fnmr_distance=fnmr_distance,
        lr_log10=_falling(np.where(moved.lr_log10 * table.lr_log10 < 0, 0.0, nearer_one)),
        genuine=moved.genuine,
        impostor=moved.impostor,
    )
    return _claiming(harder, support_impostor if close else _PLENTY, support_genuine if far else _PLENTY)
