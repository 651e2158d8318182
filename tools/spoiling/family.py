"""What a family of spoiling is: a fault that photographs of faces suffer, with continuous parameters.

A family draws a `Spoil`, in which everything is fixed that two photographs spoilt alike would share (strength,
direction, colour); the spoil is then laid on each of the two. Lengths are shares of the distance between the eyes, so
that a family means the same in a picture of any size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from siamgui.core.types import Pixels

Landmarks = NDArray[np.float64]
"""(5, 2) x, y in the picture: eyes, nose tip, mouth corners, left to right."""

Floats = NDArray[np.float32]

Spoil = Callable[[Pixels, Landmarks, np.random.Generator], Pixels]
"""(height, width, 3) uint8 RGB in, left unchanged; the same form out, of any size. The generator draws what differs
between two photographs spoilt alike: the noise itself, the exact place."""


@dataclass(frozen=True)
class Family:
    key: str
    """Unique, as "wide-lens"."""
    group: str
    """Families that resemble each other share one, as "lens": they are left out together when a claim is measured."""
    draw: Callable[[np.random.Generator], Spoil]


def eye_distance(landmarks: Landmarks) -> float:
    """Between the eyes, in pixels, never below 4."""
    return max(float(np.hypot(*(landmarks[1] - landmarks[0]))), 4.0)


def middle(landmarks: Landmarks, off: NDArray[np.float64] | float = 0.0) -> tuple[float, float]:
    """x, y of the middle of the face, or of a point that lies `off` it, (2,) in eye distances."""
    x, y = landmarks.mean(0) + np.multiply(off, eye_distance(landmarks))
    return float(x), float(y)


def pixels(values: NDArray[np.floating]) -> Pixels:
    """Rounded and clipped to 0..255; (height, width) becomes grey RGB."""
    result: Pixels = np.clip(values + np.float32(0.5), 0, 255).astype(np.uint8)
    return cv2.cvtColor(result, cv2.COLOR_GRAY2RGB) if result.ndim == 2 else result


def grey(image: Pixels) -> Pixels:
    """(height, width) uint8: the brightness."""
    result: Pixels = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return result


def grid(image: Pixels) -> tuple[Floats, Floats]:
    """x as (1, width) and y as (height, 1), in pixels."""
    height, width = image.shape[:2]
    return np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]


def softened(image: Pixels, sigma: float) -> Pixels:
    """The picture through a Gaussian; a wide one is computed on a smaller picture."""
    width, height = image.shape[1], image.shape[0]
    less = int(min(sigma / 3, width / 8, height / 8))
    if less < 2:
        near: Pixels = cv2.GaussianBlur(image, (0, 0), max(sigma, 0.5))
        return near
    small = cv2.resize(image, (-(-width // less), -(-height // less)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / less)
    result: Pixels = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return result


def uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Every doubling between low and high is equally likely."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def either(rng: np.random.Generator) -> float:
    """-1 or 1."""
    return float(rng.choice((-1.0, 1.0)))
