"""Pictures of which a part is missing."""

from __future__ import annotations

import math

import numpy as np

from siamgui.core.types import Pixels
from spoiling.canvas import (
    Place,
    chance,
    colour,
    ellipse,
    laid,
    noise,
    polygon,
)
from spoiling.family import (
    Family,
    Landmarks,
    Spoil,
    uniform,
)


def _window(image: Pixels, left: float, top: float, right: float, bottom: float) -> Pixels:
    """The part inside of these edges, never less than 24 pixels or what there is."""
    height, width = image.shape[:2]
    x0, y0 = (int(np.clip(edge, 0, max(length - 24, 0))) for edge, length in ((left, width), (top, height)))
    x1, y1 = min(max(round(right), x0 + 24), width), min(max(round(bottom), y0 + 24), height)
    return image[y0:y1, x0:x1].copy()


def below(rng: np.random.Generator) -> Spoil:
    """The picture ends somewhere uniform the eyes and the mouth; or a flat colour goes on."""
    at, flat = uniform(rng, 0.3, 1.0), chance(rng, 0.3)
    tone = colour(rng, vivid=0.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        edge = Place.of(landmarks).pixels([0, at + generator.uniform(-0.04, 0.04)])[1]
        if not flat:
            return _window(image, 0, 0, image.shape[1], edge)
        result = image.copy()
        result[max(int(edge), 8) :] = tone
        return result

    return spoil


def above(rng: np.random.Generator) -> Spoil:
    """The picture begins somewhere uniform the forehead and the nose; or a flat colour stands there."""
    at, flat = uniform(rng, -0.45, 0.3), chance(rng, 0.3)
    tone = colour(rng, vivid=0.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        edge = Place.of(landmarks).pixels([0, at + generator.uniform(-0.04, 0.04)])[1]
        if not flat:
            return _window(image, 0, edge, image.shape[1], image.shape[0])
        result = image.copy()
        result[: max(int(edge), 1)] = tone
        return result

    return spoil


def half(rng: np.random.Generator) -> Spoil:
    """The left or right part of the face lies outside of the picture."""
    at, left, flat = uniform(rng, 0.0, 0.75), chance(rng, 0.5), chance(rng, 0.4)
    tone = colour(rng, vivid=0.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        side = -1 if left else 1
        edge = Place.of(landmarks).pixels([side * (at + generator.uniform(-0.04, 0.04)), 0.5])[0]
        height, width = image.shape[:2]
        if not flat:
            return _window(image, edge if left else 0, 0, width if left else edge, height)
        result = image.copy()
        column = int(np.clip(edge, 1, width - 1))
        result[:, slice(0, column) if left else slice(column, width)] = tone
        return result

    return spoil


def tight(rng: np.random.Generator) -> Spoil:
    """A crop inside of the face: no hair, no ears, often no chin."""
    left, right = uniform(rng, 0.62, 1.05), uniform(rng, 0.62, 1.05)
    top, bottom = uniform(rng, 0.3, 0.8), uniform(rng, 1.3, 1.8)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        moved = generator.uniform(-0.03, 0.03, 4)
        x0, y0, x1, y1 = np.array([-left, -top, right, bottom]) + moved
        corners = place.pixels([[x0, y0], [x1, y0], [x0, y1], [x1, y1]])
        (low_x, low_y), (high_x, high_y) = corners.min(0), corners.max(0)
        return _window(image, low_x, low_y, high_x, high_y)

    return spoil


def at_the_chin(rng: np.random.Generator) -> Spoil:
    """The picture ends uniform the mouth and the chin, and leaves little of the forehead."""
    bottom, top = uniform(rng, 1.15, 1.7), uniform(rng, -1.6, -0.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        y0, y1 = place.pixels([[0, top], [0, bottom + generator.uniform(-0.04, 0.04)]])[:, 1]
        return _window(image, 0, y0, image.shape[1], y1)

    return spoil


def oval(rng: np.random.Generator) -> Spoil:
    """A picture in a circle or an oval, a flat border round it."""
    tone, soft = colour(rng, vivid=uniform(rng, 0, 1)), uniform(rng, 0, 0.15) * chance(rng, 0.5)
    middle, radii = (uniform(rng, -0.2, 0.2), uniform(rng, 0.3, 0.7)), (uniform(rng, 0.9, 1.5), uniform(rng, 1.15, 1.9))

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        inside = ellipse(image, place, middle + generator.uniform(-0.04, 0.04, 2), radii, soft * place.unit)
        return laid(image, tone, 1 - inside)

    return spoil


def torn(rng: np.random.Generator) -> Spoil:
    """A corner is torn away over a part of the face: a ragged, light edge."""
    angle, near = uniform(rng, 0, 2 * np.pi), uniform(rng, 0.15, 0.75)
    tone, seed, rough = colour(rng, vivid=0.3), int(rng.integers(2**32)), uniform(rng, 0.03, 0.12)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        along = np.linspace(-12, 12, 160)
        ragged = np.cumsum(np.random.default_rng(seed).normal(0, rough, 160))
        ragged += near - np.interp(0, along, ragged) + generator.uniform(-0.04, 0.04)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        edge = np.stack([along, ragged], 1)
        far = np.array([[12.0, 40.0], [-12.0, 40.0]])
        shift = np.array([0, 0.5])
        paper = polygon(image, place.pixels(np.concatenate([edge, far]) @ turn + shift))
        edge[:, 1] += rough
        gone = polygon(image, place.pixels(np.concatenate([edge, far]) @ turn + shift))
        return laid(laid(image, (238, 234, 226), paper), tone, gone)

    return spoil


def side(rng: np.random.Generator) -> Spoil:
    """A finger, a door or a failing flash: one side is black, or nearly, with a blurred edge."""
    angle, near, soft = uniform(rng, 0, 2 * np.pi), uniform(rng, 0.1, 0.8), _soft_edge(rng)
    tone, rest = colour(rng, 0, 40, 0.6), uniform(rng, 0, 0.15)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        depth = math.cos(angle) * x + math.sin(angle) * (y - 0.5) - near - generator.uniform(-0.04, 0.04)
        cover = np.clip(depth / soft + 0.5, 0, 1) * (1 - rest)
        grain = noise(generator, image)[..., None] * 2
        return laid(image, tone + grain, cover.astype(np.float32))

    return spoil


def _soft_edge(rng: np.random.Generator) -> float:
    """From a sharp edge to one that takes half of the face, in eye distances."""
    return uniform(rng, 0.02, 1.0) ** 2 + 0.02


FAMILIES = tuple(
    Family(key, "cut", draw)
    for key, draw in (
        ("cut-below", below),
        ("cut-above", above),
        ("cut-half", half),
        ("cut-tight", tight),
        ("cut-chin", at_the_chin),
        ("cut-oval", oval),
        ("cut-torn", torn),
        ("cut-black-side", side),
    )
)
