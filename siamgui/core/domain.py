"""Photographs of the kind that a version was trained for: how a face of theirs is known, and what holds for them.

A direction in the space of embeddings along which the user's photographs lie further than those of other people in
clear photographs. Of fifty of these one lies beyond the limit by chance, and so is the worst that can happen to
anybody else: a pair judged by a table that was measured on other photographs than theirs, for one in fifty.

Claims are measured of pairs of which one face, or both, are known by it (siamgui.versions.domain_of_version). The rest
are judged as ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from siamgui.core.calibration import Calibration


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """direction: (d,). beyond: a unit embedding is known where its product with direction is larger.

    one, both: what holds where one face or both are known, None where too few pairs were there to tell.
    """

    direction: NDArray[np.float64]
    beyond: float
    one: Calibration | None
    both: Calibration | None

    def knows(self, vectors: NDArray[np.float32]) -> NDArray[np.bool_]:
        """(..., d) unit embeddings -> (...) whether each is of the domain."""
        if vectors.shape[-1] != len(self.direction):
            return np.zeros(vectors.shape[:-1], bool)
        return np.asarray(vectors @ self.direction > self.beyond)

    def table(self, known: int) -> Calibration | None:
        """known: how many of the two faces are."""
        return (None, self.one, self.both)[known]
