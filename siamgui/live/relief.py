"""What 68 points say of a face that moves: whether its nose stands out of any smooth sheet, and its eyes.

However a sheet of paper is held, and however it is bent while it moves, where its points go is nearly a polynomial of
degree two of where they were: that of a flat one under perspective is to the second order, and so is a cylinder's of
any axis. A nose is no such surface: it rises and falls again within half an eye distance. So the movement of brows,
nose, eyes and lips since the face was seen straight is fitted by such a polynomial and by the shape of a nose at once,
and how far the nose has moved beyond is the relief: of a head that is turned several times that of a flat picture, and
more than that of one bent about any axis (tools/presence_rates.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.closely import LEFT_EYE, RIGHT_EYE, CloseLook

Points = NDArray[np.float64]

# Brows, nose, eyes and outer lips: the jaw is an outline, which runs over another part of a head that turns.
_FITTED = slice(17, 60)
# How far the points of the nose stand out, in eye distances: its ridge, and its lower edge.
_NOSE = np.zeros(43)
_NOSE[10:19] = (0.10, 0.22, 0.34, 0.47, 0.12, 0.22, 0.30, 0.22, 0.12)


class Look(NamedTuple):
    """points: (68, 2) from the middle of the eyes in eye distances, upright. eyes: how surely they are open, 0 to 1, in
    the mean of both."""

    points: Points
    eyes: float


def look_of(close: CloseLook) -> Look | None:
    """None where the eyes fall together."""
    points = close.points.astype(np.float64)
    left, right = points[LEFT_EYE].mean(0), points[RIGHT_EYE].mean(0)
    across = right - left
    apart = float(across @ across)
    if not np.isfinite(points).all() or apart < 16:
        return None
    level = np.array([[across[0], -across[1]], [across[1], across[0]]]) / apart
    upright = (points - (left + right) / 2) @ level
    return Look(upright, sum(close.eyes) / 2)


def relief(straight: Points, now: Points) -> tuple[float, float]:
    """How far the nose has moved, to the right and downwards, beyond what a smooth sheet does.

    straight, now: Look.points, when the face looked straight and now.
    """
    x, y = straight[_FITTED].T
    sheet = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    nose = _NOSE - sheet @ np.linalg.lstsq(sheet, _NOSE, rcond=None)[0]
    across, down = nose @ (now - straight)[_FITTED] / (nose @ nose)
    return float(across), float(down)
