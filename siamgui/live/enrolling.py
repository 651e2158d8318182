"""Enrolling before a camera: which picture is wanted now, what is in the way of it, and the best one of each kept.

Three pictures of one person: from the front, and turned a little to either side, so that the template also knows the
face as a camera sees it when somebody does not look straight into it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from siamgui.core.energy import L2, Energy
from siamgui.core.types import FaceReading, QualityIssue
from siamgui.live.types import HINDRANCES, Frame, Hindrance, Seen

HOLD = 0.8
"""Seconds of good frames before the best of them is kept."""
FEWEST = 3
"""Good frames before the best of them is kept."""
GAP = 0.5
"""Seconds without a good frame after which the wait for a picture begins again."""
LOWEST, HIGHEST = 14.0, 36.0
"""Degrees of yaw that are a little to the side; quality complains from 40."""
STRAIGHT = 10.0
"""Degrees of yaw that are still straight."""
LEVEL = 25.0
"""Degrees the face may be raised or lowered; measured by five landmarks it differs from face to face by ten."""
NEAREST = 40.0
"""Pixels between the eyes that an enrolled picture shall have: twice what a photo may have without a warning."""
SEVERAL = 0.6
"""A second face at least this wide, as a share of the first, leaves open who is meant."""

_HINDRANCES = {issue: hindrance for issue, hindrance in HINDRANCES.items() if issue is not QualityIssue.TURNED}


class Pose(enum.StrEnum):
    """The pictures that are taken, in this order. Left and right are those of the person."""

    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"


class Correction(enum.StrEnum):
    """What the person has to do differently, where the picture itself would be good."""

    STRAIGHT = "straight"  # look straight at the camera
    FURTHER = "further"  # turn further to the side that is asked for
    BACK = "back"  # turned too far
    LEVEL = "level"  # chin neither up nor down
    ANOTHER = "another"  # it is not the person of the pictures before


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The best picture of one pose."""

    pose: Pose
    frame: Frame
    reading: FaceReading


@dataclass(frozen=True, slots=True, eq=False)
class EnrolState:
    """How far it has come after one frame.

    wanted: None once all pictures are kept. hindrance, correction: what is in the way now; at most one of them.
    share: of the time that a picture takes, 0 to 1.
    """

    wanted: Pose | None
    hindrance: Hindrance | None
    correction: Correction | None
    share: float
    kept: tuple[Kept, ...]


class Enrolling:
    """Pure logic, fed frame by frame."""

    def __init__(self, apart: float, energy: Energy = L2) -> None:
        """apart: E_W beyond which two pictures are of different people."""
        self._apart, self._energy = apart, energy
        self._kept: tuple[Kept, ...] = ()
        self._forget()

    def _forget(self) -> None:
        self._best: tuple[float, Frame, FaceReading] | None = None
        self._good = 0
        self._since = self._last = 0.0

    def add(self, seen: Seen) -> EnrolState:
        """What one frame brings. Frames come in the order of their times."""
        poses = tuple(Pose)
        if len(self._kept) == len(poses):
            return EnrolState(None, None, None, 0.0, self._kept)
        wanted = poses[len(self._kept)]
        hindrance = _hindrance(seen)
        correction = self._correction(seen.reading, wanted) if hindrance is None and seen.reading is not None else None
        at = seen.frame.at
        if hindrance is None and correction is None and seen.reading is not None:
            self._take(at, seen.frame, seen.reading)
        elif at - self._last > GAP:
            self._forget()
        share = min(1.0, (self._last - self._since) / HOLD, self._good / FEWEST) if self._good else 0.0
        if share == 1.0 and self._best is not None:
            self._kept += (Kept(wanted, self._best[1], self._best[2]),)
            self._forget()
            wanted_now = poses[len(self._kept)] if len(self._kept) < len(poses) else None
            return EnrolState(wanted_now, None, None, 0.0, self._kept)
        return EnrolState(wanted, hindrance, correction, share, self._kept)

    def _take(self, at: float, frame: Frame, reading: FaceReading) -> None:
        if not self._good or at - self._last > GAP:
            self._forget()
            self._since = at
        self._last = at
        self._good += 1
        norm = reading.quality.embedding_norm
        score = reading.quality.sharpness if norm is None else norm
        if self._best is None or score > self._best[0]:
            self._best = (score, frame, reading)

    def _correction(self, reading: FaceReading, wanted: Pose) -> Correction | None:
        vector = reading.embedding.vector
        before = (kept.reading.embedding.vector for kept in self._kept)
        if any(self._energy.distance(vector, kept) > self._apart for kept in before):
            return Correction.ANOTHER
        if abs(reading.quality.pitch) > LEVEL:
            return Correction.LEVEL
        yaw = reading.quality.yaw
        if wanted is Pose.FRONT:
            return Correction.STRAIGHT if abs(yaw) > STRAIGHT else None
        # The picture is not mirrored: whoever turns to their left turns towards its right edge.
        turned = yaw if wanted is Pose.LEFT else -yaw
        if turned < LOWEST:
            return Correction.FURTHER
        return Correction.BACK if turned > HIGHEST else None


def _hindrance(seen: Seen) -> Hindrance | None:
    if seen.followed is None or seen.reading is None:
        return Hindrance.NO_FACE
    width = seen.faces[seen.followed].width
    if any(face.width > SEVERAL * width for n, face in enumerate(seen.faces) if n != seen.followed):
        return Hindrance.SEVERAL
    quality = seen.reading.quality
    if quality.eye_distance < NEAREST:
        return Hindrance.FAR
    for finding in quality.findings:
        # Turned is said as a correction; who wears a scarf or thick glasses may enrol with them.
        if finding.issue in _HINDRANCES and (finding.decisive or _HINDRANCES[finding.issue] is not Hindrance.COVERED):
            return _HINDRANCES[finding.issue]
    return None
