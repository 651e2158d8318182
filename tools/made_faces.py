"""Faces that blink, made from photographs: what tools/made_heads.py puts on its surfaces.

A closed eye is the skin above it, drawn down to the lower lid, with a dark line of lashes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siamgui.core.closely import LEFT_EYE, RIGHT_EYE
from siamgui.core.cv import cv2
from siamgui.core.types import Pixels

Map = NDArray[np.float32]


def closed(photo: Pixels, points: NDArray[np.floating], shut: float = 1.0) -> Pixels:
    """points: (68, 2) of the face in the photograph. shut: 0 for eyes as they are to 1 for closed ones."""
    for eye in (LEFT_EYE, RIGHT_EYE):
        photo = _closed(photo, points[eye].astype(np.float64), shut)
    return photo


def _frame(photo: Pixels, middle: NDArray[np.float64], across: NDArray[np.float64]) -> tuple[Map, Map]:
    """For every pixel: how far it lies from middle along and below the line `across`, a unit vector."""
    y, x = np.mgrid[: photo.shape[0], : photo.shape[1]].astype(np.float32)
    x, y = x - middle[0], y - middle[1]
    return (x * across[0] + y * across[1]).astype(np.float32), (y * across[0] - x * across[1]).astype(np.float32)


def _moved(photo: Pixels, down: Map, across: NDArray[np.float64]) -> Pixels:
    """Every pixel from so far below where it is (down: negative for above)."""
    y, x = np.mgrid[: photo.shape[0], : photo.shape[1]].astype(np.float32)
    moved: Pixels = cv2.remap(
        photo,
        (x - down * across[1]).astype(np.float32),
        (y + down * across[0]).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return moved


def _closed(photo: Pixels, eye: NDArray[np.float64], shut: float) -> Pixels:
    across = eye[3] - eye[0]
    wide = float(np.linalg.norm(across))
    across /= wide
    along, below = _frame(photo, (eye[0] + eye[3]) / 2, across)
    turned = (eye - (eye[0] + eye[3]) / 2) @ np.array([-across[1], across[0]])
    arch = np.clip(1 - (along / (0.6 * wide)) ** 2, 0, None)
    top = arch * (turned[1:3].mean() - 0.06 * wide)
    low = arch * (turned[4:6].mean() + 0.04 * wide)
    edge = top + shut * (low - top)
    start = top - 0.3 * wide
    inside = (below > start) & (below < edge) & (arch > 0)
    # The lid between its fold and the eye is stretched down to the edge.
    source = start + (below - start) * (top - 0.03 * wide - start) / np.maximum(edge - start, 1e-3)
    picture = _moved(photo, np.where(inside, source - below, 0).astype(np.float32), across)
    lashes = np.exp(-(((below - edge) / max(0.05 * wide, 0.7)) ** 2)) * (arch > 0) * shut
    return np.asarray(picture * (1 - 0.5 * lashes[..., None])).astype(np.uint8)
