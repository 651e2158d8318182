"""Where the numbers of faces go, so that they cover as little as possible.

Apart from face_marks because it needs numpy, which the first paint of the window does without.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF

from siamgui.gui.widgets.outline import Outline

GAP = 3.0
"""Between a face and its number."""


def place_labels(
    outlines: list[Outline], sizes: list[tuple[float, float]], bounds: QRectF, first: list[int]
) -> dict[int, QRectF]:
    """Where the number of each face goes: beside its face, inside bounds, off other faces and numbers if it can be.

    sizes: width and height of each number. first: positions of faces whose numbers come before all others. A number
    that would only make a heap with others is left out, save those of first; zooming in makes room for it.
    """
    if not outlines:
        return {}
    faces = np.array([mark.bounds().getCoords() for mark in outlines])
    corners = np.array([mark.corner().toTuple() for mark in outlines])
    tilted = np.array([mark.roll != 0 for mark in outlines])
    size = np.array(sizes)
    spots, roomy = _spots(faces, corners, tilted, size)
    low = np.array((bounds.left(), bounds.top()))
    high = np.maximum(np.array((bounds.right(), bounds.bottom())) - size, low)
    spots = np.clip(spots, low, high[:, None])
    rects = np.concatenate([spots, spots + size[:, None]], axis=2)
    on_faces = _overlap(rects.reshape(-1, 4), faces).reshape(len(faces), -1, len(faces))
    cost = on_faces.sum(axis=2)
    cost[roomy] -= np.diagonal(on_faces, axis1=0, axis2=2).T[roomy]  # a large face can bear its own number
    labels = np.empty((0, 4))
    placed: dict[int, QRectF] = {}
    for n in [*first, *(n for n in range(len(outlines)) if n not in first)]:
        crowd = _overlap(rects[n], labels).sum(axis=1)
        best = int(np.argmin(cost[n] + 8 * crowd))
        if n in first or crowd[best] < 0.05 * size[n].prod():
            labels = np.vstack([labels, rects[n, best]])
            placed[n] = QRectF(QPointF(*spots[n, best]), QSizeF(*size[n]))
    return placed


def _spots(
    faces: NDArray[np.float64], corners: NDArray[np.float64], tilted: NDArray[np.bool_], size: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(n, 9, 2) places for the upper left corner of each number, best first, and which faces (n,) have room for it."""
    x0, y0, x1, y1 = faces.T
    width, height = size.T
    roomy = (x1 - x0 > 3 * width) & (y1 - y0 > 3 * height)
    middle, above, below = (x0 + x1 - width) / 2, y0 - height - GAP, y1 + GAP
    on_corner = corners[:, 0] + np.where(tilted, -width / 2, 6), corners[:, 1] - height / 2
    spots = [
        (np.where(roomy, on_corner[0], x0), np.where(roomy, on_corner[1], above)),
        (middle, above),
        (x1 - width, above),
        (x1 + GAP, y0),
        (x0 - width - GAP, y0),
        (x0, below),
        (middle, below),
        (x1 - width, below),
        (x0 + GAP, y0 + GAP),
    ]
    return np.array(spots).transpose(2, 0, 1), roomy


def _overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k, n) area that each rectangle of a (k, 4) shares with each of b (n, 4)."""
    wide = np.minimum(a[:, None, 2], b[:, 2]) - np.maximum(a[:, None, 0], b[:, 0])
    high = np.minimum(a[:, None, 3], b[:, 3]) - np.maximum(a[:, None, 1], b[:, 1])
    shared: NDArray[np.float64] = np.maximum(wide, 0) * np.maximum(high, 0)
    return shared
