"""Noise: what sensors, films and bad wires add."""

from __future__ import annotations

import cv2
import numpy as np

from siamgui.core.types import Pixels
from spoiling.family import Family, Floats, Landmarks, Spoil, eye_distance, log_uniform, pixels, uniform


def coarse(rng: np.random.Generator, image: Pixels, size: float, channels: int) -> Floats:
    """Normal noise of deviation 1 whose grains are `size` pixels wide: (height, width, channels)."""
    height, width = image.shape[:2]
    size = size if size > 1.05 else 1.0
    shape = int(height / size) + 2, int(width / size) + 2, channels
    noise = rng.standard_normal(shape, dtype=np.float32)
    if size > 1:
        noise = cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR).reshape(height, width, channels)
        noise /= max(float(noise.std()), 1e-6)
    return noise[:height, :width]


def gaussian(rng: np.random.Generator) -> Spoil:
    """Each pixel for itself, perhaps the same in all colours."""
    sigma, channels = log_uniform(rng, 12, 70), int(rng.choice((1, 3)))
    return lambda image, landmarks, rng: pixels(image + sigma * coarse(rng, image, 1, channels))


def grain(rng: np.random.Generator) -> Spoil:
    """High-speed film: grains of several pixels, most in the middle tones."""
    sigma, size, even = log_uniform(rng, 12, 50), log_uniform(rng, 0.02, 0.1), uniform(rng, 0, 1)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        noise = sigma * coarse(rng, image, max(size * eye_distance(landmarks), 1.1), 1)
        mean = image.mean(2, dtype=np.float32, keepdims=True) / 255
        return pixels(image + noise * (even + (1 - even) * 4 * mean * (1 - mean)))

    return spoil


def colour_noise(rng: np.random.Generator) -> Spoil:
    """Blotches of colour, as of a telephone at night."""
    sigma, size = log_uniform(rng, 15, 55), log_uniform(rng, 0.02, 0.2)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        noise = coarse(rng, image, max(size * eye_distance(landmarks), 1), 3)
        noise = noise - 0.8 * noise.mean(2, keepdims=True)
        return pixels(image + sigma * 1.2 * noise)

    return spoil


def impulses(rng: np.random.Generator) -> Spoil:
    """Salt and pepper: pixels that are white or black, perhaps in each colour for itself, perhaps in clumps."""
    amount, salt, coloured = log_uniform(rng, 0.01, 0.18), uniform(rng, 0.1, 0.9), rng.random() < 0.3
    size = log_uniform(rng, 0.01, 0.06)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        height, width = image.shape[:2]
        step = size * eye_distance(landmarks)
        step = step if step > 1.05 else 1.0
        shape = int(height / step) + 1, int(width / step) + 1, 3 if coloured else 1
        draw = rng.random(shape, dtype=np.float32)
        if step > 1:
            draw = cv2.resize(draw, (width, height), interpolation=cv2.INTER_NEAREST)
        draw = draw.reshape(*draw.shape[:2], -1)[:height, :width]
        result = np.where(draw < amount * salt, np.uint8(255), image)
        return np.where(draw > 1 - amount * (1 - salt), np.uint8(0), result)

    return spoil


def stripes(rng: np.random.Generator) -> Spoil:
    """Rows or columns that are brighter or darker: a bad sensor, a scanner, a fax."""
    sigma, size = log_uniform(rng, 10, 45), log_uniform(rng, 0.02, 0.25)
    down, coloured, regular = rng.random() < 0.4, rng.random() < 0.3, rng.random() < 0.35

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        length = image.shape[1] if down else image.shape[0]
        step = max(size * eye_distance(landmarks), 1.0)
        if regular:
            step = max(step, 1.5)
            wave = np.sin(np.arange(length)[:, None] * np.pi / step + uniform(rng, 0, 6.3)) * 1.4
        else:
            draw = rng.normal(0, 1, (int(length / step) + 1, 3 if coloured else 1))
            wave = draw[np.minimum((np.arange(length) / step).astype(int), len(draw) - 1)]
        band = (sigma * wave).astype(np.float32)
        return pixels(image + (band[None] if down else band[:, None]))

    return spoil


def fixed_pattern(rng: np.random.Generator) -> Spoil:
    """The same pattern in every picture of one camera: unequal pixels, and a spot here and there."""
    sigma, size, seed = log_uniform(rng, 8, 32), log_uniform(rng, 0.02, 0.15), int(rng.integers(2**31))
    product = rng.random() < 0.5

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        noise = coarse(np.random.default_rng(seed), image, max(size * eye_distance(landmarks), 1), 1)
        if product:
            return pixels(image * np.maximum(1 + noise * np.float32(sigma / 120), 0))
        return pixels(image + noise * np.float32(sigma))

    return spoil


def shot_noise(rng: np.random.Generator) -> Spoil:
    """Too few photons, amplified: noise grows with the root of the light, and the read-out adds its own."""
    photons, read = log_uniform(rng, 3, 60), uniform(rng, 0.3, 2.5)
    black, soft = uniform(rng, 0, 0.15), uniform(rng, 0, 1)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        light = np.square(image.astype(np.float32) / 255)
        count = light * np.float32(photons)
        noise = rng.standard_normal(image.shape, dtype=np.float32) * np.sqrt(count + np.float32(read * 0.3))
        seen = np.maximum((count + noise) / np.float32(photons) - np.float32(black * 0.3), 0)
        result = pixels(255 * np.sqrt(seen))
        if soft > 0.5:
            result = cv2.GaussianBlur(result, (0, 0), max(0.02 * eye_distance(landmarks), 0.5))
        return result

    return spoil


FAMILIES: tuple[Family, ...] = (
    Family("gaussian-noise", "noise", gaussian),
    Family("grain", "noise", grain),
    Family("colour-noise", "noise", colour_noise),
    Family("salt-and-pepper", "noise", impulses),
    Family("stripes", "noise", stripes),
    Family("fixed-pattern", "noise", fixed_pattern),
    Family("shot-noise", "noise", shot_noise),
)
