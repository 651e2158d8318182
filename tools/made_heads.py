"""Faces before a camera, made from photographs: heads that turn, and pictures held up instead of a head.

Everything is a surface that carries a photograph, moved in front of a perspective camera; the frames are for the real
detector. Lengths are in eye distances (about 63 mm of a life-size face), angles in degrees.

A head is a height field: how far each place of a frontal face stands out. Heights above the pupils follow a generic
adult face as face trackers use it: tip of the nose 0.57, its root 0.30, lips 0.32, corners of the mouth 0.05, chin 0.2;
so the tip is 0.53 above the plane of eyes and mouth, where photographs of real heads say 0.47 to 0.50 (presence_rates).
Sideways the face falls off like an ellipse. The heights of people differ by a tenth. The head turns about the neck, 1.6
eye distances behind the face. What is missing: the back of the head, shoulders that stay where they are, other shading
when turned, and a face that changes its expression.

A sheet of paper is flat, or bent without being stretched: a cylinder about any axis, a fold, an S.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.alignment import similarity
from siamgui.core.cv import cv2
from siamgui.core.types import Pixels

Plane = NDArray[np.float32]

WIDTH, HEIGHT, FOCAL = 320, 240, 300.0
"""Pixels of the camera: 56 degrees wide. A face at 50 cm has 38 pixels between the eyes, as detectors see it."""
AT_ARMS_LENGTH = 8.0

# The grid on which surfaces are described.
_LEFT, _TOP, _RIGHT, _BOTTOM, _CELL = -1.8, -1.8, 1.8, 2.4, 0.02
_X, _Y = np.meshgrid(np.arange(_LEFT, _RIGHT, _CELL, np.float32), np.arange(_TOP, _BOTTOM, _CELL, np.float32))
# Down from the pupils, and outwards: the face without nose and mouth, and what these add along the middle line.
_FACE = ((-2.2, -0.6), (-1.3, -0.05), (-0.9, 0.1), (-0.36, 0.22), (0.02, 0.12), (0.6, 0.1), (1.3, 0.1))
_FACE += ((1.5, 0.14), (1.75, 0.1), (1.95, -0.1), (2.2, -0.9), (2.8, -1.0))
_NOSE = ((-0.25, 0.0), (0.02, 0.18), (0.26, 0.35), (0.45, 0.45), (0.58, 0.47), (0.64, 0.4), (0.74, 0.1), (0.8, 0.0))
_MOUTH = ((0.6, 0.0), (0.75, 0.15), (0.94, 0.22), (1.04, 0.12), (1.15, 0.2), (1.3, 0.12), (1.5, 0.06), (1.7, 0.0))


@dataclass(frozen=True, eq=False)
class Surface:
    """Something that carries a photograph. All maps have the shape of the grid.

    height: how far it stands out towards the camera. x, y: the pixel of the photograph at each place; outside of the
    photograph there is nothing. pivot: (3,) the point it turns about (x right, y down, z away from the camera).
    """

    photo: Pixels
    height: Plane
    x: Plane
    y: Plane
    pivot: tuple[float, float, float]


@dataclass(frozen=True)
class Pose:
    """Where a surface is. yaw: positive towards the right edge of the picture. pitch: raised is positive."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    distance: float = AT_ARMS_LENGTH

    def __add__(self, other: Pose) -> Pose:
        return Pose(*(a + b for a, b in zip(self.values, other.values, strict=True)))

    @property
    def values(self) -> tuple[float, ...]:
        return self.yaw, self.pitch, self.roll, self.x, self.y, self.distance


class Model:
    """A photograph with its landmarks, put on the grid: pupils at (-0.5, 0) and (0.5, 0)."""

    def __init__(
        self, photo: Pixels, landmarks: NDArray[np.floating], to_photo: NDArray[np.float64] | None = None
    ) -> None:
        """to_photo: (2, 3) from the grid to the photograph; None: by the eyes."""
        self.photo, self.landmarks = photo, landmarks.astype(np.float64)
        if to_photo is None:
            across = self.landmarks[1] - self.landmarks[0]
            down = np.array([-across[1], across[0]])
            to_photo = np.column_stack([across, down, self.landmarks[:2].mean(0)])
        self._to_photo = to_photo

    def like(self, other: Model) -> Model:
        """The same photograph, shifted, turned and scaled to lie where the face of the other one does."""
        return Model(self.photo, self.landmarks, similarity(other.marks, self.landmarks))

    def place(self, x: Plane, y: Plane) -> tuple[Plane, Plane]:
        """Places on the grid -> pixels of the photograph."""
        (a, b, c), (d, e, f) = self._to_photo
        return (a * x + b * y + c).astype(np.float32), (d * x + e * y + f).astype(np.float32)

    @property
    def marks(self) -> NDArray[np.float64]:
        """(5, 2) the landmarks on the grid."""
        return np.asarray((self.landmarks - self._to_photo[:, 2]) @ np.linalg.inv(self._to_photo[:, :2]).T)


def head(model: Model, scale: float = 1.0) -> Surface:
    """scale: of the heights; 1 for the generic face."""
    marks = model.marks
    mouth = marks[3:].mean(0)
    # Nose tip and mouth of this face go where those of the generic one are, and the middle line runs through them.
    y = np.interp(_Y, (-2.2, 0, marks[2, 1], mouth[1], mouth[1] + 2), (-2.2, 0, 0.58, 1.04, 3.04)).astype(np.float32)
    x = _X - np.interp(_Y, (0, marks[2, 1], mouth[1]), (0, marks[2, 0], mouth[0])).astype(np.float32)
    nose = np.interp(y, *np.transpose(_NOSE)) * np.exp(-((x / (0.1 + 0.14 * np.clip(y / 0.58, 0, 1))) ** 2))
    mouth_height = np.interp(y, *np.transpose(_MOUTH)) * np.exp(-((x / 0.28) ** 2))
    # An ellipse as deep as it is wide: 0.1 lower at the pupils, and at the ears a good eye distance farther back.
    away = 1.25 * (1 - np.sqrt(np.clip(1 - (x / 1.3) ** 2, 0.0, 1)))
    outline = np.interp(y, *np.transpose(_FACE)) + nose + mouth_height - away
    height = cv2.GaussianBlur((scale * outline).astype(np.float32), (0, 0), 1.5)
    return Surface(model.photo, height, *model.place(_X, _Y), (0.0, 1.0, 1.6))


def sheet(model: Model, height: Plane | None = None, paper: float = 1.5) -> Surface:
    """A photograph on paper. height: of the bent sheet, None if it is flat. paper: half of its width.

    Paper bends, but does not stretch: the picture runs along the arc, counted from the middle of the face.
    """
    if height is None:
        height = np.zeros_like(_X)
    step = np.sqrt(1 + (np.gradient(height, _CELL, axis=1)) ** 2) * _CELL
    x = np.cumsum(step, axis=1) - np.cumsum(step, axis=1)[:, [round(-_LEFT / _CELL)]]
    step = np.sqrt(1 + (np.gradient(height, _CELL, axis=0)) ** 2) * _CELL
    middle = round((0.5 - _TOP) / _CELL)
    y = np.cumsum(step, axis=0) - np.cumsum(step, axis=0)[[middle]] + 0.5
    return _paper(model, height, x, y, paper, (0.0, 0.5, 0.0))


def _paper(
    model: Model,
    height: Plane,
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    half: float,
    pivot: tuple[float, float, float],
) -> Surface:
    """x, y: the place of the flat sheet at each place of the grid. half: of its width."""
    inside = (np.abs(x) < half) & (np.abs(y - 0.5) < 1.25 * half)
    picture_x, picture_y = model.place(x.astype(np.float32), y.astype(np.float32))
    return Surface(
        model.photo,
        height.astype(np.float32),
        np.where(inside, picture_x, np.float32(-1e4)),
        np.where(inside, picture_y, np.float32(-1e4)),
        pivot,
    )


def bent(model: Model, angle: float, axis: float, pivot: tuple[float, float, float] = (0.0, 0.5, 0.0)) -> Surface:
    """A photograph on paper round a cylinder. angle: of the sheet half an eye distance from its middle, 1 or more.

    axis: of the cylinder, in degrees from upright. pivot: the point it turns about.
    """
    across, down = math.cos(math.radians(axis)), math.sin(math.radians(axis))
    away = _X * across + (_Y - 0.5) * down
    radius = 0.5 / math.sin(math.radians(angle))
    height = _arc(away, np.full_like(_X, radius))
    # Along the sheet it is farther than straight across; beyond 75 degrees it goes on straight.
    inner = np.minimum(np.abs(away), radius * math.sin(math.radians(75)))
    along = radius * np.arcsin(inner / radius) + (np.abs(away) - inner) / math.cos(math.radians(75))
    more = np.copysign(along, away) - away
    return _paper(model, height, _X + more * across, _Y + more * down, 1.5, pivot)


def _arc(across: Plane, radius: Plane) -> Plane:
    # Beyond 75 degrees of the arc the sheet goes on straight.
    end = radius * math.sin(math.radians(75))
    inner = np.minimum(np.abs(across), end)
    arc = np.sqrt(radius**2 - inner**2) - radius
    return np.asarray(arc - (np.abs(across) - inner) * math.tan(math.radians(75)), np.float32)


def fold(left: float, right: float) -> Plane:
    """Folded along the nose: how far either half is bent back."""
    return np.where(_X < 0, _X * math.tan(math.radians(left)), -_X * math.tan(math.radians(right))).astype(np.float32)


def wave(angle: float) -> Plane:
    """An S: one half of the face bulges and the other is hollow; angle in the middle."""
    return np.asarray(math.tan(math.radians(angle)) * np.sin(2.2 * _X) / 2.2, np.float32)


def turn(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """(3, 3) rotation, the pitch first."""
    y, p, r = np.radians([yaw, pitch, roll])
    around_y = [[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]]
    around_x = [[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]]
    around_z = [[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]]
    return np.asarray(np.array(around_z) @ np.array(around_y) @ np.array(around_x))


def render(surface: Surface, pose: Pose, background: Pixels) -> Pixels:
    """What the camera sees: (HEIGHT, WIDTH, 3) RGB, without noise.

    Rays are followed through layers of height from the front, and the crossing is found between two of them.
    """
    rotation = turn(pose.yaw, pose.pitch, pose.roll)
    pivot = np.array(surface.pivot)
    shift = pivot + np.array([pose.x, pose.y - 0.5, pose.distance]) - rotation @ pivot
    low, high = _region(surface, rotation, shift)
    if (high <= low).any():
        return background.copy()
    columns, rows = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    rays = np.stack([(columns - WIDTH / 2) / FOCAL, (rows - HEIGHT / 2) / FOCAL, np.ones(columns.shape)], axis=-1)
    rays = (rays @ rotation).astype(np.float32)
    origin = (-shift @ rotation).astype(np.float32)
    top, bottom = float(surface.height.max()), max(float(surface.height.min()), -1.6)
    layers = np.linspace(top, bottom, 1 if top - bottom < 1e-6 else 14)
    found = np.zeros(columns.shape, bool)
    at_x = np.full(columns.shape, -1e3, np.float32)
    at_y = at_x.copy()
    gap_before = x_before = y_before = np.zeros(columns.shape, np.float32)
    for n, layer in enumerate(layers):
        reach = (-np.float32(layer) - origin[2]) / rays[..., 2]
        x = (origin[0] + reach * rays[..., 0] - _LEFT) / _CELL
        y = (origin[1] + reach * rays[..., 1] - _TOP) / _CELL
        if len(layers) == 1:
            at_x, at_y = x, y
            break
        gap = np.float32(layer) - cv2.remap(surface.height, x, y, cv2.INTER_LINEAR, borderValue=-9)
        hit = (gap <= 0) & ~found
        if n and hit.any():
            part = gap_before[hit] / np.maximum(gap_before[hit] - gap[hit], 1e-6)
            at_x[hit] = x_before[hit] + part * (x[hit] - x_before[hit])
            at_y[hit] = y_before[hit] + part * (y[hit] - y_before[hit])
            found |= hit
        gap_before, x_before, y_before = gap, x, y
    photo_x = cv2.remap(surface.x, at_x, at_y, cv2.INTER_LINEAR, borderValue=-1e4)
    photo_y = cv2.remap(surface.y, at_x, at_y, cv2.INTER_LINEAR, borderValue=-1e4)
    there = (photo_x > -50) & (photo_y > -50)
    seen = cv2.remap(surface.photo, photo_x, photo_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    picture = background.copy()
    part_of = picture[low[1] : high[1], low[0] : high[0]]
    part_of[there] = seen[there]
    return picture


def _region(
    surface: Surface, rotation: NDArray[np.float64], shift: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pixels, low to high, that the surface can cover."""
    near, far = -float(surface.height.max()), min(-float(surface.height.min()), 1.6)
    corners = np.array([(x, y, z) for x in (_LEFT, _RIGHT) for y in (_TOP, _BOTTOM) for z in (near, far)])
    points = corners @ rotation.T + shift
    seen = points[:, :2] / np.maximum(points[:, 2:], 0.5) * FOCAL + (WIDTH / 2, HEIGHT / 2)
    low = np.clip(np.floor(seen.min(0)), 0, (WIDTH, HEIGHT)).astype(int)
    return low, np.clip(np.ceil(seen.max(0)), 0, (WIDTH, HEIGHT)).astype(int)


def take(picture: Pixels, random: np.random.Generator, blur: float, noise: float) -> Pixels:
    """What a webcam makes of it: blur and noise (standard deviations, in pixels and in grey values)."""
    soft = cv2.GaussianBlur(picture, (0, 0), blur) if blur > 0.2 else picture
    grain = random.standard_normal((HEIGHT, WIDTH, 1), np.float32) * noise
    return np.clip(soft + grain, 0, 255).astype(np.uint8)


class Mover:
    """Goes from where it is to where it shall be as a hand or a head does: smoothly, a little too far, never still."""

    def __init__(self, random: np.random.Generator, start: Pose, speed: float, sway: Pose) -> None:
        """speed: of the movement, in 1/s; 7 arrives within half a second. sway: standard deviations."""
        self._random, self._speed, self._sway = random, speed, np.array(sway.values)
        self._at = np.array(start.values)
        self._velocity = np.zeros(6)
        self._swaying = random.standard_normal(6) * self._sway

    def step(self, target: Pose, seconds: float) -> Pose:
        for _ in range(4):
            part = seconds / 4
            pull = self._speed**2 * (np.array(target.values) - self._at) - 1.5 * self._speed * self._velocity
            self._velocity = self._velocity + pull * part
            self._at = self._at + self._velocity * part
        # Sway wanders with a memory of about a second.
        keep = math.exp(-seconds)
        self._swaying = keep * self._swaying + math.sqrt(1 - keep**2) * self._sway * self._random.standard_normal(6)
        return Pose(*(self._at + self._swaying))
