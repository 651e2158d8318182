"""Kinds for the examination that are computed: other numbers, frequencies and orders."""

from __future__ import annotations

import math

import numpy as np

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels
from spoiling.canvas import Place, brightness, chance, colour, laid
from spoiling.family import Family, Landmarks, Spoil, log_uniform, pixels, uniform


def checker_negative(rng: np.random.Generator) -> Spoil:
    """Squares or stripes in which light and dark are exchanged, as in an optical experiment."""
    share, angle, part = log_uniform(rng, 0.12, 0.7), uniform(rng, 0, np.pi), uniform(rng, 0.2, 0.42)
    striped = chance(rng, 0.4)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        cos, sin = math.cos(angle), math.sin(angle)
        off = generator.uniform(-0.05, 0.05, 2)
        cells = np.floor((cos * x + sin * y + off[0]) / share)
        if not striped:
            cells = cells + np.floor((cos * y - sin * x + off[1]) / share)
        return laid(image, 255.0 - image, (cells % 2 * part).astype(np.float32))

    return spoil


def low_rank(rng: np.random.Generator) -> Spoil:
    """Of the singular values of the picture only the largest are kept."""
    rank = log_uniform(rng, 3.5, 11)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        height, width = image.shape[:2]
        (left, top), (right, low) = place.pixels([[-2.2, -1.7], [2.2, 2.7]])
        left, top = int(np.clip(left, 0, width - 8)), int(np.clip(top, 0, height - 8))
        part = image[top : max(int(low), top + 8), left : max(int(right), left + 8)]
        size = (min(part.shape[1], 96), min(part.shape[0], 96))
        small = cv2.resize(part, size, interpolation=cv2.INTER_AREA).transpose(2, 0, 1).astype(np.float32)
        u, s, v = np.linalg.svd(small, full_matrices=False)
        # The share of the last one that counts makes the strength continuous.
        s = s * np.clip(rank - np.arange(s.shape[1]), 0, 1)
        made = pixels(((u * s[:, None]) @ v).transpose(1, 2, 0))
        result = image.copy()
        shape = (part.shape[1], part.shape[0])
        result[top : top + shape[1], left : left + shape[0]] = cv2.resize(made, shape, interpolation=cv2.INTER_LINEAR)
        return result

    return spoil


def band_pass(rng: np.random.Generator) -> Spoil:
    """A band of spatial frequencies is taken away or made stronger, the rest stays."""
    middle, width, gain = (
        log_uniform(rng, 0.8, 3.5),
        uniform(rng, 0.35, 0.7),
        float(rng.choice([-0.95, -0.8, 2.0, 3.0])),
    )

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        unit = Place.of(landmarks).unit
        sigma = unit / (2 * math.pi * middle)
        source = image.astype(np.float32)
        low, high = (cv2.GaussianBlur(source, (0, 0), max(sigma * s, 0.4)) for s in (1 + width, 1 / (1 + width)))
        return pixels(source + gain * (high - low))

    return spoil


def haar(rng: np.random.Generator) -> Spoil:
    """Haar's wavelets with all small coefficients set to zero: flat squares of many sizes."""
    limit, levels = log_uniform(rng, 8, 28), int(rng.integers(4, 6))

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        unit = Place.of(landmarks).unit
        scale = min(1.0, 50 / unit)
        step = 2**levels
        size = [max(round(n * scale / step), 1) * step for n in (image.shape[1], image.shape[0])]
        plane = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        details = []
        for _ in range(levels):
            a, b, c, d = plane[::2, ::2], plane[::2, 1::2], plane[1::2, ::2], plane[1::2, 1::2]
            parts = [(a - b + c - d) / 4, (a + b - c - d) / 4, (a - b - c + d) / 4]
            details.append([np.where(np.abs(part) > limit / 2, part, 0) for part in parts])
            plane = (a + b + c + d) / 4
        for h, v, x in reversed(details):
            made = np.empty((plane.shape[0] * 2, plane.shape[1] * 2, 3), np.float32)
            made[::2, ::2], made[::2, 1::2] = plane + h + v + x, plane - h + v - x
            made[1::2, ::2], made[1::2, 1::2] = plane + h - v - x, plane - h - v + x
            plane = made
        return cv2.resize(pixels(plane), (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)

    return spoil


def wrong_table(rng: np.random.Generator) -> Spoil:
    """Cosines of blocks read with another table than they were written with: contrast grows or falls with frequency."""
    seed, spread, share = int(rng.integers(2**32)), uniform(rng, 0.6, 1.3), log_uniform(rng, 0.12, 0.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        scale = 8 / max(share * Place.of(landmarks).unit, 2)
        shape = [max(round(n * scale / 8), 2) * 8 for n in (image.shape[1], image.shape[0])]
        small = cv2.resize(image, shape, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        k, n = np.mgrid[:8, :8]
        table = (np.cos(np.pi * (2 * n + 1) * k / 16) * np.where(k == 0, math.sqrt(1 / 8), 0.5)).astype(np.float32)
        gains = np.exp(np.random.default_rng(seed).normal(0, spread, (8, 8))).astype(np.float32)
        gains[0, 0] = 1
        blocks = small.reshape(shape[1] // 8, 8, shape[0] // 8, 8, 3).transpose(0, 2, 4, 1, 3).astype(np.float32)
        made = table.T @ ((table @ blocks @ table.T) * gains) @ table
        whole = pixels(made.transpose(0, 3, 1, 4, 2).reshape(shape[1], shape[0], 3))
        return cv2.resize(whole, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)

    return spoil


def colours_slipped(rng: np.random.Generator) -> Spoil:
    """The colour lies elsewhere than the brightness, larger and turned over, as with a broken decoder."""
    step, flipped, gain = rng.uniform(-1.2, 1.2, 2), bool(chance(rng, 0.4)), uniform(rng, 1.2, 3.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        values = cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb)
        away = np.round((step + generator.uniform(-0.04, 0.04, 2)) * place.unit).astype(int)
        tint = np.roll(values[..., 1:], (away[1], away[0]), (0, 1))
        tint = tint[::-1] if flipped else tint
        values[..., 1:] = np.clip((tint.astype(np.float32) - 128) * gain + 128, 0, 255).astype(np.uint8)
        result: Pixels = cv2.cvtColor(values, cv2.COLOR_YCrCb2RGB)
        return result

    return spoil


def pixels_sorted(rng: np.random.Generator) -> Spoil:
    """Runs of pixels sorted by their brightness, in some of the rows or columns."""
    share, part, upright = log_uniform(rng, 0.15, 0.6), uniform(rng, 0.25, 0.6), chance(rng, 0.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        source = image.transpose(1, 0, 2) if upright else image
        length = int(np.clip(share * Place.of(landmarks).unit, 3, source.shape[1]))
        runs = source.shape[1] // length
        table = source[:, : runs * length].reshape(source.shape[0], runs, length, 3)
        order = np.argsort(table.sum(3, dtype=np.int32), axis=2, kind="stable")
        ordered = np.take_along_axis(table, order[..., None], 2)
        chosen = generator.random((source.shape[0], runs)) < part
        result = source.copy()
        result[:, : runs * length] = np.where(chosen[..., None, None], ordered, table).reshape(len(source), -1, 3)
        return np.ascontiguousarray(result.transpose(1, 0, 2) if upright else result)

    return spoil


def overflow(rng: np.random.Generator) -> Spoil:
    """Numbers too large for their bytes begin again at black."""
    gain, start, plain = uniform(rng, 1.3, 2.4), uniform(rng, 0, 120), chance(rng, 0.5)
    soft = uniform(rng, 0, 0.03)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        source = pixels(brightness(image)) if plain else image
        source = cv2.GaussianBlur(source, (0, 0), max(soft * Place.of(landmarks).unit, 0.3))
        return ((source * np.float32(gain) + np.float32(start)) % 256).astype(np.uint8)

    return spoil


def grown(rng: np.random.Generator) -> Spoil:
    """Bright or dark parts grow at the cost of the others (dilation and erosion)."""
    share, bright, square = log_uniform(rng, 0.06, 0.18), chance(rng, 0.5), chance(rng, 0.4)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        size = Place.of(landmarks).size(share, 2)
        kernel = cv2.getStructuringElement(cv2.MORPH_RECT if square else cv2.MORPH_ELLIPSE, (size, size))
        result: Pixels = cv2.dilate(image, kernel) if bright else cv2.erode(image, kernel)
        return result

    return spoil


def contour_map(rng: np.random.Generator) -> Spoil:
    """Lines of equal brightness, as a map shows heights."""
    step, share, keep = uniform(rng, 14, 34), log_uniform(rng, 0.03, 0.07), uniform(rng, 0.25, 0.8)
    ink, paper, width = colour(rng, 0, 110), colour(rng, 200, 255), uniform(rng, 0.9, 1.6)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        plane = cv2.GaussianBlur(brightness(image), (0, 0), max(share * Place.of(landmarks).unit, 0.8))
        slope = np.hypot(np.gradient(plane, axis=0), np.gradient(plane, axis=1))
        away = np.abs((plane / step + 0.5) % 1 - 0.5) * step
        mask = np.clip(width - away / np.maximum(slope, 0.4), 0, 1)
        return laid(image * np.float32(keep) + paper * (1 - keep), ink, mask)

    return spoil


KINDS = tuple(
    Family(key, key, draw)
    for key, draw in (
        ("checker-negative", checker_negative),
        ("low-rank", low_rank),
        ("band-pass", band_pass),
        ("haar", haar),
        ("wrong-table", wrong_table),
        ("colours-slipped", colours_slipped),
        ("pixels-sorted", pixels_sorted),
        ("overflow", overflow),
        ("grown", grown),
        ("contour-map", contour_map),
    )
)
