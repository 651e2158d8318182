"""Lenses, distances and tilts: the picture is bent."""

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
    either,
    eye_distance,
    grid,
    log_uniform,
    middle,
    uniform,
)


def warped(image: Pixels, x: Floats, y: Floats) -> Pixels:
    """Each pixel from x, y of the picture, both (height, width); outside the picture its border goes on."""
    full = (
        np.broadcast_to(x, image.shape[:2]).astype(np.float32),
        np.broadcast_to(y, image.shape[:2]).astype(np.float32),
    )
    result: Pixels = cv2.remap(image, *full, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return result


def flat(image: Pixels, matrix: np.ndarray) -> Pixels:
    """The picture through a homography, (3, 3), at its old size."""
    size = image.shape[1], image.shape[0]
    result: Pixels = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return result


def about(landmarks: Landmarks, linear: np.ndarray) -> np.ndarray:
    """The homography that keeps the middle of the face and does `linear`, (2, 2) or (3, 3), around it."""
    x, y = middle(landmarks)
    there = np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])
    inner = np.eye(3)
    inner[: len(linear), : len(linear)] = linear
    return there @ inner @ np.linalg.inv(there)


def radial(power: float, reach: float) -> Spoil:
    """Radius r of the picture, in `reach` eye distances, shows r ** power of the scene; from 1 on nothing changes."""

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        x0, y0 = middle(landmarks)
        length = reach * eye_distance(landmarks)
        x, y = grid(image)
        dx, dy = (x - x0) / length, (y - y0) / length
        r = np.maximum(np.hypot(dx, dy), 1e-3)
        factor = np.where(r < 1, r ** (power - 1), 1) * length
        return warped(image, x0 + dx * factor, y0 + dy * factor)

    return spoil


def wide(rng: np.random.Generator) -> Spoil:
    """A lens held close to the nose."""
    return radial(1 + uniform(rng, 0.05, 0.5), uniform(rng, 1.8, 3.2))


def tele(rng: np.random.Generator) -> Spoil:
    """A pinch: the middle of the face is drawn together."""
    return radial(1 - uniform(rng, 0.05, 0.35), uniform(rng, 1.8, 3.2))


def polynomial(rng: np.random.Generator, low: float, high: float) -> Spoil:
    """r (1 + k r^2 + m r^4) of the whole picture, r in 2.5 eye distances (Brown 1966), its middle near the face."""
    k, m = uniform(rng, low, high), uniform(rng, low, high) * 0.3
    off = rng.uniform(-0.5, 0.5, 2)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        x0, y0 = middle(landmarks, off)
        x, y = grid(image)
        dx, dy = (x - x0) / (2.5 * eyes), (y - y0) / (2.5 * eyes)
        square = np.minimum(dx * dx + dy * dy, 2.5)
        factor = np.maximum(1 + k * square + m * square * square, 0.25) * 2.5 * eyes
        return warped(image, x0 + dx * factor, y0 + dy * factor)

    return spoil


def fisheye(rng: np.random.Generator) -> Spoil:
    """An equidistant fisheye of a half angle up to 70 degrees (r = f theta shows f tan theta), black around."""
    angle, reach = math.radians(uniform(rng, 30, 72)), uniform(rng, 2.2, 3.4)
    black = rng.random() < 0.5
    off = rng.uniform(-0.6, 0.6, 2)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        x0, y0 = middle(landmarks, off)
        x, y = grid(image)
        dx, dy = (x - x0) / (reach * eyes), (y - y0) / (reach * eyes)
        r = np.maximum(np.hypot(dx, dy), 1e-3)
        factor = np.tan(np.minimum(r, 1.15) * angle) / math.tan(angle) / r * reach * eyes
        result = warped(image, x0 + dx * factor, y0 + dy * factor)
        if black:
            result[r > 1.1] = 0
        return result

    return spoil


def squeezed(rng: np.random.Generator) -> Spoil:
    """The wrong aspect ratio: one side of the picture is stored shorter or longer."""
    share = log_uniform(rng, 0.6, 0.92) if rng.random() < 0.5 else log_uniform(rng, 1.09, 1.6)
    sideways = rng.random() < 0.5

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        height, width = image.shape[:2]
        size = (max(round(width * share), 8), height) if sideways else (width, max(round(height * share), 8))
        result: Pixels = cv2.resize(image, size, interpolation=cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR)
        return result

    return spoil


def sheared(rng: np.random.Generator) -> Spoil:
    """A picture lying askew: one direction slides along the other."""
    amount = uniform(rng, 0.12, 0.5) * either(rng)
    linear = np.array([[1, amount], [0, 1.0]]) if rng.random() < 0.7 else np.array([[1, 0], [amount, 1.0]])

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        return flat(image, about(landmarks, linear))

    return spoil


def keystone(rng: np.random.Generator) -> Spoil:
    """A picture of a picture, held askew: lines that were parallel meet."""
    direction, amount = uniform(rng, 0, 2 * np.pi), uniform(rng, 0.06, 0.22)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        share = amount / eye_distance(landmarks)
        inner = np.eye(3)
        inner[2, :2] = share * math.cos(direction), share * math.sin(direction)
        # Far corners must stay in front of the camera.
        height, width = image.shape[:2]
        x, y = middle(landmarks)
        corners = np.array([[a - x, b - y, 1] for a in (0, width) for b in (0, height)]) @ inner[2]
        inner[2, :2] *= min(1.0, 0.75 / max(1 - float(corners.min()), 1e-6))
        return flat(image, about(landmarks, inner))

    return spoil


def tilted(rng: np.random.Generator) -> Spoil:
    """Seen from above or below, foreshortened: a homography that shortens one direction and lets it converge."""
    direction, short, amount = uniform(rng, 0, np.pi), uniform(rng, 0.6, 0.88), uniform(rng, -0.12, 0.12)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        turn = np.array([[math.cos(direction), -math.sin(direction)], [math.sin(direction), math.cos(direction)]])
        inner = np.eye(3)
        inner[:2, :2] = turn @ np.diag([short, 1]) @ turn.T
        height, width = image.shape[:2]
        limit = 0.7 / max(height, width)
        inner[2, :2] = turn[:, 0] * np.clip(amount / eye_distance(landmarks), -limit, limit)
        return flat(image, about(landmarks, inner))

    return spoil


def wavy(rng: np.random.Generator) -> Spoil:
    """Bad glass, a rolling shutter on the move, a poster in the wind: each row or column slides by its own amount."""
    length, height = log_uniform(rng, 0.25, 3.0), uniform(rng, 0.025, 0.07)
    both, phase = rng.random() < 0.4, uniform(rng, 0, 2 * np.pi)
    down = rng.random() < 0.4

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        x, y = grid(image)
        x0, y0 = middle(landmarks)
        start = phase + rng.normal(0, 0.3)
        # Long waves may be higher: what hurts is how steep they are.
        high = height * eyes * max(length, 0.5) * 1.4
        turn = 2 * np.pi / (length * eyes)
        along = high * np.sin((y - y0) * turn + start)
        across = high * np.sin((x - x0) * turn + start)
        if both:
            return warped(image, x + along, y + across)
        return warped(image, x + 0 * y, y + across) if down else warped(image, x + along, y + 0 * x)

    return spoil


def ripples(rng: np.random.Generator) -> Spoil:
    """Rings around a point: a bathroom window, water on the lens."""
    length, height, off = log_uniform(rng, 0.3, 1.2), uniform(rng, 0.04, 0.13), rng.uniform(-1.2, 1.2, 2)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        x, y = grid(image)
        x0, y0 = middle(landmarks, off + rng.normal(0, 0.1, 2))
        dx, dy = x - x0, y - y0
        r = np.maximum(np.hypot(dx, dy), 1)
        push = height * length * eyes * np.sin(r * (2 * np.pi / (length * eyes))) / r
        return warped(image, x + dx * push, y + dy * push)

    return spoil


def glass(rng: np.random.Generator) -> Spoil:
    """Uneven glass: a smooth random field moves every point. Each photograph is taken through its own piece."""
    size, height = log_uniform(rng, 0.2, 1.2), uniform(rng, 0.04, 0.11)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        eyes = eye_distance(landmarks)
        rows, columns = image.shape[:2]
        step = max(size * eyes, 2.0)
        field = rng.normal(0, height * size * eyes, (int(rows / step) + 3, int(columns / step) + 3, 2))
        moved = cv2.resize(field.astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)
        x, y = grid(image)
        return warped(image, x + moved[..., 0], y + moved[..., 1])

    return spoil


FAMILIES: tuple[Family, ...] = (
    Family("wide-lens", "lens", wide),
    Family("pinched", "lens", tele),
    Family("barrel", "lens", lambda rng: polynomial(rng, 0.1, 0.6)),
    Family("pincushion", "lens", lambda rng: polynomial(rng, -0.2, -0.06)),
    Family("fisheye", "lens", fisheye),
    Family("squeezed", "lens", squeezed),
    Family("sheared", "lens", sheared),
    Family("keystone", "lens", keystone),
    Family("tilted", "lens", tilted),
    Family("wavy", "lens", wavy),
    Family("ripples", "lens", ripples),
    Family("uneven-glass", "lens", glass),
)
