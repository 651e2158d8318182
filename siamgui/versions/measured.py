"""What a new version claims, and how the user's labelled pairs are judged by it: everything between vectors and judge.

Each labelled pair is judged by limits that its own people had no part in: those of the folds that neither is in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Adjustment
from siamgui.core.deciding import doubts
from siamgui.core.domain import Belonging
from siamgui.core.energy import Energy
from siamgui.labelling.types import Bools, Ints, PairSet
from siamgui.versions.calibrate import Floats, Vectors
from siamgui.versions.calibration_of_version import adapt, measure_domain, table_of_part
from siamgui.versions.domain_of_version import USUAL, Others, recogniser, with_domain
from siamgui.versions.judge import Large, Seen
from siamgui.versions.poor_crops import Poor
from siamgui.versions.unseen import Sight, Unseen, may_be_one, unseen_by_one

MOST_COUPLES = 20_000
"""Couples of which it is measured what they share."""
Kinds = tuple[Calibration, Calibration | None, Calibration | None]
"""What holds where none, one and both of two faces are known to be of the domain."""


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """claims: what verdicts go by, of adjusted distances where there is a cohort. plain: of distances as they are."""

    claims: Calibration
    plain: Calibration


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """table: of the version. plain: of the parent and of the version, by distances as they are.

    before, after: the labelled pairs under both.
    """

    table: Calibration
    plain: tuple[Calibration, Calibration]
    before: Seen
    after: Seen


def measure_version(
    pairs: PairSet,
    unseen: Unseen,
    sights: tuple[Sight, Sight],
    parent: Tables,
    base: Tables | None,
    reference: Others | None,
    poor: tuple[Poor, Poor],
    energy: Energy,
    *,
    changed: bool,
) -> Measured:
    """sights: the faces of pairs under the parent and under the new encoder.

    base: of a reference set under the new encoder, or None; reference: its faces likewise. poor: which faces are, under
    both. energy: of the new encoder.
    """
    before, after = (sight.vectors for sight in sights)
    found = None if reference is None else recogniser(after[unseen.faces], unseen.fold, reference)
    belonging = Belonging.nowhere(len(after))
    if found is not None:
        belonging.known[unseen.faces], belonging.near[unseen.faces] = found.own.known, found.own.near

    was = unseen_by_one(Sight(before), unseen.faces, unseen.fold, pairs, parent.plain.energy)
    maybe = may_be_one(unseen.faces, before, pairs, parent.plain)
    bounds = parent.plain.energy.bound(before.shape[1]), energy.bound(after.shape[1])

    def tables_of(without: Ints) -> Kinds:
        kept = ~np.isin(unseen.fold, without)
        both_seen = was.without(without, pairs), unseen.without(without, pairs)
        of_kept, own = maybe[np.ix_(kept, kept)], belonging.of(unseen.faces[kept])
        parts = [
            measure_domain(both_seen, pairs, of_kept, bounds, energy, own, wanted)
            for wanted in range(3 if found is not None else 1)
        ]
        claims = None if base is None else base.claims
        table = adapt(parts[0], parent.plain, claims, changed=changed, alone=found is None, energy=energy)
        plain = table if base is None else base.plain
        if found is None:
            return table, None, None
        one, both = (table_of_part(table if part.adjusted else plain, part, pairs, energy) for part in parts[1:])
        return table, one, both

    whole = tables_of(np.array([], np.int64))
    ends = unseen.folds_of_pairs(pairs)
    ends[:, ends[0] < 0] = -1  # no encoder is without both faces: there is no distance to be judged
    folds, judge = np.unique(ends, axis=1, return_inverse=True)
    each = [whole if both[0] < 0 else tables_of(both) for both in folds.T]
    usual = usually_shared(sights[1], unseen.faces, pairs, belonging)
    told = _Told(unseen.labelled, unseen.pair, bounds[1], usual)
    new = _seen(told, each, judge, pairs, belonging, poor[1])
    distances = parent.plain.energy.distances(before[pairs.left], before[pairs.right])
    was_usual = (0.0, 0.0) if parent.claims.domain is None else parent.claims.domain.usual
    told = _Told(distances, sights[0].adjustment(pairs), bounds[0], was_usual)
    old = _seen(told, [_kinds(parent.claims)], np.zeros_like(judge), pairs, _known(parent.claims, before), poor[0])
    plain = parent.plain, whole[0] if base is None else base.plain
    return Measured(with_domain(whole[0], found, *whole[1:], usual), plain, old, new)


def _kinds(table: Calibration) -> Kinds:
    return (table, None, None) if table.domain is None else (table, table.domain.one, table.domain.both)


def _known(table: Calibration, vectors: Vectors) -> Belonging:
    """Of (n, d) unit embeddings, to the domain of a table, if it has one."""
    return Belonging.nowhere(len(vectors)) if table.domain is None else table.domain.belonging(vectors)


def usually_shared(sight: Sight, faces: Ints, pairs: PairSet, belonging: Belonging) -> tuple[float, float]:
    """As in Domain: what couples of different people with one face of the domain, and with both, usually share.

    belonging: of every face. The couples of some thousand faces are too many, and tell no more than a part of them.
    """
    one, two = np.triu_indices(len(faces), 1)
    kind = belonging.kind(faces[one], faces[two]) * (pairs.person[faces[one]] != pairs.person[faces[two]])
    usual = []
    for wanted in (1, 2):
        found = np.flatnonzero(kind == wanted)
        found = found[:: 1 + len(found) // MOST_COUPLES]
        shared = sight.shared(faces, one[found], two[found]) if len(found) else np.empty(0)
        usual.append(float(np.quantile(shared, USUAL)) if len(shared) else 0.0)
    return usual[0], usual[1]


class _Told(NamedTuple):
    """The labelled pairs under one encoder. distances: (m,); pair: of them; bound: how far apart two faces can be.

    usual: as in Domain.
    """

    distances: Floats
    pair: Adjustment | None
    bound: float
    usual: tuple[float, float]


def _seen(told: _Told, tables: list[Kinds], judge: Ints, pairs: PairSet, belonging: Belonging, poor: Poor) -> Seen:
    """tables: of each judge. judge: (m,) whose limits hold for each labelled pair. belonging, poor: of each face."""
    kind, known = belonging.kind(pairs.left, pairs.right), belonging.known
    has = np.array([[table is not None for table in each] for each in tables])[judge, kind]
    flat = [table or each[0] for each in tables for table in each]
    table = 3 * judge + kind
    measured = np.array([known[side] & has & (kind > 0) for side in (pairs.left, pairs.right)])
    closed = _closed(pairs, poor, measured, np.array([each.adjusted for each in flat])[table] & ~measured.any(axis=0))
    large = Large(np.where(has & (kind > 0), 3 * judge, table), np.array([0.0, *told.usual])[kind])
    return Seen.of(told.distances, flat, table, closed, told.bound, told.pair, large)


def _closed(pairs: PairSet, poor: Poor, measured: Bools, conditional: Bools) -> Bools:
    """(2, m) as in Seen. measured: (2, m) whether the like of the left and of the right face was; conditional: (m,)."""
    left, right = poor.decisive[np.array([pairs.left, pairs.right])] & ~measured
    return np.array(doubts(left, right, poor.damaged[pairs.left] | poor.damaged[pairs.right], conditional))
