"""Which components of the labels may be one person, and are not counted as different people."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest

from siamgui.core.calibration import Calibration
from siamgui.core.manifest import bundled_encoder
from siamgui.labelling.types import PairSet
from siamgui.versions.general_reference import bundled_embeddings, plain_calibration
from siamgui.versions.unseen import MAYBE, may_be_one


@functools.cache
def plain() -> Calibration:
    """The bundled encoder's calibration, by distances as they are."""
    return plain_calibration(bundled_encoder())


@pytest.mark.parametrize("photos", [2, 8])
def test_of_different_people_hardly_any_are_left_out_however_many_photographs_there_are(photos: int) -> None:
    reference, parent = bundled_embeddings(), plain()
    numbers, counts = np.unique(reference.person, return_counts=True)
    people = numbers[counts >= photos][:400]
    rows = np.concatenate([np.flatnonzero(reference.person == number)[:photos] for number in people])
    count, person = len(rows), np.repeat(np.arange(len(people)), photos)
    nothing = np.zeros(0, np.int64)
    crops, good = np.zeros((count, 1, 1, 3), np.uint8), np.ones(count, bool)
    pairs = PairSet(crops, ("",) * count, good, person, nothing, nothing, nothing > 0, people_known=False)
    faces, vectors = np.arange(count), reference.vectors[rows]
    first = person[:, None] < person[None]
    left_out = may_be_one(faces, vectors, pairs, parent)[first].mean()
    assert left_out <= 1.5 * MAYBE + 3 * photos**2 / first.sum()  # three couples of people by chance
    one_twice = np.concatenate([vectors, vectors[:1]])  # a photograph of the first person under another name
    again = replace(
        pairs,
        crops=np.zeros((count + 1, 1, 1, 3), np.uint8),
        good=np.ones(count + 1, bool),
        person=np.append(person, len(people)),
    )
    assert may_be_one(np.arange(count + 1), one_twice, again, parent)[0, -1]


def test_where_the_parent_carries_no_such_rate_nobody_is_left_out() -> None:
    reference, parent = bundled_embeddings(), plain()
    nothing = np.zeros(0, np.int64)
    crops, good, person = np.zeros((2, 1, 1, 3), np.uint8), np.ones(2, bool), np.arange(2)
    pairs = PairSet(crops, ("", ""), good, person, nothing, nothing, nothing > 0, people_known=False)
    twice = reference.vectors[[0, 0]]
    assert may_be_one(np.arange(2), twice, pairs, parent)[0, 1]
    assert not may_be_one(np.arange(2), twice, pairs, replace(parent, smallest_fmr=2 * MAYBE)).any()
