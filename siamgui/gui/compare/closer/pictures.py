"""Faces cut out of their photographs at full resolution, upright and at one scale, and what is drawn over them.

Both lie in one square frame, FRAME units wide, the crop that the encoder sees in its middle: so whatever is zoomed,
moved or measured on one is so on the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siamgui.core.types import PhotoReading, Pixels
from siamgui.gui.display import DisplayImage, make_display

if TYPE_CHECKING:
    from siamgui.core.explanation import FaceMap
    from siamgui.gui.compare.closer.state import Tones

CROP = 112
UNIT = 5
"""Units of the frame per pixel of the crop."""
FRAME = 896
AROUND = (FRAME - CROP * UNIT) / 2
"""Units of the frame to each side of the crop: room for hair, ears and chin."""
LARGEST = 1792
"""Pixels of a cut-out; a face that has more in its photograph is shown at that."""

RULERS = ((0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4))
"""Between which landmarks: eyes, nose tip, corners of the mouth."""

Point = tuple[float, float]
Ink = tuple[int, int, int]
"""Red, green, blue."""


@dataclass(frozen=True, slots=True, eq=False)
class AlignedFace:
    """pixels: (n, n, 3) as in the photograph. landmarks: in units of the frame."""

    pixels: Pixels
    landmarks: tuple[Point, ...]

    def lengths(self) -> tuple[float, ...]:
        """Of the rulers, in distances between the eyes."""
        return tuple(self._between(*ends) / max(self._between(0, 1), 1e-6) for ends in RULERS)

    def _between(self, one: int, other: int) -> float:
        (x0, y0), (x1, y1) = self.landmarks[one], self.landmarks[other]
        return float(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class AlignedPair:
    """shown: both as they are seen, in some tones."""

    left: AlignedFace
    right: AlignedFace
    shown: tuple[DisplayImage, DisplayImage]


def aligned_face(read: PhotoReading) -> AlignedFace:
    """For a worker thread."""
    import numpy as np

    from siamgui.core.alignment import TEMPLATE, similarity, warp

    landmarks = read.reading.face.landmarks
    to_crop = similarity(landmarks, TEMPLATE)
    crop_pixels = 1 / max(float(np.hypot(to_crop[0, 0], to_crop[1, 0])), 1e-6)  # photo pixels per pixel of the crop
    side = int(np.clip(np.ceil(FRAME / UNIT * crop_pixels), FRAME / 4, LARGEST))
    to_frame = UNIT * to_crop
    to_frame[:, 2] += AROUND
    points = landmarks @ to_frame[:, :2].T + to_frame[:, 2]
    pixels = warp(read.photo.pixels, to_frame * (side / FRAME), side)
    return AlignedFace(pixels, tuple((float(x), float(y)) for x, y in points))


def aligned_pair(left: PhotoReading, right: PhotoReading, tones: Tones) -> AlignedPair:
    """For a worker thread."""
    return toned(aligned_face(left), aligned_face(right), tones)


def toned(left: AlignedFace, right: AlignedFace, tones: Tones) -> AlignedPair:
    """For a worker thread."""
    return AlignedPair(left, right, (make_display(_in(left.pixels, tones)), make_display(_in(right.pixels, tones))))


def _in(pixels: Pixels, tones: Tones) -> Pixels:
    import numpy as np

    from siamgui.core.cv import cv2

    if not tones.brightness and not tones.contrast:
        return pixels
    slope = 3.0 ** (tones.contrast / 100)
    values = (np.arange(256) - 127.5) * slope + 127.5 + 1.275 * tones.brightness
    shown: Pixels = cv2.LUT(pixels, np.clip(np.round(values), 0, 255).astype(np.uint8))
    return shown


def map_pixels(found: FaceMap, most: float, colours: tuple[Ink, Ink]) -> Pixels:
    """(112, 112, 4) uint8 RGBA to lay over the crop. most: the value that is shown strongest. colours: of what carries,
    and of what speaks against; against is hatched, so that it takes no colours to tell them apart."""
    import numpy as np

    strength = np.clip(np.abs(found.values) / max(most, 1e-6), 0, 1)
    against = found.values < 0
    rows, columns = np.indices(found.values.shape)
    strength = np.where(against & ((rows + columns) // 3 % 2 == 0), 0.25 * strength, strength)
    tint = np.where(against[..., None], np.array(colours[1]), np.array(colours[0]))
    laid: Pixels = np.concatenate([tint, (190 * strength)[..., None]], axis=2).astype(np.uint8)
    return laid
