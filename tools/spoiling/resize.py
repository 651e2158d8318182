"""Resizing: the face had too few pixels."""

from __future__ import annotations

import cv2
import numpy as np

from siamgui.core.types import Pixels
from spoiling.family import Family, Landmarks, Spoil, eye_distance, log_uniform, middle

# A face is about this many times as wide as its eyes are apart.
FACE = 2.1


def scaled(image: Pixels, scale: float, way: int) -> Pixels:
    size = max(round(image.shape[1] * scale), 8), max(round(image.shape[0] * scale), 8)
    result: Pixels = cv2.resize(image, size, interpolation=way)
    return result


def restored(small: Pixels, image: Pixels, way: int) -> Pixels:
    """Enlarged to the size of the picture it came from."""
    result: Pixels = cv2.resize(small, (image.shape[1], image.shape[0]), interpolation=way)
    return result


def share(landmarks: Landmarks, face: float) -> float:
    """The scale at which the face is this many pixels wide; never an enlargement."""
    return min(face / (FACE * eye_distance(landmarks)), 0.95)


def small(rng: np.random.Generator) -> Spoil:
    """A face of the back row, as it is."""
    face, way = log_uniform(rng, 16, 44), int(rng.choice((cv2.INTER_AREA, cv2.INTER_AREA, cv2.INTER_LINEAR)))
    return lambda image, landmarks, rng: scaled(image, share(landmarks, face), way)


def enlarged(rng: np.random.Generator) -> Spoil:
    """A small face blown up again, softly."""
    face, way = log_uniform(rng, 12, 40), int(rng.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)))
    return lambda image, landmarks, rng: restored(scaled(image, share(landmarks, face), cv2.INTER_AREA), image, way)


def mosaic(rng: np.random.Generator) -> Spoil:
    """Pixels as large as tiles, as of a picture enlarged without thought or of a face made unrecognisable."""
    face = log_uniform(rng, 14, 44)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        return restored(scaled(image, share(landmarks, face), cv2.INTER_AREA), image, cv2.INTER_NEAREST)

    return spoil


def face_mosaic(rng: np.random.Generator) -> Spoil:
    """The face alone in tiles, the rest of the picture clear."""
    face, reach = log_uniform(rng, 14, 40), rng.uniform(1.2, 2.0)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        tiles = restored(scaled(image, share(landmarks, face), cv2.INTER_AREA), image, cv2.INTER_NEAREST)
        x, y = middle(landmarks)
        half = reach * eye_distance(landmarks)
        left, top = max(round(x - half), 0), max(round(y - half), 0)
        area = slice(top, round(y + half)), slice(left, round(x + half))
        result = image.copy()
        result[area] = tiles[area]
        return result

    return spoil


def aliased(rng: np.random.Generator) -> Spoil:
    """Made smaller by leaving out pixels, so that edges break into steps; then enlarged again or kept."""
    face = log_uniform(rng, 18, 52)
    way = rng.choice((None, cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC))

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        less = scaled(image, share(landmarks, face), cv2.INTER_NEAREST)
        return less if way is None else restored(less, image, int(way))

    return spoil


def anisotropic(rng: np.random.Generator) -> Spoil:
    """Fewer pixels in one direction than in the other, as in analogue video."""
    face, sideways = log_uniform(rng, 10, 30), rng.random() < 0.6

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        height, width = image.shape[:2]
        less = share(landmarks, face)
        size = (max(round(width * less), 4), height) if sideways else (width, max(round(height * less), 4))
        return restored(cv2.resize(image, size, interpolation=cv2.INTER_AREA), image, cv2.INTER_LINEAR)

    return spoil


FAMILIES: tuple[Family, ...] = (
    Family("small", "resize", small),
    Family("enlarged", "resize", enlarged),
    Family("mosaic", "resize", mosaic),
    Family("face-mosaic", "resize", face_mosaic),
    Family("aliased", "resize", aliased),
    Family("one-way-pixels", "resize", anisotropic),
)
