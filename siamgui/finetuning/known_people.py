"""People beside the user's whom a head learns from: those of the cohort, in clear photographs and in spoilt ones.

A few hundred labelled pairs show few people, and a matrix of 320 x 320 numbers soon knows them by heart. The cohort
(siamgui.core.cohort) shows hundreds more, each in several of the ways in which photographs are spoilt. To keep those of
one person together and those of two apart is the same task, learned beside the user's own; and their clear photographs
hold the encoder where it was, as the user's good ones do.

A head that has learned from them is measured on people who are in no cohort (siamgui.versions.general_reference).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from siamgui.core.cohort import Cohort
from siamgui.labelling.types import Ints

AT_A_TIME = 128
"""Spoilt photographs in a step, each with a clear one of the same person."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownPeople:
    """vectors: (n, d) unit embeddings under the parent. person: (n,). spoilt: (m,) rows of which there is a clear one.

    clear: (k,) rows, those of one person together. first, count: (m,) where in clear those of the same person stand.
    """

    vectors: Tensor
    person: Tensor
    spoilt: Tensor
    clear: Tensor
    first: Tensor
    count: Tensor

    @classmethod
    def of(cls, cohort: Cohort) -> KnownPeople:
        clear = np.argsort(cohort.person[: cohort.clear], kind="stable")
        owners = cohort.person[clear]
        spoilt = np.arange(cohort.clear, len(cohort))
        first, end = (np.searchsorted(owners, cohort.person[spoilt], side) for side in ("left", "right"))
        shown = end > first
        rows: tuple[Ints, ...] = (cohort.person, spoilt[shown], clear, first[shown], (end - first)[shown])
        person, *places = (torch.from_numpy(np.ascontiguousarray(row, np.int64)) for row in rows)
        return cls(torch.from_numpy(np.ascontiguousarray(cohort.vectors)), person, *places)

    def drawn(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """((2 k, d) faces: k spoilt ones, then a clear one of each; (k,) whom they show)."""
        chosen = torch.randperm(len(self.spoilt), generator=generator)[:AT_A_TIME]
        place = (torch.rand(len(chosen), generator=generator) * self.count[chosen]).long()
        spoilt, clear = self.spoilt[chosen], self.clear[self.first[chosen] + place]
        return self.vectors[torch.cat([spoilt, clear])], self.person[spoilt]
