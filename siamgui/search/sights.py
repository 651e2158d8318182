"""Who is seen in a film: of each appearance of somebody one best view, not thousands of nearly the same face.

The pictures are looked at twice a second. A face is that of somebody who was in view within the last seconds where
their embeddings lie as near as those of two different people do once in a thousand pairs; a poor view, turned away or
blurred, whose embedding says little, also where it is at the same place in the next picture. A dialogue that is cut to
and fro is two sights, not forty. The view that is kept is the best by quality; only it is read as a photograph is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from siamgui.core.alignment import align
from siamgui.core.calibration import Calibration
from siamgui.core.look import look
from siamgui.core.types import Face, FaceReading, Frame, Pixels, Quality
from siamgui.live.frames import SAME_PLACE, overlap
from siamgui.search.picture_hash import picture_hash
from siamgui.storage.film_part import InView
from siamgui.storage.seen_face import SeenFace, Span

STEP = 0.5
"""Seconds from one picture that is looked at to the next."""
GAP = 10.0
"""Seconds for which somebody who is out of view may come back in the same sight."""
LONG_SIDE = 640
"""Pixels of the picture in which faces are looked for: those of a twentieth of its width are found."""
SAME = 1e-3
"""The FMR at which a view is of somebody in view."""
BETTER = 1.05
"""How much better a view has to be to take the place of the best so far: reading it costs as much as a photograph."""
_ENOUGH = 48.0
"""Pixels between the eyes; more make a view no better."""


class ReadsFrames(Protocol):
    """What is needed of a FaceEngine."""

    @property
    def calibration(self) -> Calibration: ...

    def glance(self, pixels: Pixels, size: int) -> tuple[Face, ...]: ...

    def follow(self, pixels: Pixels, face: Face) -> Face | None: ...

    def read_view(self, pixels: Pixels, face: Face, *, mirrored: bool) -> FaceReading: ...

    def read_crop(self, face: Face, crop: Pixels) -> FaceReading: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """view: of the picture; sight: of those in view. distance: between the two."""

    view: int
    sight: int
    distance: float


class Sights:
    """Of one film, picture by picture. in_view: those who may still be seen."""

    def __init__(self, engine: ReadsFrames, in_view: Sequence[InView] = ()) -> None:
        self._engine = engine
        self._energy, self._limit = engine.calibration.energy, engine.calibration.threshold(SAME)
        self.in_view = tuple(in_view)
        self._count = len(self.in_view)  # who were followed so far

    def views(self, frame: Frame) -> tuple[FaceReading, ...]:
        """The faces of a picture, whatever came before it; for any thread."""
        return tuple(self._view(frame, face) for face in self._engine.glance(frame.pixels, LONG_SIDE))

    def look(self, frame: Frame, views: Sequence[FaceReading]) -> tuple[InView, ...]:
        """The next picture, and its views() -> those whose sight is over."""
        over = tuple(one for one in self.in_view if frame.at - one.seen_to > GAP)
        self.in_view = tuple(one for one in self.in_view if frame.at - one.seen_to <= GAP)
        there, taken = list(self.in_view), dict[int, int]()
        for pair in sorted(self._pairs(views, frame.at), key=lambda one: one.distance):
            if pair.view not in taken and pair.sight not in taken.values():
                taken[pair.view] = pair.sight
        for number, view in enumerate(views):
            if number in taken:
                there[taken[number]] = self._go_on(there[taken[number]], view, frame)
            else:
                there.append(InView(self._read(view, frame, frame.at, frame.at), view.face.box, self._count))
                self._count += 1
        self.in_view = tuple(there)
        return _worth_keeping(over)

    def end(self) -> tuple[InView, ...]:
        """The film is over -> who was still in view."""
        left, self.in_view = self.in_view, ()
        return _worth_keeping(left)

    def _view(self, frame: Frame, face: Face) -> FaceReading:
        exact = self._engine.follow(frame.pixels, face) or face
        return self._engine.read_view(frame.pixels, Face(face.box, exact.landmarks, face.score), mirrored=False)

    def _pairs(self, views: Sequence[FaceReading], at: float) -> list[_Pair]:
        """Who of those in view each may be."""
        found = []
        for number, view in enumerate(views):
            for place, one in enumerate(self.in_view):
                distance = self._energy.distance(view.embedding.vector, one.seen.vector)
                poor = view.quality.decisive or one.seen.quality.decisive
                stayed = at - one.seen_to <= 1.5 * STEP and _overlap(view.face, one.box) >= SAME_PLACE
                if distance <= self._limit or (poor and stayed):
                    found.append(_Pair(number, place, distance))
        return found

    def _go_on(self, one: InView, view: FaceReading, frame: Frame) -> InView:
        first = one.seen.span.first if one.seen.span is not None else frame.at
        if _is_better(view.quality, one.seen.quality):
            return InView(self._read(view, frame, first, frame.at), view.face.box, one.number)
        assert one.seen.span is not None
        return InView(replace(one.seen, span=replace(one.seen.span, last=frame.at)), view.face.box, one.number)

    def _read(self, view: FaceReading, frame: Frame, first: float, last: float) -> SeenFace:
        """As a photograph is read."""
        crop = align(frame.pixels, view.face.landmarks)
        reading = self._engine.read_crop(view.face, crop)
        return SeenFace.of(reading, look(crop), Span(frame.at, first, last, picture_hash(frame.pixels)))


def _worth_keeping(sights: Sequence[InView]) -> tuple[InView, ...]:
    """Without what was seen once, and so poorly that it says nothing: most of that is no face."""
    spans = ((one, one.seen.span) for one in sights)
    return tuple(one for one, span in spans if span and (span.first < span.last or not one.seen.quality.decisive))


def _is_better(one: Quality, other: Quality) -> bool:
    if one.decisive != other.decisive:
        return other.decisive
    return worth(one) > BETTER * worth(other)


def worth(quality: Quality) -> float:
    """Of a view. The length of its embedding says most; a small face is never as good as a large one."""
    large = min(1.0, quality.eye_distance / _ENOUGH)
    return large * (quality.embedding_norm or 1.0) / (1 + len(quality.findings))


def _overlap(face: Face, box: NDArray[np.float32]) -> float:
    return overlap(face, Face(box, face.landmarks, face.score))
