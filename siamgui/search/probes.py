"""Whose likenesses are looked for: a photograph, a person who is enrolled, or a face that was found."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from siamgui.core.alignment import CROP_SIZE, TEMPLATE
from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Conditions
from siamgui.core.types import Embedding, Face, FaceReading, PhotoReading, Pixels
from siamgui.live.templates import combine
from siamgui.search.picture_hash import picture_hash
from siamgui.search.values import Probe
from siamgui.storage.collection_values import PlacedFace
from siamgui.storage.people_operations import ReadPersonCrops
from siamgui.storage.people_store import Person
from siamgui.storage.seen_face import SeenFace
from siamgui.storage.store import Store

_NO_CROP = np.zeros((0, CROP_SIZE, 3), np.uint8)
"""No pixels of a face are kept, and a verdict needs none."""
_IN_CROP = Face(np.array([0, 0, CROP_SIZE, CROP_SIZE], np.float32), TEMPLATE.astype(np.float32), 1.0)


class ReadsCrops(Protocol):
    """What is needed of a FaceEngine."""

    def read_crop(self, face: Face, crop: Pixels) -> FaceReading: ...


def probe_of_photo(read: PhotoReading) -> Probe:
    """One face of a photograph."""
    return Probe((read.reading,), read.photo.name, read.photo.sha256, picture_hash(read.photo.pixels))


def probe_of_person(store: Store, engine: ReadsCrops, person: Person) -> Probe:
    """All photographs of a person, but those that do not look like most of the others. Raises PersonUnknown."""
    readings = [engine.read_crop(_IN_CROP, crop) for crop in store.do(ReadPersonCrops(person.id))]
    outliers = combine(np.stack([reading.embedding.vector for reading in readings]))[1]
    kept = tuple(reading for reading, odd in zip(readings, outliers.tolist(), strict=True) if not odd)
    return Probe(kept, person.name)


def probe_of_face(placed: PlacedFace, calibration: Calibration) -> Probe:
    """A face of a result."""
    seen, met = placed.seen, None
    if calibration.cohort is not None:
        norms = np.array([seen.quality.embedding_norm or 0.0], np.float32)
        met = calibration.cohort.conditions(seen.vector[None], norms, seen.look[None])
    name = placed.files[0].name if placed.files else ""
    digest = placed.sha256 if seen.span is None else ""  # other sights in the same film are what is looked for
    return Probe((reading_of(seen, calibration.encoder, met),), name, digest, placed.hash)


def reading_of(seen: SeenFace, encoder: str, conditions: Conditions | None) -> FaceReading:
    """A face that was seen, as far as a verdict needs it; without pixels."""
    return FaceReading(seen.face, _NO_CROP, seen.quality, Embedding(seen.vector, encoder), conditions)
