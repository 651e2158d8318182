"""Fills a library quickly: faces that no engine has read, for tests of what is kept and not of what is seen."""

from __future__ import annotations

import hashlib

import numpy as np

from siamgui.core.types import Embedding, Face, FaceReading, Finding, Photo, Quality, QualityIssue
from siamgui.storage.label_store import LabelStore, StoredFace

ENCODER = "test 1"
LANDMARKS = np.array([[38, 52], [74, 52], [56, 72], [42, 92], [71, 92]], np.float32)


def photo(number: int) -> Photo:
    """A grey picture with noise; the number decides every pixel."""
    pixels = np.random.default_rng(number).integers(0, 255, (120, 160, 3), np.uint8)
    pixels.flags.writeable = False
    return Photo(pixels, hashlib.sha256(pixels.data).hexdigest(), f"{number}.png")


def reading(of: Photo, at: float = 0.0, *, good: bool = True) -> FaceReading:
    """A face at pixel `at`, with a unit embedding that follows from the photograph and the place."""
    box = np.array([20 + at, 20, 90 + at, 100], np.float32)
    crop = np.ascontiguousarray(of.pixels[:112, :112])
    vector = np.random.default_rng([int(of.sha256[:8], 16), int(at)]).normal(size=16).astype(np.float32)
    findings = () if good else (Finding(QualityIssue.SMALL, decisive=False),)
    return FaceReading(
        Face(box, LANDMARKS + np.float32([at, 0]), 0.9),
        crop,
        Quality(40, 1, 0.5, 0.2, 0, 0, 0.9, 20, findings),
        Embedding(vector / np.linalg.norm(vector), ENCODER),
    )


def fill(library: LabelStore, count: int, persons: tuple[str | None, ...] = ()) -> list[StoredFace]:
    """count new faces; persons: whom the first of them show."""
    names = [*persons, *[None] * count][:count]
    photos = [photo(len(library.faces()) + number) for number in range(count)]
    return [library.add_face(p, reading(p), 1, None, name) for p, name in zip(photos, names, strict=True)]
