"""Screens: interlaced video, tubes, panels, and photographs of them."""

from __future__ import annotations

import math

import cv2
import numpy as np

from siamgui.core.types import Pixels
from spoiling.family import (
    Family,
    Landmarks,
    Spoil,
    either,
    eye_distance,
    grid,
    log_uniform,
    middle,
    pixels,
    uniform,
)


def comb(rng: np.random.Generator) -> Spoil:
    """Two half pictures of a moving face: every second line, or pair of lines, lies to the side."""
    share, lines = log_uniform(rng, 0.04, 0.45) * either(rng), log_uniform(rng, 0.015, 0.09)
    older = rng.random() < 0.3

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        step = max(round(lines * eyes), 1)
        shift = round(share * eyes) or 1
        other = np.roll(image, shift, axis=1)
        if shift > 0:
            other[:, :shift] = image[:, :1]
        else:
            other[:, shift:] = image[:, -1:]
        if older:
            other = (other * np.float32(0.75)).astype(np.uint8)
        odd = (np.arange(len(image)) // step) % 2 == int(rng.integers(2))
        result = image.copy()
        result[odd] = other[odd]
        return result

    return spoil


def scan_lines(rng: np.random.Generator) -> Spoil:
    """The lines of a tube: dark gaps, brighter lines, perhaps a rolling dark bar, perhaps the colours apart."""
    period, depth = log_uniform(rng, 0.04, 0.2), uniform(rng, 0.25, 0.85)
    bar, apart = uniform(rng, 0, 0.7) * (rng.random() < 0.4), uniform(rng, 0, 0.08) * (rng.random() < 0.5)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        y = np.arange(len(image), dtype=np.float32)[:, None, None]
        length = max(period * eyes, 2.0)
        wave = 0.5 + 0.5 * np.cos(2 * np.pi * y / length + uniform(rng, 0, 2 * np.pi))
        light = (1 - depth * wave) * (1 + 0.5 * depth)
        if bar:
            light = light * (1 - bar * np.exp(-(((y - uniform(rng, 0, len(image))) / (0.7 * eyes)) ** 2)))
        shift = round(apart * eyes)
        if shift:
            image = np.stack([np.roll(image[..., 0], shift, 1), image[..., 1], np.roll(image[..., 2], -shift, 1)], 2)
        return pixels(image * light.astype(np.float32))

    return spoil


def moire(rng: np.random.Generator) -> Spoil:
    """A screen photographed: the grid of the panel beats with that of the camera, in each colour a little otherwise."""
    period, turn, depth = log_uniform(rng, 0.1, 0.9), uniform(rng, 0, np.pi), log_uniform(rng, 0.07, 0.3)
    second, bend, apart = rng.random() < 0.6, uniform(rng, 0, 1.2) * (rng.random() < 0.6), uniform(rng, 0, 0.7)
    other = turn + uniform(rng, 0.6, 1.8)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        x, y = grid(image)
        x0, y0 = middle(landmarks)
        dx, dy = (x - x0) / eyes, (y - y0) / eyes
        curve = bend * 0.4 * (dx * dx + dy * dy)
        light = np.ones((*image.shape[:2], 3), np.float32)
        for angle in (turn, other)[: 1 + second]:
            phase = (dx * math.cos(angle) + dy * math.sin(angle) + curve) * (2 * np.pi / period) + uniform(rng, 0, 6.3)
            for k in range(3):
                light[..., k] *= 1 + np.float32(depth) * np.sin(phase + np.float32(k * apart * 2.1))
        return pixels(image * light)

    return spoil


def resampled(rng: np.random.Generator) -> Spoil:
    """The same, made as nature does: shown on a grid of dots, turned a little, and sampled without a filter."""
    cell, turn, depth = log_uniform(rng, 1.6, 3.2), uniform(rng, -0.25, 0.25), uniform(rng, 0.5, 1.0)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        x, y = grid(image)
        # The coarsest pattern that a picture of this size can carry, whatever the face measures.
        scale = max(eye_distance(landmarks) / 45, 1.0) ** 0.5
        u = (x * math.cos(turn) + y * math.sin(turn)) / cell + uniform(rng, 0, 1)
        v = (y * math.cos(turn) - x * math.sin(turn)) / cell + uniform(rng, 0, 1)
        dots = ((u % 1 < 0.6) & (v % 1 < 0.75)).astype(np.float32)
        dots = cv2.GaussianBlur(dots, (0, 0), 0.6 * scale)
        light = 1 - depth + depth * dots / max(float(dots.mean()), 1e-3)
        return pixels(image * light[..., None])

    return spoil


def subpixels(rng: np.random.Generator) -> Spoil:
    """A panel from near: each point is a red, a green and a blue stripe."""
    cell, depth, upright = log_uniform(rng, 0.06, 0.13), uniform(rng, 0.3, 0.85), rng.random() < 0.75
    gap, gain = uniform(rng, 0, 0.35), uniform(rng, 1.3, 2.3)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        size = max(cell * eye_distance(landmarks), 3.0)
        height, width = image.shape[:2]
        less = max(round(width / size), 4), max(round(height / size), 4)
        points = cv2.resize(cv2.resize(image, less, interpolation=cv2.INTER_AREA), (width, height), interpolation=0)
        x, y = grid(image)
        across, down = (x, y) if upright else (y, x)
        place = (across / size + uniform(rng, 0, 1)) % 1 * 3
        line = (down / size) % 1 > gap * 0.7
        light = np.stack([(place.astype(int) == k) & line for k in range(3)], 2).astype(np.float32)
        light = cv2.blur(light, (2, 2)) if size < 6 else light
        return pixels(points * (np.float32(gain) * (1 - depth + depth * 2 * light)))

    return spoil


def glare(rng: np.random.Generator) -> Spoil:
    """A lamp or a window mirrored in the glass before the picture: a bright patch, round or four-sided, and a veil."""
    off, size = rng.uniform(-1.0, 1.0, 2), rng.uniform(0.35, 1.1, 2).tolist()
    square, amount, veil = rng.random() < 0.5, uniform(rng, 0.4, 0.95), uniform(rng, 0, 0.3)
    turn, soft = uniform(rng, 0, np.pi), log_uniform(rng, 0.03, 0.4)
    colour = np.array([uniform(rng, 0.85, 1), uniform(rng, 0.9, 1), 1.0]) * 255

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        x, y = grid(image)
        x0, y0 = middle(landmarks, off + rng.normal(0, 0.08, 2))
        dx, dy = (x - x0) / eyes, (y - y0) / eyes
        along = np.abs(dx * math.cos(turn) + dy * math.sin(turn)) / size[0]
        across = np.abs(dy * math.cos(turn) - dx * math.sin(turn)) / size[1]
        reach = np.maximum(along, across) if square else np.hypot(along, across)
        patch = amount / (1 + np.exp(np.clip((reach - 1) / np.float32(soft * 0.5), -30, 30)))
        share = np.clip(patch + veil, 0, 1).astype(np.float32)[..., None]
        return pixels(image * (1 - share) + colour.astype(np.float32) * share)

    return spoil


def bluish(rng: np.random.Generator) -> Spoil:
    """A panel photographed: raised black, a cast of the backlight, darker towards one side, a weak grid."""
    lift = uniform(rng, 0.08, 0.3) * np.array([uniform(rng, 0.3, 0.9), uniform(rng, 0.6, 1.0), 1.0])
    gain = np.array([uniform(rng, 0.5, 0.9), uniform(rng, 0.7, 1.0), uniform(rng, 0.95, 1.25)])
    if rng.random() < 0.25:
        lift, gain = lift[::-1].copy(), gain[::-1].copy()
    fall, direction = uniform(rng, 0, 0.3), uniform(rng, 0, 2 * np.pi)
    period, depth = log_uniform(rng, 0.05, 0.12), uniform(rng, 0, 0.3)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        x, y = grid(image)
        x0, y0 = middle(landmarks)
        along = ((x - x0) * math.cos(direction) + (y - y0) * math.sin(direction)) / (2 * eyes)
        turn = 2 * np.pi / max(period * eyes, 2.2)
        light = (1 + fall * along) * (1 + depth * 0.5 * (np.sin(x * turn) + np.sin(y * turn)))
        lifted = image * ((1 - lift) * gain).astype(np.float32) + (lift * 255).astype(np.float32)
        return pixels(lifted * light.astype(np.float32)[..., None])

    return spoil


def torn(rng: np.random.Generator) -> Spoil:
    """A frame of which parts are late or lost: bands of lines lie to the side, as in a broken transmission."""
    share, bands, chance = log_uniform(rng, 0.08, 0.5), log_uniform(rng, 0.08, 0.5), uniform(rng, 0.25, 0.7)
    apart = uniform(rng, 0, 0.1)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        result = image.copy()
        top = 0
        while top < len(image):
            end = top + max(round(bands * eyes * uniform(rng, 0.4, 1.6)), 2)
            if rng.random() < chance:
                shift = round(rng.normal(0, share * eyes))
                for k in range(3):
                    result[top:end, :, k] = np.roll(image[top:end, :, k], shift + round((k - 1) * apart * eyes), axis=1)
            top = end
        # At least one band across the face is always hit.
        at = max(round(float(landmarks[2, 1]) - bands * eyes / 2), 0)
        end = at + max(round(bands * eyes), 2)
        result[at:end] = np.roll(image[at:end], max(round(share * eyes), 1), axis=1)
        return result

    return spoil


FAMILIES: tuple[Family, ...] = (
    Family("interlace-comb", "screen", comb),
    Family("scan-lines", "screen", scan_lines),
    Family("moire", "screen", moire),
    Family("dot-grid", "screen", resampled),
    Family("subpixels", "screen", subpixels),
    Family("glare", "screen", glare),
    Family("panel-cast", "screen", bluish),
    Family("torn-frame", "screen", torn),
)
