"""What a photograph looks like in 64 bits, which hardly change when it is made smaller or stored anew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels

_ROWS, _COLUMNS = 8, 9
_COARSE = 256
"""Every how many-th pixel is looked at follows from this: about as many stay along the shorter side."""


def picture_hash(pixels: Pixels) -> int:
    """(h, w, 3) uint8 RGB -> 64 bits: whether brightness rises from each of 8 x 8 fields to the next (difference hash).

    Krawetz, "Kind of Like That", 2013.
    """
    step = max(1, min(pixels.shape[:2]) // _COARSE)
    grey = cv2.cvtColor(np.ascontiguousarray(pixels[::step, ::step]), cv2.COLOR_RGB2GRAY)
    fields = cv2.resize(grey, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA).astype(np.int16)
    return int.from_bytes(np.packbits(fields[:, 1:] > fields[:, :-1]).tobytes(), "big")


def differing(one: int, others: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """(n,) how many of the 64 bits of each of the others are not those of one."""
    return np.asarray(np.bitwise_count(others ^ np.uint64(one)), np.uint8)
