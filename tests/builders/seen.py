"""Faces of searched photographs that no engine has seen."""

from __future__ import annotations

import hashlib

import numpy as np

from siamgui.core.types import Face, Finding, Quality, QualityIssue
from siamgui.storage.collection_values import ReadFile, SeenPicture
from siamgui.storage.seen_face import LOOK, SeenFace
from tests.builders.labels import ENCODER, LANDMARKS

__all__ = ["ENCODER", "file_of", "picture", "seen_face"]


def seen_face(number: int, size: int = 16) -> SeenFace:
    """The number decides all of it."""
    chance = np.random.default_rng(number)
    vector = chance.normal(size=size)
    return SeenFace(
        face=Face(np.array([20, 20, 90, 100], np.float32), LANDMARKS, 0.75),
        quality=Quality(40, 1, 0.5, 0.25, 0, 0, 0.75, 20, (Finding(QualityIssue.SMALL, decisive=True),)),
        vector=(vector / np.linalg.norm(vector)).astype(np.float32),
        look=chance.normal(size=LOOK).astype(np.float32),
        mean=0.25,
        deviation=0.125,
    )


def picture(number: int, *faces: SeenFace) -> SeenPicture:
    """faces: its own where none are given."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return SeenPicture(digest, 160, 120, int(digest[:16], 16), faces or (seen_face(number),))


def file_of(place: str, seen: SeenPicture) -> ReadFile:
    return ReadFile(place, 1000, 123_456_789_012_345_678, seen.sha256, "", seen)
