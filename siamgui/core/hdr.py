"""High dynamic range on a usual screen: pictures in PQ or HLG (ITU-R BT.2100) into the range of BT.709.

A tone mapping of our own, and a simple one. Up to three quarters of the reference white (203 cd/m2, ITU-R BT.2408) it
changes no brightness, so faces look as in a film that was made for a usual screen; what is brighter is bent towards
white, each colour by itself, so that a lamp loses colour and nothing is cut off. Metadata of the file are not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from siamgui.core.types import Pixels

Floats = NDArray[np.float32]

WHITE = 203.0
"""cd/m2 of the reference white in both curves."""
KNEE = 0.75
"""Share of that up to which nothing is changed."""
_HLG_PEAK, _HLG_GAMMA = 1000.0, 1.2
_SCREEN_GAMMA = 2.4  # ITU-R BT.1886
_LEVELS = 65536

# From the primaries of BT.2020 to those of BT.709, both linear (ITU-R BT.2407, 2).
_TO_709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    np.float32,
)
_LUMINANCE = np.array([[0.2627, 0.6780, 0.0593]], np.float32)  # of BT.2020


@dataclass(frozen=True, slots=True)
class Curve:
    """How brightness is written. scene: whether it is that of the scene, which a screen still has to make its own."""

    name: str
    scene: bool


CURVES = {16: Curve("PQ", False), 18: Curve("HLG", True)}
"""By the number that the file gives (ISO/IEC 23091-2, TransferCharacteristics)."""


def on_a_screen(pixels: NDArray[np.uint16], curve: Curve) -> Pixels:
    """(h, w, 3) uint16 RGB with the primaries of BT.2020, full range -> (h, w, 3) uint8 RGB of BT.709."""
    from siamgui.core.cv import cv2

    linear = _linear(curve)[pixels]
    if curve.scene:
        luminance = cv2.transform(linear, _LUMINANCE)
        linear *= cv2.pow(luminance, _HLG_GAMMA - 1)[..., None] * np.float32(_HLG_PEAK / WHITE)
    linear = cv2.transform(linear, _TO_709)
    # The root first: a table of so many steps is too coarse for what is dark otherwise.
    root = cv2.sqrt(np.clip(linear, 0, _reach() ** 2))
    places = np.rint(root * np.float32((_LEVELS - 1) / _reach())).astype(np.uint16)
    return cast(Pixels, _shown()[places])


def _reach() -> float:
    """Root of the brightest there is, in reference whites."""
    return float(np.sqrt(10000.0 / WHITE))


@cache
def _linear(curve: Curve) -> Floats:
    """(65536,) what each level stands for: of PQ in reference whites, of HLG the share of the scene's brightest."""
    level = np.linspace(0, 1, _LEVELS)
    if curve.scene:  # ITU-R BT.2100, table 5
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        values = np.where(level <= 0.5, level**2 / 3, (np.exp((level - c) / a) + b) / 12)
    else:  # table 4
        m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
        power = level ** (1 / m2)
        values = (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1) * 10000 / WHITE
    return values.astype(np.float32)


@cache
def _shown() -> NDArray[np.uint8]:
    """(65536,) uint8 of a screen for the roots of what is linear, in reference whites."""
    linear = np.linspace(0, _reach(), _LEVELS) ** 2
    above = KNEE + (1 - KNEE) * (1 - np.exp(-(linear - KNEE) / (1 - KNEE)))
    bent = np.where(linear <= KNEE, linear, above)
    return np.rint(255 * bent ** (1 / _SCREEN_GAMMA)).astype(np.uint8)
