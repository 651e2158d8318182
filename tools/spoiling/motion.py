"""Motion: the camera or the face moved while the shutter was open."""

from __future__ import annotations

import math

import cv2
import numpy as np

from siamgui.core.types import Pixels
from spoiling.family import Family, Floats, Landmarks, Spoil, eye_distance, log_uniform, middle, pixels, uniform


def smeared(image: Pixels, path: Floats) -> Pixels:
    """The picture along a path, (n, 2) x, y in pixels, each point as long as the others."""
    path = path - path.mean(0)
    half = int(np.ceil(np.abs(path).max())) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    # Each point is shared by the four pixels around it, so that a path of half a pixel blurs by half a pixel.
    low = np.floor(path).astype(int)
    part = path - low
    for x in (0, 1):
        for y in (0, 1):
            weight = np.abs(1 - x - part[:, 0]) * np.abs(1 - y - part[:, 1])
            np.add.at(kernel, (low[:, 1] + y + half, low[:, 0] + x + half), weight)
    result: Pixels = cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
    return result


def linear(rng: np.random.Generator) -> Spoil:
    """One straight movement."""
    share, direction = log_uniform(rng, 0.08, 0.6), uniform(rng, 0, np.pi)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        length = max(share * eye_distance(landmarks), 2.0)
        way = np.linspace(-length / 2, length / 2, max(int(2 * length), 5))[:, None]
        return smeared(image, (way * [math.cos(direction), math.sin(direction)]).astype(np.float32))

    return spoil


def shake(rng: np.random.Generator) -> Spoil:
    """A hand that trembles: a random path with inertia, on which the camera also rests."""
    share, inertia, seed = log_uniform(rng, 0.12, 0.6), uniform(rng, 0.7, 0.97), int(rng.integers(2**31))

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        own = np.random.default_rng(seed)
        speed, place, path = own.normal(0, 1, 2), np.zeros(2), []
        for _ in range(80):
            speed = inertia * speed + own.normal(0, 1 - inertia, 2) * 2
            place = place + speed
            path.append(place)
        way = np.array(path, np.float32)
        way *= max(share * eye_distance(landmarks), 2.0) / max(float(np.ptp(way, axis=0).max()), 1e-6)
        return smeared(image, way)

    return spoil


def zoom(rng: np.random.Generator) -> Spoil:
    """The lens zoomed, or the face came nearer: everything runs from one point."""
    return turning(log_uniform(rng, 1.05, 1.3), 0.0, rng)


def rotation(rng: np.random.Generator) -> Spoil:
    """The camera turned about the way it looks."""
    return turning(1.0, log_uniform(rng, 4, 22), rng)


def turning(scale: float, degrees: float, rng: np.random.Generator) -> Spoil:
    """The mean over a movement about a point near the face, that ends enlarged by `scale` and turned by `degrees`."""
    off = rng.uniform(-0.8, 0.8, 2)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        height, width = image.shape[:2]
        x, y = middle(landmarks, off)
        total = np.zeros(image.shape, np.float32)
        steps = 9
        for t in np.linspace(-0.5, 0.5, steps):
            matrix = cv2.getRotationMatrix2D((x, y), degrees * float(t), scale ** float(t))
            cv2.accumulate(cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), total)
        return pixels(total / steps)

    return spoil


def ghost(rng: np.random.Generator) -> Spoil:
    """Exposed twice: a paler second picture beside the first, as with bad reception or a flash in a long exposure."""
    share, direction, amount = log_uniform(rng, 0.06, 0.9), uniform(rng, 0, 2 * np.pi), uniform(rng, 0.25, 0.5)
    copies = int(rng.choice((1, 1, 2)))

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        step = max(share * eye_distance(landmarks), 1.5) * np.array([math.cos(direction), math.sin(direction)])
        size = image.shape[1], image.shape[0]
        result = image.astype(np.float32)
        for k in range(1, copies + 1):
            matrix = np.array([[1, 0, k * step[0]], [0, 1, k * step[1]]])
            second = cv2.warpAffine(image, matrix, size, borderMode=cv2.BORDER_REPLICATE)
            result = result * (1 - amount / k) + second * np.float32(amount / k)
        return pixels(result)

    return spoil


FAMILIES: tuple[Family, ...] = (
    Family("motion-blur", "motion", linear),
    Family("camera-shake", "motion", shake),
    Family("zoom-blur", "motion", zoom),
    Family("rotation-blur", "motion", rotation),
    Family("ghost", "motion", ghost),
)
