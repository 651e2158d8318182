"""People enrolled quickly, with faces that no engine has read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from siamgui.core.types import FaceReading, Photo
from siamgui.storage.database import Keeper
from siamgui.storage.people_store import PeopleStore, Person
from tests.builders.labels import photo, reading

OTHER = "other 2"
"""Another encoder than that of the readings."""


def shots(*numbers: int) -> tuple[tuple[Photo, FaceReading], ...]:
    """Photographs of one face each, by number."""
    return tuple((photo(number), reading(photo(number))) for number in numbers)


def enrol(people: PeopleStore, name: str, *numbers: int) -> Person:
    return people.enrol(name, "", None, shots(*numbers))


def counts(people: Keeper) -> dict[str, int]:
    tables = ("person", "person_photo", "person_image", "person_vector")
    return {table: people._read(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def embed(people: PeopleStore, encoder: str, photos: tuple[int, ...]) -> Mapping[int, np.ndarray]:
    rows = np.random.default_rng(len(photos)).normal(size=(len(photos), 24)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    people.put_vectors(encoder, dict(zip(photos, rows, strict=True)))
    return dict(zip(photos, rows, strict=True))
