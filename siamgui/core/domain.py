"""Photographs of the kind that a version was trained for: how a face of theirs is known, and what holds for them.

A direction in the space of embeddings along which the user's photographs lie further than those of other people in
clear photographs. Of fifty of these one lies beyond the limit by chance, and so is the worst that can happen to
anybody else: a pair judged by a table that was measured on other photographs than theirs, for one in fifty.

Claims are measured of pairs of which one face, or both, are known by it (siamgui.versions.domain_of_version). Where one
is and the other may well be, since it lies further than nine in ten other people do, neither holds: two photographs of
one poor camera are drawn together, and one of them is easily missed. Such pairs, and the rest, are judged as ever.

What is measured there are *normalised* distances: adjusted ones (siamgui.core.cohort) of which nothing is taken off for
what two photographs have in common, since the version has learned to see through that. How near strangers come to each
of the two faces counts as ever.

The direction does not know every fault there is: two photographs with quite another one may lie on the same side. So a
claim of the domain holds only where the pair's own claim carries one that is at most WIDER times as large. Of what two
photographs have in common that one takes off, so much is forgiven as the domain's own couples usually share; what is
shared beyond that is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from siamgui.core.calibration import Calibration
    from siamgui.core.cohort import Adjustment


WIDER = 3.0
"""Times that the pair's own claim may be larger than that of the domain (docs/decisions/0020)."""


@dataclass(frozen=True, slots=True, eq=False)
class Belonging:
    """known: (n,) whether each face is of the domain. near: (n,) whether it may well be, or is."""

    known: NDArray[np.bool_]
    near: NDArray[np.bool_]

    @classmethod
    def nowhere(cls, count: int) -> Belonging:
        return cls(np.zeros(count, bool), np.zeros(count, bool))

    def of(self, faces: NDArray[np.integer]) -> Belonging:
        return Belonging(self.known[faces], self.near[faces])

    def kind(self, left: NDArray[np.integer], right: NDArray[np.integer]) -> NDArray[np.int64]:
        """How many of two faces are of the domain, where that is certain of both; else 0."""
        one = (self.known[left] & ~self.near[right]) | (self.known[right] & ~self.near[left])
        return np.asarray(one + 2 * (self.known[left] & self.known[right]), np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """direction: (d,). beyond: a unit embedding is known where its product with direction is larger; near: it may well
    be of the domain where it is larger than this.

    one, both: what holds where one face or both are known, None where too few pairs were there to tell.
    usual: adjusted cosine that such couples usually lose for what they have in common, with one face and with both.
    """

    direction: NDArray[np.float64]
    beyond: float
    near: float
    one: Calibration | None
    both: Calibration | None
    usual: tuple[float, float] = (0.0, 0.0)

    def belonging(self, vectors: NDArray[np.float32]) -> Belonging:
        """Of (n, d) unit embeddings."""
        if vectors.shape[1] != len(self.direction):
            return Belonging.nowhere(len(vectors))
        along = vectors @ self.direction
        return Belonging(np.asarray(along > self.beyond), np.asarray(along > min(self.near, self.beyond)))

    def table(self, kind: int) -> Calibration | None:
        """kind: as Belonging.kind() gives it."""
        return (None, self.one, self.both)[kind]

    @property
    def normalised(self) -> bool:
        """Whether its tables are of normalised distances; of plain ones where the encoder has no cohort."""
        return any(table is not None and table.adjusted for table in (self.one, self.both))

    def forgiven(self, kind: NDArray[np.int64]) -> NDArray[np.float64]:
        """(m,) of what m pairs have in common, how much is forgiven. kind: (m,) as Belonging.kind() gives it."""
        return np.array([0.0, *self.usual])[kind]


def looked_up_with(
    general: Calibration,
    own: Calibration,
    distances: NDArray[np.floating],
    adjusted: NDArray[np.floating],
    shared: NDArray[np.floating],
    forgiven: NDArray[np.floating] | float,
) -> NDArray[np.float64]:
    """With what a domain's table, own, is looked up for m pairs: the rarer of what it is of itself, and of the adjusted
    distances of the general table, WIDER times as rare as they are (siamgui.core.domain).

    distances, adjusted: (m,) of the pairs. shared: (m,) adjusted cosine that they lose for what they have in common,
    of which so much is forgiven.
    """
    cosine = 1 - np.square(adjusted) / 2
    normalised, carried = (
        np.sqrt(2 - 2 * np.clip(cosine + back, -1, 1)) for back in (shared, np.minimum(shared, forgiven))
    )
    farther = np.maximum(normalised if own.adjusted else distances, own.as_rare(general, carried, WIDER))
    return np.asarray(farther, np.float64)


def domain_limit(
    general: Calibration, own: Calibration, pair: Adjustment, forgiven: NDArray[np.float64] | float, fmr: float
) -> NDArray[np.float64]:
    """(m,) the distances up to which m pairs are within the FMR of a domain's table as looked_up_with() says it."""
    same = np.full(len(pair.shared), own.threshold(fmr))
    if own.adjusted:
        same = np.asarray(pair.forgiving(np.inf).plain(same), np.float64)
    carried = pair.forgiving(forgiven).plain(general.threshold(min(1.0, WIDER * fmr)))
    return np.asarray(np.minimum(same, carried), np.float64)
