"""What the storage thread holds: the people and how they look on the page. No other thread touches a Shelf."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage

from siamgui.core.types import Embedding, FaceReading, Photo, Pixels
from siamgui.gui.people.state import Candidate, Draft, Opened, PersonCard, Removal, Tile
from siamgui.live.gallery import Gallery
from siamgui.live.templates import combine, odd_ones
from siamgui.storage.people_store import PeopleStore, Person, PersonPhoto
from siamgui.storage.verification_log import VerificationLog

Photos = Sequence[tuple[Photo, FaceReading]]
THUMB, TILE = 96, 208
"""Sides of the pictures in the list and among the photographs, in pixels: twice what is seen, for fine screens."""


@dataclass(frozen=True, slots=True)
class EncoderLimits:
    """The encoder through which faces are seen.

    alike: E_W up to which two faces may be of one person. apart: E_W beyond which they are of different people.
    """

    encoder: str
    alike: float
    apart: float


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Everything that the page shows of what is stored."""

    people: tuple[PersonCard, ...]
    opened: Opened | None


class Shelf:
    """All methods may raise a LibraryError; then nothing has changed."""

    def __init__(self, people: PeopleStore) -> None:
        self.people = people
        self.lens: EncoderLimits | None = None
        self._pictures: dict[int, QImage] = {}  # by photograph
        self._photos: frozenset[int] = frozenset()
        self._gallery_of: tuple[object, Gallery] | None = None

    def look_through(self, lens: EncoderLimits) -> None:
        """From now on."""
        self.lens = lens

    def view_after(self, work: Callable[[Shelf], object], chosen: int | None, removal: Removal | None) -> View:
        """What the page shows once work(self) is done; the rest as view() takes it."""
        work(self)
        return self.view(chosen, removal)

    def view(self, chosen: int | None, removal: Removal | None) -> View:
        """chosen: the person to open. removal: what is to look as if it were gone."""
        gone = removal.person if removal is not None and removal.photo is None else None
        fewer = removal.person if removal is not None and removal.photo is not None else None
        shown = [
            replace(person, photos=person.photos - 1) if person.id == fewer else person
            for person in self.people.list()
            if person.id != gone
        ]
        photos = {person.id: self.people.photos(person.id) for person in shown}
        self._photos = frozenset(photo.id for several in photos.values() for photo in several)
        self._pictures = {key: image for key, image in self._pictures.items() if key in self._photos}
        cards = tuple(PersonCard(person, self._thumb(photos[person.id])) for person in shown)
        person = next((person for person in shown if person.id == chosen), None)
        return View(cards, self._open(person, photos[person.id], removal) if person is not None else None)

    def _thumb(self, photos: Sequence[PersonPhoto]) -> QImage:
        photo = photos[0].id
        if photo not in self._pictures:
            self._pictures[photo] = self._picture(photo, THUMB)
        return self._pictures[photo]

    def _picture(self, photo: int, side: int) -> QImage:
        return square(QImage.fromData(self.people.picture(photo)), side)

    def _open(self, person: Person, photos: Sequence[PersonPhoto], removal: Removal | None) -> Opened:
        gone = removal.photo if removal is not None else None
        left = [photo for photo in photos if photo.id != gone]
        vectors = self._vectors(left)
        odd = self._odd(vectors) if vectors is not None else [False] * len(left)
        tiles = tuple(
            Tile(photo.id, photo.name, self._picture(photo.id, TILE), strange, photo.good)
            for photo, strange in zip(left, odd, strict=True)
        )
        alike = self._alike(vectors, person.id) if vectors is not None else None
        return Opened(person, tiles[0].picture, tiles, alike.name if alike is not None else "")

    def _vectors(self, photos: Sequence[PersonPhoto]) -> NDArray[np.float32] | None:
        """(n, d) embeddings of the photographs; None while some are missing under the encoder."""
        if self.lens is None:
            return None
        found = self.people.vectors(self.lens.encoder, [photo.id for photo in photos])
        return None if np.isnan(found).any() else found

    def _odd(self, vectors: NDArray[np.float32]) -> list[bool]:
        return odd_ones(vectors, self.lens.apart).tolist() if self.lens is not None else [False] * len(vectors)

    def _alike(self, vectors: NDArray[np.float32], but: int | None = None) -> Person | None:
        """Who else looks like the photographs with these embeddings, the nearest one."""
        if self.lens is None:
            return None
        gallery = self._gallery(self.lens.encoder)
        distances = gallery.distances(combine(vectors)[0])
        for row in distances.argsort():
            if distances[row] > self.lens.alike:
                return None
            if gallery.people[row] != but:
                return self.people.find(gallery.people[row])
        return None

    def _gallery(self, encoder: str) -> Gallery:
        """Everybody; worked out again only after photographs have changed."""
        missing = set(self.people.missing(encoder))
        there = (encoder, frozenset(self._photos - missing), frozenset(self._photos & missing))
        if self._gallery_of is None or self._gallery_of[0] != there:
            self._gallery_of = (there, self.people.gallery(encoder))
        return self._gallery_of[1]

    def draft(self, candidates: tuple[Candidate, ...]) -> Draft:
        """How the photographs of somebody look together who is about to be enrolled."""
        if not candidates:
            return Draft()
        embeddings = [candidate.reading.embedding for candidate in candidates]
        odd, alike = [False] * len(candidates), None
        if self.lens is not None and {one.encoder for one in embeddings} == {self.lens.encoder}:
            vectors = np.stack([one.vector for one in embeddings])
            odd, alike = self._odd(vectors), self._alike(vectors)
        tiles = tuple(
            Tile(n, one.photo.name, one.picture, odd[n], not one.reading.quality.findings, one.faces)
            for n, one in enumerate(candidates)
        )
        return Draft(candidates, tiles, alike)

    def expire(self) -> tuple[str, ...]:
        """Remove those whose time is over -> their names; and from the log what is older than the user wants."""
        with VerificationLog.open() as log:
            log.expire(date.today())
        return self.people.expire(date.today())

    # Embeddings under another encoder.

    def to_embed(self, most: int) -> tuple[int, dict[int, Pixels]]:
        """How many photographs have no embedding under the encoder, and the crops of at most so many."""
        if self.lens is None:
            return 0, {}
        photos = self.people.missing(self.lens.encoder)
        return len(photos), {photo: self.people.crop(photo) for photo in photos[:most]}

    def put_embeddings(self, embeddings: Mapping[int, Embedding]) -> None:
        """Keep what the encoder has made of some photographs; what another one made of them goes when all are done."""
        for encoder in {embedding.encoder for embedding in embeddings.values()}:
            some = {photo: one.vector for photo, one in embeddings.items() if one.encoder == encoder}
            self.people.put_vectors(encoder, some)
            if not self.people.missing(encoder):
                self.people.forget_vectors(encoder)


def square(image: QImage, side: int) -> QImage:
    """The middle of a picture, side x side."""
    small = image.scaled(
        side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    return small.copy(QRect((small.width() - side) // 2, (small.height() - side) // 2, side, side))
