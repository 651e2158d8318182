"""From distances of pairs whose people are known to a calibration; and from one encoder's to the next one's.

calibrate() measures: every pair of a set of people, all against all. A rate is claimed only where the pairs behind it
come from several different pairs of people.

adapt() gives a version that the user trained its calibration. Nobody has thousands of labelled people at hand, so two
things are kept apart: where the limits are placed, which may rest on an assumption, and what is claimed, which may not.

1. The base is a table that calibrate() measured with the new encoder on a reference set. Where there is none, it is the
   parent's table, moved: impostor distances by the affine map that takes the mean and the standard deviation (shrunk
   as below) of the user's impostor distances under the parent to those under the new encoder, genuine ones likewise.
   That the shape of the tails survives the map is an assumption; smallest_fmr and smallest_fnmr are therefore raised to
   3 / n, the rule of three, for the n pairs of people (n people) of the user's that support them.
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
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.training.values import Ints, PairSet, Part, Split

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]

# The relative error of a count of 30 is 18 %, its 95 % interval within a factor of 1.5. Genuine pairs come from far
# fewer people, and 10 of them must do: a factor of 2.
IMPOSTOR_SUPPORT, GENUINE_SUPPORT = 30, 10
STEPS_PER_DECADE = 12
# Pairs of people (people) at which the user's own distances weigh as much as the base.
HALF_WEIGHT = 50
_ADAPTED = "; adapted to the user’s photographs"
_TAIL = 200_000  # impostor pairs among which the closest ones of enough people are looked for
_PLENTY = 10**12  # pairs behind a claim that needs no raising
_UPPER = 0.8413  # the quantile one standard deviation above the median of a normal distribution


@dataclass(frozen=True, slots=True, eq=False)
class PairDistances:
    """Of all pairs of a set of photographs, rising.

    genuine, impostor: distances. person: of each genuine pair. couple: which two people, of the closest impostor pairs.
    """

    genuine: Floats
    person: Ints
    impostor: Floats
    couple: Ints


def pair_distances(vectors: Vectors, people: Ints) -> PairDistances:
    """All against all. vectors: (n, d) unit; people: (n,) who each shows."""
    upper = np.triu(np.ones((len(people), len(people)), bool), 1)
    same = (people[:, None] == people[None]) & upper
    cosine = vectors @ vectors.T
    genuine = cosine[same]
    order = np.argsort(-genuine, kind="stable")
    # Millions of impostor pairs: their values are sorted, and only the closest are told apart.
    others = -cosine[upper & ~same]
    tail = min(_TAIL, len(others))
    closest = np.argpartition(others, tail - 1)[:tail] if tail < len(others) else np.arange(tail)
    closest = closest[np.argsort(others[closest], kind="stable")]
    rows, columns = np.unravel_index(np.flatnonzero(upper & ~same)[closest], upper.shape)
    return PairDistances(
        genuine=_distance_of(genuine[order]),
        person=people[np.nonzero(same)[0][order]],
        impostor=_distance_of(-np.sort(others)),
        couple=people[rows].astype(np.int64) * (int(people.max()) + 1) + people[columns],
    )


def _distance_of(cosine: Vectors) -> Floats:
    """Between unit vectors."""
    return np.asarray(np.sqrt(np.maximum(2 - 2 * cosine.astype(np.float64), 0)))


def supported(groups_from_the_tail: Ints, count: int, support: int) -> float:
    """The smallest rate whose pairs come from support different groups; 1 where there are fewer. count: all pairs."""
    for seen in range(1000, len(groups_from_the_tail) + 1000, 1000):
        _, first = np.unique(groups_from_the_tail[:seen], return_index=True)
        if len(first) >= support:
            first.sort()
            # Three digits, so that the table holds the very number it is compared with.
            return float(f"{(first[support - 1] + 1) / count:.2e}")
    return 1.0


def rates(smallest: float) -> Floats:
    count = max(2, int(np.ceil(-np.log10(smallest) * STEPS_PER_DECADE)) + 1)
    return np.geomspace(smallest, 1.0, count)


def calibrate(vectors: Vectors, people: Ints, source: str, encoder: str) -> Calibration:
    """All against all. vectors: (n, d) unit; people: (n,) who each shows; source: in words; encoder: Model.key.

    Raises ValueError where there is no genuine or no impostor pair.
    """
    pairs = pair_distances(vectors, people)
    genuine, impostor = pairs.genuine, pairs.impostor
    if not len(genuine) or not len(impostor):
        raise ValueError("pairs of both kinds are needed")
    smallest_fmr = supported(pairs.couple, len(impostor), IMPOSTOR_SUPPORT)
    smallest_fnmr = supported(pairs.person[::-1], len(genuine), GENUINE_SUPPORT)
    fmr_rate, fnmr_rate = rates(smallest_fmr), rates(smallest_fnmr)[::-1]
    bins = np.linspace(0.0, 2.0, 1001)
    lr_distance = np.linspace(0.0, 2.0, 81)
    lr = _likelihood_ratio(bins, np.histogram(genuine, bins)[0], np.histogram(impostor, bins)[0], lr_distance)
    edges = np.linspace(0.0, 1.8, 61)
    density_genuine, density_impostor = np.histogram(genuine, edges)[0], np.histogram(impostor, edges)[0]
    return Calibration(
        encoder=encoder,
        source=source,
        genuine_pairs=len(genuine),
        impostor_pairs=len(impostor),
        people=len(np.unique(people)),
        smallest_fmr=smallest_fmr,
        smallest_fnmr=smallest_fnmr,
        fmr_distance=np.quantile(impostor, fmr_rate, method="inverted_cdf"),
        fmr_rate=fmr_rate,
        fnmr_distance=np.quantile(genuine, 1 - fnmr_rate, method="inverted_cdf"),
        fnmr_rate=fnmr_rate,
        lr_distance=lr_distance,
        # No likelihood ratio beyond what the rarest supported rates allow.
        lr_log10=np.clip(lr, np.log10(smallest_fnmr), -np.log10(smallest_fmr)),
        edges=edges,
        genuine=density_genuine / max(density_genuine.max(), 1),
        impostor=density_impostor / max(density_impostor.max(), 1),
    )


def nothing_known(encoder: str) -> Calibration:
    """A table that claims nothing, to open an engine with that has no calibration yet. encoder: Model.key."""
    ends, ones = np.array([0.0, 2.0]), np.array([1.0, 1.0])
    return Calibration(encoder, "", 0, 0, 0, 1.0, 1.0, ends, ones, ends, ones, ends, ends * 0, ends, ones[:1], ones[:1])


def _likelihood_ratio(bins: Floats, genuine: Floats, impostor: Floats, at: Floats) -> Floats:
    """log10 of the likelihood ratio at distances, falling. genuine, impostor: weights of each bin.

    Pool-adjacent-violators on equal priors: the fitted share of genuine pairs p gives LR = p / (1 - p).
    """
    from sklearn.isotonic import IsotonicRegression

    middles = (bins[:-1] + bins[1:]) / 2
    weight = np.concatenate([genuine / genuine.sum(), impostor / impostor.sum()])
    fit = IsotonicRegression(increasing=False, y_min=0.0, y_max=1.0, out_of_bounds="clip")
    fit.fit(np.tile(middles, 2), np.repeat([1.0, 0.0], len(middles)), sample_weight=weight)
    share = np.clip(fit.predict(at), 1e-12, 1 - 1e-12)
    return np.asarray(np.log10(share / (1 - share)))


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
) -> Calibration:
    """The calibration of a new encoder, as described above; its encoder is still the parent's key.

    before, after: (n, d) unit embeddings of the faces of pairs under the parent and under the new encoder.
    parent: the parent's calibration. base: calibrate() of a reference set under the new encoder, or None.
    """
    unchanged = before.shape == after.shape and np.allclose(before, after, atol=1e-6)
    parts = (Part.TRAIN, Part.VALIDATION) if unchanged else (Part.VALIDATION,)
    chosen = np.isin(split.face, parts)
    support_impostor, support_genuine = _support(pairs, split, parts)
    genuine, impostor = _spreads(pairs, chosen, after)
    table = base or parent
    if base is None and not unchanged:
        old_genuine, old_impostor = _spreads(pairs, chosen, before)
        # The centres are those of the same faces, and move all the way; the widths of few people are too uncertain to
        # be carried far out into the tails.
        move_genuine = _Move.between(old_genuine, genuine, 1.0, genuine.weight) if genuine.support > 1 else _STAY
        move_impostor = _Move.between(old_impostor, impostor, 1.0, impostor.weight) if impostor.support > 1 else _STAY
        table = _moved(parent, move_genuine, move_impostor)
        table = _claiming(table, support_impostor, support_genuine)
    adapted = _with_domain(table, genuine, impostor, support_impostor, support_genuine)
    if adapted is table is (base or parent):
        return table
    return replace(adapted, source=table.source.removesuffix(_ADAPTED) + _ADAPTED)


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


def _spreads(pairs: PairSet, chosen: NDArray[np.bool_], vectors: Vectors) -> tuple[_Spread, _Spread]:
    """Of the genuine and the impostor distances among the chosen faces."""
    people = np.unique(pairs.person[chosen], return_inverse=True)[1]
    if len(people) < 2:
        return _NOTHING, _NOTHING
    found = pair_distances(vectors[chosen], people)
    genuine, impostor = found.genuine, found.impostor
    of_genuine = of_impostor = _NOTHING
    if len(genuine):
        count = len(np.unique(found.person))
        of_genuine = _Spread(float(genuine.mean()), float(genuine.std()), count, count)
    if len(impostor):
        centre, width = float(impostor.mean()), float(impostor.std())
        if not pairs.people_known:
            across = _across(pairs, chosen, vectors)
            centre = float(np.median(across))
            width = float(np.quantile(across, _UPPER)) - centre
        count = len(np.unique(people))
        of_impostor = _Spread(centre, width, count, count * (count - 1) // 2)
    return of_genuine, of_impostor


def _across(pairs: PairSet, chosen: NDArray[np.bool_], vectors: Vectors) -> Floats:
    """Distances of each chosen left photograph to each right one of another component; all pairs where none differ."""
    left, right = (np.unique(side[chosen[pairs.left] & chosen[pairs.right]]) for side in (pairs.left, pairs.right))
    apart = pairs.person[left][:, None] != pairs.person[right][None]
    if not apart.any():
        left = right = np.flatnonzero(chosen)
        apart = pairs.person[left][:, None] != pairs.person[right][None]
    return _distance_of((vectors[left] @ vectors[right].T)[apart])


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
        _likelihood_ratio(fine, weights[0], weights[1], table.lr_distance),
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
