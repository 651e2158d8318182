"""The calibration of a version that the user trained: what it claims of the user's photographs and of everybody else's.

Two tables, and of every distance the worse claim of the two, since nothing tells yet to which of them a pair belongs.

1. *Everybody else*: what calibrate() measured with the new encoder on a reference set. Where there is none, it is the
   parent's table, moved: impostor distances by the affine map that takes the mean and the standard deviation of the
   user's impostor distances under the parent to those under the new encoder, genuine ones likewise, the widths shrunk
   by n / (n + 50) for n couples or people. That the shape of the tails survives the map is an assumption. A reference
   set too small to show a rate of 1 in 10,000 gets such a moved table for its tails, and keeps its own smallest rates.
2. *The domain*: the user's own faces, all against all, by encoders that were trained without them
   (siamgui.versions.unseen). It is measured like any other table, and nothing is shrunk: rates are only read from it
   down to where it carries them, 30 couples of people (10 people for genuine pairs).

Beyond that the limits of the domain are placed where the general ones stand, moved by what they differ where the domain
still shows it. That is an assumption, and what it placed is never claimed: no rate below the domain's smallest is, once
the encoder has changed, or the domain was seen to be harder than what the general table was measured on. An encoder
that stayed as it was, on photographs like any others, keeps the claims of its table.

All of it is done on the scale of L2, on which no two embeddings are farther apart than 2: so a table moves from one
energy to another, and to another size of embedding, like any other table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from siamgui.core.calibration import DIFFERENT_LOG10_LR, Calibration
from siamgui.core.domain import Belonging
from siamgui.core.energy import L2, Energy
from siamgui.core.types import Strictness
from siamgui.labelling.types import Bools, PairSet
from siamgui.versions.calibrate import (
    IMPOSTOR_SUPPORT,
    Floats,
    PairDistances,
    Vectors,
    calibrate_pairs,
    likelihood_ratio,
    rates,
    supported,
)
from siamgui.versions.moved_table import NOTHING, STAY, Move, Spread, completed, falling, moved, rescaled
from siamgui.versions.unseen import MAYBE, Unseen, domain_distances

HARDER = 1.5
"""How many times more often than the general table says that the domain must be wrong to count as harder."""
MISSED = 0.005
"""Share of genuine pairs that may be called different."""
MOST_RARE = 0.02
"""A smallest rate above which a part of the domain has too few pairs for limits of its own."""
_LEAST_RATIO = -3.0
_NOT_DIFFERENT = 0.99 * max(DIFFERENT_LOG10_LR.values())
_ADAPTED = "; adapted to the user’s photographs"
_UPPER = 0.8413  # the quantile one standard deviation above the median of a normal distribution
_FINE = 1000  # bins of the likelihood ratio
_COMPARED = np.geomspace(0.2, 1e-4, 34)  # rates at which two tables are compared


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """The user's photographs under the parent and under the new encoder.

    claimed: what claims are made of; after, or adjusted ones. table: of the new one; None where pairs of a kind are
    missing. bound_before, bound_after: how far apart two embeddings can be.
    """

    before: PairDistances
    after: PairDistances
    claimed: PairDistances
    table: Calibration | None
    bound_before: float
    bound_after: float

    @property
    def adjusted(self) -> bool:
        return self.claimed is not self.after


def measure_domain(
    couples: tuple[Unseen, Unseen],
    pairs: PairSet,
    maybe_one: Bools,
    bounds: tuple[float, float],
    energy: Energy = L2,
    belonging: Belonging | None = None,
    wanted: int = 0,
) -> Domain:
    """couples: of the same faces under the parent and under the new encoder. bounds: as in Domain.

    maybe_one, belonging, wanted: as for domain_distances(); None: nobody belongs. energy: of the new encoder.
    """
    belonging = belonging or Belonging.nowhere(len(couples[1].faces))
    old, new = (domain_distances(seen, pairs, maybe_one, belonging, wanted) for seen in couples)
    people = len(np.unique(pairs.person[couples[1].faces]))
    claimed = None
    if couples[1].adjusted is not None:
        claimed = domain_distances(couples[1], pairs, maybe_one, belonging, wanted, claimed=True)
    nothing = Domain(old, new, claimed or new, None, *bounds)
    if not len(new.impostor):
        return nothing
    try:
        table = calibrate_pairs(new, people, bounds[1], "", "", energy, claimed)
    except ValueError:
        return nothing
    left_out = 0.0 if pairs.people_known else MAYBE
    table = replace(
        table,
        fmr_rate=np.minimum(table.fmr_rate + left_out, 1.0),
        smallest_fmr=min(table.smallest_fmr + left_out, 1.0),
        lr_log10=_smooth_ratio(new, table, bounds[1]),
    )
    return replace(nothing, table=table)


def _smooth_ratio(found: PairDistances, table: Calibration, bound: float) -> Floats:
    """The likelihood ratio of genuine distances as widened as their number is small (Silverman, 1986, 3.28).

    The farthest of a few genuine pairs is nearer than the farthest to come: else "different" would begin there.
    """
    from scipy.ndimage import gaussian_filter1d

    bins = np.linspace(0.0, bound, _FINE + 1)
    width = 1.06 * max(float(found.genuine.std()), 0.02 * bound) * len(found.genuine) ** -0.2
    genuine, impostor = (np.histogram(kind, bins)[0].astype(np.float64) for kind in (found.genuine, found.impostor))
    wide = gaussian_filter1d(genuine, width / bound * _FINE, mode="constant")
    ratio = likelihood_ratio(bins, wide, impostor, table.lr_distance)
    # It places a limit beyond what may be claimed, which log10_lr() never does.
    ratio = np.clip(ratio, _LEAST_RATIO, -np.log10(table.smallest_fmr))
    # Where the ratio alone would call more than a few genuine pairs different, it claims too little for that.
    missed = 1 - np.interp(table.lr_distance, bins[1:], np.cumsum(wide) / wide.sum())
    return np.where(missed > MISSED, np.maximum(ratio, _NOT_DIFFERENT), ratio)


def adapt(
    domain: Domain,
    parent: Calibration,
    base: Calibration | None,
    *,
    changed: bool,
    alone: bool = True,
    energy: Energy = L2,
) -> Calibration:
    """The calibration of a new encoder, as described above; its encoder is still the parent's key.

    parent: the parent's calibration, by distances as they are. base: that of a reference set under the new encoder, or
        None; where it is by adjusted distances, so is the domain's.
    changed: whether the encoder computes anything new. alone: whether this table has to do for the domain as well,
        which has none of its own. energy: of the new encoder; that of base.
    """
    scale = 2 / domain.bound_after
    parent = replace(parent, adjusted=False, cohort=None, domain=None)
    parent = rescaled(parent, 2 / domain.bound_before, parent.energy)
    base = None if base is None else rescaled(base, scale, energy)
    own = None if domain.table is None else rescaled(domain.table, scale, energy)
    if base is not None and not base.adjusted and base.smallest_fmr > Strictness.STRICT.fmr:
        base = completed(base, parent) if base.smallest_fmr < 1.0 else None
    general = base or parent
    if base is None and changed:
        general = _moved_to(domain, parent)
    if own is not None:
        table = _worse_of(general, own, changed=changed and alone)
    else:
        table = replace(general, smallest_fmr=1.0, smallest_fnmr=1.0) if base is None and changed else general
    if table is not (base or parent):
        table = replace(table, source=table.source.removesuffix(_ADAPTED) + _ADAPTED)
    return rescaled(table, 1 / scale, energy)


def table_of_part(general: Calibration, part: Domain, pairs: PairSet, energy: Energy = L2) -> Calibration | None:
    """What holds for couples of which one face or both are known to be of the domain. None where they are too few.

    general: what holds for everybody else, of the same encoder and by distances like those of the part. Below the
    rates that the part carries, its limits stand where the general ones do, or as much closer as they are where it
    ends. Where genuine pairs are missing, nobody is called different.
    """
    found, own = part.claimed, part.table
    left_out = 0.0 if pairs.people_known else MAYBE
    if own is None or own.smallest_fnmr > 0.5:
        if not len(found.impostor):
            return None
        smallest = supported(found.couple, len(found.impostor), IMPOSTOR_SUPPORT)
        rate = rates(smallest)
        own = replace(
            general,
            smallest_fmr=min(1.0, smallest + left_out),
            smallest_fnmr=1.0,
            fmr_distance=np.quantile(found.impostor, rate, method="inverted_cdf"),
            fmr_rate=np.minimum(rate + left_out, 1.0),
            fnmr_distance=np.array([0.0, part.bound_after]),
            fnmr_rate=np.ones(2),
            lr_log10=np.clip(general.lr_log10, 0.0, -np.log10(min(1.0, smallest + left_out))),
            genuine_pairs=0,
            impostor_pairs=len(found.impostor),
        )
    if own.smallest_fmr > MOST_RARE:
        return None
    gap = max(0.0, general.threshold(own.smallest_fmr) - own.threshold(own.smallest_fmr))
    rarer = general.fmr_rate < own.smallest_fmr
    distance = np.concatenate([general.fmr_distance[rarer] - gap, own.fmr_distance])
    return replace(
        own,
        encoder=general.encoder,
        source=general.source,
        energy=energy,
        domain=None,
        fmr_rate=np.concatenate([general.fmr_rate[rarer], own.fmr_rate]),
        fmr_distance=np.maximum(np.minimum.accumulate(distance[::-1])[::-1], 0.0),
    )


def _moved_to(domain: Domain, parent: Calibration) -> Calibration:
    """The parent's table, moved by what the user's distances moved. parent: on the scale of L2."""
    old_genuine, old_impostor = _spreads(domain.before, 2 / domain.bound_before)
    genuine, impostor = _spreads(domain.after, 2 / domain.bound_after)
    # The centres are those of the same faces, and move all the way; the widths of few people are too uncertain to be
    # carried far out into the tails.
    moves = (
        Move.between(old, new, 1.0, new.weight) if new.support > 1 else STAY
        for old, new in ((old_genuine, genuine), (old_impostor, impostor))
    )
    return moved(parent, *moves)


def _spreads(found: PairDistances, scale: float) -> tuple[Spread, Spread]:
    """Of genuine and of impostor distances; of these by median and upper half, which no hidden genuine pairs move."""
    people, couples = len(np.unique(found.person)), len(np.unique(found.couple))
    genuine = impostor = NOTHING
    if people:
        genuine = Spread(float(scale * found.genuine.mean()), float(scale * found.genuine.std()), people)
    if couples:
        centre = float(scale * np.median(found.impostor))
        impostor = Spread(centre, float(scale * np.quantile(found.impostor, _UPPER)) - centre, couples)
    return genuine, impostor


def _worse_of(general: Calibration, own: Calibration, *, changed: bool) -> Calibration:
    """Of each distance the worse claim of two tables on one scale. own: the domain's."""
    closer = any(own.fmr(general.threshold(rate)) > HARDER * rate for rate in _compared(own.smallest_fmr))
    farther = any(own.fnmr(_distance_at(general, rate)) > HARDER * rate for rate in _compared(own.smallest_fnmr))
    rate, missed = general.fmr_rate, general.fnmr_rate
    limit = np.where(rate >= own.smallest_fmr, np.interp(np.log(rate), np.log(own.fmr_rate), own.fmr_distance), np.inf)
    away = np.where(missed >= own.smallest_fnmr, _distances_at(own, missed), -np.inf)
    if closer:
        gap = max(0.0, general.threshold(own.smallest_fmr) - own.threshold(own.smallest_fmr))
        limit = np.where(rate < own.smallest_fmr, general.fmr_distance - gap, limit)
    if farther:
        gap = max(0.0, _distance_at(own, own.smallest_fnmr) - _distance_at(general, own.smallest_fnmr))
        away = np.where(missed < own.smallest_fnmr, general.fnmr_distance + gap, away)
    table = replace(
        general,
        fmr_distance=np.clip(np.minimum.accumulate(np.minimum(general.fmr_distance, limit)[::-1])[::-1], 0.0, 2.0),
        fnmr_distance=np.clip(np.maximum.accumulate(np.maximum(general.fnmr_distance, away)), 0.0, 2.0),
    )
    if closer or changed:
        table = replace(table, smallest_fmr=max(general.smallest_fmr, own.smallest_fmr))
    if farther or changed:
        table = replace(table, smallest_fnmr=max(general.smallest_fnmr, own.smallest_fnmr))
    if not (closer or farther):
        same = table.smallest_fmr == general.smallest_fmr and table.smallest_fnmr == general.smallest_fnmr
        return general if same and np.array_equal(table.fmr_distance, general.fmr_distance) else table
    ratio = np.interp(general.lr_distance, own.lr_distance, own.lr_log10)
    nearer_one = np.where(np.abs(ratio) < np.abs(general.lr_log10), ratio, general.lr_log10)
    return replace(
        table,
        lr_log10=falling(np.where(ratio * general.lr_log10 < 0, 0.0, nearer_one)),
        edges=own.edges,
        genuine=own.genuine,
        impostor=own.impostor,
    )


def _compared(smallest: float) -> Floats:
    """Rates that a table which begins there carries, and at which it is compared."""
    return _COMPARED[smallest <= _COMPARED]


def _distances_at(table: Calibration, missed: Floats) -> Floats:
    """The distances beyond which these shares of genuine pairs lie."""
    return np.interp(-np.log(missed), -np.log(table.fnmr_rate), table.fnmr_distance)


def _distance_at(table: Calibration, missed: float) -> float:
    return float(_distances_at(table, np.array(missed)))


def same_encoder(before: Vectors, after: Vectors) -> bool:
    """Whether two encoders computed the same embeddings, up to what different engines make of one encoder."""
    return before.shape == after.shape and np.allclose(before, after, atol=1e-4)
