"""Which method suits how much data, and what each is by default.

The ladder and its limits follow what is known of fine-tuning on little data (Kumar et al., ICLR 2022) and what
tools/domain_shift.py measures on held-out people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from siamgui.core.i18n import tr
from siamgui.finetuning.settings import LossName, Settings
from siamgui.versions.method import Method

FEW, SOME = 50, 1000
"""Labelled pairs below which only the calibration, and only a head, is advised.

At 300 pairs a head gains as much as adapting the encoder (tools/domain_shift.py), in seconds, and what it does to other
people is known exactly, from the reference embeddings; and so are the false match rates it can claim.
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
                "in seconds, and what that does to other people is known exactly.",
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


def defaults(method: Method, pairs: int) -> Settings:
    """The settings for a method; pairs: labelled pairs to train on."""
    if method is Method.CALIBRATE:
        return Settings(method, epochs=0, augment=False)
    if method is Method.HEAD:
        few = Settings(method, epochs=20, batch=64, learning_rate=2e-3, rank=12, patience=0)
        return replace(few, contrast=2.0, anchor=2.0, robust=0.0, augment=False)
    if method is Method.ADAPT:
        return Settings(method, epochs=6, learning_rate=3e-3, anchor=3.0)
    if method is Method.FULL:
        return Settings(method, epochs=6, learning_rate=1e-4)
    return Settings(
        method, LossName.CHOPRA, epochs=40, learning_rate=1e-3, contrast=0.0, anchor=0.0, robust=0.0, patience=10
    )
