"""One face looked at closely: 68 points, and whether the eyes are open. Only where that is wanted; a face costs 1 ms.

The points are numbered as in the 300-W set (Sagonas et al., 2013): 0 to 16 jaw, 17 to 26 brows, 27 to 35 nose, 36 to 47
eyes, 48 to 67 mouth, each from the left edge of the picture to the right. They are the mean of those of the face and of
its mirror image. tools/presence_rates.py measures them on photographs (docs/presence.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.alignment import similarity
from siamgui.core.cv import cv2
from siamgui.core.manifest import bundled
from siamgui.core.runtime import OpenVinoMarks
from siamgui.core.types import Face, Pixels

SIZE, EYE_SIZE = 64, 24
# Where the five landmarks of the detector go. With the face about so large and there, the points of faces and of their
# mirror images agree best (lfw_dev, folds 1 and 2).
_UNIT, _MIDDLE, _LEVEL = 28.0, 31.5, 21.0
_FACE = np.array([[-0.5, 0.0], [0.5, 0.0], [0.0, 0.57], [-0.41, 1.15], [0.41, 1.15]]) * _UNIT + (_MIDDLE, _LEVEL)
# How much wider than an eye the picture of it is.
_AROUND = 1.6
LEFT_EYE, RIGHT_EYE = slice(36, 42), slice(42, 48)
"""Of the picture: the left one is the person's right."""
_MIRRORED = np.concatenate(
    [
        [*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31],
        [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40],
        [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65],
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class CloseLook:
    """points: (68, 2) float32 pixels of the photograph. eyes: how surely the left and the right one of the picture are
    open, 0 to 1; an eye behind dark glasses is not."""

    points: NDArray[np.float32]
    eyes: tuple[float, float]


class CloseReader:
    """Owned by one thread."""

    def __init__(self) -> None:
        """Raises ModelMissing, ModelCorrupt."""
        self._marks = OpenVinoMarks(bundled("landmarks68"), bundled("eye24"))

    def read(self, pixels: Pixels, face: Face) -> CloseLook | None:
        """pixels: (h, w, 3) uint8 RGB. face: with exact landmarks. None where these form no face."""
        if not np.isfinite(face.landmarks).all():
            return None
        matrix = similarity(face.landmarks.astype(np.float64), _FACE)
        scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
        if scale < 1e-3:
            return None
        part, shift = _around(pixels, matrix)
        if not part.size:
            return None
        grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
        if scale < 0.8:  # or its fine detail would fall between the pixels of the small picture
            grey = cv2.GaussianBlur(grey, (0, 0), 0.5 / scale)
        matrix[:, 2] += matrix[:, :2] @ shift
        small = cv2.warpAffine(grey, matrix, (SIZE, SIZE))
        both = self._marks.points(np.stack([small, small[:, ::-1]])[..., None]) * SIZE
        both[1, :, 0] = SIZE - 1 - both[1, :, 0]
        points = (both[0] + both[1, _MIRRORED]) / 2
        eyes = self._marks.eyes(np.stack([_eye(grey, matrix, points[at]) for at in (LEFT_EYE, RIGHT_EYE)])[..., None])
        back = (points - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T + shift
        return CloseLook(back.astype(np.float32), (float(eyes[0]), float(eyes[1])))


def _around(pixels: Pixels, matrix: NDArray[np.float64]) -> tuple[Pixels, NDArray[np.float64]]:
    """The part of pixels that matrix takes into the small picture, with some room, and where it begins."""
    corners = np.array([[-8, -8], [SIZE + 8, -8], [-8, SIZE + 8], [SIZE + 8, SIZE + 8]])
    there = (corners - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    size = (pixels.shape[1], pixels.shape[0])
    low, high = (np.clip(edge, 0, size).astype(int) for edge in (there.min(0), there.max(0) + 1))
    return pixels[low[1] : high[1], low[0] : high[0]], low.astype(np.float64)


def _eye(grey: Pixels, matrix: NDArray[np.float64], points: NDArray[np.float32]) -> Pixels:
    """(24, 24) the eye whose six points in the small picture are given, from the large one."""
    middle = points[[1, 2, 4, 5]].mean(0)
    zoom = EYE_SIZE / (_AROUND * max(float(points[3, 0] - points[0, 0]), 1.0))
    zoomed = zoom * matrix
    zoomed[:, 2] += EYE_SIZE / 2 - zoom * middle
    picture: Pixels = cv2.warpAffine(grey, zoomed, (EYE_SIZE, EYE_SIZE))
    return picture
