"""Kinds for the examination in which light, smoke or weather lies before the face."""

from __future__ import annotations

import math

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
    noise,
    polygon,
    shifted,
    strokes,
)
from spoiling.family import Family, Floats, Landmarks, Spoil, log_uniform, pixels, uniform


def _screened(image: Pixels, light: Floats) -> Pixels:
    """Light (h, w, 3) of 0 to 255 added as on film: nothing grows beyond white."""
    return pixels(255 - (255 - image.astype(np.float32)) * (1 - np.clip(light, 0, 255) / 255))


def window_reflection(rng: np.random.Generator) -> Spoil:
    """Taken through a window in which houses, the sky and a lamp are mirrored."""
    seed, strength, sky = int(rng.integers(2**32)), uniform(rng, 0.3, 0.65), colour(rng, 140, 255, 0.7)
    level, soft = uniform(rng, -0.2, 0.9), uniform(rng, 0.01, 0.08)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.08)
        shared = np.random.default_rng(seed)
        scene = np.ones_like(image, np.float32) * (sky * 0.9)
        left = -4.0
        while left < 4:
            wide, top = shared.uniform(0.5, 1.4), level + shared.uniform(-1.2, 0.6)
            house = place.pixels([(left, top), (left + wide, top), (left + wide, 5), (left, 5)])
            wall = colour(shared, 20, 120, 0.5)
            scene += (wall - scene) * polygon(image, house)[..., None]
            panes = [(left + wide * a, top + 0.25 + b * 0.45) for a in (0.3, 0.7) for b in range(5)]
            lamps = strokes(image, [place.pixels([p, p]) for p in panes], 0.18 * place.unit)
            scene += (colour(shared, 120, 255, 0.4) - scene) * lamps[..., None]
            left += wide
        scene = cv2.GaussianBlur(scene, (0, 0), max(soft * place.unit, 0.5))
        return _screened(image, scene * np.float32(strength))

    return spoil


def light_trails(rng: np.random.Generator) -> Spoil:
    """Lamps that moved during a long exposure draw glowing lines."""
    seed, count, width = int(rng.integers(2**32)), int(rng.integers(3, 10)), log_uniform(rng, 0.02, 0.08)
    tones = [colour(rng, 60, 255) for _ in range(3)]
    bend, glow = uniform(rng, 0.05, 0.4), uniform(rng, 0.05, 0.2)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.1)
        shared = np.random.default_rng(seed)
        light = np.zeros_like(image, np.float32)
        along = np.linspace(-4, 4, 50)
        for number in range(count):
            wave = bend * np.sin(along * shared.uniform(0.6, 3) + shared.uniform(0, 6.3)) + 0.1 * along
            path = np.stack([along, shared.uniform(-0.6, 1.6) + wave], 1)
            line = strokes(image, [place.pixels(path)], width * place.unit)
            line = line + 1.5 * cv2.GaussianBlur(line, (0, 0), max(glow * place.unit, 0.5))
            light += line[..., None] * tones[number % 3]
        return _screened(image, light)

    return spoil


def star_filter(rng: np.random.Generator) -> Spoil:
    """A cross filter: bright places send out rays in a few directions."""
    points, turn, long = int(rng.integers(2, 5)), uniform(rng, 0, np.pi), uniform(rng, 0.4, 1.2)
    gain, limit = uniform(rng, 1.2, 3), uniform(rng, 0.85, 0.96)
    tint = colour(rng, 190, 255) / 255

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        plane = brightness(image)
        # What is bright beside its surroundings; of the white wall behind a face nothing.
        above = plane - cv2.GaussianBlur(plane, (0, 0), 0.2 * place.unit)
        x, y = place.fields(image)
        above *= np.exp(-(((x * x + (y - 0.5) ** 2) / 4) ** 2))
        top = max(float(np.quantile(above[np.abs(x + 0 * y) + np.abs(y - 0.5) < 2], limit)), 1.0)
        bright = np.clip(above / top - 1, 0, 1)
        rays = np.zeros_like(bright)
        length = place.size(long, 3)
        for number in range(points):
            angle = turn + number * math.pi / points
            kernel = np.zeros((2 * length + 1,) * 2, np.float32)
            step = np.array([math.cos(angle), math.sin(angle)]) * length
            ends = (np.array([length, length]) + np.outer([-1, 1], step)).round().astype(int).tolist()
            cv2.line(kernel, ends[0], ends[1], 1.0)
            far = np.hypot(*np.mgrid[-length : length + 1, -length : length + 1])
            kernel *= np.clip(1 - far / (length + 1), 0, 1).astype(np.float32)
            rays += cv2.filter2D(bright, -1, kernel) / np.float32(0.12 * length)
        return _screened(image, (rays * 90 * gain / points)[..., None] * tint)

    return spoil


def light_discs(rng: np.random.Generator) -> Spoil:
    """Lamps far out of focus before and behind: large pale discs over each other."""
    seed, count, size = int(rng.integers(2**32)), int(rng.integers(8, 26)), uniform(rng, 0.25, 0.6)
    strength, tone = uniform(rng, 0.35, 0.8), colour(rng, 80, 255)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.1)
        shared = np.random.default_rng(seed)
        light = np.zeros_like(image, np.float32)
        for _ in range(count):
            middle, radius = shared.uniform((-1.8, -1.2), (1.8, 2.2)), size * shared.uniform(0.5, 1)
            disc = ellipse(image, place, middle, (radius, radius), 0.01 * place.unit)
            light += disc[..., None] * ((tone + shared.normal(0, 40, 3)) * strength * shared.uniform(0.3, 1)).astype(
                np.float32
            )
        return _screened(image, light)

    return spoil


def smoke(rng: np.random.Generator) -> Spoil:
    """Wisps of smoke or breath, thick here and thin there."""
    seed, cover, tone = int(rng.integers(2**32)), uniform(rng, 0.5, 0.9), colour(rng, 110, 250, 0.3)
    size, drawn_out, angle = log_uniform(rng, 0.3, 0.9), uniform(rng, 1.5, 4), uniform(rng, 0, np.pi)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.1)
        x, y = place.fields(image)
        shared = np.random.default_rng(seed)
        cos, sin = math.cos(angle), math.sin(angle)
        across, along = (cos * x + sin * y) / size, (cos * y - sin * x) / (size * drawn_out)
        total = np.zeros(image.shape[:2], np.float32)
        for octave in range(4):
            table = shared.normal(0, 1, (64, 64)).astype(np.float32)
            scale = 2**octave
            at = [((plane * scale + 0.35 * total) % 64).astype(np.float32) for plane in (across, along)]
            total += cv2.remap(table, at[0], at[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP) * np.float32(
                0.6**octave
            )
        return laid(image, tone, np.clip(total * 0.5 + 0.4, 0, 1) * np.float32(cover))

    return spoil


def rain_streaks(rng: np.random.Generator) -> Spoil:
    """Heavy rain or driving snow: many pale, short lines of one direction before the face."""
    share, long, angle = uniform(rng, 0.02, 0.06), log_uniform(rng, 0.12, 0.7), uniform(rng, 1.0, 2.1)
    size, strength, tone = log_uniform(rng, 0.015, 0.05), uniform(rng, 0.5, 0.9), colour(rng, 200, 255, 0.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        grain = noise(generator, image, max(size * place.unit, 1))
        seeds = (grain > np.quantile(grain[::4, ::4], 1 - share)).astype(np.float32)
        length = place.size(long / 2, 1)
        kernel = np.zeros((2 * length + 1,) * 2, np.float32)
        step = np.array([math.cos(angle), math.sin(angle)]) * length
        ends = (np.array([length, length]) + np.outer([-1, 1], step)).round().astype(int).tolist()
        cv2.line(kernel, ends[0], ends[1], 1.0)
        lines = cv2.filter2D(seeds, -1, kernel / (0.35 * length + 1))
        return laid(image, tone, np.clip(lines, 0, 1) * np.float32(strength))

    return spoil


def confetti(rng: np.random.Generator) -> Spoil:
    """Pieces of coloured paper falling before the face."""
    seed, count, size = int(rng.integers(2**32)), int(rng.integers(40, 130)), log_uniform(rng, 0.06, 0.16)
    one = colour(rng) if chance(rng, 0.3) else None

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.1)
        shared = np.random.default_rng(seed)
        result = image.copy()
        for _ in range(count):
            middle, turn = shared.uniform((-2.2, -1.7), (2.2, 2.7)), shared.uniform(0, 3.1)
            side = size * np.array([shared.uniform(0.4, 1), shared.uniform(0.4, 1)])
            corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * side
            corners = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + middle
            tone = colour(shared) if one is None else one * shared.uniform(0.7, 1.1)
            points = np.round(place.pixels(corners) * 16).astype(np.int32)
            cv2.fillPoly(result, [points], np.clip(tone, 0, 255).tolist(), cv2.LINE_AA, 4)
        return result

    return spoil


KINDS = tuple(
    Family(key, key, draw)
    for key, draw in (
        ("window-reflection", window_reflection),
        ("light-trails", light_trails),
        ("star-filter", star_filter),
        ("light-discs", light_discs),
        ("smoke", smoke),
        ("rain-streaks", rain_streaks),
        ("confetti", confetti),
    )
)
