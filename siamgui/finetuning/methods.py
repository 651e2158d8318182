"""The methods, one entry each, and which suits how much data. Reading this imports no torch.

The ladder and its limits follow what is known of fine-tuning on little data (Kumar et al., ICLR 2022) and what
tools/domain_shift.py measures on held-out people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from siamgui.core.i18n import mark, tr
from siamgui.finetuning.settings import LossName, Settings
from siamgui.versions.method import Method

if TYPE_CHECKING:
    from siamgui.finetuning.learners import Learner

FEW, SOME = 50, 1000
"""Labelled pairs below which only the calibration, and only a head, is advised.

At 300 pairs a head gains as much as adapting the encoder (tools/domain_shift.py), in a minute, and what it does to
other people is known exactly, from the reference embeddings; and so are the false match rates it can claim.
"""
SOME_PEOPLE = 100
"""People in the pairs below which only a head is advised."""
LEAST_OF_A_KIND = 5
"""Pairs of each kind without which nothing can be measured."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """reason: one or two sentences for a person."""

    method: Method
    reason: str


def recommend(genuine: int, impostor: int, people: int) -> Recommendation:
    """genuine, impostor: labelled pairs of each kind; people: different people in them."""
    pairs = genuine + impostor
    scarce = min(genuine, impostor)
    if pairs < FEW or scarce < FEW // 5:
        return Recommendation(
            Method.CALIBRATE,
            tr(
                "With {genuine} pairs of the same person and {impostor} of different people, training would learn "
                "these faces by heart. The encoder stays as it is; only its limits are checked against your photos.",
                genuine=genuine,
                impostor=impostor,
            ),
        )
    if pairs < SOME or people < SOME_PEOPLE:
        return Recommendation(
            Method.HEAD,
            tr(
                "{pairs} pairs of {people} people are enough to weigh the encoder's features anew, "
                "in a minute or two, and what that does to other people is known exactly.",
                pairs=pairs,
                people=people,
            ),
        )
    return Recommendation(
        Method.ADAPT,
        tr(
            "{pairs} pairs of {people} people are enough to adapt the encoder itself, gently: "
            "your good photos hold it where it was.",
            pairs=pairs,
            people=people,
        ),
    )


@dataclass(frozen=True, slots=True)
class MethodEntry:
    """What one method is.

    words: one or two sentences for a person. defaults: its settings. learner: the class that is trained; it imports
    torch. None: nothing is. encoder_changes: whether faces have to be read anew. from_nothing: the key of the encoder
    that is trained from a random start, "" where the parent is trained further.
    seconds_a_pair: of one training pair in one pass of one training, on two CPU cores.
    """

    words: str
    defaults: Settings
    learner: Callable[[], type[Learner]] | None
    encoder_changes: bool
    seconds_a_pair: float
    from_nothing: str = ""


def _learners() -> Any:
    from siamgui.finetuning import learners

    return learners


_HEAD = Settings(Method.HEAD, epochs=20, batch=64, learning_rate=5e-4, rank=0, patience=0)
_SCRATCH = Settings(Method.SCRATCH, LossName.CHOPRA, epochs=40, learning_rate=1e-3, patience=10)

METHODS = {
    Method.CALIBRATE: MethodEntry(
        mark("Leaves the encoder as it is and checks its limits against your pairs. It cannot make anything worse."),
        Settings(Method.CALIBRATE, epochs=0, augment=False),
        learner=None,
        encoder_changes=False,
        seconds_a_pair=0.0,
    ),
    Method.HEAD: MethodEntry(
        mark("Weighs anew what the encoder sees in a face, and leaves how it sees alone. Quick; little is forgotten."),
        replace(_HEAD, contrast=2.0, cohort=8.0, anchor=4.0, robust=0.0, augment=False),
        learner=lambda: _learners().HeadLearner,
        encoder_changes=False,
        seconds_a_pair=0.0003,
    ),
    Method.ADAPT: MethodEntry(
        mark(
            "Changes the layers of the encoder a little. Your good photos hold it where it was, so that it forgets "
            "little."
        ),
        Settings(Method.ADAPT, epochs=6, learning_rate=3e-3, anchor=3.0),
        learner=lambda: _learners().AdaptLearner,
        encoder_changes=True,
        seconds_a_pair=0.12,
    ),
    Method.FULL: MethodEntry(
        mark(
            "Changes every weight of the encoder. With fewer than several hundred pairs it learns faces by heart, and "
            "it forgets other people most easily."
        ),
        Settings(Method.FULL, epochs=6, learning_rate=1e-4),
        learner=lambda: _learners().WholeLearner,
        encoder_changes=True,
        seconds_a_pair=0.12,
    ),
    Method.SCRATCH: MethodEntry(
        mark(
            "Trains the small network of Chopra, Hadsell and LeCun (2005) from nothing. For studying the method: it "
            "will be far weaker than the encoder that comes with siamgui."
        ),
        replace(_SCRATCH, contrast=0.0, anchor=0.0, robust=0.0),
        learner=lambda: _learners().WholeLearner,
        encoder_changes=True,
        seconds_a_pair=0.02,
        from_nothing="chopra2005",
    ),
}
"""From the one that changes least to the one that starts anew; their names stand in siamgui.versions.method."""
