"""From frames to what is seen in them: one face is followed steadily, the others are known of.

Between two searches of the whole frame the face is only looked at where it was; that costs a third, and gives exact
landmarks in every frame.
"""

from __future__ import annotations

import numpy as np

from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Face
from siamgui.live.types import Frame, Seen

SEARCH_EVERY = 6
"""Frames from one search of the whole frame to the next while a face is followed."""
SAME_PLACE = 0.3
"""Least intersection over union of the boxes of one face in two frames that follow each other."""
PATIENCE = 0.5
"""Seconds for which a face that has gone is waited for before another is followed."""


class FrameReader:
    """Owned by the thread that owns the engine. The largest face is followed until it goes, or another is picked."""

    def __init__(self, engine: FaceEngine) -> None:
        self._engine = engine
        self._others: tuple[Face, ...] = ()
        self._last: Face | None = None
        self._last_at = 0.0
        self._since_search = 0
        self._track = 0
        self._wanted: tuple[float, float] | None = None
        self._picked = False
        self._mirrored = False

    def pick(self, x: float, y: float) -> None:
        """Follow the face nearest to this point (frame pixels, not mirrored) from the next frame on."""
        self._wanted = (x, y)

    def read(self, frame: Frame) -> Seen:
        """What is seen in the next frame of the source."""
        face = self._find(frame)
        if face is None:
            return Seen(frame, self._others, None, None, self._track, self._picked)
        self._last, self._last_at = face, frame.at
        self._mirrored = not self._mirrored
        reading = self._engine.read_view(frame.pixels, face, mirrored=self._mirrored)
        faces = sorted((face, *self._others), key=lambda one: (float(one.box[0]), float(one.box[1])))
        return Seen(frame, tuple(faces), faces.index(face), reading, self._track, self._picked)

    def _find(self, frame: Frame) -> Face | None:
        self._since_search += 1
        followed = None
        if self._last is not None and self._wanted is None:
            followed = self._engine.follow(frame.pixels, self._last)
            if followed is not None and overlap(followed, self._last) < SAME_PLACE:
                followed = None
        if followed is None or self._since_search >= SEARCH_EVERY:
            return self._search(frame, followed)
        return followed

    def _search(self, frame: Frame, followed: Face | None) -> Face | None:
        """Look at the whole frame: for the followed face if it is lost, and for the others."""
        self._since_search = 0
        found = self._engine.glance(frame.pixels)
        if followed is None:
            followed = self._choose(frame, found)
        self._others = tuple(face for face in found if followed is None or overlap(face, followed) < SAME_PLACE)
        return followed

    def _choose(self, frame: Frame, found: tuple[Face, ...]) -> Face | None:
        if not found:
            if self._last is not None and frame.at - self._last_at >= PATIENCE:
                self._last, self._picked = None, False
            return None
        if self._wanted is not None:
            point = np.array(self._wanted)
            chosen = min(found, key=lambda face: float(np.linalg.norm(face.box.reshape(2, 2).mean(0) - point)))
            self._wanted, self._picked = None, True
            self._track += 1
        else:
            chosen = max(found, key=lambda face: face.width * face.height)
            if self._last is not None:
                back = max(found, key=lambda face: overlap(face, self._last) if self._last is not None else 0.0)
                if overlap(back, self._last) >= SAME_PLACE:
                    chosen = back
                elif frame.at - self._last_at < PATIENCE:
                    return None  # it may come back, and another in view is not it
                else:
                    self._track += 1
                    self._picked = False
            else:
                self._track += 1
        return self._engine.follow(frame.pixels, chosen) or chosen


def overlap(one: Face, other: Face) -> float:
    """Intersection over union of the boxes, 0 to 1."""
    low = np.maximum(one.box[:2], other.box[:2])
    high = np.minimum(one.box[2:], other.box[2:])
    shared = float(np.prod(np.maximum(high - low, 0)))
    return shared / max(one.width * one.height + other.width * other.height - shared, 1e-9)
