"""The user's own faces as encoders see them that were trained without them, and what those distances are worth.

A face is judged by an encoder that has not learned from it, nor from anybody whom a label joins to it. Where a head was
trained that is done by cross-fitting (siamgui.finetuning.cross_fitting): for any two folds of people there is a head
that saw neither, and so nearly every couple of the user's faces has a distance that is not a lesson learned by heart.
Else it is the people whom the split held out.

Which couples show different people is known where the photographs came in a folder per person. Else only the labels
say so, and two components of the "same" pairs that were never compared may be one person. So

1. every couple of two components counts as different people. A hidden pair of one person makes the measured false match
   rate larger than it is, never smaller;
2. but for those whose clear photographs the parent finds closer than it does MAYBE of different people: they may well
   be one person and are left out. Of truly different people that leaves out MAYBE at most, however many photographs
   there are of each; the rates are raised by it;
3. that can only be looked for where both have a clear photograph. So how large a rate is, is told by couples of such
   components, as far as these carry it; below that all couples tell how it falls.

What counts is the kind of couple that was labelled: a photograph that stands on the left of some label against one that
stands on the right of another. If clear photographs were labelled against poor ones, clear ones against each other
would make the domain look easier than it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Adjustment, Cohort, Conditions
from siamgui.core.domain import Belonging
from siamgui.core.energy import Energy
from siamgui.labelling.types import Bools, Ints, PairSet
from siamgui.versions.calibrate import Floats, PairDistances, Vectors

MAYBE = 1e-4
"""The FMR at which the parent takes two components for one person: of all their clear photographs together."""
MOST_FACES = 3000
"""Faces whose couples are measured, all against all; more would fill the memory and tell nothing more."""
FOLDS = 5

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """All faces of a pair set as one encoder sees them.

    vectors: (n, d) unit embeddings. cohort: under that encoder, None where it has none. norms: (n,) lengths of the
    embeddings, scaled as the manifest says; looks: (n, l); both are asked for where there is a cohort.
    """

    vectors: Vectors
    cohort: Cohort | None = None
    norms: Vectors | None = None
    looks: Vectors | None = None

    def seen(self, faces: Ints, pairs: PairSet, energy: Energy) -> tuple[Matrix, Matrix | None, Matrix]:
        """Among some faces: (k, k) distances; (2, k, k) adjusted and normalised ones; (4, m) the Adjustment of each
        labelled pair, NaN where one of its faces is another."""
        vectors = self.vectors[faces]
        couples = energy.distance_at(energy.closeness(vectors, vectors)).astype(np.float32)
        met = self._met(faces)
        if self.cohort is None or met is None:
            return couples, None, np.full((4, len(pairs.same)), np.nan)
        closeness = self.cohort.all_adjusted(vectors, met, vectors, met)
        normalised = np.minimum(closeness + self.cohort.all_shared(vectors, met, vectors, met), 1)
        adjusted = np.stack([energy.distance_at(each).astype(np.float32) for each in (closeness, normalised)])
        return couples, adjusted, self._labelled(faces, met, pairs)

    def adjustment(self, pairs: PairSet) -> Adjustment | None:
        """Of every labelled pair; None where there is no cohort."""
        everybody = np.arange(len(self.vectors))
        met = self._met(everybody)
        return None if met is None else Adjustment(*self._labelled(everybody, met, pairs))

    def shared(self, faces: Ints, one: Ints, two: Ints) -> Floats:
        """What couples of some faces lose for what they have in common: (m,) adjusted cosines, none without a cohort.

        one, two: (m,) indices into faces.
        """
        met = self._met(faces)
        if self.cohort is None or met is None:
            return np.empty(0)
        vectors = self.vectors[faces]
        return np.asarray(self.cohort.adjustment(vectors[one], met[one], vectors[two], met[two]).shared, np.float64)

    def _met(self, faces: Ints) -> Conditions | None:
        if self.cohort is None or self.norms is None:
            return None
        looks = None if self.looks is None else self.looks[faces]
        return self.cohort.conditions(self.vectors[faces], self.norms[faces], looks)

    def _labelled(self, faces: Ints, met: Conditions, pairs: PairSet) -> Matrix:
        assert self.cohort is not None
        place = np.full(len(self.vectors), -1)
        place[faces] = np.arange(len(faces))
        left, right = place[pairs.left], place[pairs.right]
        both = (left >= 0) & (right >= 0)
        left, right = left[both], right[both]
        x, y = self.vectors[faces[left]], self.vectors[faces[right]]
        pair = self.cohort.adjustment(x, met[left], y, met[right])
        labelled = np.full((4, len(both)), np.nan, np.float32)
        labelled[:, both] = pair.slope, pair.offset, pair.unlike, pair.shared
        return labelled


@dataclass(frozen=True, slots=True, eq=False)
class Unseen:
    """faces: (k,) indices into the pair set. fold: (k,) whose people were held out, or measured, together.

    couples: (k, k) symmetric distances; NaN where no encoder is without both faces.
    labelled: (m,) the distance of each labelled pair of the pair set; NaN likewise.
    adjusted: (2, k, k) as couples, of adjusted distances (siamgui.core.cohort) and of normalised ones
        (siamgui.core.domain). pair: what makes those of the labelled pairs. None where there is no cohort.
    """

    faces: Ints
    fold: Ints
    couples: Matrix
    labelled: Floats
    adjusted: Matrix | None = None
    pair: Adjustment | None = None

    def folds_of_pairs(self, pairs: PairSet) -> Ints:
        """(2, m) the folds of the two faces of each labelled pair, rising; -1 of one that is not measured."""
        of_face = np.full(len(pairs.person), -1, np.int64)
        of_face[self.faces] = self.fold
        return np.sort(of_face[np.array([pairs.left, pairs.right])], axis=0)

    def without(self, folds: Ints, pairs: PairSet) -> Unseen:
        """What is left when some folds have not been measured."""
        kept = ~np.isin(self.fold, folds)
        labelled = np.where(np.isin(self.folds_of_pairs(pairs), folds).any(axis=0), np.nan, self.labelled)
        both = np.ix_(kept, kept)
        adjusted = None if self.adjusted is None else self.adjusted[:, kept][:, :, kept]
        return Unseen(self.faces[kept], self.fold[kept], self.couples[both], labelled, adjusted, self.pair)


def unseen_by_one(sight: Sight, faces: Ints, fold: Ints, pairs: PairSet, energy: Energy) -> Unseen:
    """Of one encoder that saw none of these faces."""
    vectors = sight.vectors
    couples, adjusted, pair = sight.seen(faces, pairs, energy)
    inside = np.zeros(len(vectors), bool)
    inside[faces] = True
    distances = energy.distances(vectors[pairs.left], vectors[pairs.right])
    labelled = np.where(inside[pairs.left] & inside[pairs.right], distances, np.nan)
    return Unseen(faces, fold, couples, labelled, adjusted, None if adjusted is None else Adjustment(*pair))


def domain_distances(
    unseen: Unseen, pairs: PairSet, maybe_one: Bools, belonging: Belonging, wanted: int, *, claimed: bool = False
) -> PairDistances:
    """Distances of the user's genuine pairs, labelled or implied, and of couples of different people, both rising.

    maybe_one: as may_be_one() gives it, of unseen.faces. belonging: of these to the domain. wanted: the kind of couples
    (Belonging.kind()); of kind 0 only those count that are as the labelled ones. claimed: the distances of which claims
    are made where there is a cohort, adjusted ones and in the domain normalised ones.
    """
    couples = unseen.adjusted[int(wanted > 0)] if claimed and unseen.adjusted is not None else unseen.couples
    person = np.unique(pairs.person[unseen.faces], return_inverse=True)[1]
    one, two = np.triu_indices(len(unseen.faces), 1) if wanted else as_labelled(unseen.faces, pairs)
    counted = (belonging.kind(one, two) == wanted) & ~np.isnan(couples[one, two])
    one, two = one[counted], two[counted]
    distances = couples[one, two].astype(np.float64)
    same = person[one] == person[two]
    different = ~same & ~maybe_one[one, two]
    genuine, impostor = (np.flatnonzero(kind)[np.argsort(distances[kind], kind="stable")] for kind in (same, different))
    a, b = np.minimum(person[one], person[two]), np.maximum(person[one], person[two])
    couple = a.astype(np.int64) * (int(person.max(initial=0)) + 1) + b
    clear = np.isin(person, person[pairs.good[unseen.faces]]) | pairs.people_known
    told = (clear[one] & clear[two])[impostor]
    return PairDistances(distances[genuine], person[one[genuine]], distances[impostor], couple[impostor], told)


def as_labelled(faces: Ints, pairs: PairSet) -> tuple[Ints, Ints]:
    """Couples (i < j) of faces of the kind that was labelled: left against right; any where people are known."""
    i, j = np.triu_indices(len(faces), 1)
    if pairs.people_known:
        return i, j
    left, right = (np.isin(faces, side) for side in (pairs.left, pairs.right))
    wanted = (left[i] & right[j]) | (right[i] & left[j])
    return i[wanted], j[wanted]


def may_be_one(faces: Ints, before: Vectors, pairs: PairSet, parent: Calibration) -> Bools:
    """(k, k) whether two components may well be one person; nowhere where people are known, or were labelled apart.

    before: (n, d) unit embeddings of all faces under the parent. One of many couples of photographs is near sooner than
    one alone: of a component with a clear photographs and one with b each couple gets MAYBE / (a b) (Bonferroni), and
    no more photographs are looked at than the parent's table carries.
    """
    count = len(faces)
    if pairs.people_known:
        return np.zeros((count, count), bool)
    people, person = np.unique(pairs.person[faces], return_inverse=True)
    most = int(np.sqrt(MAYBE / parent.smallest_fmr))
    clear = _first_of_each(np.flatnonzero(pairs.good[faces]), person, most)
    energy, vectors = parent.energy, before[faces]
    level = np.array([energy.closeness_at(parent.threshold(MAYBE / couples)) for couples in range(1, most**2 + 1)])
    looked_at = np.bincount(person[clear], minlength=len(people))[person[clear]]
    near = energy.closeness(vectors[clear], vectors[clear]) >= level[np.outer(looked_at, looked_at) - 1]
    merged = np.zeros((len(people), len(people)), bool)
    one, two = np.nonzero(near)
    merged[person[clear[one]], person[clear[two]]] = True
    place = np.full(int(pairs.person.max()) + 1, -1)
    place[people] = np.arange(len(people))
    a, b = place[pairs.person[pairs.left[~pairs.same]]], place[pairs.person[pairs.right[~pairs.same]]]
    both = (a >= 0) & (b >= 0)
    merged[a[both], b[both]] = merged[b[both], a[both]] = False
    return np.asarray(merged[np.ix_(person, person)])


def _first_of_each(rows: Ints, person: Ints, most: int) -> Ints:
    """Of some rows the first ones of each person, rising. person: (k,) of every row."""
    order = rows[np.argsort(person[rows], kind="stable")]
    _, first, place = np.unique(person[order], return_index=True, return_inverse=True)
    return np.sort(order[np.arange(len(order)) - first[place] < most])
