"""What a new version claims, and how the user's labelled pairs are judged by it: everything between vectors and judge.

Each labelled pair is judged by limits that its own people had no part in: those of the other folds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.energy import Energy
from siamgui.labelling.types import Bools, Ints, PairSet
from siamgui.versions.calibrate import Vectors
from siamgui.versions.calibration_of_version import adapt, measure_domain, table_of_part
from siamgui.versions.domain_of_version import recogniser, with_domain
from siamgui.versions.judge import Seen
from siamgui.versions.unseen import FOLDS, Unseen, may_be_one, unseen_by_one

Tables = tuple[Calibration, Calibration | None, Calibration | None]
"""What holds where none, one and both of two faces are known to be of the domain."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """tables: of the parent and of the version. before, after: the labelled pairs under both."""

    tables: tuple[Calibration, Calibration]
    before: Seen
    after: Seen


def measure_version(
    pairs: PairSet,
    unseen: Unseen,
    vectors: tuple[Vectors, Vectors],
    parent: Calibration,
    base: Calibration | None,
    reference: Vectors | None,
    poor: tuple[Bools, Bools],
    energy: Energy,
    *,
    changed: bool,
) -> Measured:
    """vectors: (n, d) unit embeddings of the faces of pairs under the parent and under the new encoder.

    parent: the parent's calibration. base: calibrate() of a reference set under the new encoder, or None; reference:
    (m, d) its embeddings. poor: (n,) of which faces quality forbids a verdict, under both. energy: of the new encoder.
    """
    before, after = vectors
    found = None if reference is None else recogniser(after[unseen.faces], unseen.fold, reference)
    known = np.zeros(len(after), bool)
    if found is not None:
        known[unseen.faces] = found.known

    was = unseen_by_one(before, unseen.faces, unseen.fold, pairs, parent.energy)
    maybe = may_be_one(unseen.faces, before, pairs, parent)
    bounds = parent.energy.bound(before.shape[1]), energy.bound(after.shape[1])

    def tables_of(without: int) -> Tables:
        kept = unseen.fold != without
        both_seen = was.without(without, pairs), unseen.without(without, pairs)
        of_kept, known_kept = maybe[np.ix_(kept, kept)], known[unseen.faces[kept]]
        parts = [
            measure_domain(both_seen, pairs, of_kept, bounds, energy, known_kept, wanted)
            for wanted in range(3 if found is not None else 1)
        ]
        table = adapt(parts[0], parent, base, changed=changed, alone=found is None, energy=energy)
        one, both = (table_of_part(table, part, pairs, energy) for part in parts[1:]) if found else (None, None)
        return table, one, both

    *folds, whole = (tables_of(number) for number in range(FOLDS + 1))  # nobody is in the last one
    fold = unseen.fold_of_pairs(pairs)
    new = _seen_after(pairs, unseen, [*folds, whole], fold % (FOLDS + 1), known, poor[1], bounds[1])
    distances = parent.energy.distances(before[pairs.left], before[pairs.right])
    nothing = np.zeros(len(fold), np.int64)
    closed = poor[0][pairs.left] | poor[0][pairs.right]
    old = Seen.of(distances, (parent,), nothing, closed, bounds[0])
    return Measured((parent, with_domain(whole[0], found, *whole[1:])), old, new)


def _seen_after(
    pairs: PairSet, unseen: Unseen, tables: list[Tables], judge: Ints, known: Bools, poor: Bools, bound: float
) -> Seen:
    """tables: of each judge. judge: (m,) whose limits hold for each labelled pair. known, poor: (n,) of each face."""
    kind = known[pairs.left].astype(np.int64) + known[pairs.right]
    has = np.array([[table is not None for table in each] for each in tables])[judge, kind]
    flat = [table or each[0] for each in tables for table in each]
    closed = (poor[pairs.left] & ~(known[pairs.left] & has)) | (poor[pairs.right] & ~(known[pairs.right] & has))
    return Seen.of(unseen.labelled, flat, 3 * judge + kind, closed, bound)
