"""Kinds for the examination in which something is put on the face: ink, age, gauze, a filter's ears."""

from __future__ import annotations

import math

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
    lit,
    noise,
    polygon,
    shifted,
    spline,
    strokes,
    written,
)
from spoiling.family import Family, Landmarks, Spoil, log_uniform, pixels, uniform


def code_overlay(rng: np.random.Generator) -> Spoil:
    """A matrix or bar code printed over the face, half transparent."""
    seed, share, cover = int(rng.integers(2**32)), log_uniform(rng, 0.1, 0.25), uniform(rng, 0.35, 0.65)
    middle, half, lines = (uniform(rng, -0.4, 0.4), uniform(rng, 0.2, 1.0)), uniform(rng, 0.7, 1.4), chance(rng, 0.4)
    turn, white = uniform(rng, -0.3, 0.3), uniform(rng, 0.2, 1)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        x, y = place.fields(image)
        dx, dy = x - middle[0], y - middle[1]
        a, b = math.cos(turn) * dx + math.sin(turn) * dy, math.cos(turn) * dy - math.sin(turn) * dx
        bits = np.random.default_rng(seed).integers(0, 2, (64, 64))
        column, row = (np.floor(plane / share).astype(int) % 64 for plane in (a, b))
        dark = bits[0, column] if lines else bits[row, column]
        inside = (np.maximum(np.abs(a), np.abs(b) * (1.6 if lines else 1.0)) < half).astype(np.float32)
        mask = inside * np.where(dark, cover, cover * white).astype(np.float32)
        return laid(image, (1 - dark[..., None]) * np.full(3, 255.0), mask)

    return spoil


def animal_filter(rng: np.random.Generator) -> Spoil:
    """The ears, nose, whiskers and tongue of an animal, as video calls put them on."""
    fur, inner, nose = colour(rng, 20, 240, 0.6), colour(rng, 100, 255), colour(rng, 0, 255, 0.6)
    ear, spread, long = uniform(rng, 0.35, 0.6), uniform(rng, 0.6, 1.0), uniform(rng, 0.5, 1.0)
    size, whiskers, tongue, patch = uniform(rng, 0.22, 0.4), chance(rng, 0.6), chance(rng, 0.5), chance(rng, 0.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.04)
        unit = place.unit
        result = image
        for s in (-1, 1):
            for part, tone in ((1.0, fur), (0.6, inner)):
                tip = (s * (spread + 0.25), -0.75 - long * part)
                points = [(s * (spread - ear * part), -0.7), tip, (s * (spread + ear * part), -0.45)]
                result = laid(result, tone, polygon(image, place.pixels(points), 0.01 * unit))
            if patch and s == 1:
                spot = ellipse(image, place, (0.5, 0.02), (0.45, 0.42), 0.05 * unit)
                result = laid(result, fur, spot * np.float32(0.7))
            if whiskers:
                paths = [place.pixels([(s * 0.35, 0.75 + a * 0.5), (s * 1.3, 0.7 + a * 2.2)]) for a in (-0.1, 0.0, 0.1)]
                result = laid(result, (20, 20, 20), strokes(image, paths, 0.025 * unit))
        snout = ellipse(image, place, (0, 0.62), (1.35 * size, 0.85 * size), 0.02 * unit)
        result = laid(result, nose, snout)
        result = laid(
            result, (255, 255, 255), ellipse(image, place, (-0.35 * size, 0.5), (0.25 * size, 0.15 * size)) * 0.6
        )
        if tongue:
            flap = ellipse(image, place, (0.05, 1.55), (0.25, 0.48), 0.01 * unit)
            result = laid(result, (225, 90, 110), flap)
        return result

    return spoil


def aged(rng: np.random.Generator) -> Spoil:
    """An age filter: wrinkles, folds, bags under the eyes and spots at the same places."""
    seed, depth, width = int(rng.integers(2**32)), uniform(rng, 0.25, 0.6), uniform(rng, 0.025, 0.05)
    rows, spots = int(rng.integers(2, 6)), int(rng.integers(0, 40))

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.03)
        shared = np.random.default_rng(seed)
        across = np.linspace(-0.8, 0.8, 24)
        paths = []
        for row in range(rows):
            wave = (
                -0.45
                - 0.16 * row
                + 0.04 * np.sin(across * shared.uniform(3, 7) + shared.uniform(0, 6))
                + 0.1 * across**2
            )
            paths.append(np.stack([across, wave], 1))
        for s in (-1, 1):
            fold = [(0.28, 0.55), (0.45, 0.75), (0.58, 1.0), (0.6, 1.25), (0.55, 1.45)]
            bag = [(0.22, 0.1), (0.35, 0.24), (0.55, 0.28), (0.75, 0.2)]
            below = [(0.18, 0.14), (0.35, 0.36), (0.6, 0.4), (0.85, 0.28)]
            feet = [[(0.82, 0.0), (1.1, a)] for a in shared.uniform(-0.25, 0.3, 4)]
            frown = [(0.08, -0.35), (0.1, -0.1)]
            lips = [[(a, 0.9), (a * 1.15, 0.78)] for a in shared.uniform(0, 0.4, 4)]
            paths += [[(s * px, py) for px, py in path] for path in (fold, bag, below, *feet, frown, *lips)]
        lines = [place.pixels(path) for path in paths]
        dark = strokes(image, lines, width * place.unit, 0.6 * width * place.unit)
        light = strokes(
            image, [line + np.array([0, width * place.unit]) for line in lines], width * place.unit, width * place.unit
        )
        places = shared.uniform((-1.0, -0.8), (1.0, 1.6), (spots, 2))
        brown = strokes(image, [place.pixels([p, p]) for p in places], 0.07 * place.unit, 0.02 * place.unit)
        result = lit(image, 1 - depth * dark + 0.4 * depth * light)
        return laid(result, (110, 75, 50), brown * np.float32(0.5))

    return spoil


def tattooed(rng: np.random.Generator) -> Spoil:
    """Curved lines and spirals tattooed on both sides of the face."""
    seed, count, width = int(rng.integers(2**32)), int(rng.integers(4, 10)), uniform(rng, 0.03, 0.08)
    ink, cover = np.array([30, 45, 60]) + rng.normal(0, 15, 3), uniform(rng, 0.5, 0.85)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.03)
        shared = np.random.default_rng(seed)
        turn = np.linspace(0, 1, 40)
        paths = []
        for _ in range(count):
            middle, size = shared.uniform((0.15, -0.8), (0.9, 1.6)), shared.uniform(0.15, 0.4)
            coil, start = shared.uniform(1, 4) * math.pi * shared.choice([-1, 1]), shared.uniform(0, 6.3)
            path = middle + size * (0.2 + turn[:, None]) * np.stack(
                [np.cos(start + coil * turn), np.sin(start + coil * turn)], 1
            )
            paths += [place.pixels(path), place.pixels(path * (-1, 1))]
        mask = strokes(image, paths, width * place.unit, 0.01 * place.unit) * np.float32(cover)
        return pixels(image * (1 - mask[..., None] * (1 - ink / 255)))

    return spoil


def plaster_bust(rng: np.random.Generator) -> Spoil:
    """A head of plaster, bronze or clay: one colour, the light of a round head, of the picture only its relief."""
    tone, keep, shine = colour(rng, 110, 250, 0.6), uniform(rng, 0.35, 0.8), uniform(rng, 0, 0.7)
    angle, high, share = uniform(rng, 0, 2 * np.pi), uniform(rng, 0.3, 1.0), log_uniform(rng, 0.3, 0.8)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        plane = brightness(image)
        flat = plane / np.maximum(cv2.GaussianBlur(plane, (0, 0), share * place.unit), 12)
        nx, ny = x / 1.6, (y - 0.4) / 2.0
        nz = np.sqrt(np.clip(1 - nx * nx - ny * ny, 0.02, 1))
        side = math.sqrt(1 - min(high, 0.95) ** 2)
        lambert = np.clip(math.cos(angle) * side * nx + math.sin(angle) * side * ny + high * nz, 0.12, 1.2)
        body = lambert * (1 + keep * (np.clip(flat, 0.2, 1.8) - 1))
        made = body[..., None] * tone + (shine * 160 * np.clip(body - 0.75, 0, 1) ** 2)[..., None]
        inside = ellipse(image, place, (0, 0.4), (1.45, 1.9), 0.15 * place.unit)
        return laid(image, made, inside)

    return spoil


def detector_overlay(rng: np.random.Generator) -> Spoil:
    """A picture saved from a face detector's demonstration: box, points, a net of lines and a number on the face."""
    tone, width, box = colour(rng, 0, 255), uniform(rng, 0.02, 0.06), chance(rng, 0.7)
    dots, mesh, text = chance(rng, 0.7), chance(rng, 0.6), f"{uniform(rng, 0.5, 1):.2f}"
    cross = chance(rng, 0.4)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.03)
        jaw = [
            (-1.05, 0.0),
            (-1.0, 0.6),
            (-0.8, 1.2),
            (-0.45, 1.65),
            (0, 1.8),
            (0.45, 1.65),
            (0.8, 1.2),
            (1.0, 0.6),
            (1.05, 0),
        ]
        brows = [(s * a, b) for s in (-1, 1) for a, b in ((0.2, -0.32), (0.5, -0.42), (0.85, -0.3))]
        eyes = [(s * a, b) for s in (-1, 1) for a, b in ((0.28, 0.02), (0.5, -0.09), (0.72, 0.0), (0.5, 0.08))]
        mouth = [(-0.42, MOUTH), (-0.15, 0.97), (0.15, 0.97), (0.42, MOUTH), (0.0, 1.25)]
        nose = [(0, 0.0), (0, 0.3), (0, 0.58), (-0.2, 0.7), (0.2, 0.7)]
        points = np.array([*jaw, *brows, *eyes, *mouth, *nose])
        points = points + generator.normal(0, 0.015, points.shape)
        paths = []
        if mesh or not (box or dots):
            far = np.linalg.norm(points[:, None] - points[None], axis=2)
            near = np.argsort(far, 1)[:, 1:4]
            paths += [place.pixels([points[i], points[j]]) for i, row in enumerate(near) for j in row]
        mask = strokes(image, paths, 0.5 * width * place.unit) if paths else np.zeros(image.shape[:2], np.float32)
        if dots:
            mask = np.maximum(mask, strokes(image, [place.pixels([p, p]) for p in points], 1.6 * width * place.unit))
        if box:
            frame = [(-1.2, -0.9), (1.2, -0.9), (1.2, 1.95), (-1.2, 1.95), (-1.2, -0.9)]
            mask = np.maximum(mask, strokes(image, [place.pixels(frame)], width * place.unit))
            number = written(image, text, place.pixels([-0.7, -1.1]), 0.25 * place.unit, 0, 3)
            mask = np.maximum(mask, number)
        if cross:
            lines = [place.pixels(path) for path in ([(-1.6, 0.5), (1.6, 0.5)], [(0, -1.2), (0, 2.2)])]
            mask = np.maximum(mask, strokes(image, lines, width * place.unit))
        return laid(image, tone, mask)

    return spoil


def bandaged(rng: np.random.Generator) -> Spoil:
    """Strips of gauze round the head and over a part of the face."""
    seed, count, width = int(rng.integers(2**32)), int(rng.integers(3, 7)), uniform(rng, 0.28, 0.42)
    tone = np.array([228, 220, 205]) * uniform(rng, 0.7, 1.08)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.05)
        shared = np.random.default_rng(seed)
        result = image
        for number in range(count):
            level = -0.75 + 0.24 * number if number < 2 else shared.uniform(-0.3, 1.7)
            tilt = shared.uniform(-0.5, 0.5)
            outline = [(-1.2, level - tilt), (0, level + 0.05), (1.2, level + tilt)]
            band = [(a, b - width / 2) for a, b in outline] + [(a, b + width / 2) for a, b in reversed(outline)]
            mask = polygon(image, place.pixels(spline(band)), 0.01 * place.unit)
            weave = 1 + 0.05 * noise(generator, image, 0.03 * place.unit)
            shade = polygon(image, place.pixels(spline(band)) + 0.05 * place.unit, 0.05 * place.unit)
            result = lit(result, 1 - 0.35 * shade * (1 - mask))
            result = laid(result, weave[..., None] * tone, mask)
        return result

    return spoil


KINDS = tuple(
    Family(key, key, draw)
    for key, draw in (
        ("code-overlay", code_overlay),
        ("animal-filter", animal_filter),
        ("aged", aged),
        ("tattooed", tattooed),
        ("plaster-bust", plaster_bust),
        ("detector-overlay", detector_overlay),
        ("bandaged", bandaged),
    )
)
