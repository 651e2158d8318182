"""Who is in a film and when: every face followed, one person's joined as far as the evidence carries, and weighed.

Pictures are looked at as for the search (siamgui.search.sights): twice a second. What is followed without a long gap is
a sight. Sights are joined by the rule by which the faces of a collection are gathered (siamgui.search.grouping), with
its bound on wrong joins; faces that were in view in one picture are never joined. A likeness to a reference is that of
the sight nearest to it, and N of its claim is how many faces were followed: the nearest of many is near by chance.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Conditions
from siamgui.core.errors import Cancelled
from siamgui.core.file_names import photo_name
from siamgui.core.pictures import picture_of
from siamgui.core.types import Frame, Outcome, Strictness
from siamgui.search.copies import is_copy
from siamgui.search.film_reading import FilmCutOff, FilmStep, film_steps
from siamgui.search.finding import meaning_of, outcome_among
from siamgui.search.grouping import Grouper, bound
from siamgui.search.grouping_values import Answers, Bound, Faces
from siamgui.search.probes import reading_of
from siamgui.search.sights import STEP, ReadsFrames
from siamgui.search.timeline_values import FilmFace, FilmLikeness, Sight, Stretch, Timeline
from siamgui.search.values import FilmState, Probe
from siamgui.search.weighing import squares_to
from siamgui.storage.film_part import InView
from siamgui.storage.seen_face import SeenFace

PAUSE = 1.5
"""Seconds out of view that part no stretch: two pictures in which a face was not found, or somebody walked by."""


def watch_film(
    engine: ReadsFrames,
    path: Path,
    *,
    enough: Callable[[float], bool] = lambda _at: False,
    jobs: int = 1,
    told: Callable[[FilmState, int], object] = lambda _state, _faces: None,
    stop: threading.Event | None = None,
) -> Timeline:
    """Without a reference; judged() weighs it against one.

    enough, jobs: as film_steps() takes them. told: after each
    picture, how far it is and how many faces were followed. Raises UnreadableVideo; Cancelled once stop is set.
    """
    name, followed, problem, state = photo_name(path), _Followed(), "", FilmState(photo_name(path), 0.0, None)
    try:
        with closing(film_steps(engine, path, jobs=jobs, enough=enough)) as steps:
            for step in steps:
                if stop is not None and stop.is_set():
                    raise Cancelled
                followed.add(step)
                state = FilmState(name, step.at, step.seconds)
                told(state, followed.count)
    except FilmCutOff as error:
        problem = str(error)
    faces, allowed = _joined(followed, engine.calibration)
    return Timeline(
        name=name,
        seconds=state.seconds,
        read_to=state.at,
        step=STEP,
        faces=faces,
        bound=allowed,
        reference="",
        strictness=Strictness.BALANCED,
        encoder=engine.calibration.encoder,
        problem=problem,
    )


def judged(timeline: Timeline, calibration: Calibration, probe: Probe | None, strictness: Strictness) -> Timeline:
    """The same with its likenesses to a reference; None takes them away. Raises ValueError for another encoder."""
    sights = [sight for face in timeline.faces for sight in face.sights]
    likenesses: Sequence[FilmLikeness | None] = [None] * len(sights)
    if probe is not None and sights:
        if not probe.encoder == calibration.encoder == timeline.encoder:
            raise ValueError("embeddings of two encoders do not compare")
        likenesses = _likenesses([sight.seen for sight in sights], calibration, probe, strictness)
    weighed = iter([replace(sight, likeness=like) for sight, like in zip(sights, likenesses, strict=True)])
    faces = tuple(replace(face, sights=tuple(next(weighed) for _ in face.sights)) for face in timeline.faces)
    return replace(timeline, faces=faces, reference="" if probe is None else probe.name, strictness=strictness)


# -- who was followed ------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Track:
    """One who is followed. stretches: [first, last] each. at: seconds of the picture, the best so far."""

    stretches: list[list[float]] = field(default_factory=list)
    picture: bytes = b""
    at: float = -1.0


class _Followed:
    """sights: that are over, by their numbers. together: pairs of numbers of who was in view in one picture.

    count: faces so far, those in view included.
    """

    def __init__(self) -> None:
        self.sights: dict[int, Sight] = {}
        self.together: set[tuple[int, int]] = set()
        self.count = 0
        self._tracks: dict[int, _Track] = {}

    def add(self, step: FilmStep) -> None:
        for one in step.over:
            track = self._tracks.pop(one.number)
            stretches = tuple(Stretch(first, last) for first, last in track.stretches)
            self.sights[one.number] = Sight(one.seen, stretches, track.picture)
        in_view = step.part.in_view
        self._tracks = {one.number: self._tracks.get(one.number, _Track()) for one in in_view}
        self.count = len(self.sights) + len(in_view)
        if step.frame is not None:
            here = [one for one in in_view if one.seen_to == step.frame.at]
            self.together |= set(combinations(sorted(one.number for one in here), 2))
            for one in here:
                _follow(self._tracks[one.number], one, step.frame)


def _follow(track: _Track, one: InView, frame: Frame) -> None:
    """It is seen in this picture."""
    if track.stretches and frame.at - track.stretches[-1][1] <= PAUSE:
        track.stretches[-1][1] = frame.at
    else:
        track.stretches.append([frame.at, frame.at])
    if one.seen.span is not None and one.seen.span.at != track.at:
        track.at, track.picture = one.seen.span.at, picture_of(frame.pixels, one.seen.face)


# -- who is one person -----------------------------------------------------------------------------------------------


def _joined(followed: _Followed, calibration: Calibration) -> tuple[tuple[FilmFace, ...], Bound]:
    numbers = sorted(followed.sights)
    if not numbers:
        return (), bound(calibration, 0)
    sights = [followed.sights[number] for number in numbers]
    row = {number: place for place, number in enumerate(numbers)}
    apart = tuple((row[a], row[b]) for a, b in sorted(followed.together) if a in row and b in row)
    seen = [sight.seen for sight in sights]
    faces = Faces(
        vectors=np.stack([one.vector for one in seen]),
        conditions=_conditions(seen, calibration),
        poor=np.array([one.quality.decisive for one in seen]),
        damaged=np.array([one.quality.damaged for one in seen]),
        picture=np.full(len(seen), -1),
        original=np.arange(len(seen)),
    )
    found = Grouper(faces, calibration).group(Answers(different=apart))
    unsure = frozenset(found.unsure)
    made = (FilmFace(tuple(sights[one] for one in rows), not unsure.isdisjoint(rows)) for rows in found.groups)
    return tuple(sorted(made, key=lambda face: face.stretches[0].first)), found.bound


def _conditions(seen: Sequence[SeenFace], calibration: Calibration) -> Conditions | None:
    if calibration.cohort is None:
        return None
    norms = np.array([one.quality.embedding_norm or 0.0 for one in seen], np.float32)
    vectors, looks = np.stack([one.vector for one in seen]), np.stack([one.look for one in seen])
    return calibration.cohort.conditions(vectors, norms, looks)


def _likenesses(
    seen: Sequence[SeenFace], calibration: Calibration, probe: Probe, strictness: Strictness
) -> list[FilmLikeness]:
    met = _conditions(seen, calibration)
    squares = squares_to(calibration, probe.readings, np.stack([one.vector for one in seen]), met)
    distances, claimed = (np.sqrt(np.maximum(each, 0)).tolist() for each in squares)
    found = []
    for place, one in enumerate(seen):
        reading = reading_of(one, calibration.encoder, None if met is None else met[np.array([place])])
        meaning = meaning_of(calibration, probe, reading, strictness, claimed[place])
        copy = probe.hash is not None and one.span is not None and is_copy(probe.hash, one.span.hash, distances[place])
        expected = len(seen) * meaning.fmr
        among = Outcome.INCONCLUSIVE if copy else outcome_among(meaning.pair, expected, strictness)
        found.append(
            FilmLikeness(
                distance=distances[place],
                adjusted=claimed[place],
                fmr=meaning.fmr,
                fmr_is_bound=meaning.fmr_is_bound,
                expected=expected,
                pair=meaning.pair,
                outcome=among,
                forced=meaning.forced,
                copy=copy,
            )
        )
    return found
