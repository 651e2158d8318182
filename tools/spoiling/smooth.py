"""Filters and changes that make faces alike: smoothing, reshaping, make-up, blending."""

from __future__ import annotations

import numpy as np

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels
from spoiling.canvas import (
    MOUTH,
    Place,
    brightness,
    chance,
    colour,
    ellipse,
    laid,
    mirrored,
    noise,
    polygon,
    spline,
)
from spoiling.family import (
    Family,
    Floats,
    Landmarks,
    Spoil,
    log_uniform,
    pixels,
    uniform,
)


def _working_size(image: Pixels, unit: float, most: float = 45) -> tuple[Pixels, float]:
    """A copy whose eyes are no further apart than most, for filters that are slow on large pictures; and its unit."""
    scale = min(1.0, most / unit)
    if scale == 1.0:
        return image, unit
    size = (max(round(image.shape[1] * scale), 8), max(round(image.shape[0] * scale), 8))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), unit * scale


def _full_size(image: Pixels, like: Pixels) -> Pixels:
    if image.shape == like.shape:
        return image
    return cv2.resize(image, (like.shape[1], like.shape[0]), interpolation=cv2.INTER_CUBIC)


def _skin_smoothed(image: Pixels, unit: float, share: float, tone: float) -> Pixels:
    small, unit = _working_size(image, unit, 32)
    return _full_size(cv2.bilateralFilter(small, min(max(round(share * unit) | 1, 5), 9), tone, share * unit), image)


def beauty(rng: np.random.Generator) -> Spoil:
    """The beauty filter of a phone: skin without pores, lighter and warmer."""
    share, tone, keep = uniform(rng, 0.12, 0.3), log_uniform(rng, 30, 110), uniform(rng, 0, 0.35)
    lift, warm, glow = uniform(rng, 0, 0.35), uniform(rng, -0.06, 0.1), uniform(rng, 0, 0.4)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        unit = Place.of(landmarks).unit
        flat = _skin_smoothed(_skin_smoothed(image, unit, share, tone), unit, share, tone).astype(np.float32)
        flat += keep * (image - flat)
        flat += glow * 0.5 * (cv2.GaussianBlur(flat, (0, 0), 0.25 * unit) - flat)
        flat = 255 * (flat.clip(0, 255) / 255) ** np.float32(1 - lift)
        return pixels(flat * np.array([1 + warm, 1, 1 - warm], np.float32))

    return spoil


def median(rng: np.random.Generator) -> Spoil:
    """A median filter: details vanish, edges stay, corners become round."""
    share, again = log_uniform(rng, 0.07, 0.3), chance(rng, 0.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        small, unit = _working_size(image, Place.of(landmarks).unit)
        size = max(round(share * unit) | 1, 3)
        small = cv2.medianBlur(small, size)
        return _full_size(cv2.medianBlur(small, size) if again else small, image)

    return spoil


def edge_preserving(rng: np.random.Generator) -> Spoil:
    """Smoothed by a guided filter (He et al. 2010), its edges and perhaps its details made stronger."""
    share, tone, detail = log_uniform(rng, 0.1, 0.6), log_uniform(rng, 12, 60), uniform(rng, -1.0, 1.0)
    detail = -1.0 if detail < 0.3 else detail + 0.7

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        size = (Place.of(landmarks).size(share, 3),) * 2
        source, guide = image.astype(np.float32), brightness(image)
        mean = cv2.blur(guide, size)
        variance = cv2.blur(guide * guide, size) - mean * mean
        average = cv2.blur(source, size)
        with_guide = cv2.blur(source * guide[..., None], size) - average * mean[..., None]
        slope = with_guide / (variance + tone * tone)[..., None]
        base = cv2.blur(average - slope * mean[..., None], size) + cv2.blur(slope, size) * guide[..., None]
        return pixels(base + (1 + detail) * (source - base))

    return spoil


def _magnified(x: Floats, y: Floats, middle: tuple[float, float], reach: float, by: float) -> tuple[Floats, Floats]:
    """How far the place that is shown moves, for a round part of the face made larger (by > 0) or smaller."""
    dx, dy = x - np.float32(middle[0]), y - np.float32(middle[1])
    pull = np.float32(by) * np.exp(-(dx * dx + dy * dy) / np.float32(reach**2))
    return -dx * pull, -dy * pull


def _moved(image: Pixels, place: Place, dx: Floats, dy: Floats) -> Pixels:
    """Every pixel shows what lies at (dx, dy) from it in face coordinates."""
    axes = place.axes.astype(np.float32)
    x = np.arange(image.shape[1], dtype=np.float32) + dx * axes[0, 0] + dy * axes[1, 0]
    y = np.arange(image.shape[0], dtype=np.float32)[:, None] + dx * axes[0, 1] + dy * axes[1, 1]
    moved: Pixels = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return moved


def large_eyes(rng: np.random.Generator) -> Spoil:
    """Smoothed skin and larger eyes, as filters of video calls do it."""
    by, reach, smooth = uniform(rng, 0.15, 0.5), uniform(rng, 0.28, 0.45), chance(rng, 0.7)
    share, tone, mouth = uniform(rng, 0.1, 0.25), uniform(rng, 25, 70), uniform(rng, -0.25, 0.25)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        parts = [((-0.5, 0.0), reach, by), ((0.5, 0.0), reach, by), ((0.0, MOUTH), 0.5, mouth)]
        steps = [_magnified(x, y, middle, size, amount) for middle, size, amount in parts]
        moved = _moved(image, place, sum(step[0] for step in steps), sum(step[1] for step in steps))
        return _skin_smoothed(moved, place.unit, share, tone) if smooth else moved

    return spoil


def reshaped(rng: np.random.Generator) -> Spoil:
    """A surgeon's or an app's face: slim cheeks, a small nose, large eyes, full lips, another chin."""
    eyes, nose, lips = uniform(rng, 0, 0.35), uniform(rng, -0.4, 0.15), uniform(rng, -0.1, 0.35)
    slim, chin = uniform(rng, -0.12, 0.3), uniform(rng, -0.2, 0.2)
    brow, wide = uniform(rng, -0.12, 0.12), uniform(rng, -0.12, 0.12)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        dx, dy = np.zeros(image.shape[:2], np.float32), np.zeros(image.shape[:2], np.float32)
        parts = [
            ((-0.5, 0.0), 0.4, eyes),
            ((0.5, 0.0), 0.4, eyes),
            ((0.0, 0.55), 0.4, nose),
            ((0.0, MOUTH), 0.45, lips),
        ]
        for middle, reach, by in parts:
            step = _magnified(x, y, middle, reach, by)
            dx, dy = dx + step[0], dy + step[1]
        low = np.exp(-(((y - 1.2) / 0.8) ** 2)) * np.exp(-((x / 1.5) ** 4))
        dx = dx + x * slim * low + x * wide * np.exp(-(((y + 0.1) / 0.5) ** 2)) * np.exp(-((x / 1.5) ** 4))
        sides = np.exp(-((x / 1.1) ** 4))
        dy = dy + (chin * np.exp(-(((y - 1.7) / 0.45) ** 2)) + brow * np.exp(-(((y + 0.4) / 0.3) ** 2))) * sides
        return _moved(image, place, dx, dy)

    return spoil


_LIPS = [(0.0, 0.93), (0.14, 0.89), (0.3, 0.98), (0.43, 1.07), (0.28, 1.2), (0.0, 1.28)]


def make_up(rng: np.random.Generator) -> Spoil:
    """The same lipstick, eyeshadow, liner, brows, rouge and powder."""
    lips = np.array([180, 50, 60]) + rng.normal(0, 35, 3) if chance(rng, 0.7) else colour(rng, 20, 230)
    shadow, rouge = colour(rng, 0, 200, uniform(rng, 0.2, 1)), np.array([225, 90, 100]) + rng.normal(0, 25, 3)
    powder = np.array([232, 196, 172]) + rng.normal(0, 22, 3)
    amounts = rng.uniform([0.35, 0.2, 0.05, 0.0, 0.0, 0.0], [0.85, 0.8, 0.5, 0.45, 0.8, 0.8])
    lift = uniform(rng, 0, 0.15)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place, unit = Place.of(landmarks), Place.of(landmarks).unit
        result = laid(image, powder, ellipse(image, place, (0, 0.55), (1.05, 1.35), 0.2 * unit) * amounts[3])
        cheeks = sum(ellipse(image, place, (s * 0.78, 0.62), (0.32, 0.2), 0.14 * unit) for s in (-1, 1))
        result = laid(result, rouge, cheeks * np.float32(amounts[2]))
        for s in (-1, 1):
            lid = [
                (s * x, y)
                for x, y in ((0.2, 0.0), (0.3, -0.16), (0.55, -0.25 - lift), (0.85, -0.16 - lift), (0.72, 0.02))
            ]
            result = laid(result, shadow, polygon(image, place.pixels(spline(lid)), 0.05 * unit) * amounts[1])
            liner = [
                (s * x, y)
                for x, y in ((0.27, 0.0), (0.5, -0.11), (0.74, -0.03), (0.9, -0.1 - lift), (0.72, 0.03), (0.5, -0.06))
            ]
            result = laid(result, (15, 12, 15), polygon(image, place.pixels(liner), 0.01 * unit) * amounts[4])
            brow = [(s * x, y) for x, y in ((0.18, -0.3), (0.5, -0.46), (0.9, -0.36), (0.5, -0.38))]
            result = laid(result, (40, 28, 22), polygon(image, place.pixels(brow), 0.02 * unit) * amounts[5])
        mouth = place.pixels(spline(mirrored(_LIPS)))
        tinted = lips * (0.45 + 0.75 * brightness(image)[..., None] / 255)
        return laid(result, tinted, polygon(image, mouth, 0.02 * unit) * amounts[0])

    return spoil


def _features(x: Floats, y: Floats) -> Floats:
    """Where a face in general is darker than its skin, 0 to 1: brows, eyes, nostrils, mouth, the shade under it."""
    side = np.abs(x)
    blobs = ((0.5, 0.0, 0.24, 0.1, 0.7), (0.55, -0.36, 0.34, 0.09, 0.6), (0.14, 0.66, 0.1, 0.06, 0.6))
    blobs += ((0.0, 1.08, 0.36, 0.09, 0.6), (0.0, 1.4, 0.25, 0.08, 0.2), (0.0, 0.72, 0.22, 0.06, 0.2))
    plane = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.float32)
    for middle, level, wide, high, depth in blobs:
        plane += depth * np.exp(-(((side - middle) / wide) ** 2) - ((y - level) / high) ** 2)
    return plane.clip(0, 1)


def average_face(rng: np.random.Generator) -> Spoil:
    """Blended with a face that has nobody's features, as by a poor swap or a heavy averaging of portraits."""
    share, soft = uniform(rng, 0.3, 0.65), uniform(rng, 0.1, 0.3)
    skin = np.array([205, 160, 135]) * uniform(rng, 0.55, 1.1) + rng.normal(0, 8, 3)
    dark, light, keep = skin * uniform(rng, 0.25, 0.5), uniform(rng, -0.2, 0.2), uniform(rng, 0, 1)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        round_face = 1.05 - 0.25 * (x * x / 1.3 + (y - 0.6) ** 2 / 2.2) + light * x
        made = (skin + (dark - skin) * _features(x, y)[..., None]) * round_face[..., None]
        inside = ellipse(image, place, (0, 0.5), (1.05, 1.4), soft * place.unit)
        # Its colour comes from the picture itself as far as it is kept.
        own = cv2.mean(image, (inside > 0.5).astype(np.uint8))[:3]
        made += keep * (np.array(own) - skin)
        return laid(image, made, inside * np.float32(share))

    return spoil


def airbrushed(rng: np.random.Generator) -> Spoil:
    """The low frequencies of the face alone, with a little grain put over: skin as if of wax."""
    share, keep, grain = log_uniform(rng, 0.09, 0.25), uniform(rng, 0, 0.4), uniform(rng, 0, 8)
    contrast = uniform(rng, 0.9, 1.35)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        low = cv2.GaussianBlur(image, (0, 0), share * place.unit).astype(np.float32)
        sharp = cv2.GaussianBlur(image, (0, 0), max(0.02 * place.unit, 0.5)).astype(np.float32)
        detail = sharp - low
        # Only what is strong stays: the edges of eyes and mouth, not the skin.
        made = low + detail * (keep + (1 - keep) * np.clip(np.abs(detail) / 60, 0, 1))
        made = (made - 128) * contrast + 128 + grain * noise(generator, image)[..., None]
        return laid(image, made, ellipse(image, place, (0, 0.45), (1.4, 1.8), 0.2 * place.unit))

    return spoil


FAMILIES = tuple(
    Family(key, "smooth", draw)
    for key, draw in (
        ("beauty", beauty),
        ("median", median),
        ("edge-preserving", edge_preserving),
        ("large-eyes", large_eyes),
        ("reshaped", reshaped),
        ("make-up", make_up),
        ("average-face", average_face),
        ("airbrushed", airbrushed),
    )
)
