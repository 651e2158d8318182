"""What the families paint with: coordinates on a face, masks, layers, noise.

Face coordinates: one unit is the distance of the eyes, (0, 0) lies between them, x points to the right-hand eye of the
picture, y down the face; the mouth lies at y = 1.08, the chin near 1.85, the hairline near -0.9, the cheeks end at
x = -1.1 and 1.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels
from spoiling.family import Floats, Landmarks, grey, log_uniform, pixels, uniform

MOUTH = 1.08


def direction(angle: float) -> tuple[float, float]:
    """Its cosine and sine, as numbers that leave arrays of float32 what they are."""
    return math.cos(angle), math.sin(angle)


def hair(rng: np.random.Generator) -> Floats:
    """(3,) RGB of hair: black to brown, red, fair, grey; rarely dyed in any colour."""
    if chance(rng, 0.15):
        return colour(rng, 5, 200)
    shade = log_uniform(rng, 0.2, 3.2)
    grey_share = uniform(rng, 0, 1) * chance(rng, 0.3)
    tone = np.array([66, 44, 30]) * shade + rng.normal(0, 6, 3)
    return np.clip(tone + grey_share * (tone.mean() - tone), 2, 240).astype(np.float32)


def chance(rng: np.random.Generator, share: float) -> bool:
    return bool(rng.random() < share)


def colour(rng: np.random.Generator, low: float = 0.0, high: float = 255.0, vivid: float = 1.0) -> Floats:
    """(3,) RGB; vivid: 0 is grey, 1 any colour."""
    rgb = rng.uniform(low, high, 3)
    return np.asarray(rgb.mean() + vivid * (rgb - rgb.mean()), np.float32)


@dataclass(frozen=True, eq=False)
class Place:
    """A face in a picture. unit: the distance of the eyes in pixels, at least 3."""

    origin: NDArray[np.float64]
    axes: NDArray[np.float64]
    unit: float

    @classmethod
    def of(cls, landmarks: Landmarks) -> Place:
        eyes, mouth = landmarks[:2].mean(0), landmarks[3:].mean(0)
        right, down = landmarks[1] - landmarks[0], (mouth - eyes) / MOUTH
        unit = max(float(np.hypot(*right)), 0.7 * float(np.hypot(*down)), 3.0)
        if abs(np.linalg.det(np.stack([right, down]))) < 0.2 * unit**2:  # A profile: its eyes lie in one line.
            right, down = np.array([unit, 0.0]), np.array([0.0, unit])
        return cls(eyes, np.stack([right, down]), unit)

    def pixels(self, points: ArrayLike) -> NDArray[np.float64]:
        """Face coordinates (..., 2) to pixels."""
        return np.asarray(points, float) @ self.axes + self.origin

    def fields(self, image: Pixels) -> tuple[Floats, Floats]:
        """Of every pixel, where on the face it lies: x and y, each (h, w)."""
        back = np.linalg.inv(self.axes).astype(np.float32)
        x = np.arange(image.shape[1], dtype=np.float32) - np.float32(self.origin[0])
        y = np.arange(image.shape[0], dtype=np.float32)[:, None] - np.float32(self.origin[1])
        return x * back[0, 0] + y * back[1, 0], x * back[0, 1] + y * back[1, 1]

    def size(self, share: float, least: int = 1) -> int:
        """A length in eye distances, in whole pixels."""
        return max(round(share * self.unit), least)


def shifted(place: Place, generator: np.random.Generator, reach: float = 0.05) -> Place:
    """The same face, a little beside: where a thing sits is never quite the same in two photographs."""
    return Place(place.pixels(generator.uniform(-reach, reach, 2)), place.axes, place.unit)


def brightness(image: Pixels) -> Floats:
    """(h, w) of 0 to 255."""
    return grey(image).astype(np.float32)


def noise(generator: np.random.Generator, image: Pixels, cell: float = 1.0) -> Floats:
    """(h, w) of mean 0 and deviation 1, its spots as large as cell, in pixels."""
    height, width = image.shape[:2]
    cell = max(cell, 1.0)
    size = (max(int(height / cell), 2) + 1, max(int(width / cell), 2) + 1)
    plane = generator.standard_normal(size, np.float32)
    if cell > 1.0:
        plane = cv2.resize(plane, (width, height), interpolation=cv2.INTER_CUBIC)
    plane = plane[:height, :width]
    return (plane - plane.mean()) / max(float(plane.std()), 1e-3)


def polygon(image: Pixels, points: ArrayLike, soft: float = 0.0) -> Floats:
    """The inside of an outline in pixels: 0 to 1. soft: the deviation of its blurred edge."""
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(np.asarray(points) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return softened(mask, soft)


def ellipse(image: Pixels, place: Place, middle: ArrayLike, radii: tuple[float, float], soft: float = 0.0) -> Floats:
    """The inside of an ellipse in face coordinates."""
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    points = np.asarray(middle) + np.stack([radii[0] * np.cos(turn), radii[1] * np.sin(turn)], 1)
    return polygon(image, place.pixels(points), soft)


def strokes(image: Pixels, paths: Sequence[ArrayLike], width: float, soft: float = 0.0) -> Floats:
    """Lines through points in pixels: 0 to 1."""
    mask = np.zeros(image.shape[:2], np.uint8)
    whole = [np.round(np.asarray(path) * 16).astype(np.int32) for path in paths]
    cv2.polylines(mask, whole, False, 255, max(round(width), 1), cv2.LINE_AA, 4)
    return softened(mask, soft) * min(1.0, max(width, 0.3))


def softened(mask: NDArray[np.uint8], soft: float) -> Floats:
    if soft > 0.3:
        mask = cv2.GaussianBlur(mask, (0, 0), soft)
    return mask.astype(np.float32) / np.float32(255)


def laid(image: NDArray, layer: ArrayLike, mask: NDArray) -> Pixels:
    """The layer, a colour (3,) or a picture (h, w, 3), over the picture as far as the mask (0 to 1) lets it."""
    result = image.copy() if image.dtype == np.uint8 else pixels(image)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if len(rows):
        part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        over = np.asarray(layer, np.float32)
        over = over[part] if over.ndim == 3 else over
        under = image[part].astype(np.float32)
        result[part] = pixels(under + (over - under) * mask[part].astype(np.float32)[..., None])
    return result


def lit(image: Pixels, light: Floats) -> Pixels:
    """The picture times a factor a pixel."""
    return pixels(image * light[..., None].astype(np.float32))


def spline(points: Sequence[tuple[float, float]], steps: int = 8) -> NDArray[np.float64]:
    """A closed, rounded outline through the points (Catmull-Rom), (n * steps, 2)."""
    p1 = np.asarray(points, float)[:, None]
    p0, p2, p3 = np.roll(p1, 1, 0), np.roll(p1, -1, 0), np.roll(p1, -2, 0)
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    curve = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    return (0.5 * curve).reshape(-1, 2)


def mirrored(half: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """An outline from its right half, top to bottom; points on the middle line once."""
    return [*half, *[(-x, y) for x, y in reversed(half) if x != 0.0]]


def written(image: Pixels, text: str, middle: np.ndarray, height: float, angle: float, weight: float) -> Floats:
    """A line of text about its middle, in pixels; height of its capitals, angle in degrees."""
    scale = max(height, 4) / 22
    thick = max(round(weight * scale), 1)
    font = cv2.FONT_HERSHEY_SIMPLEX
    (wide, high), _ = cv2.getTextSize(text, font, scale, thick)
    canvas = np.zeros((high * 2 + 8, wide + 8), np.uint8)
    cv2.putText(canvas, text, (4, round(high * 1.5) + 4), font, scale, 255, thick, cv2.LINE_AA)
    matrix = cv2.getRotationMatrix2D((canvas.shape[1] / 2, canvas.shape[0] / 2), angle, 1)
    matrix[:, 2] += middle - np.array([canvas.shape[1] / 2, canvas.shape[0] / 2])
    turned = cv2.warpAffine(canvas, matrix, (image.shape[1], image.shape[0]))
    return softened(turned, 0)
