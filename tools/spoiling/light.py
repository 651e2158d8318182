"""Light: too little, too much, from one side, coloured."""

from __future__ import annotations

import math

import numpy as np

from siamgui.core.types import Pixels
from spoiling.family import (
    Family,
    Floats,
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

GAMMA = 2.2


def linear(image: Pixels) -> Floats:
    """0..255 as light, 0..1."""
    table = ((np.arange(256) / 255) ** GAMMA).astype(np.float32)
    result: Floats = table[image]
    return result


def shown(light: Floats) -> Pixels:
    """Light, 0..1 and clipped beyond, as 0..255."""
    table = (255 * (np.arange(4096) / 4095) ** (1 / GAMMA) + 0.5).astype(np.uint8)
    result: Pixels = table[np.clip(light * 4095, 0, 4095).astype(np.uint16)]
    return result


def dark(rng: np.random.Generator) -> Spoil:
    amount, noise = log_uniform(rng, 0.01, 0.2), uniform(rng, 0, 6)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        result = shown(linear(image) * np.float32(amount))
        return pixels(result + rng.standard_normal(image.shape, dtype=np.float32) * np.float32(noise))

    return spoil


def brightened(rng: np.random.Generator) -> Spoil:
    """Taken too dark, rounded to the few steps that were left, and brightened again."""
    steps, noise = log_uniform(rng, 4, 22), uniform(rng, 0.1, 0.8)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        seen = image * np.float32(steps / 255) + rng.standard_normal(image.shape, dtype=np.float32) * np.float32(noise)
        return pixels(np.round(np.maximum(seen, 0)) * np.float32(255 / steps))

    return spoil


def overexposed(rng: np.random.Generator) -> Spoil:
    """Everything bright is white."""
    amount = log_uniform(rng, 1.8, 7)
    return lambda image, landmarks, rng: shown(linear(image) * np.float32(amount))


def one_sided(rng: np.random.Generator) -> Spoil:
    """One side in shadow: an edge, hard or soft, near the middle of the face."""
    return shadow(rng, uniform(rng, -0.5, 0.5) + (np.pi if rng.random() < 0.5 else 0), uniform(rng, -0.4, 0.4))


def from_below(rng: np.random.Generator) -> Spoil:
    """Lit from below or from above."""
    return shadow(rng, either(rng) * np.pi / 2 + uniform(rng, -0.4, 0.4), uniform(rng, -0.4, 0.6))


def shadow(rng: np.random.Generator, direction: float, place: float) -> Spoil:
    """Towards `direction` from a line through the face it is dark: 3 to 35 % of the light is left."""
    left, soft, curve = log_uniform(rng, 0.03, 0.35), log_uniform(rng, 0.06, 1.2), uniform(rng, -0.5, 0.5)
    gain = uniform(rng, 1.0, 1.6)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        x, y = grid(image)
        x0, y0 = middle(landmarks)
        dx, dy = (x - x0) / eyes, (y - y0) / eyes
        along = dx * math.cos(direction) + dy * math.sin(direction)
        across = dy * math.cos(direction) - dx * math.sin(direction)
        depth = along - place + curve * across * across + rng.normal(0, 0.05)
        share = (left + (gain - left) / (1 + np.exp(np.clip(depth / (soft * 0.25), -30, 30))))[..., None]
        return shown(linear(image) * share.astype(np.float32))

    return spoil


def haze(rng: np.random.Generator) -> Spoil:
    """Against the light, fog, a pale lens: little contrast over a veil, perhaps coloured or stronger to one side."""
    contrast, veil = uniform(rng, 0.1, 0.5), uniform(rng, 0.3, 1.0)
    colour = 255 * np.clip(veil + rng.normal(0, 0.06, 3), 0.1, 1)
    slope, direction = uniform(rng, 0, 0.25), uniform(rng, 0, 2 * np.pi)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        x, y = grid(image)
        x0, y0 = middle(landmarks)
        eyes = eye_distance(landmarks)
        along = ((x - x0) * math.cos(direction) + (y - y0) * math.sin(direction)) / (2 * eyes)
        share = np.clip(contrast + slope * along, 0.05, 1).astype(np.float32)[..., None]
        return pixels(image * share + colour.astype(np.float32) * (1 - share))

    return spoil


def vignette(rng: np.random.Generator) -> Spoil:
    """Dark towards the edge of a circle around the face, to black as through a keyhole."""
    reach, power, left = uniform(rng, 0.9, 1.9), log_uniform(rng, 1.5, 8), uniform(rng, 0, 0.15)
    off = rng.uniform(-0.4, 0.4, 2)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        x, y = grid(image)
        x0, y0 = middle(landmarks, off)
        r = np.hypot(x - x0, y - y0) / (reach * eyes)
        share = left + (1 - left) / (1 + r ** (2 * power))
        return shown(linear(image) * share.astype(np.float32)[..., None])

    return spoil


def coloured(rng: np.random.Generator) -> Spoil:
    """Light of one colour, or of two from two sides: a stage, a shop sign, a dark room."""
    two = rng.random() < 0.5
    hues, depth = rng.uniform(0, 1, 2), uniform(rng, 0.6, 1.0)
    direction, gain = uniform(rng, 0, 2 * np.pi), uniform(rng, 0.8, 2.2)
    colours = [
        1 - depth + depth * np.clip(np.abs(np.mod(hue * 6 + np.array([0, 4, 2]), 6) - 3) - 1, 0, 1) for hue in hues
    ]

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        light = linear(image)
        light = (0.3 * light + 0.7 * light.mean(2, keepdims=True)) * np.float32(gain)
        if not two:
            return shown(light * colours[0].astype(np.float32))
        x, y = grid(image)
        x0, y0 = middle(landmarks)
        eyes = eye_distance(landmarks)
        along = ((x - x0) * math.cos(direction) + (y - y0) * math.sin(direction)) / eyes
        share = (1 / (1 + np.exp(np.clip(4 * along, -30, 30)))).astype(np.float32)[..., None]
        return shown(light * (share * colours[0].astype(np.float32) + (1 - share) * colours[1].astype(np.float32)))

    return spoil


def spot(rng: np.random.Generator) -> Spoil:
    """A lamp or the sun makes a bright patch on the face, with or without a hard edge."""
    off, size = rng.uniform(-0.9, 0.9, 2), rng.uniform(0.3, 0.9, 2).tolist()
    turn, hard, gain = uniform(rng, 0, np.pi), log_uniform(rng, 1, 12), log_uniform(rng, 3, 14)
    base = uniform(rng, 0.3, 1.0)
    warm = np.array([1, uniform(rng, 0.75, 1), uniform(rng, 0.5, 1)], np.float32)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        x, y = grid(image)
        x0, y0 = middle(landmarks, off + rng.normal(0, 0.06, 2))
        dx, dy = (x - x0) / eyes, (y - y0) / eyes
        along = (dx * math.cos(turn) + dy * math.sin(turn)) / size[0]
        across = (dy * math.cos(turn) - dx * math.sin(turn)) / size[1]
        inside = 1 / (1 + (along * along + across * across) ** hard)
        return shown(linear(image) * (base + gain * inside.astype(np.float32)[..., None] * warm))

    return spoil


def blinds(rng: np.random.Generator) -> Spoil:
    """The shadow of blinds, branches or a fence over the face."""
    length, turn, left = log_uniform(rng, 0.25, 1.2), uniform(rng, 0, np.pi), log_uniform(rng, 0.2, 0.65)
    share, soft, rough = uniform(rng, -0.5, 0.5), log_uniform(rng, 0.1, 0.8), uniform(rng, 0, 1.5)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        x, y = grid(image)
        along = (x * math.cos(turn) + y * math.sin(turn)) / (length * eyes)
        across = (y * math.cos(turn) - x * math.sin(turn)) / (length * eyes)
        wave = np.sin(2 * np.pi * along + rough * np.sin(2 * across) + uniform(rng, 0, 2 * np.pi))
        lit = 1 / (1 + np.exp(np.clip((share - wave) / (0.5 * soft), -30, 30)))
        return shown(linear(image) * (left + (1.2 - left) * lit).astype(np.float32)[..., None])

    return spoil


FAMILIES: tuple[Family, ...] = (
    Family("dark", "light", dark),
    Family("brightened", "light", brightened),
    Family("overexposed", "light", overexposed),
    Family("one-sided-light", "light", one_sided),
    Family("light-from-below", "light", from_below),
    Family("haze", "light", haze),
    Family("vignette", "light", vignette),
    Family("coloured-light", "light", coloured),
    Family("spot-light", "light", spot),
    Family("blinds", "light", blinds),
)
