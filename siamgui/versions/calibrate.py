"""From distances of pairs whose people are known to a calibration.

Every pair of a set of people, all against all. A rate is claimed only where the pairs behind it come from several
different pairs of people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.energy import L2, Energy
from siamgui.evaluation.metrics import falling_share
from siamgui.labelling.types import Ints

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]

# The relative error of a count of 30 is 18 %, its 95 % interval within a factor of 1.5. Genuine pairs come from far
# fewer people, and 10 of them must do: a factor of 2.
IMPOSTOR_SUPPORT, GENUINE_SUPPORT = 30, 10
STEPS_PER_DECADE = 12
_TAIL = 200_000  # impostor pairs among which the closest ones of enough people are looked for


@dataclass(frozen=True, slots=True, eq=False)
class PairDistances:
    """Of all pairs of a set of photographs, rising.

    genuine, impostor: distances. person: of each genuine pair. couple: which two people, of the closest impostor pairs.
    told: of which impostor pairs it was looked for whether they show one person; None: of all.
    """

    genuine: Floats
    person: Ints
    impostor: Floats
    couple: Ints
    told: NDArray[np.bool_] | None = None


def pair_distances(vectors: Vectors, people: Ints, energy: Energy = L2) -> PairDistances:
    """All against all. vectors: (n, d) unit; people: (n,) who each shows."""
    return pairs_of(energy.closeness(vectors, vectors), people, energy)


def pairs_of(
    closeness: Vectors, people: Ints, energy: Energy = L2, strangers: NDArray[np.bool_] | None = None
) -> PairDistances:
    """As pair_distances(), of an (n, n) table of closeness. strangers: (n,) one of each impostor pair is among them."""
    upper = np.triu(np.ones((len(people), len(people)), bool), 1)
    same = (people[:, None] == people[None]) & upper
    if strangers is not None:
        upper &= same | strangers[:, None] | strangers[None]
    genuine = closeness[same]
    order = np.argsort(-genuine, kind="stable")
    # Millions of impostor pairs: their values are sorted, and only the closest are told apart.
    others = -closeness[upper & ~same]
    tail = min(_TAIL, len(others))
    closest = np.argpartition(others, tail - 1)[:tail] if tail < len(others) else np.arange(tail)
    closest = closest[np.argsort(others[closest], kind="stable")]
    rows, columns = np.unravel_index(np.flatnonzero(upper & ~same)[closest], upper.shape)
    return PairDistances(
        genuine=distances_at(genuine[order], energy),
        person=people[np.nonzero(same)[0][order]],
        impostor=distances_at(-np.sort(others), energy),
        couple=people[rows].astype(np.int64) * (int(people.max()) + 1) + people[columns],
    )


def distances_at(closeness: Vectors, energy: Energy) -> Floats:
    return energy.distance_at(closeness.astype(np.float64))


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


def calibrate(
    vectors: Vectors,
    people: Ints,
    source: str,
    encoder: str,
    energy: Energy = L2,
    adjusted: PairDistances | None = None,
) -> Calibration:
    """All against all. vectors: (n, d) unit; people: (n,) who each shows; source: in words; encoder: Model.key.

    adjusted: the same pairs by adjusted distance (siamgui.core.cohort), of which false match rates are then made.
    Raises ValueError where there is no genuine or no impostor pair.
    """
    found = pair_distances(vectors, people, energy)
    bound = energy.bound(vectors.shape[1])
    return calibrate_pairs(found, len(np.unique(people)), bound, source, encoder, energy, adjusted)


def calibrate_pairs(
    pairs: PairDistances,
    people: int,
    bound: float,
    source: str,
    encoder: str,
    energy: Energy = L2,
    adjusted: PairDistances | None = None,
) -> Calibration:
    """As calibrate(), of distances. people: that stand behind them; bound: how far apart two embeddings can be."""
    genuine, impostor = pairs.genuine, pairs.impostor
    if not len(genuine) or not len(impostor):
        raise ValueError("pairs of both kinds are needed")
    claimed = adjusted or pairs
    smallest_fmr = supported(claimed.couple, len(claimed.impostor), IMPOSTOR_SUPPORT)
    smallest_fnmr = supported(pairs.person[::-1], len(genuine), GENUINE_SUPPORT)
    fmr_rate, fnmr_rate = rates(smallest_fmr), rates(smallest_fnmr)[::-1]
    fmr_distance = _limits_of(claimed, fmr_rate)
    bins = np.linspace(0.0, bound, 1001)
    lr_distance = np.linspace(0.0, bound, 81)
    lr = likelihood_ratio(bins, np.histogram(genuine, bins)[0], np.histogram(impostor, bins)[0], lr_distance)
    edges = np.linspace(0.0, 0.9 * bound, 61)
    density_genuine, density_impostor = np.histogram(genuine, edges)[0], np.histogram(impostor, edges)[0]
    return Calibration(
        encoder=encoder,
        source=source,
        genuine_pairs=len(genuine),
        impostor_pairs=len(impostor),
        people=people,
        smallest_fmr=smallest_fmr,
        smallest_fnmr=smallest_fnmr,
        fmr_distance=fmr_distance,
        fmr_rate=fmr_rate,
        fnmr_distance=np.quantile(genuine, 1 - fnmr_rate, method="inverted_cdf"),
        fnmr_rate=fnmr_rate,
        lr_distance=lr_distance,
        # No likelihood ratio beyond what the rarest supported rates allow.
        lr_log10=np.clip(lr, np.log10(smallest_fnmr), -np.log10(smallest_fmr)),
        edges=edges,
        genuine=density_genuine / max(density_genuine.max(), 1),
        impostor=density_impostor / max(density_impostor.max(), 1),
        adjusted=adjusted is not None,
        energy=energy,
    )


def _limits_of(pairs: PairDistances, rate: Floats) -> Floats:
    """The distances below which these shares of the impostor pairs lie.

    A hidden pair of one person makes a rate larger than it is. So where the pairs of which that was looked for carry a
    rate, they tell; below, the distance falls by as much as it does among all.
    """
    limit = np.quantile(pairs.impostor, rate, method="inverted_cdf")
    if pairs.told is None or not pairs.told.any():
        return limit
    known = pairs.impostor[pairs.told]
    carried = rate >= supported(pairs.couple[pairs.told], len(known), IMPOSTOR_SUPPORT)
    if not carried[:-1].any():
        return limit
    own = np.quantile(known, rate, method="inverted_cdf")
    first = int(np.argmax(carried))
    return np.where(carried, own, np.maximum(limit + own[first] - limit[first], 0.0))


def nothing_known(encoder: str) -> Calibration:
    """A table that claims nothing, to open an engine with that has no calibration yet. encoder: Model.key."""
    ends, ones = np.array([0.0, 2.0]), np.array([1.0, 1.0])
    return Calibration(encoder, "", 0, 0, 0, 1.0, 1.0, ends, ones, ends, ones, ends, ends * 0, ends, ones[:1], ones[:1])


def likelihood_ratio(bins: Floats, genuine: Floats, impostor: Floats, at: Floats) -> Floats:
    """log10 of the likelihood ratio at distances, falling. genuine, impostor: weights of each bin.

    Pool-adjacent-violators on equal priors: the fitted share of genuine pairs p gives LR = p / (1 - p).
    """
    middles = (bins[:-1] + bins[1:]) / 2
    genuine, impostor = genuine / genuine.sum(), impostor / impostor.sum()
    some = genuine + impostor > 0
    share = np.interp(at, middles[some], falling_share(genuine[some], impostor[some]))
    share = np.clip(share, 1e-12, 1 - 1e-12)
    return np.asarray(np.log10(share / (1 - share)))
