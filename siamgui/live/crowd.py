"""Several faces before a camera, each followed with an identity of its own, through crossings and short losses.

One face is read in each frame, the one whose turn it is, so that five cost little more than two. Where a face is, is
told by where it was going; who it is, by what it looks like: what is seen of a face that has come, has come back or has
been beside another one is held back until it has been compared with everybody who was here before.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from siamgui.core.embedding import unit
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Face, FaceReading
from siamgui.live.continuity import HELD_BACK
from siamgui.live.frames import SAME_PLACE, SEARCH_EVERY, overlap
from siamgui.live.session import ONCE_MORE, weight_of
from siamgui.live.types import Frame

SEARCH_SEVERAL = 2
"""Frames from one search of the whole frame to the next while several faces are in view."""
REMEMBERED = 30.0
"""Seconds for which somebody who has gone is known again."""
OUT_OF_SIGHT = 0.5
"""Seconds for which a face that is not found is still taken to be about to appear where it was going."""
REACH = 0.7
"""Widths of a face within which it may be found of where it was expected."""
AHEAD = 0.3
"""Seconds for which a movement is taken to go on."""
TOUCHING = 0.05
"""Intersection over union from which it may be mistaken which of two faces is which."""

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One face in one frame. number: of the person, None while it is not known who it is of those who were here.

    reading: None where it was another's turn, or where the number is None.
    """

    number: int | None
    face: Face
    reading: FaceReading | None


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Everybody in one frame, in reading order. picked: the number of whom a person chose, None for nobody."""

    frame: Frame
    sights: tuple[Sight, ...]
    picked: int | None


@dataclass(eq=False)
class _Memory:
    """What somebody looks like: the sum of weighted embeddings."""

    number: int
    total: NDArray[np.float64]
    last: float

    @property
    def mean(self) -> Vector:
        return unit(self.total)


@dataclass(eq=False)
class _Track:
    """A face at a place. seen: where it was when it was last found, at second `at`. speed: pixels a second, (2,).

    searched: when and where (its middle) the last search of the whole frame found it. held: what was seen of it while
    it was not known whose it is. who: None until then. read: number of the frame in which it was last read.
    """

    seen: Face
    at: float
    searched: tuple[float, NDArray[np.float64]] | None = None
    speed: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    who: _Memory | None = None
    held: list[tuple[Vector, float]] = field(default_factory=list)
    read: int = -1
    mirrored: bool = False
    found: bool = True

    def expected(self, at: float) -> Face:
        """Where it should be now."""
        if not self.speed.any():
            return self.seen
        shift = (self.speed * min(at - self.at, AHEAD)).astype(np.float32)
        return Face(self.seen.box + np.tile(shift, 2), self.seen.landmarks + shift, self.seen.score)

    def search_found(self, face: Face, at: float) -> None:
        middle = _middle(face)
        if self.found and self.searched is not None and at > self.searched[0]:
            # From one search to the next: what follows a face sees it a few pixels elsewhere.
            step = (middle - self.searched[1]) / (at - self.searched[0])
            self.speed = (self.speed + step) / 2
        else:
            self.speed = np.zeros(2)
        self.searched, self.seen, self.at, self.found = (at, middle), face, at, True


class CrowdReader:
    """Owned by the thread that owns the engine. most: faces that are followed, the largest ones."""

    def __init__(self, engine: FaceEngine, most: int = 12) -> None:
        self._engine, self._most = engine, most
        self._apart = engine.calibration.threshold(ONCE_MORE)
        self._tracks: list[_Track] = []
        self._known: list[_Memory] = []
        self._frames = 0
        self._since_search = 0
        self._numbers = 0
        self._wanted: tuple[float, float] | None = None
        self._picked: int | None = None

    def pick(self, x: float, y: float) -> None:
        """The face nearest to this point (frame pixels, not mirrored) is the one that is meant."""
        self._wanted = (x, y)

    def read(self, frame: Frame) -> View:
        """What is seen in the next frame of the source."""
        self._frames += 1
        self._since_search += 1
        every = SEARCH_SEVERAL if len(self._tracks) != 1 else SEARCH_EVERY
        if self._since_search >= every or not self._tracks:
            self._search(frame)
        read = self._look(frame)
        sights = [self._sight(track, frame.at, read) for track in self._tracks if track.found]
        sights.sort(key=lambda one: (float(one.face.box[0]), float(one.face.box[1])))
        self._choose(sights)
        return View(frame, tuple(sights), self._picked)

    def _choose(self, sights: list[Sight]) -> None:
        """Whom a person has picked, as soon as it is known who that is."""
        if self._wanted is None or not sights:
            return
        point = np.array(self._wanted)
        nearest = min(sights, key=lambda one: float(np.linalg.norm(_middle(one.face) - point)))
        if nearest.number is not None:
            self._picked, self._wanted = nearest.number, None

    def _sight(self, track: _Track, at: float, read: tuple[_Track, FaceReading] | None) -> Sight:
        number = track.who.number if track.who is not None else None
        mine = read is not None and read[0] is track and number is not None
        return Sight(number, track.expected(at), read[1] if mine and read is not None else None)

    # -- where they are ----------------------------------------------------------------------------------------------

    def _search(self, frame: Frame) -> None:
        self._since_search = 0
        found = sorted(self._engine.glance(frame.pixels), key=lambda face: -face.width)[: self._most]
        pairs = sorted(
            (cost, t, f)
            for t, track in enumerate(self._tracks)
            for f, face in enumerate(found)
            if (cost := _away(track.expected(frame.at), face)) < REACH
        )
        near = [sum(1 for _, t, f in pairs if f == one) for one in range(len(found))]
        taken: set[int] = set()
        left = set(range(len(self._tracks)))
        for _, t, f in pairs:
            if t in left and f not in taken:
                left.discard(t)
                taken.add(f)
                track = self._tracks[t]
                if near[f] > 1 or not track.found:
                    self._doubt(track)
                track.search_found(found[f], frame.at)
        for t in left:
            self._tracks[t].found = False
        for track in self._tracks:
            if track.who is not None and self._beside_another(track, frame.at):
                self._doubt(track)
        self._tracks = [t for t in self._tracks if t.found or frame.at - t.at <= OUT_OF_SIGHT]
        self._tracks += [_Track(found[f], frame.at) for f in range(len(found)) if f not in taken]
        self._known = [one for one in self._known if frame.at - one.last <= REMEMBERED]

    def _beside_another(self, track: _Track, at: float) -> bool:
        face = track.expected(at)
        return any(other is not track and overlap(face, other.expected(at)) > TOUCHING for other in self._tracks)

    # -- who they are ------------------------------------------------------------------------------------------------

    def _look(self, frame: Frame) -> tuple[_Track, FaceReading] | None:
        """Read the face whose turn it is; that of one of whom it is not known who it is comes sooner."""
        visible = [track for track in self._tracks if track.found]
        if not visible:
            return None
        track = min(visible, key=lambda one: one.read - (len(visible) if one.who is None else 0))
        track.read = self._frames
        expected = track.expected(frame.at)
        face = self._engine.follow(frame.pixels, expected)
        if face is None or overlap(face, expected) < SAME_PLACE:
            return None
        if any(other is not track and overlap(face, other.expected(frame.at)) > SAME_PLACE for other in visible):
            return None  # it has slipped on to another one
        track.seen, track.at = face, frame.at
        track.mirrored = not track.mirrored
        reading = self._engine.read_view(frame.pixels, face, mirrored=track.mirrored)
        weight = weight_of(reading.quality)
        if weight > 0:
            self._remember(track, reading.embedding.vector, weight, frame.at)
        return track, reading

    def _remember(self, track: _Track, vector: Vector, weight: float, at: float) -> None:
        if track.who is not None and self._far(vector, track.who) > self._apart:
            self._doubt(track)
        if track.who is not None:
            track.who.total += weight * vector
            track.who.last = at
            return
        track.held.append((vector, weight))
        if len(track.held) >= HELD_BACK and not self._beside_another(track, at):
            self._settle(track, at)

    def _settle(self, track: _Track, at: float) -> None:
        """Say who it is, by all that was held back: somebody who was here before, or somebody new."""
        total = np.sum([weight * vector.astype(np.float64) for vector, weight in track.held], axis=0)
        mean = unit(total)
        taken = {other.who.number for other in self._tracks if other.who is not None}
        free = [one for one in self._known if one.number not in taken]
        nearest = min(free, key=lambda one: self._far(mean, one), default=None)
        if nearest is None or self._far(mean, nearest) > self._apart:
            self._numbers += 1
            nearest = _Memory(self._numbers, np.zeros(len(mean)), at)
            self._known.append(nearest)
        nearest.total += total
        nearest.last = at
        track.who, track.held = nearest, []

    def _far(self, vector: Vector, one: _Memory) -> float:
        return self._engine.calibration.energy.distance(vector, one.mean)

    def _doubt(self, track: _Track) -> None:
        """It is not known any more whose face it is."""
        track.who, track.held = None, []


def _middle(face: Face) -> NDArray[np.float64]:
    return np.asarray(face.box.reshape(2, 2).mean(0), np.float64)


def _away(expected: Face, found: Face) -> float:
    """How far from where it was expected, in widths; a face of half or twice the size is a width away."""
    wide = (expected.width + found.width) / 2
    step = float(np.linalg.norm(_middle(expected) - _middle(found))) / max(wide, 1.0)
    return step + abs(float(np.log2(max(found.width, 1.0) / max(expected.width, 1.0))))
