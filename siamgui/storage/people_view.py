"""The people as a page shows them: their pictures, who looks like whom, and which photograph does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from siamgui.core.encoder_limits import EncoderLimits
from siamgui.core.pictures import picture_of, square_of
from siamgui.core.types import Embedding, FaceReading, Photo, PhotoReading, Pixels
from siamgui.live.templates import combine, odd_ones
from siamgui.storage.people_store import Person, PersonPhoto, Vectors, check_quality
from siamgui.storage.store import Data, Operation

THUMB, TILE = 96, 208
"""Sides of the pictures in the list and among the photographs, in pixels: twice what is seen, for fine screens."""


@dataclass(frozen=True, slots=True, eq=False)
class PersonCard:
    """One row of the list. picture: the face, (THUMB, THUMB, 3) uint8 RGB."""

    person: Person
    picture: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class PhotoTile:
    """One photograph as it is shown. key: id of a stored one; sha256 of one that is not stored yet.

    picture: the face, (TILE, TILE, 3) uint8 RGB. odd: it does not look like the others. good: quality found nothing to
    complain of. faces: how many the photograph shows.
    """

    key: int | str
    name: str
    picture: Pixels
    odd: bool = False
    good: bool = True
    faces: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A photograph that was read and is good enough, but not stored yet. picture, faces: as in PhotoTile."""

    photo: Photo
    reading: FaceReading
    faces: int
    picture: Pixels

    @classmethod
    def of(cls, read: PhotoReading) -> Candidate:
        """Raises PhotoTooPoor."""
        check_quality(read.photo, read.reading)
        picture = square_of(picture_of(read.photo.pixels, read.reading.face), TILE)
        return cls(read.photo, read.reading, len(read.detection.faces), picture)

    def tile(self, *, odd: bool) -> PhotoTile:
        good = not self.reading.quality.findings
        return PhotoTile(self.photo.sha256, self.photo.name, self.picture, odd, good, self.faces)


@dataclass(frozen=True, slots=True, eq=False)
class OpenedPerson:
    """The person who is shown. alike: name of another one with the same face, "" if there is none."""

    person: Person
    tiles: tuple[PhotoTile, ...]
    alike: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PeopleView:
    """chosen: who was to be opened; opened is that person, or the first one where that is nobody."""

    people: tuple[PersonCard, ...]
    opened: OpenedPerson | None
    chosen: int | None


@dataclass(frozen=True, slots=True, eq=False)
class ViewPeople(Operation[PeopleView]):
    """chosen: id of the person to open. limits: None while there is no engine.

    without: what is to look as if it were gone: a person, and one photograph of theirs or with None all of them.
    """

    chosen: int | None
    limits: EncoderLimits | None
    without: tuple[int, int | None] | None = None

    def run(self, data: Data) -> PeopleView:
        shown = [person for each in data.people.list() if (person := self._left(each)) is not None]
        photos = {person.id: data.people.photos(person.id) for person in shown}
        _forget_but(data.thumbs, {photo.id for several in photos.values() for photo in several})
        cards = tuple(PersonCard(person, _thumb(data, photos[person.id][0])) for person in shown)
        opened = next((person for person in shown if person.id == self.chosen), shown[0] if shown else None)
        shown_one = self._open(data, opened, photos[opened.id]) if opened is not None else None
        return PeopleView(cards, shown_one, self.chosen)

    def _left(self, person: Person) -> Person | None:
        """The person as they will be, None for one who is to go."""
        gone, photo = self.without or (None, None)
        if person.id != gone:
            return person
        return None if photo is None else replace(person, photos=person.photos - 1)

    def _open(self, data: Data, person: Person, photos: Sequence[PersonPhoto]) -> OpenedPerson:
        gone = self.without[1] if self.without is not None else None
        left = [photo for photo in photos if photo.id != gone]
        vectors = self._vectors(data, left)
        odd = np.zeros(len(left), bool)
        if self.limits and vectors is not None:
            odd = odd_ones(vectors, self.limits.apart, self.limits.energy)
        tiles = tuple(
            PhotoTile(photo.id, photo.name, square_of(data.people.picture(photo.id), TILE), bool(strange), photo.good)
            for photo, strange in zip(left, odd, strict=True)
        )
        alike = _alike(data, self.limits, vectors, person.id)
        return OpenedPerson(person, tiles, alike.name if alike is not None else "")

    def _vectors(self, data: Data, photos: Sequence[PersonPhoto]) -> Vectors | None:
        """(n, d) embeddings of the photographs; None while some are missing under the encoder."""
        if self.limits is None:
            return None
        found = data.people.vectors(self.limits.encoder, [photo.id for photo in photos])
        return None if np.isnan(found).any() else found


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """How photographs of one person look together.

    odd: which of them do not look like the others. alike: an enrolled person with the same face, if there is one.
    """

    odd: tuple[bool, ...]
    alike: Person | None


@dataclass(frozen=True, slots=True, eq=False)
class LookTogether(Operation[Likeness]):
    """Of the photographs of somebody who is about to be enrolled. limits: None while there is no engine."""

    embeddings: tuple[Embedding, ...]
    limits: EncoderLimits | None

    def run(self, data: Data) -> Likeness:
        if self.limits is None or {one.encoder for one in self.embeddings} != {self.limits.encoder}:
            return Likeness((False,) * len(self.embeddings), None)
        vectors = np.stack([one.vector for one in self.embeddings])
        return Likeness(
            tuple(odd_ones(vectors, self.limits.apart, self.limits.energy).tolist()), _alike(data, self.limits, vectors)
        )


def _alike(data: Data, limits: EncoderLimits | None, vectors: Vectors | None, but: int | None = None) -> Person | None:
    """Who else looks like the photographs with these embeddings, the nearest one."""
    if limits is None or vectors is None:
        return None
    gallery = data.people.gallery(limits.encoder)
    distances = gallery.distances(combine(vectors)[0], limits.energy)
    near = (gallery.people[row] for row in distances.argsort() if distances[row] <= limits.alike)
    nearest = next((person for person in near if person != but), None)
    return data.people.find(nearest) if nearest is not None else None


def _thumb(data: Data, photo: PersonPhoto) -> Pixels:
    if photo.id not in data.thumbs:
        data.thumbs[photo.id] = square_of(data.people.picture(photo.id), THUMB)
    return data.thumbs[photo.id]


def _forget_but(thumbs: dict[int, Pixels], photos: set[int]) -> None:
    for gone in thumbs.keys() - photos:
        thumbs.pop(gone, None)
