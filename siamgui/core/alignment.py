"""From five landmarks to an upright, centred face of fixed size.

The target is the five-point template of ArcFace (Deng et al., 2019), for which the encoder was trained.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels

Points = NDArray[np.float64]

CROP_SIZE = 112
TEMPLATE: Points = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
_TEMPLATE_EYES = float(np.linalg.norm(TEMPLATE[1] - TEMPLATE[0]))


def similarity(source: NDArray[np.floating], target: Points) -> Points:
    """The (2, 3) rotation, scale and shift that takes source nearest to target in least squares.

    source, target: (n, 2), n >= 2. Closed form with points as complex numbers (Umeyama 1991 without reflection).
    """
    a = source - source.mean(0)
    b = target - target.mean(0)
    za = a[:, 0] + 1j * a[:, 1]
    zb = b[:, 0] + 1j * b[:, 1]
    # Five coinciding points have no scale; the floor keeps the numbers finite.
    s = (np.conj(za) * zb).sum() / max(float((np.abs(za) ** 2).sum()), 1e-9)
    linear = np.array([[s.real, -s.imag], [s.imag, s.real]])
    shift = target.mean(0) - linear @ source.mean(0)
    return np.hstack([linear, shift[:, None]])


def roll_and_misfit(landmarks: NDArray[np.floating]) -> tuple[float, float]:
    """How far the face is tilted (degrees, clockwise positive), and how unlike the template its landmarks lie.

    The misfit is the root mean square residual of the similarity fit in units of the eye distance: about 0.07 for
    a frontal face, over 0.15 where a face lies on its side or is turned far away.
    """
    matrix = similarity(landmarks, TEMPLATE)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    mapped = landmarks @ matrix[:, :2].T + matrix[:, 2]
    residual = float(np.sqrt(((mapped - TEMPLATE) ** 2).sum(1).mean())) / _TEMPLATE_EYES
    roll = -float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))
    # A degenerate fit (scale near 0) maps everything to one point: as bad as can be.
    return roll, residual if scale > 1e-6 else float("inf")


def resized(pixels: Pixels, width: int, height: int, jump: int = 4) -> Pixels:
    """pixels at another size, without aliasing.

    Averaging 12 megapixels straight down to a few hundred pixels takes longer than finding the faces in them. A linear
    jump to jump times the wanted size first is many times faster, and still leaves (2 * jump)**2 samples for a pixel.
    """
    ratio = min(pixels.shape[1] / width, pixels.shape[0] / height)
    if ratio > jump:
        pixels = cv2.resize(pixels, (jump * width, jump * height), interpolation=cv2.INTER_LINEAR)
    result: Pixels = cv2.resize(
        pixels, (width, height), interpolation=cv2.INTER_AREA if ratio > 1 else cv2.INTER_LINEAR
    )
    return result


def warp(pixels: Pixels, matrix: Points, size: int) -> Pixels:
    """The (size, size, 3) picture that matrix makes of pixels; black outside.

    Only the needed part is touched, and shrinking by more than 2 averages first, so that a face that
    fills a 12-megapixel photo is neither slow nor aliased.
    """
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]]) @ inverse[:, :2].T + inverse[:, 2]
    height, width = pixels.shape[:2]
    low = np.clip(np.floor(corners.min(0)) - 2, 0, (width, height)).astype(int)
    high = np.clip(np.ceil(corners.max(0)) + 3, 0, (width, height)).astype(int)
    if (high <= low).any():
        return np.zeros((size, size, 3), np.uint8)
    part = pixels[low[1] : high[1], low[0] : high[0]]
    matrix = matrix.copy()
    matrix[:, 2] += matrix[:, :2] @ low
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < 0.5:
        factor = 2 ** int(np.floor(-np.log2(scale)))
        before = np.array([part.shape[1], part.shape[0]])
        after = np.maximum(before // factor, 1)
        part = resized(part, int(after[0]), int(after[1]))
        ratio = before / after
        # Pixel centres: x = (x' + 0.5) * ratio - 0.5.
        matrix[:, 2] += matrix[:, :2] @ (ratio / 2 - 0.5)
        matrix[:, :2] = matrix[:, :2] * ratio
    warped: Pixels = cv2.warpAffine(part, matrix, (size, size), flags=cv2.INTER_LINEAR)
    return warped


def align(pixels: Pixels, landmarks: NDArray[np.floating]) -> Pixels:
    """The (112, 112, 3) crop the encoder takes."""
    crop = warp(pixels, similarity(landmarks, TEMPLATE), CROP_SIZE)
    crop.flags.writeable = False
    return crop
