"""What of two faces carries their likeness, and what speaks against it: a map over each, and words where it is clear.

Spots of one face are covered in turn, by a blurred copy of the face, the other face left as it is. What the cosine of
the two embeddings loses by it, that spot carried; what it gains, that spot held against it (occlusion: Zeiler and
Fergus, ECCV 2014, of pairs). tools/explanation_rates.py holds the method against others, a random map, a map of the
face that knows no pair, and an encoder with random weights (docs/explanation.md).

A map is no anatomy. Spots are SPOT pixels wide on a crop of 112; what is smaller is not seen. The words name a part of
the face only where covering it as a whole costs most on both faces, with either of two ways to cover it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.alignment import CROP_SIZE
from siamgui.core.cv import cv2
from siamgui.core.types import Pixels

Floats = NDArray[np.float32]

SPOT, STEP = 28, 14
BLUR, EDGE = 10.0, 2.0
"""Standard deviations in pixels: of the blurred face that covers, and of the edge of a cover."""
LEAST = 0.02
"""Cosine that a part must cost before it is named."""
AHEAD = 1.25
"""Times what the next part costs."""


class Part(enum.StrEnum):
    """Parts of an aligned face, as far as such a map tells them apart."""

    FOREHEAD = "forehead"
    EYES = "eyes"
    NOSE = "nose"
    MOUTH = "mouth"
    SIDES = "sides"


_PLACES = {
    Part.FOREHEAD: ((0, 40, 16, 96),),
    Part.EYES: ((40, 63, 20, 92),),
    Part.NOSE: ((56, 82, 42, 70),),
    Part.MOUTH: ((80, 106, 32, 80),),
    Part.SIDES: ((30, 112, 0, 20), (30, 112, 92, 112)),
}
"""Rectangles of the crop: rows from, to, columns from, to."""


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """The variants of one crop that the encoder is to see. crops: (n, 112, 112, 3), the first as it is.

    spots: (s, 112, 112) how much of each pixel each of the next s variants covers. The rest are the parts, in the order
    of Part, covered by the blurred face, and then by its mean colour.
    """

    crops: Pixels
    spots: Floats


@dataclass(frozen=True, slots=True, eq=False)
class FaceMap:
    """values: (112, 112) what the cosine loses where this is covered; negative where it gains. parts: of each, the less
    of what it loses by either cover."""

    values: Floats
    parts: dict[Part, float]


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """carries, against: the part that carries most of the likeness, and that speaks most against it; None where that is
    not clear."""

    left: FaceMap
    right: FaceMap
    carries: Part | None
    against: Part | None


def covers() -> Floats:
    """(s, 112, 112) in [0, 1]: the spots, row by row, with soft edges."""
    places = range(0, CROP_SIZE - SPOT + 1, STEP)
    return np.stack([_cover(((y, y + SPOT, x, x + SPOT),)) for y in places for x in places])


def part_covers() -> Floats:
    """(parts, 112, 112) in the order of Part."""
    return np.stack([_cover(_PLACES[part]) for part in Part])


def _cover(rectangles: tuple[tuple[int, int, int, int], ...]) -> Floats:
    mask = np.zeros((CROP_SIZE, CROP_SIZE), np.float32)
    for top, bottom, left, right in rectangles:
        mask[top:bottom, left:right] = 1
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), EDGE, borderType=cv2.BORDER_REPLICATE), np.float32)


def blurred(crop: Pixels) -> Floats:
    """(112, 112, 3) what covers."""
    return np.asarray(cv2.GaussianBlur(crop.astype(np.float32), (0, 0), BLUR), np.float32)


def laid(crop: Pixels, fill: Floats, masks: Floats) -> Pixels:
    """(m, 112, 112, 3) the crop under each of (m, 112, 112) masks. fill: what broadcasts to the crop."""
    shown = masks[..., None]
    return np.round(crop * (1 - shown) + fill * shown).astype(np.uint8)


def covered(crop: Pixels) -> Covered:
    """crop: (112, 112, 3) uint8 RGB, aligned."""
    spots, parts = covers(), part_covers()
    fill, mean = blurred(crop), crop.reshape(-1, 3).mean(axis=0).astype(np.float32)
    return Covered(
        np.concatenate([crop[None], laid(crop, fill, spots), laid(crop, fill, parts), laid(crop, mean, parts)]), spots
    )


def face_map(of: Covered, vectors: Floats, other: Floats) -> FaceMap:
    """vectors: (n, d) unit embeddings of the variants; other: (d,) that of the other face as it is."""
    cosines = vectors @ other
    lost = np.asarray(cosines[0] - cosines[1:], np.float32)
    count = len(of.spots)
    weight = of.spots.sum(axis=0)
    values = np.einsum("s,shw->hw", lost[:count], of.spots) / np.maximum(weight, 1e-3)
    blur, mean = lost[count:].reshape(2, len(Part))
    # Of two ways to cover a part, what both say counts: the less of two losses, or of two gains.
    both = np.where(np.sign(blur) == np.sign(mean), np.sign(blur) * np.minimum(abs(blur), abs(mean)), 0)
    return FaceMap(np.asarray(values, np.float32), {part: float(value) for part, value in zip(Part, both, strict=True)})


def explanation(left: FaceMap, right: FaceMap) -> Explanation:
    return Explanation(left, right, _clear(left.parts, right.parts, 1), _clear(left.parts, right.parts, -1))


def _clear(left: dict[Part, float], right: dict[Part, float], sign: int) -> Part | None:
    """The part that stands out on both faces."""
    found = set()
    for parts in (left, right):
        first, second = sorted(parts, key=lambda part: sign * parts[part], reverse=True)[:2]
        most, next_ = sign * parts[first], max(sign * parts[second], 0.0)
        found.add(first if most >= LEAST and most >= AHEAD * next_ else None)
    return found.pop() if len(found) == 1 else None
