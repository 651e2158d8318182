"""How a face is known that is of the kind a version was trained for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siamgui.versions.domain_of_version import LEAST_PEOPLE, MAY_BE, PASSING, Others, recogniser

SIZE = 48


def faces(people: int, each: int, generator: np.random.Generator) -> Others:
    """Photographs of one person are much more like each other than like anybody else's."""
    own = np.repeat(generator.normal(size=(people, SIZE)), each, axis=0)
    vectors = own + 0.3 * generator.normal(size=own.shape)
    unit = np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
    return Others(unit, np.repeat(np.arange(people), each))


def test_of_people_never_seen_no_more_are_taken_for_the_domain_than_is_said() -> None:
    """Also where there are many photographs of each of the others: they are told apart by person."""
    found: list[NDArray[np.float64]] = []
    for seed in range(8):
        generator = np.random.default_rng(seed)
        user, reference, others = faces(60, 2, generator), faces(40, 25, generator), faces(2000, 1, generator)
        moved = user.vectors + 0.15
        known = recogniser(moved / np.linalg.norm(moved, axis=1, keepdims=True), user.person % 5, reference)
        assert known is not None
        along = others.vectors @ known.direction
        found.append(np.array([(along > known.beyond).mean(), (along > known.near).mean()]))
    beyond, near = np.mean(found, axis=0)
    assert beyond < 1.5 * PASSING
    assert near < 1.3 * MAY_BE


def test_many_faces_of_few_people_tell_nothing() -> None:
    generator = np.random.default_rng(0)
    user = faces(60, 2, generator)
    moved = user.vectors + 0.15
    shown = moved / np.linalg.norm(moved, axis=1, keepdims=True), user.person % 5
    assert recogniser(*shown, faces(LEAST_PEOPLE, 20, generator)) is not None
    assert recogniser(*shown, faces(LEAST_PEOPLE - 1, 20, generator)) is None
