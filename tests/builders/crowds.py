"""Films of several people who move before a wall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Frame, Pixels
from tests.builders.videos import portrait

FPS = 15
WALL = np.full((240, 480, 3), 128, np.uint8)

Where = Callable[[float], tuple[float, float] | None]
"""Share of the film -> where the middle of a head is, in shares of the width, and its height in pixels."""


def heads_of(engine: FaceEngine, samples: Path) -> dict[str, Pixels]:
    """Of bundled photographs, by their names."""
    found = {}
    for name in ("obama1", "obama2", "biden"):
        photo = load_photo(samples / f"{name}.jpg")
        faces = engine.find_faces(photo)
        found[name] = portrait(photo.pixels, faces.faces[faces.prominent], heads=1.7)
    return found


def film(people: Sequence[tuple[Pixels, Where]], count: int) -> list[Frame]:
    """People before a wall, the later ones in front."""
    frames = []
    for number in range(count):
        picture = WALL.copy()
        for head, where in people:
            if (at := where(number / (count - 1))) is None:
                continue
            scale = at[1] / head.shape[0]
            small = cv2.resize(head, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            left, top = round(at[0] * 480 - small.shape[1] / 2), 20
            low, high = max(left, 0), min(left + small.shape[1], 480)
            if low < high:
                picture[top : top + small.shape[0], low:high] = small[:, low - left : high - left]
        frames.append(Frame(picture, number / FPS))
    return frames
