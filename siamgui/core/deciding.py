"""What the evidence supports, and what the quality of two photographs forbids to say of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.types import Outcome


class Decision(NamedTuple):
    """forced: whether the distance alone would have decided, and quality forbade it."""

    outcome: Outcome
    forced: bool


class Doubt(NamedTuple):
    """What decisive quality findings forbid: to say "same", to say "different"."""

    same: bool
    different: bool


def doubt(left: bool, right: bool, *, damaged: bool, conditional: bool) -> Doubt:
    """left, right: whether a finding of that face is decisive; damaged: whether a part of either is missing.

    conditional: whether the claim knows the pair. Then one poor photograph draws nobody nearer
    (docs/claims-by-condition.md), and only two of them forbid "same". It does push a person away from themselves. A
    face of which a part is missing is never judged.
    """
    of_one = doubts(*(np.array(value) for value in (left, right, damaged, conditional)))
    return Doubt(bool(of_one.same), bool(of_one.different))


class Doubts(NamedTuple):
    """As Doubt, of m pairs: (m,) each."""

    same: NDArray[np.bool_]
    different: NDArray[np.bool_]


def doubts(
    left: NDArray[np.bool_], right: NDArray[np.bool_], damaged: NDArray[np.bool_], conditional: NDArray[np.bool_]
) -> Doubts:
    """doubt() of each pair; (m,) each, or what broadcasts to it."""
    either = left | right | damaged
    return Doubts(np.where(conditional, left & right | damaged, either), either)


def decide(*, same: bool, different: bool, doubted: Doubt) -> Decision:
    """What is said where the evidence supports same, different or neither."""
    if same:
        return Decision(Outcome.INCONCLUSIVE if doubted.same else Outcome.SAME, doubted.same)
    if different:
        return Decision(Outcome.INCONCLUSIVE if doubted.different else Outcome.DIFFERENT, doubted.different)
    return Decision(Outcome.INCONCLUSIVE, False)
