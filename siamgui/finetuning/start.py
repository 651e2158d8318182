"""What a run begins from: the user's faces under the parent, and the cohort as the parent sees it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core import encoders
from siamgui.core.cohort import Cohort, behind_head, for_encoder
from siamgui.core.embedding import turned
from siamgui.core.energy import L2, Energy
from siamgui.core.look import look
from siamgui.core.manifest import Model
from siamgui.finetuning.job import Job
from siamgui.finetuning.known_people import KnownPeople
from siamgui.labelling.types import Bools, PairSet
from siamgui.versions.calibrate import Floats, Vectors
from siamgui.versions.general_reference import bundled_embeddings, embeddings_under
from siamgui.versions.unseen import Sight


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """vectors: (n, d) unit embeddings of the faces of pairs under the parent; lengths: (n,) before that.

    cohort: under the parent, None where it is not the bundled encoder, with or without a head. looks: (n, l); known:
    the cohort's people; both where there is one.
    """

    job: Job
    pairs: PairSet
    vectors: Vectors
    lengths: Floats
    cohort: Cohort | None
    looks: Vectors | None
    known: KnownPeople | None

    @classmethod
    def of(cls, job: Job, pairs: PairSet, vectors: Vectors, lengths: Floats) -> Start:
        cohort = cohort_under(job.parent)
        looks = None if cohort is None else np.stack([look(crop) for crop in pairs.crops])
        known = None if cohort is None else KnownPeople.of(cohort)
        return cls(job, pairs, vectors, lengths, cohort, looks, known)

    def behind(self, head: NDArray[np.float32] | None) -> Cohort | None:
        """The cohort under the parent with this head, (d, d)."""
        if self.cohort is None or head is None:
            return self.cohort
        return behind_head(self.cohort, head, self.cohort.encoder)

    def under(self, head: NDArray[np.float32] | None, energy: Energy) -> Sight:
        """The faces under the parent with this head; adjusted distances are of L2 alone."""
        vectors, lengths = self.vectors, self.lengths
        if head is not None:
            vectors, lengths = turned(vectors, lengths, head)
        if self.cohort is None or energy != L2:
            return Sight(vectors)
        scale = (self.job.parent.norm_scale or 1.0) * length_scale(self.pairs.good, self.lengths, lengths)
        return Sight(vectors, self.behind(head), np.asarray(scale * lengths, np.float32), self.looks)


def cohort_under(parent: Model) -> Cohort | None:
    """Raises ModelMissing, ModelCorrupt."""
    if embeddings_under(encoders.load(parent), bundled_embeddings()) is None:
        return None
    return for_encoder(parent)


def length_scale(good: Bools, old: NDArray[np.floating], new: NDArray[np.floating]) -> float:
    """What new lengths of embeddings are multiplied by to compare with old ones, by good faces, as in export.py.

    new: NaN of faces that were learned from.
    """
    some = np.flatnonzero(good) if good.any() else np.arange(len(good))
    kept = some[~np.isnan(new[some])]
    return float(np.median(old[kept]) / np.median(new[kept])) if len(kept) else 1.0
