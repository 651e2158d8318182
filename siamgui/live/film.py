"""A film to measure with: a face of the bundled photographs that moves before a camera, the same every time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo
from siamgui.core.resources import resource
from siamgui.core.types import Pixels

WIDTH, HEIGHT, RATE = 640, 480, 30
LENGTH = 20
"""Seconds of it."""
FACES, HEAD = 5, 120
HEADS = {
    "biden": (148, 46, 319),
    "obama1": (210, 0, 563),
    "obama2": (33, 122, 593),
    "obama3": (257, 84, 291),
}
"""Where the heads are in the bundled photographs: left, top and side, in pixels."""


def write_film(path: Path) -> None:
    """As a Motion JPEG file."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, (WIDTH, HEIGHT))
    for number in range(LENGTH * RATE):
        writer.write(cv2.cvtColor(film_frame(number), cv2.COLOR_RGB2BGR))
    writer.release()


def film_frame(number: int) -> Pixels:
    """(HEIGHT, WIDTH, 3) uint8 RGB: the face sways, comes nearer and goes."""
    photo, noise = _photo(), _noise()
    at = number / RATE
    scale = HEIGHT / photo.shape[0] * (1 + 0.1 * np.sin(0.7 * at))
    left = WIDTH / 2 - scale * photo.shape[1] / 2 + 40 * np.sin(1.1 * at)
    top = HEIGHT / 2 - scale * photo.shape[0] / 2 + 15 * np.sin(0.9 * at)
    matrix = np.array([[scale, 0, left], [0, scale, top]])
    clear = cv2.warpAffine(photo, matrix, (WIDTH, HEIGHT), borderValue=(120, 120, 120))
    result: Pixels = np.clip(clear.astype(np.int16) + noise[number % len(noise)], 0, 255).astype(np.uint8)
    return result


def crowd_frame(number: int) -> Pixels:
    """(HEIGHT, WIDTH, 3) uint8 RGB: FACES heads in a row, each of which sways by itself."""
    at = number / RATE
    frame = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    for place, photo in enumerate(_heads()):
        height, width = photo.shape[:2]
        left = round((place + 0.5) * WIDTH / FACES - width / 2 + 6 * np.sin((0.7 + 0.1 * place) * at + place))
        top = round(HEIGHT / 2 - height / 2 + (60 if place % 2 else -60) + 5 * np.cos(0.9 * at + place))
        low, high = max(left, 0), min(left + width, WIDTH)
        frame[top : top + height, low:high] = photo[:, low - left : high - left]
    result: Pixels = np.clip(frame.astype(np.int16) + _noise()[number % len(_noise())], 0, 255).astype(np.uint8)
    return result


@cache
def _photo(name: str = "obama1") -> Pixels:
    return load_photo(resource("samples") / f"{name}.jpg").pixels


@cache
def _heads() -> tuple[Pixels, ...]:
    """Of the four bundled photographs, and one of them in the mirror, as wide as there is room."""
    found = []
    for name, (x, y, side) in HEADS.items():
        part = _photo(name)[y : y + side, x : x + side]
        found.append(np.asarray(cv2.resize(part, (HEAD, HEAD), interpolation=cv2.INTER_AREA)))
    return *found, np.ascontiguousarray(found[1][:, ::-1])


@cache
def _noise() -> np.ndarray:
    return np.random.default_rng(0).integers(-4, 5, (8, HEIGHT, WIDTH, 1), np.int16)
