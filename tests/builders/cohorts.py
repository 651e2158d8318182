"""A cohort of made strangers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from siamgui.core.cohort import Clarity, Cohort, Vectors, cohort_of
from siamgui.core.embedding import unit

SIZE, LOOKS = 64, 6


def directions(count: int, seed: int) -> Vectors:
    """(count, SIZE) unit vectors."""
    return unit(np.random.default_rng(seed).normal(size=(count, SIZE)).astype(np.float32))


FAULT = directions(1, 99)


def spoilt(vectors: Vectors, fault: Vectors = FAULT, strength: float = 1.0) -> Vectors:
    """What a fault does to embeddings: it draws them all one way."""
    return unit(vectors + strength * fault)


def cohort(encoder: str = "test 1", seed: int = 0) -> Cohort:
    """1,000 clear strangers, 80 spoilt by FAULT, and as many by each of five others."""
    faults = (FAULT, *directions(5, seed + 50)[:, None])
    groups = [spoilt(directions(80, seed + 1 + index), fault) for index, fault in enumerate(faults)]
    kind = np.repeat(np.arange(7), [1000, *[80] * 6])
    kinds = ("", "bent", *(f"fault-{index}" for index in range(5)))
    clarity = Clarity(np.array([0, 0, 0, 0, 0, 0, 0, 0.7]), 0.7, 0.1)
    look = np.zeros(LOOKS, np.float32), np.eye(LOOKS, dtype=np.float32)
    vectors = np.concatenate([directions(1000, seed), *groups])
    bare = cohort_of(vectors, kind, np.arange(len(vectors)), kinds, encoder, *look, clarity, (0.0, 1.0))
    seen = bare.conditions(directions(200, seed + 77), np.ones(200, np.float32), None)
    return replace(bare, usual_mean=float(np.median(seen.mean)), usual_deviation=float(np.median(seen.deviation)))
