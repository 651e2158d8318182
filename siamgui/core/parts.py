"""What each encoder of a joint one says alone, and when they disagree so strongly that nothing is said.

Two encoders that were trained apart err on other pairs. A likeness that only one of them sees is more often something
that the two photographs share than a likeness of two people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from siamgui.core.encoders.registry import Encoder, encoder_of
from siamgui.core.types import Outcome, PartSay

NOT_ALIKE = 0.05
"""An encoder to which as many pairs of different people are this alike sees no likeness."""

EACH, EACH_FROM = 3.0, 0.003
"""Times the claimed FMR that each encoder alone must bear out what both together say, and the least FMR that is asked
of one: where two photographs are drawn together by what they share, one encoder is drawn more than the other. One poor
photograph is different: it draws nobody near and pushes a person away from themselves, in one encoder more than in the
other; of such a pair only NOT_ALIKE is asked. Chosen on people of folds 1 and 2, families left out
(docs/claims-by-condition.md)."""

ALIKE = 0.1
"""Of the claimed FMR: at this share of it one encoder alone sees so clear a likeness that "different" is not said."""

Floats = NDArray[np.float64]
_Rate = Annotated[float, Meta(gt=0, le=1)]


class PartTable(Struct, frozen=True, forbid_unknown_fields=True):
    """The FMR of one part alone; as in siamgui.core.calibration.Calibration."""

    smallest_fmr: _Rate
    fmr_distance: list[float]
    fmr_rate: list[_Rate]

    def fmr(self, distance: float) -> float:
        """Share of different-person pairs at most this far apart; never below smallest_fmr."""
        return float(self.fmrs(np.array(distance)))

    def fmrs(self, distances: Floats) -> Floats:
        """fmr() of each."""
        rates = np.exp(np.interp(distances, self.fmr_distance, np.log(self.fmr_rate)))
        return np.asarray(np.maximum(rates, self.smallest_fmr))

    def is_one(self) -> bool:
        """Whether the curve is as long as it should be, and never falls."""
        pairs = len(self.fmr_distance) == len(self.fmr_rate) >= 2
        return pairs and not any((np.diff(curve) < 0).any() for curve in (self.fmr_distance, self.fmr_rate))


def split(entry: Encoder, vectors: NDArray[np.floating]) -> dict[str, NDArray[np.float64]]:
    """(..., d) unit embeddings of a joint encoder without a head -> those of each part, (..., d_i), by its key."""
    found, start = {}, 0
    for part in entry.parts:
        size = encoder_of(part.key).embedding_size
        found[part.key] = np.asarray(vectors[..., start : start + size] / part.share**0.5, np.float64)
        start += size
    return found


def each_say(
    encoder: str, tables: Mapping[str, PartTable], left: NDArray[np.float32], right: NDArray[np.float32]
) -> tuple[PartSay, ...]:
    """encoder: the architecture. tables: of its parts by key; none, none. left, right: (d,) joint unit embeddings."""
    if not tables:
        return ()
    entry = encoder_of(encoder)
    said = []
    for (key, one), other in zip(split(entry, left).items(), split(entry, right).values(), strict=True):
        distance = float(np.linalg.norm(one - other))
        fmr = tables[key].fmr(distance)
        said.append(PartSay(encoder_of(key).name, distance, fmr, fmr <= tables[key].smallest_fmr))
    return tuple(said)


class Alone(NamedTuple):
    """What the encoders of a joint one say alone of pairs: the largest FMR, and the smallest."""

    most: Floats
    least: Floats


def all_say(
    encoder: str,
    tables: Mapping[str, PartTable],
    left: NDArray[np.float32],
    right: NDArray[np.float32],
    distances: Callable[[Floats, Floats], Floats],
) -> Alone:
    """As each_say() of many pairs: tables must not be empty. left, right: (..., d).

    distances: of two stacks of embeddings of one encoder; of each with its like, or all against all.
    """
    entry = encoder_of(encoder)
    ones, others = split(entry, left), split(entry, right)
    rates = np.stack([tables[key].fmrs(distances(ones[key], others[key])) for key in ones])
    return Alone(rates.max(axis=0), rates.min(axis=0))


def largest_alone(claimed_fmr: float, one_poor: NDArray[np.bool_]) -> Floats:
    """The largest FMR that one encoder may say alone of pairs that both together call the same.

    claimed_fmr: of the strictness. one_poor: whether just one of the two photographs is too poor to decide.
    """
    return np.where(one_poor, NOT_ALIKE, min(max(EACH * claimed_fmr, EACH_FROM), NOT_ALIKE))


def disagree(said: tuple[PartSay, ...], outcome: Outcome, claimed_fmr: float, *, one_poor: bool) -> bool:
    """Whether what supports this outcome is contradicted by one encoder. one_poor: as in largest_alone().

    "Same", where one of them sees too little likeness; "different", where one of them alone would support "same" at a
    tenth of the FMR that the strictness claims.
    """
    if outcome is Outcome.SAME:
        return any(say.fmr > largest_alone(claimed_fmr, np.array(one_poor)) for say in said)
    return outcome is Outcome.DIFFERENT and any(say.fmr <= ALIKE * claimed_fmr for say in said)
