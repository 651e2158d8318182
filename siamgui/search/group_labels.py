"""Groups that a person has looked through become labelled pairs for training, and people who are enrolled.

A pair is "same" where both faces are of one group of which somebody said that it is one person, and "different" where
their two groups have different names, or were told apart. Nothing else becomes a label, and a photograph comes once,
however many copies of it there are. The photographs, and pictures of films, are read again, for what is kept of the
faces is no picture.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.pictures import SmallPhoto
from siamgui.core.types import Face, FaceReading, Label, Photo
from siamgui.evaluation.reading import ahead_of_use
from siamgui.labelling.import_plan import people_pairs
from siamgui.search.original import original_of
from siamgui.search.reading import LARGE
from siamgui.storage.collection_operations import CountFaces, PlaceFaces
from siamgui.storage.collection_values import PlacedFace
from siamgui.storage.group_operations import KeepGroupLabels, LabelsKept, ReadAnswers
from siamgui.storage.group_values import GroupAnswers
from siamgui.storage.label_operations import AddFace
from siamgui.storage.people_operations import EnrolPerson
from siamgui.storage.people_store import check_quality
from siamgui.storage.store import Store

if TYPE_CHECKING:
    from siamgui.search.collection_groups import CollectionGroups, FaceGroup
    from siamgui.storage.people_store import Person

MOST = 300
"""Pairs of each kind, at most: some 600 faces, which training can already tell people apart by."""
ENROLLED = 10
"""Photographs that somebody is enrolled from, at most."""
_JOBS = 2

Told = Callable[[int, int], object]
"""How many photographs of how many have been read."""


class NothingReviewed(SiamguiError):
    text = mark(
        "No group of two faces or more has been looked through yet. Name a group, or say that it is one person."
    )


class NothingFit(SiamguiError):
    """values: name"""

    text = mark("No photo of “{name}” can be used to enrol anybody.")


class _Encoder(Protocol):
    @property
    def key(self) -> str: ...


class ReadsFaces(Protocol):
    """What is needed of a FaceEngine: the window lends its own for one face at a time."""

    @property
    def encoder(self) -> _Encoder: ...

    def read_face(self, photo: Photo, face: Face) -> FaceReading: ...


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """faces: ids; pairs: (left, right, label), by places in faces. groups: how many have a part in it."""

    faces: tuple[int, ...]
    pairs: tuple[tuple[int, int, Label], ...]
    groups: int

    def count(self, label: Label) -> int:
        return sum(one is label for _, _, one in self.pairs)


@dataclass(frozen=True, slots=True)
class Labelled:
    """What became of a plan. photos: that the faces are in. problems: why a photograph could not be read."""

    kept: LabelsKept
    photos: int
    problems: tuple[str, ...]


def plan_labels(found: CollectionGroups, answers: GroupAnswers, most: int = MOST) -> LabelPlan:
    """Raises NothingReviewed."""
    group_of = {face: group for group, face in answers.belongs.tolist() if group in answers.reviewed}
    clashing = set(found.clashes)
    faces = [face for group in found.every for face in group.faces if face in group_of and face not in clashing]
    member = {face: group for group, face in answers.belongs.tolist()}
    told = {(group, member[face]) for group, face in answers.others.tolist() if face in member}

    def apart(one: int, other: int) -> bool:
        named = bool(answers.names[one] and answers.names[other])
        return named or (one, other) in told or (other, one) in told

    pairs = people_pairs([group_of[face] for face in faces], most, apart)
    if not pairs:
        raise NothingReviewed
    used = sorted({place for left, right, _ in pairs for place in (left, right)})
    at = {place: number for number, place in enumerate(used)}
    return LabelPlan(
        tuple(faces[place] for place in used),
        tuple((at[left], at[right], label) for left, right, label in pairs),
        len({group_of[faces[place]] for place in used}),
    )


def label_groups(
    store: Store,
    engine: ReadsFaces,
    plan: LabelPlan,
    told: Told = lambda _done, _total: None,
    stop: threading.Event | None = None,
) -> Labelled:
    """Read the faces of a plan and keep its labels; all of them or, where it is stopped, none.

    stop: set it, and Cancelled is raised. Raises LibraryError.
    """
    read: dict[int, AddFace] = {}  # by the id of the face that was seen
    problems: list[str] = []
    for placed, photo, problem in _opened(store, plan.faces, told, stop):
        try:
            if photo is None:
                problems.append(str(problem))
                continue
            reading = engine.read_face(photo, placed.seen.face)
        except SiamguiError as error:
            problems.append(str(error))
            continue
        small, face = SmallPhoto.of(photo, reading.face), replace(reading, conditions=None, strangers=None)
        film = placed.seen.span is not None
        count = 1 if film else store.do(CountFaces(placed.picture))
        place = None if film else placed.files[0]
        read[placed.id] = AddFace(small, face, count, place, None, prominent=count == 1)
    order = {face: number for number, face in enumerate(read)}
    labels = tuple(
        (order[plan.faces[left]], order[plan.faces[right]], label)
        for left, right, label in plan.pairs
        if plan.faces[left] in order and plan.faces[right] in order
    )
    photos = len({face.photo.sha256 for face in read.values()})
    return Labelled(store.do(KeepGroupLabels(tuple(read.values()), labels)), photos, tuple(problems))


def enrol_group(
    store: Store,
    engine: ReadsFaces,
    group: FaceGroup,
    name: str,
    consent: str = "",
    told: Told = lambda _done, _total: None,
    stop: threading.Event | None = None,
) -> Person:
    """Enrol somebody from the best photographs of a group. Only faces that somebody has looked at count, where any are.

    Raises NothingFit, what EnrolPerson raises, Cancelled, LibraryError.
    """
    answers = store.do(ReadAnswers(engine.encoder.key))
    looked_at = {face for known, face in answers.belongs.tolist() if known == group.known and known in answers.reviewed}
    sure = tuple(face for face in group.faces if face not in group.unsure)
    there = store.do(PlaceFaces(tuple(face for face in group.faces if face in looked_at) or sure or group.faces))
    best = sorted(there, key=_worth)[:ENROLLED]
    photos: dict[str, tuple[SmallPhoto, FaceReading]] = {}
    for placed, photo, _ in _opened(store, tuple(one.id for one in best), told, stop):
        if photo is not None and photo.sha256 not in photos:
            reading = engine.read_face(photo, placed.seen.face)
            try:
                check_quality(photo, reading)
            except SiamguiError:
                continue
            photos[photo.sha256] = SmallPhoto.of(photo, reading.face), reading
    if not photos:
        raise NothingFit(name=name)
    return store.do(EnrolPerson(name, consent, None, tuple(photos.values())))


def reviewed_plan(store: Store, found: CollectionGroups, encoder: str, most: int = MOST) -> LabelPlan:
    """As plan_labels(), by what was said until now. Raises LibraryError too."""
    return plan_labels(found, store.do(ReadAnswers(encoder)), most)


def _worth(placed: PlacedFace) -> tuple[bool, float]:
    """The best first: nothing to complain of, and large."""
    quality = placed.seen.quality
    return bool(quality.findings), -quality.eye_distance


def _opened(
    store: Store, faces: Sequence[int], told: Told, stop: threading.Event | None
) -> Iterator[tuple[PlacedFace, Photo | None, SiamguiError | None]]:
    """Each face with the photograph, or picture of a film, that it is in, or why that cannot be read. Raises Cancelled.

    Hold none of them: large ones come one at a time.
    """
    placed = sorted((one for one in store.do(PlaceFaces(tuple(faces))) if one.files), key=lambda one: one.picture)
    with closing(ahead_of_use(_photo_of, placed, _JOBS, _JOBS)) as opened:
        for done, (one, future) in enumerate(zip(placed, opened, strict=True)):
            if stop is not None and stop.is_set():
                raise Cancelled
            photo, problem = None, None
            try:
                photo = future.result() or original_of(one)
            except SiamguiError as error:
                problem = error
            yield one, photo, problem
            told(done + 1, len(placed))


def _photo_of(placed: PlacedFace) -> Photo | None:
    """On a worker thread; None for a large one, whose turn has to come first."""
    return None if placed.width * placed.height > LARGE else original_of(placed)
