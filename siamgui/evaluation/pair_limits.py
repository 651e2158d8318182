"""By which limits many pairs are judged: those of what their faces are, as in siamgui.core.calibration.judge()."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.deciding import Doubts, doubts
from siamgui.core.domain import Belonging
from siamgui.core.types import Strictness
from siamgui.evaluation.metrics import EachLimits, PairsRead

Bools = NDArray[np.bool_]
Indices = NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class PairLimits:
    """belonging: of n faces to the calibration's domain. tables: for none, one and both of two faces."""

    belonging: Belonging
    tables: tuple[Calibration, Calibration, Calibration]
    measured: Bools

    @classmethod
    def of(cls, calibration: Calibration, vectors: NDArray[np.float32]) -> PairLimits:
        """vectors: (n, d) unit embeddings; NaN where there is none."""
        domain = calibration.domain
        if domain is None:
            return cls(Belonging.nowhere(len(vectors)), (calibration,) * 3, np.zeros(3, bool))
        own = [domain.table(kind) for kind in range(3)]
        tables = [calibration if table is None else replace(table, energy=calibration.energy) for table in own]
        return cls(
            domain.belonging(vectors), (tables[0], tables[1], tables[2]), np.array([table is not None for table in own])
        )

    def table(self, left: Indices, right: Indices) -> NDArray[np.int64]:
        """(m,) which of the tables holds for each pair of faces."""
        return self.belonging.kind(left, right)

    def limits(self, strictness: Strictness, table: NDArray[np.int64]) -> EachLimits:
        """table: (m,) as table() gives it."""
        return EachLimits(*np.array([each.limits(strictness) for each in self.tables]).T[:, table])

    def plain_in_domain(self, pairs: PairsRead, left: Indices, right: Indices) -> PairsRead:
        """pairs by adjusted distances, but those of the domain by plain ones, of which its tables are."""
        known = self.measured[self.table(left, right)]
        if not known.any():
            return pairs
        return replace(pairs, adjusted=np.where(known, pairs.distances, pairs.adjusted))

    def doubts(
        self, decisive: Bools, damaged: Bools, left: Indices, right: Indices, *, conditional: bool = False
    ) -> Doubts:
        """(m,) what quality forbids. A face of the domain is not too poor where its like was measured.

        decisive, damaged: (n,) of each face. conditional: whether other pairs are judged by how they were photographed.
        """
        measured, known = self.measured[self.table(left, right)], self.belonging.known
        poor = [decisive[side] & ~(known[side] & measured) for side in (left, right)]
        return doubts(poor[0], poor[1], damaged[left] | damaged[right], conditional & ~measured)
