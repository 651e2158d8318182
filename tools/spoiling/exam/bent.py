"""Kinds for the examination in which the parts of the picture lie elsewhere: mirrored, turned, cut and put together."""

from __future__ import annotations

import math

import numpy as np

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels
from spoiling.canvas import Place, brightness, chance, colour, laid, lit, noise
from spoiling.family import Family, Floats, Landmarks, Spoil, log_uniform, pixels, uniform


def _from(image: Pixels, place: Place, x: Floats, y: Floats) -> Pixels:
    """Every pixel shows what lies at x, y in face coordinates."""
    (ax, ay), (bx, by) = place.axes.tolist()
    across = x * ax + y * bx + place.origin[0]
    down = x * ay + y * by + place.origin[1]
    shape = image.shape[:2]
    full = [np.ascontiguousarray(np.broadcast_to(plane, shape), np.float32) for plane in (across, down)]
    result: Pixels = cv2.remap(image, *full, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return result


def mirrored(rng: np.random.Generator) -> Spoil:
    """One half of the face and its mirror image, joined somewhere near the nose."""
    left, at, turn = chance(rng, 0.5), uniform(rng, -0.12, 0.12), uniform(rng, -0.06, 0.06)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        axis = at + turn * (y - 0.5) + float(generator.uniform(-0.03, 0.03))
        away = np.abs(x - axis)
        return _from(image, place, axis - away if left else axis + away, y)

    return spoil


def twisted(rng: np.random.Generator) -> Spoil:
    """A whirl around a point of the face."""
    angle = uniform(rng, 0.35, 1.1) * float(rng.choice([-1, 1]))
    reach, middle = uniform(rng, 0.9, 1.9), rng.uniform((-0.4, 0.2), (0.4, 0.9)).tolist()

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        dx, dy = x - middle[0], y - middle[1]
        turn = angle * np.exp(-(dx * dx + dy * dy) / reach**2)
        cos, sin = np.cos(turn), np.sin(turn)
        return _from(image, place, middle[0] + cos * dx - sin * dy, middle[1] + sin * dx + cos * dy)

    return spoil


def funhouse(rng: np.random.Generator) -> Spoil:
    """A mirror that is curved one way: bands of the face are wide, the next are narrow."""
    amount, length, phase = uniform(rng, 0.15, 0.42), uniform(rng, 1.2, 3.5), uniform(rng, 0, 6.3)
    upright = chance(rng, 0.6)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        turn, start = 2 * math.pi / length, phase + float(generator.uniform(-0.1, 0.1))
        if upright:
            return _from(image, place, x * (1 + amount * np.sin(turn * y + start)), y)
        return _from(image, place, x, 0.5 + (y - 0.5) * (1 + amount * np.sin(turn * x + start)))

    return spoil


def fluted_glass(rng: np.random.Generator) -> Spoil:
    """Ribbed glass: every rib is a small lens that shows its part of the scene drawn together."""
    share, bend, angle = log_uniform(rng, 0.1, 0.3), uniform(rng, 0.6, 2.2), uniform(rng, -0.4, 0.4)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        cos, sin = math.cos(angle), math.sin(angle)
        along = (cos * x + sin * y) / share + float(generator.random())
        inside = along - np.floor(along) - 0.5
        push = inside * (bend * share)
        made = _from(image, place, x + push * cos, y + push * sin)
        return lit(made, 1.05 - 0.5 * inside**2 * bend)

    return spoil


def aberration(rng: np.random.Generator) -> Spoil:
    """A cheap lens: each colour has a size of its own, so that edges have coloured seams away from the middle."""
    amount, off = uniform(rng, 0.03, 0.11) * float(rng.choice([-1, 1])), rng.uniform(-0.7, 0.7, 2).tolist()

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x0, y0 = place.pixels([off[0], 0.5 + off[1]]).tolist()
        result = image.copy()
        for band, scale in ((0, 1 + amount), (2, 1 - amount)):
            matrix = np.array([[scale, 0, x0 * (1 - scale)], [0, scale, y0 * (1 - scale)]])
            size = (image.shape[1], image.shape[0])
            plane = np.ascontiguousarray(image[..., band])
            result[..., band] = cv2.warpAffine(plane, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        return result

    return spoil


def anaglyph(rng: np.random.Generator) -> Spoil:
    """Red and cyan pictures side by side on the same paper, for spectacles that see depth."""
    step, depth, grey_only = uniform(rng, 0.05, 0.28), uniform(rng, 0, 0.15), chance(rng, 0.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        near = np.exp(-(x * x + (y - 0.5) ** 2))
        shift = (step + depth * near) / 2
        source = pixels(brightness(image)) if grey_only else image
        left, right = _from(source, place, x - shift, y), _from(source, place, x + shift, y)
        return np.dstack([left[..., 0], right[..., 1], right[..., 2]])

    return spoil


def scattered(rng: np.random.Generator) -> Spoil:
    """Frosted glass: every point comes from a place near by, at random."""
    share, coarse = log_uniform(rng, 0.04, 0.14), log_uniform(rng, 0.01, 0.06)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        dx, dy = (share * noise(generator, image, coarse * place.unit) for _ in range(2))
        return _from(image, place, x + dx, y + dy)

    return spoil


def film_jump(rng: np.random.Generator) -> Spoil:
    """The film jumped in its gate: at a line of the face the next picture begins, a dark bar between them."""
    at, jump, bar = uniform(rng, -0.45, 1.5), uniform(rng, -0.35, 0.35), uniform(rng, 0.02, 0.16)
    aside = uniform(rng, -0.25, 0.25)
    tone = colour(rng, 0, 40)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        below = y > at + float(generator.uniform(-0.04, 0.04))
        made = _from(image, place, x + np.where(below, aside, 0), y + np.where(below, jump, 0))
        return laid(made, tone, np.clip((bar / 2 - np.abs(y - at)) * place.unit + 0.5, 0, 1))

    return spoil


def jigsaw(rng: np.random.Generator) -> Spoil:
    """Cut into pieces and put together badly: each a little aside and turned, with dark joints."""
    share, loose, turned = log_uniform(rng, 0.5, 1.1), uniform(rng, 0.02, 0.07), uniform(rng, 0, 0.1)
    seed, tone, wide = int(rng.integers(2**32)), colour(rng, 0, 120, 0.5), uniform(rng, 0.01, 0.035)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        across = x / share + 0.12 * np.sin(2 * math.pi * y / share) + 500.5
        down = y / share + 0.12 * np.sin(2 * math.pi * x / share) + 500.5
        column, row = np.floor(across).astype(int), np.floor(down).astype(int)
        table = np.random.default_rng(seed).normal(0, 1, (3, 64, 64)).astype(np.float32)
        dx, dy, turn = table[:, row % 64, column % 64]
        px, py = (across - column - 0.5) * share, (down - row - 0.5) * share
        made = _from(image, place, x + loose * dx - turned * turn * py, y + loose * dy + turned * turn * px)
        edge = np.minimum(np.minimum(across % 1, 1 - across % 1), np.minimum(down % 1, 1 - down % 1)) * share
        return laid(made, tone, np.clip((wide - edge) * place.unit + 0.5, 0, 1))

    return spoil


def lenticular(rng: np.random.Generator) -> Spoil:
    """Narrow strips that show two views in turn: the picture, and the same from beside, mirrored or lit otherwise."""
    share, angle, aside = log_uniform(rng, 0.06, 0.2), uniform(rng, -0.3, 0.3), uniform(rng, 0.1, 0.45)
    kind, part = int(rng.integers(3)), uniform(rng, 0.5, 0.9)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        if kind == 0:
            other = _from(image, place, x + aside, y)
        elif kind == 1:
            other = _from(image, place, -x, y)
        else:
            other = _from(image, place, x * (1 + aside), 0.5 + (y - 0.5) * (1 + aside))
        strip = (math.cos(angle) * x + math.sin(angle) * y) / share + float(generator.random())
        mask = np.clip(np.sin(strip * 2 * math.pi) * 2 + 0.5, 0, 1) * part
        return laid(image, other, mask.astype(np.float32))

    return spoil


KINDS = tuple(
    Family(key, key, draw)
    for key, draw in (
        ("mirrored-half", mirrored),
        ("twisted", twisted),
        ("funhouse", funhouse),
        ("fluted-glass", fluted_glass),
        ("aberration", aberration),
        ("anaglyph", anaglyph),
        ("scattered", scattered),
        ("film-jump", film_jump),
        ("jigsaw", jigsaw),
        ("lenticular", lenticular),
    )
)
