"""Old photographs: faded, stained, scratched, cracked, retouched, coloured by hand."""

from __future__ import annotations

import numpy as np

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels
from spoiling.canvas import (
    Place,
    brightness,
    chance,
    colour,
    ellipse,
    laid,
    mirrored,
    noise,
    polygon,
    shifted,
    spline,
    strokes,
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


def _toned(plane: Floats, dark: Floats, light: Floats) -> Floats:
    return dark + (light - dark) * (plane / 255)[..., None]


def sepia(rng: np.random.Generator) -> Spoil:
    """Brown, faded from the edges, with soft detail."""
    dark = np.array([60, 40, 25]) + rng.normal(0, 12, 3) + uniform(rng, 0, 40)
    light = np.array([235, 215, 180]) + rng.normal(0, 10, 3)
    share, gamma, edge = uniform(rng, 0, 0.05), log_uniform(rng, 0.6, 1.4), uniform(rng, 0, 0.5)
    keep, grain = uniform(rng, 0, 0.25), uniform(rng, 0, 12)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        plane = cv2.GaussianBlur(brightness(image), (0, 0), max(share * place.unit, 0.3))
        plane = 255 * (plane / 255) ** np.float32(gamma) + grain * noise(generator, image)
        fade = edge * np.clip((x * x + (y - 0.5) ** 2) / 6, 0, 1)
        made = _toned(plane + (255 - plane) * fade, dark, light)
        return pixels(made + keep * (image - made))

    return spoil


def _random_paths(rng: np.random.Generator, count: int, angle: float, bend: float, length: float) -> np.ndarray:
    """(count, 12, 2) crooked lines over and around the face, in face coordinates."""
    start = np.stack([rng.uniform(-1.8, 1.8, count), rng.uniform(-1.5, 2.4, count)], 1)
    turn = angle + np.cumsum(rng.normal(0, bend, (count, 12)), 1)
    steps = np.stack([np.cos(turn), np.sin(turn)], 2) * (length * rng.uniform(0.4, 1.3, count) / 11)[:, None, None]
    path = np.cumsum(steps, 1)
    return start[:, None] + path - path.mean(1, keepdims=True)


def scratches(rng: np.random.Generator) -> Spoil:
    """Scratches, hairs and dust on a print or a negative."""
    seed, count, width = int(rng.integers(2**32)), int(rng.integers(4, 40)), log_uniform(rng, 0.008, 0.03)
    angle, bend, length = uniform(rng, 0, np.pi), uniform(rng, 0.02, 0.4), log_uniform(rng, 0.5, 5)
    dust, bright, plain = int(rng.integers(0, 250)), chance(rng, 0.7), chance(rng, 0.6)
    strength, spread = uniform(rng, 0.5, 1.0), uniform(rng, 0, 0.8)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        shared = np.random.default_rng(seed)
        paths = np.concatenate(
            [_random_paths(shared, 1, angle + shared.normal(0, spread), bend, length) for _ in range(count)]
        )
        mask = strokes(image, list(place.pixels(paths)), width * place.unit)
        specks = shared.uniform((-2, -1.8), (2, 2.6), (dust, 2))
        ends = specks + shared.normal(0, 0.015, (dust, 2))
        mask = np.maximum(mask, strokes(image, list(place.pixels(np.stack([specks, ends], 1))), width * place.unit))
        source = pixels(brightness(image)) if plain else image
        return laid(source, (245, 242, 235) if bright else (25, 22, 20), mask * np.float32(strength))

    return spoil


def stains(rng: np.random.Generator) -> Spoil:
    """Water, coffee and mould: blotches with darker rims."""
    seed, size, amount = int(rng.integers(2**32)), log_uniform(rng, 0.25, 1.2), uniform(rng, -0.3, 0.9)
    tone, strength, rim = colour(rng, 60, 210, 0.8), uniform(rng, 0.3, 0.75), uniform(rng, 0, 0.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        x, y = place.fields(image)
        field = _field(seed, x, y, size)
        inside = np.clip((field - amount) * 3, 0, 1)
        edge = np.exp(-(((field - amount - 0.1) / 0.12) ** 2))
        mask = (inside * strength + edge * rim).clip(0, 1)
        return pixels(image * (1 - mask[..., None] * (1 - tone / 255)))

    return spoil


def _field(seed: int, x: Floats, y: Floats, size: float) -> Floats:
    """Noise that lies fixed on the face, spots of this size in eye distances; about -2 to 2."""
    coarse = np.random.default_rng(seed).normal(0, 1.3, (48, 48)).astype(np.float32)
    shape = np.broadcast_shapes(x.shape, y.shape)
    across = np.broadcast_to((x / size + 24).astype(np.float32), shape)
    down = np.broadcast_to((y / size + 24).astype(np.float32), shape)
    plane: Floats = cv2.remap(
        cv2.GaussianBlur(coarse, (0, 0), 0.5) * np.float32(1.6),
        np.ascontiguousarray(across),
        np.ascontiguousarray(down),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return plane


def cracked(rng: np.random.Generator) -> Spoil:
    """Emulsion that has dried into flakes: light or dark cracks, some flakes gone."""
    seed, share, width = int(rng.integers(2**32)), log_uniform(rng, 0.15, 0.6), log_uniform(rng, 0.008, 0.03)
    bright, strength, gone = chance(rng, 0.6), uniform(rng, 0.5, 1.0), uniform(rng, 0, 0.12)
    wave = uniform(rng, 0.05, 0.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        shared = np.random.default_rng(seed)
        grid = np.stack(np.meshgrid(np.arange(-4, 4, share), np.arange(-3.5, 4.5, share)), 2).reshape(-1, 2)
        at = np.round(place.pixels(grid + shared.uniform(-0.5, 0.5, grid.shape) * share)).astype(int)
        lost = shared.random(len(at)) < gone
        keep = (at >= 0).all(1) & (at[:, 0] < image.shape[1]) & (at[:, 1] < image.shape[0])
        at, lost = (at[keep], lost[keep]) if keep.any() else (np.zeros((1, 2), int), np.zeros(1, bool))
        empty = np.full(image.shape[:2], 255, np.uint8)
        empty[at[:, 1], at[:, 0]] = 0
        _, labels = cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
        flakes = np.zeros(labels.max() + 1, np.float32)
        flakes[labels[at[:, 1], at[:, 0]]] = lost
        rough = noise(np.random.default_rng(seed), image, 0.1 * place.unit) * np.float32(wave * share * place.unit)
        joint = ((labels != np.roll(labels, 1, 0)) | (labels != np.roll(labels, 1, 1))).astype(np.uint8) * 255
        size = place.size(width)
        joint = cv2.dilate(joint, np.ones((size, size), np.uint8))
        mask = np.maximum(joint.astype(np.float32) / 255 * np.float32(strength), flakes[labels])
        x = np.arange(image.shape[1], dtype=np.float32) + rough
        y = np.arange(image.shape[0], dtype=np.float32)[:, None] + rough[::-1]
        mask = cv2.remap(mask, x, y, cv2.INTER_LINEAR)
        return laid(image, (232, 224, 208) if bright else (30, 24, 20), mask)

    return spoil


def yellowed(rng: np.random.Generator) -> Spoil:
    """Yellowed paper under a picture that has lost its contrast, unevenly."""
    low, high, seed = uniform(rng, 50, 120), uniform(rng, 170, 225), int(rng.integers(2**32))
    paper = np.array([1.0, uniform(rng, 0.86, 0.97), uniform(rng, 0.55, 0.85)])
    vivid, uneven, size = uniform(rng, 0, 0.8), uniform(rng, 0, 0.12), log_uniform(rng, 0.4, 2)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        x, y = place.fields(image)
        plane = brightness(image)[..., None]
        made = (plane + vivid * (image - plane)) * ((high - low) / 255) + low
        return pixels(made * paper * (1 + uneven * _field(seed, x, y, size))[..., None])

    return spoil


def daguerreotype(rng: np.random.Generator) -> Spoil:
    """A silver plate: blue to red skin darkness, tarnish from the edges in an oval, plate scratches."""
    seed, radius, hard = int(rng.integers(2**32)), uniform(rng, 1.3, 2.1), log_uniform(rng, 2, 8)
    tint, contrast = colour(rng, 190, 255, 0.5), uniform(rng, 1.0, 1.8)
    blue, light = uniform(rng, 0.2, 0.8), uniform(rng, -25, 25)
    dim, grain = uniform(rng, 0.5, 1.0), uniform(rng, 2, 12)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        plane = image @ np.array([0.4 * (1 - blue), 0.6 * (1 - blue), blue], np.float32)
        plane = (plane - 110) * contrast + 115 + light + grain * noise(generator, image)
        away = (x / radius) ** 2 + ((y - 0.4) / (1.3 * radius)) ** 2
        dark = np.clip((away - 0.75) * hard / 4 + 0.3 * _field(seed, x, y, 0.6) * (away > 0.3), 0, 1) * dim
        made = plane[..., None] / 255 * tint
        return pixels(made * (1 - dark)[..., None] + dark[..., None] * np.array([35, 28, 30]))

    return spoil


def retouched(rng: np.random.Generator) -> Spoil:
    """Blotches of a restorer's brush, or of a filter that filled in what was lost."""
    seed, size, amount = int(rng.integers(2**32)), log_uniform(rng, 0.15, 0.5), uniform(rng, -0.6, 0.3)
    soft, light, plain = uniform(rng, 0.1, 0.4), uniform(rng, -18, 18), chance(rng, 0.6)
    dab = log_uniform(rng, 0.08, 0.2)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        x, y = place.fields(image)
        source = pixels(brightness(image)) if plain else image
        mask = np.clip((_field(seed, x, y, size) - amount) * 4, 0, 1)
        painted = cv2.GaussianBlur(source, (0, 0), soft * place.unit) + light
        painted = painted + 5 * noise(generator, image, dab * place.unit)[..., None]
        return laid(source, painted, mask)

    return spoil


_LIPS = mirrored([(0.0, 0.94), (0.2, 0.92), (0.42, 1.07), (0.25, 1.2), (0.0, 1.26)])


def hand_tinted(rng: np.random.Generator) -> Spoil:
    """A grey photograph coloured by hand: one skin, red lips and cheeks, the ground in another colour."""
    skin = np.array([240, 195, 165]) + rng.normal(0, 18, 3)
    ground, lips = colour(rng, 90, 230), np.array([215, 80, 90]) + rng.normal(0, 25, 3)
    eyes, amount = colour(rng, 60, 200), uniform(rng, 0.5, 1.0)
    contrast, cheeks = uniform(rng, 0.8, 1.3), uniform(rng, 0.2, 0.7)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.03)
        unit = place.unit
        plane = ((brightness(image) - 128) * contrast + 128)[..., None] / 200
        tint = np.ones_like(image, np.float32) * np.asarray(ground, np.float32)
        for layer, mask in (
            (skin, ellipse(image, place, (0, 0.45), (1.15, 1.5), 0.1 * unit)),
            (lips, sum(ellipse(image, place, (s * 0.75, 0.65), (0.3, 0.25), 0.12 * unit) for s in (-1, 1)) * cheeks),
            (lips, polygon(image, place.pixels(spline(_LIPS)), 0.03 * unit)),
            (eyes, sum(ellipse(image, place, (s * 0.5, 0.0), (0.14, 0.1), 0.03 * unit) for s in (-1, 1))),
        ):
            tint += (np.asarray(layer, np.float32) - tint) * np.asarray(mask, np.float32)[..., None]
        return pixels(plane * (amount * tint + (1 - amount) * 200))

    return spoil


FAMILIES = tuple(
    Family(key, "old", draw)
    for key, draw in (
        ("sepia", sepia),
        ("scratches", scratches),
        ("stains", stains),
        ("cracked", cracked),
        ("yellowed", yellowed),
        ("daguerreotype", daguerreotype),
        ("retouched", retouched),
        ("hand-tinted", hand_tinted),
    )
)
