"""By which limits many pairs are judged: those of what their faces are, as in siamgui.core.calibration.judge()."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.deciding import Doubts, doubts
from siamgui.core.domain import Belonging, looked_up_with
from siamgui.core.types import Strictness
from siamgui.evaluation.metrics import EachLimits, PairsRead

Bools = NDArray[np.bool_]
Floats = NDArray[np.floating]
Indices = NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class PairLimits:
    """belonging: of n faces to the calibration's domain. tables: for none, one and both of two faces. measured: (3,)
    whether they are the domain's. usual: (3,) how much of what two faces have in common is forgiven there.
    """

    belonging: Belonging
    tables: tuple[Calibration, Calibration, Calibration]
    measured: Bools
    usual: Floats

    @classmethod
    def of(cls, calibration: Calibration, vectors: NDArray[np.float32]) -> PairLimits:
        """vectors: (n, d) unit embeddings; NaN where there is none."""
        domain = calibration.domain
        if domain is None:
            return cls(Belonging.nowhere(len(vectors)), (calibration,) * 3, np.zeros(3, bool), np.zeros(3))
        own = [domain.table(kind) for kind in range(3)]
        tables = [calibration if table is None else replace(table, energy=calibration.energy) for table in own]
        measured = np.array([table is not None for table in own])
        usual = domain.forgiven(np.arange(3))
        return cls(domain.belonging(vectors), (tables[0], tables[1], tables[2]), measured, usual)

    def table(self, left: Indices, right: Indices) -> NDArray[np.int64]:
        """(m,) which of the tables holds for each pair of faces."""
        return self.belonging.kind(left, right)

    def limits(self, strictness: Strictness, table: NDArray[np.int64]) -> EachLimits:
        """table: (m,) as table() gives it."""
        return EachLimits(*np.array([each.limits(strictness) for each in self.tables]).T[:, table])

    def carried_by_both(self, pairs: PairsRead, left: Indices, right: Indices) -> PairsRead:
        """pairs by adjusted distances; those of the domain by what its tables are looked up with."""
        table, adjusted = self.table(left, right), pairs.adjusted.copy()
        for kind in np.flatnonzero(self.measured).tolist():
            of_kind = table == kind
            adjusted[of_kind] = self.of_domain(
                kind, pairs.distances[of_kind], pairs.adjusted[of_kind], pairs.shared[of_kind]
            )
        return replace(pairs, adjusted=adjusted)

    def of_domain(self, kind: int, distances: Floats, adjusted: Floats, shared: Floats) -> NDArray[np.float64]:
        """What the claims of that table are looked up with, of m pairs; (m,) each, as in PairsRead."""
        own, general = self.tables[kind], self.tables[0]
        return looked_up_with(general, own, distances, adjusted, shared, self.usual[kind])

    def doubts(
        self, decisive: Bools, damaged: Bools, left: Indices, right: Indices, *, conditional: bool = False
    ) -> Doubts:
        """(m,) what quality forbids. A face of the domain is not too poor where its like was measured.

        decisive, damaged: (n,) of each face. conditional: whether other pairs are judged by how they were photographed.
        """
        measured, known = self.measured[self.table(left, right)], self.belonging.known
        poor = [decisive[side] & ~(known[side] & measured) for side in (left, right)]
        return doubts(poor[0], poor[1], damaged[left] | damaged[right], conditional & ~measured)
