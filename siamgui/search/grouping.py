"""The faces of a collection gathered by person: constrained average linkage, with a bound on wrong joins.

Groups grow from single faces. Two groups are joined while the mean closeness of the faces of one to the faces of the
other is at least that of the limit; closeness is that of adjusted distances (siamgui.core.cohort), and what is farther
than FAR counts as FAR, so that only near pairs have to be kept. The nearest groups are joined first. Average linkage is
reducible (Müllner, "Modern hierarchical, agglomerative clustering algorithms", 2011): all groups that are each other's
nearest can be joined at once, and the outcome is the same.

The bound. Where groups that have nobody in common are joined, some pair across them is not farther than the mean, so
it is two different people within the limit, and no two joins have a pair in common. So there are no more wrong joins
than such pairs: of N faces N (N - 1) / 2 x FMR are expected at most, whatever the linkage makes of them. The limit is
where that is a stated share of the faces:

    FMR(limit) = 2 share / (N - 1)

Nothing is tuned: the limit follows from the calibration and N. Below the rates that the calibration carries it is
placed by carrying on the last decade of its curve, which falls ever more steeply; claimed is only what the data carry.

What is known beside distances always holds: copies of a photograph lie together and count as one face; what a person
said is the same, is; faces of one photograph and what a person said is different are never in one group.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.evaluation.pair_limits import PairLimits
from siamgui.search.closeness import FAR
from siamgui.search.grouping_values import Answers, Bools, Bound, Contradiction, Faces, Grouping, Ints
from siamgui.search.linkage import Known, Linkage, Told

Pairs = tuple[tuple[int, int], ...]

SHARE = 0.01
"""Wrong joins that may be expected, as a share of the faces."""
FIRM = 0.1
"""Of that, what joins may be expected to be wrong that nobody need look at first."""


def bound(calibration: Calibration, faces: int, share: float = SHARE) -> Bound:
    """faces: at least 0. share: above 0."""
    fmr = min(2 * share / max(faces - 1, 1), FAR / 10)
    carried = fmr >= calibration.smallest_fmr
    expected = faces * (faces - 1) / 2 * max(fmr, calibration.smallest_fmr)
    return Bound(faces, calibration.threshold(fmr), share, expected, carried)


class Grouper:
    """Of some faces. Asked again with other answers it takes a part of the time. For one thread at a time."""

    def __init__(self, faces: Faces, calibration: Calibration, share: float = SHARE) -> None:
        self._faces = faces
        can, judged = _can_be_judged(faces, calibration), _judged(faces, calibration)
        self._unjudged = tuple(np.flatnonzero(~can).tolist())
        self._copies = int((faces.original != np.arange(len(faces))).sum())
        self._bound = bound(calibration, int(judged.sum()), share)
        firm = bound(calibration, int(judged.sum()), share * FIRM)
        self._linkage = Linkage(faces, calibration, _poor(faces, calibration), judged, self._bound, firm)

    def group(self, answers: Answers, told: Told = lambda _done: None, stop: threading.Event | None = None) -> Grouping:
        """told: how much is done, 0 to 1; on any thread. Raises Contradiction, and Cancelled once stop is set."""
        unit = units(self._faces.original, answers.same)
        known = Known(_forbidden(self._faces, answers, unit), _whose(answers, unit))
        label, unsure = self._linkage.joined(unit, known, told, stop or threading.Event())
        told(1.0)
        rows: dict[int, list[int]] = {}
        for row, number in enumerate(label.tolist()):
            rows.setdefault(number, []).append(row)
        order = sorted(map(tuple, rows.values()), key=lambda one: (-len(one), one))
        weak = tuple(np.flatnonzero(unsure).tolist())
        return Grouping(tuple(order), self._copies, self._unjudged, weak, self._bound)


def _can_be_judged(faces: Faces, calibration: Calibration) -> Bools:
    """(n,) which of them can be the same as any other face at all. Two poor ones never are (core.calibration.doubt)."""
    if calibration.cohort is not None:
        return ~faces.damaged
    return ~(faces.damaged | _poor(faces, calibration))


def _judged(faces: Faces, calibration: Calibration) -> Bools:
    """(n,) those that count: of copies one."""
    own: Bools = faces.original == np.arange(len(faces))
    return _can_be_judged(faces, calibration) & own


def _poor(faces: Faces, calibration: Calibration) -> Bools:
    """A face of the domain is not too poor where its like was measured."""
    limits = PairLimits.of(calibration, faces.vectors)
    if not limits.measured.any():
        return faces.poor
    return faces.poor & ~limits.belonging.known


# -- what is known beside distances ----------------------------------------------------------------------------------


def units(original: Ints, same: Pairs) -> Ints:
    """(n,) a number for what lies together from the start: copies, and what was said to be the same.

    original: (n,) as in Faces.
    """
    copies = np.stack([np.arange(len(original)), original], axis=1)
    return _connected(np.concatenate([copies, np.array(same, np.int64).reshape(-1, 2)]), len(original))


def _connected(pairs: Ints, count: int) -> Ints:
    """(count,) the number of the component of each. pairs: (m, 2)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _forbidden(faces: Faces, answers: Answers, unit: Ints) -> Ints:
    """(m, 2) units that are different people. Raises Contradiction.

    A photograph may show a person twice, as in a mirror: where somebody said so, that holds.
    """
    said = unit[np.array(answers.different, np.int64).reshape(-1, 2)]
    if (said[:, 0] == said[:, 1]).any():
        raise Contradiction("the same and different was said of one pair")
    together = list(_together(faces.picture, unit))
    found = np.concatenate([said, *together]) if together else said
    return np.asarray(np.unique(np.sort(found[found[:, 0] != found[:, 1]], axis=1), axis=0), np.int64)


def _whose(answers: Answers, unit: Ints) -> Ints:
    """(u,) whom each unit shows, below 0 where nobody said. Raises Contradiction."""
    whose = np.full(int(unit.max(initial=-1)) + 1, -1)
    for row, person in answers.whose:
        if whose[unit[row]] not in (-1, person):
            raise Contradiction("two people were said to be in one face")
        whose[unit[row]] = person
    return whose


def _together(picture: Ints, unit: Ints) -> Iterator[Ints]:
    """The units of the faces of each photograph, every pair of them."""
    order = np.argsort(picture, kind="stable")
    starts = np.flatnonzero(np.diff(picture[order], prepend=-1))
    for rows in np.split(order, starts)[1:]:
        if len(rows) > 1 and picture[rows[0]] >= 0:
            a, b = np.triu_indices(len(rows), 1)
            yield np.stack([unit[rows[a]], unit[rows[b]]], axis=1)
