"""Focus: the picture is soft, all of it or in part."""

from __future__ import annotations

import math

import cv2
import numpy as np

from siamgui.core.types import Pixels
from spoiling.family import (
    Family,
    Floats,
    Landmarks,
    Spoil,
    eye_distance,
    grid,
    log_uniform,
    middle,
    pixels,
    softened,
    uniform,
)


def gaussian(rng: np.random.Generator) -> Spoil:
    """Out of focus, or smoothed by software."""
    share = log_uniform(rng, 0.02, 0.15)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        return softened(image, share * eye_distance(landmarks))

    return spoil


def aperture(radius: float, blades: int, turn: float) -> Floats:
    """The blur of a point far out of focus: a disc, or a polygon of that many blades."""
    half = int(np.ceil(radius)) + 1
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    reach = np.hypot(x, y)
    if blades:
        sector = np.mod(np.arctan2(y, x) + turn, 2 * np.pi / blades) - np.pi / blades
        reach = reach * np.cos(sector) / np.cos(np.pi / blades)
    kernel = np.clip(radius + 0.5 - reach, 0, 1).astype(np.float32)
    return kernel / kernel.sum()


def bokeh(rng: np.random.Generator) -> Spoil:
    """Out of focus through a real aperture; bright points spread as discs, since it is light that adds up."""
    share, blades, turn = log_uniform(rng, 0.04, 0.24), int(rng.choice((0, 0, 5, 6, 8))), uniform(rng, 0, 2)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        kernel = aperture(max(share * eye_distance(landmarks), 1.0), blades, turn)
        light = cv2.filter2D(np.square(image, dtype=np.float32), -1, kernel)
        return pixels(np.sqrt(np.maximum(light, 0)))

    return spoil


def partly(rng: np.random.Generator) -> Spoil:
    """Sharp in one band only: a tilted lens, or a face that reaches out of the depth of field."""
    share, direction = log_uniform(rng, 0.06, 0.2), uniform(rng, 0, 2 * np.pi)
    place, slope = uniform(rng, -0.8, 0.8), uniform(rng, 0.3, 1.0)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        soft = softened(image, share * eyes)
        x, y = grid(image)
        x0, y0 = middle(landmarks)
        away = ((x - x0) * math.cos(direction) + (y - y0) * math.sin(direction)) / eyes - place - rng.normal(0, 0.1)
        weight = np.clip(np.abs(away) / slope, 0, 1)[..., None]
        return pixels(image * (1 - weight) + soft * weight)

    return spoil


def glow(rng: np.random.Generator) -> Spoil:
    """A soft filter, a dirty lens, halation of film: the bright parts shine over the dark ones, perhaps in a colour."""
    share, amount = log_uniform(rng, 0.1, 0.8), uniform(rng, 0.3, 0.8)
    lighter = rng.random() < 0.6
    colour = np.array([1, uniform(rng, 0.4, 1), uniform(rng, 0.3, 1)]) if rng.random() < 0.3 else np.ones(3)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        soft = softened(image, share * eye_distance(landmarks))
        if lighter:
            shine = soft * (amount / 255 * colour).astype(np.float32)
            return pixels(255 - (255 - image) * (1 - shine))
        result: Pixels = cv2.addWeighted(image, 1 - amount, soft, amount, 0)
        return result

    return spoil


FAMILIES: tuple[Family, ...] = (
    Family("gaussian-blur", "focus", gaussian),
    Family("bokeh", "focus", bokeh),
    Family("partly-focused", "focus", partly),
    Family("glow", "focus", glow),
)
