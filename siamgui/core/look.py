"""What a face crop looks like apart from whose face it is: tone, colour, sharpness, grain, grids, covers.

Two photographs that share a fault share its traces in these numbers, whatever the fault is; nobody need have seen it
before. Set against how clear photographs vary (siamgui.core.cohort), what two faces have in common here warns that
their likeness may be that of their photographs.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels

Looks = NDArray[np.float32]

# The face without the corners, which show the background.
_INNER = (slice(4, 108), slice(8, 104))
_LAYOUT = (7, 8)  # columns and rows of the coarse picture
_LEVELS = 4  # of the pyramid
_RANKS = np.array([49, 249, 623, 1247, 1871, 2245, 2445])
"""Of the 2,496 values of every second row and column in rising order: 2 %, 10, 25, 50, 75, 90 and 98 %."""
_LUMA = np.array([[0.299, 0.587, 0.114]], np.float32)  # ITU-R BT.601


def look(crop: Pixels) -> Looks:
    """(112, 112, 3) uint8 RGB, aligned -> (105,).

    The coarse picture, tone and colour, and at each of several scales how strong, how directed and how peaked the
    detail is; then lines, flat areas and clipped values.
    """
    inner = np.ascontiguousarray(crop[_INNER])
    rgb = inner.astype(np.float32)
    grey = cv2.transform(rgb, _LUMA)
    red, blue = rgb[..., 0] - grey, rgb[..., 2] - grey
    mean, spread = _mean_and_spread(grey)
    spread += 2
    means, spreads = (values.ravel() for values in cv2.meanStdDev(rgb))
    coarse = cv2.resize(grey, _LAYOUT, interpolation=cv2.INTER_AREA)
    values = [
        ((coarse - mean) / spread).ravel(),
        [mean / 64, np.log(spread)],
        np.log(2 + spreads),
        (means - mean) / 32,
        [np.log(1 + _mean_and_spread(red)[1]), np.log(1 + _mean_and_spread(blue)[1])],
        (np.sort(grey[::2, ::2], axis=None)[_RANKS] - mean) / spread,
    ]
    level = grey
    for _ in range(_LEVELS):
        values.append(_detail(level, spread))
        level = cv2.pyrDown(level)
    for colour in (red, blue):
        values.append(
            [np.log(0.5 + _size(cv2.Laplacian(colour, cv2.CV_32F))) - np.log(2 + _mean_and_spread(colour)[1])]
        )
    for line in (grey.mean(axis=1), grey.mean(axis=0)):
        values.append([np.log(0.2 + np.abs(np.diff(line, 2)).mean()) - np.log(spread)])
    for step in (grey[:, 1:] - grey[:, :-1], grey[1:] - grey[:-1]):
        values.append([np.log(0.01 + (np.abs(step) < 0.6).mean())])
    values.append([np.log(0.003 + (inner < 4).mean()), np.log(0.003 + (inner > 251).mean())])
    return np.concatenate(values).astype(np.float32)


def _size(values: NDArray[np.float32]) -> float:
    return float(cv2.norm(values)) / math.sqrt(values.size)


def _mean_and_spread(values: NDArray[np.float32]) -> tuple[float, float]:
    mean, spread = cv2.meanStdDev(values)
    return float(mean[0, 0]), float(spread[0, 0])


def _detail(grey: NDArray[np.float32], spread: float) -> list[float]:
    """Strength of the detail, which way it runs, and how peaked it is, at one scale."""
    steps = (
        grey[:, 1:] - grey[:, :-1],
        grey[1:] - grey[:-1],
        grey[1:, 1:] - grey[:-1, :-1],
        grey[1:, :-1] - grey[:-1, 1:],
    )
    across, down, falling, rising = (float(np.log(0.5 + _size(step))) for step in steps)
    second = cv2.Laplacian(grey, cv2.CV_32F, borderType=cv2.BORDER_REPLICATE)
    size = _size(second)
    return [
        (across + down + falling + rising) / 4 - float(np.log(spread)),
        across - down,
        falling - rising,
        across + down - falling - rising,
        float(np.log(0.5 + size) - np.log(spread)),
        float(np.log((float(cv2.norm(second, cv2.NORM_L1)) / second.size + 0.1) / (size + 0.1))),
    ]
