"""The people who are enrolled on this machine, with their photographs and what the encoders see in them.

They are kept in the same file as the library (see siamgui.storage.database) and have nothing else in common with it:
a photograph from which somebody was enrolled is never trained on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siamgui.core.alignment import CROP_SIZE
from siamgui.core.energy import L2, Energy
from siamgui.core.pictures import SmallPhoto
from siamgui.core.types import FaceReading, Photo, Pixels
from siamgui.core.wording import issue_words
from siamgui.live.gallery import Gallery
from siamgui.live.templates import combine, odd_ones
from siamgui.live.types import Reference
from siamgui.storage.checksums import checksum
from siamgui.storage.connection import Connection
from siamgui.storage.database import Database, Keeper, now
from siamgui.storage.errors import LibraryDamaged
from siamgui.storage.people_errors import (
    LastPhoto,
    NameTaken,
    NotReadYet,
    PersonAmbiguous,
    PersonUnknown,
    PhotosAbsent,
    PhotoTooPoor,
    PhotoUnknown,
)
from siamgui.storage.person_names import clean_name, clean_note, name_key, to_come

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Person:
    """consent: a note of what was agreed to, "" if none. retain_until: the last day on which the person is kept.

    created, last_verified: ISO 8601 in UTC; last_verified is None if a verification never supported the person.
    photos: how many, at least one.
    """

    id: int
    name: str
    consent: str
    retain_until: date | None
    created: str
    last_verified: str | None
    photos: int

    def over(self, today: date) -> bool:
        return self.retain_until is not None and self.retain_until < today


@dataclass(frozen=True, slots=True)
class PersonPhoto:
    """name: of the file, without folder. good: whether quality found nothing to complain of. added: ISO 8601 in UTC."""

    id: int
    person: int
    name: str
    good: bool
    added: str


class PeopleStore(Keeper):
    """See the module. Any method may raise a LibraryError; those that take a person's id raise PersonUnknown."""

    def __init__(self, file: Database) -> None:
        super().__init__(file)
        self._gallery: tuple[object, Gallery] | None = None

    # -- who there is ------------------------------------------------------------------------------------------------

    def list(self) -> tuple[Person, ...]:
        """All of them, by name; whose time is over is about to be removed, and not shown any more."""
        return _by_name(one for one in self._people() if not one.over(date.today()))

    def find(self, name_or_id: str | int) -> Person:
        """By id, or by what a person writes: the name, the id as "7" or, where somebody is called 7, as "#7".

        Raises PersonUnknown, PersonAmbiguous.
        """
        if isinstance(name_or_id, int):
            return self._of(name_or_id)
        text = name_or_id.strip()
        number = text.removeprefix("#")
        is_id = number.isascii() and number.isdigit() and len(number) < 19  # what SQLite can count
        by_id = self._people("WHERE person.id = ?", (int(number),)) if is_id else ()
        by_name = self._people("WHERE key = ?", (name_key(text),)) if not (by_id and number != text) else ()
        found = {person.id: person for person in (*by_id, *by_name)}
        if not found:
            raise PersonUnknown(name=text)
        if len(found) > 1:
            raise PersonAmbiguous(name=text, ids=", ".join(f"#{person}" for person in found))
        return next(iter(found.values()))

    def _of(self, person: int) -> Person:  # whoever is called "#7" is not the 7th
        found = self._people("WHERE person.id = ?", (person,))
        if not found:
            raise PersonUnknown(name=f"#{person}")
        return found[0]

    def photos(self, person: int) -> tuple[PersonPhoto, ...]:
        """In the order they were added."""
        statement = "SELECT id, person, name, good, added FROM person_photo WHERE person = ? ORDER BY id"
        return tuple(
            PersonPhoto(photo, owner, name, bool(good), added)
            for photo, owner, name, good, added in self._read(statement, (person,))
        )

    def picture(self, photo: int) -> bytes:
        """Head and shoulders, a JPEG of at most 384 pixels on its long side. Raises PhotoUnknown."""
        return self._image("picture", photo)

    def crop(self, photo: int) -> Pixels:
        """(112, 112, 3) uint8 RGB, aligned, read-only: what an encoder takes. Raises PhotoUnknown."""
        data = self._image("crop", photo)
        if len(data) != CROP_SIZE * CROP_SIZE * 3:
            raise LibraryDamaged(name=self._name)
        return np.frombuffer(data, np.uint8).reshape(CROP_SIZE, CROP_SIZE, 3)

    def _people(self, where: str = "", values: Sequence[Any] = ()) -> tuple[Person, ...]:
        rows = self._read(
            "SELECT person.id, person.name, consent, retain_until, created, last_verified, count(*)"
            f" FROM person JOIN person_photo ON person_photo.person = person.id {where} GROUP BY person.id",
            values,
        )
        return tuple(
            Person(person, name, consent, self._date(until), created, verified, photos)
            for person, name, consent, until, created, verified, photos in rows
        )

    def _date(self, text: str | None) -> date | None:
        try:
            return date.fromisoformat(text) if text is not None else None
        except ValueError:
            raise LibraryDamaged(name=self._name) from None

    def _image(self, column: str, photo: int) -> bytes:
        rows = self._read(f"SELECT {column} FROM person_image WHERE photo = ?", (photo,))
        if not rows:
            raise PhotoUnknown
        return bytes(rows[0][0])

    # -- changes -----------------------------------------------------------------------------------------------------

    def enrol(
        self,
        name: str,
        consent: str,
        retain_until: date | None,
        photos: Sequence[tuple[Photo | SmallPhoto, FaceReading]],
    ) -> Person:
        """Keep a new person, all or nothing. A photograph that comes twice is kept once.

        Raises NameEmpty, NameTooLong, NameUnprintable, NameTaken, NoteTooLong, RetentionOver, PhotosAbsent,
        PhotoTooPoor.
        """
        name, consent, until = clean_name(name), clean_note(consent), to_come(retain_until)
        if not photos:
            raise PhotosAbsent(name=name)
        rows = [_row(photo, reading) for photo, reading in photos]
        with self._writing() as db:
            _claim(db, name, None)
            columns = "name, key, consent, retain_until, created"
            statement = f"INSERT INTO person ({columns}) VALUES (?, ?, ?, ?, ?)"
            db.execute(statement, (name, name_key(name), consent, until, now()))
            person = db.last_insert_rowid()
            for row in rows:
                _add(db, person, *row)
        return self.find(person)

    def add_photos(self, person: int, photos: Sequence[tuple[Photo | SmallPhoto, FaceReading]]) -> Person:
        """Keep further photographs, all or nothing; one that is there already stays as it is. Raises PhotoTooPoor."""
        rows = [_row(photo, reading) for photo, reading in photos]
        with self._writing() as db:
            self.find(person)
            for row in rows:
                _add(db, person, *row)
        return self.find(person)

    def remove_photo(self, photo: int) -> Person:
        """Forget a photograph and everything derived from it. Raises PhotoUnknown, LastPhoto."""
        with self._writing() as db:
            found = db.execute("SELECT person FROM person_photo WHERE id = ?", (photo,)).fetchone()
            if found is None:
                raise PhotoUnknown
            person = self.find(found[0])
            if person.photos == 1:
                raise LastPhoto(name=person.name)
            db.execute("DELETE FROM person_photo WHERE id = ?", (photo,))
            self._off_the_disk()
        return self.find(person.id)

    def rename(self, person: int, name: str) -> Person:
        """Raises NameEmpty, NameTooLong, NameUnprintable, NameTaken."""
        name = clean_name(name)
        with self._writing() as db:
            _claim(db, name, person)
            db.execute("UPDATE person SET name = ?, key = ? WHERE id = ?", (name, name_key(name), person))
        return self.find(person)

    def set_consent(self, person: int, consent: str) -> Person:
        """Raises NoteTooLong."""
        consent = clean_note(consent)
        with self._writing() as db:
            db.execute("UPDATE person SET consent = ? WHERE id = ?", (consent, person))
        return self.find(person)

    def set_retention(self, person: int, retain_until: date | None) -> Person:
        """retain_until: the last day on which the person is kept; None for no end. Raises RetentionOver."""
        until = to_come(retain_until)
        with self._writing() as db:
            db.execute("UPDATE person SET retain_until = ? WHERE id = ?", (until, person))
        return self.find(person)

    def remove(self, person: int) -> None:
        """Forget a person and everything derived from the photographs; entries of the log lose the name."""
        self.find(person)
        self._remove((person,))

    def expire(self, today: date) -> tuple[str, ...]:
        """Remove everybody whose retention date has passed; returns their names. Call it before people are shown."""
        over = self.overdue(today)
        if over:
            self._remove([person.id for person in over])
        return tuple(person.name for person in over)

    def overdue(self, today: date) -> tuple[Person, ...]:
        """Those whose retention date has passed, by name."""
        return _by_name(one for one in self._people() if one.over(today))

    def _remove(self, people: Sequence[int]) -> None:
        with self._writing() as db:
            db.executemany("DELETE FROM person WHERE id = ?", [(person,) for person in people])
            self._off_the_disk()

    # -- what the encoders see ---------------------------------------------------------------------------------------

    def reference(self, person: int, encoder: str) -> Reference:
        """The embeddings of a person's photographs under encoder, "id version"; outliers are left out.

        Raises NotReadYet where encoder has not seen all of the photographs.
        """
        name = self.find(person).name
        table = self._tables(encoder, person).get(person)
        if table is None:
            raise NotReadYet(name=name)
        return Reference(name, table[~combine(table)[1]], encoder)

    def unlike(self, person: int, encoder: str, apart: float, energy: Energy = L2) -> tuple[PersonPhoto, ...]:
        """The photographs that do not look like the person's others. apart: as for odd_ones(). Raises NotReadYet."""
        name, photos = self.find(person).name, self.photos(person)
        vectors = self.vectors(encoder, [photo.id for photo in photos])
        if np.isnan(vectors).any():
            raise NotReadYet(name=name)
        return tuple(photo for photo, odd in zip(photos, odd_ones(vectors, apart, energy), strict=True) if odd)

    def gallery(self, encoder: str) -> Gallery:
        """Everybody whose photographs encoder has all seen; those of whom one is missing() are left out.

        Worked out again only after something has changed.
        """
        there = (encoder, self._file.version)
        if self._gallery is None or self._gallery[0] != there:
            names = {person.id: person.name for person in self.list()}
            tables = self._tables(encoder)
            people = [(person, names[person], tables[person]) for person in names if person in tables]
            self._gallery = there, Gallery.of(people, encoder)
        return self._gallery[1]

    def alike(self, encoder: str, vectors: Vectors, threshold: float, energy: Energy = L2) -> tuple[Person, ...]:
        """Who looks like the photographs of somebody: nearest first, those at most threshold away.

        vectors: (n, d) unit embeddings of the photographs, n >= 1. threshold: a distance, as Gallery.distances().
        """
        gallery = self.gallery(encoder)
        distances = gallery.distances(combine(vectors)[0], energy)
        return tuple(self.find(gallery.people[row]) for row in distances.argsort() if distances[row] <= threshold)

    def vectors(self, encoder: str, photos: Sequence[int]) -> Vectors:
        """(n, d) unit embeddings of the photographs under encoder; rows of NaN where there is none.

        d is 1 where there is none at all.
        """
        marks = ", ".join("?" * len(photos))
        statement = f"SELECT photo, data FROM person_vector WHERE encoder = ? AND photo IN ({marks})"
        found = dict(self._read(statement, (encoder, *photos)))
        size = self._size(found.values()) if found else 4
        nothing = np.full(size // 4, np.nan, "<f4").tobytes()
        return np.frombuffer(b"".join(found.get(photo, nothing) for photo in photos), "<f4").reshape(
            len(photos), size // 4
        )

    def missing(self, encoder: str) -> tuple[int, ...]:
        """Ids of the photographs that encoder has not seen yet."""
        statement = (
            "SELECT id FROM person_photo WHERE NOT EXISTS"
            " (SELECT 1 FROM person_vector WHERE photo = person_photo.id AND encoder = ?) ORDER BY id"
        )
        return tuple(row[0] for row in self._read(statement, (encoder,)))

    def put_vectors(self, encoder: str, vectors: Mapping[int, Vectors]) -> None:
        """Keep (d,) unit embeddings of photographs under encoder, all or nothing.

        A photograph that was removed in the meantime is passed over.
        """
        data = {photo: _bytes(vector) for photo, vector in vectors.items()}
        rows = [(encoder, vector, checksum(vector), photo) for photo, vector in data.items()]
        with self._writing() as db:
            db.executemany(
                "INSERT OR REPLACE INTO person_vector SELECT id, ?, ?, ? FROM person_photo WHERE id = ?",
                rows,
            )

    def forget_vectors(self, except_encoder: str) -> None:
        """Forget what all other encoders saw; the photographs can be read again."""
        with self._writing() as db:
            db.execute("DELETE FROM person_vector WHERE encoder != ?", (except_encoder,))
            self._off_the_disk()

    def _tables(self, encoder: str, person: int | None = None) -> dict[int, Vectors]:
        """(n, d) embeddings by person, in the order of their photographs, of those of whom none is missing."""
        rows = self._read(
            "SELECT person, data FROM person_photo LEFT JOIN person_vector ON photo = id AND encoder = ?"
            " WHERE ? IS NULL OR person = ? ORDER BY person, id",
            (encoder, person, person),
        )
        found = {owner: [data for _, data in group] for owner, group in groupby(rows, itemgetter(0))}
        complete = {owner: parts for owner, parts in found.items() if None not in parts}
        if complete:
            self._size(data for parts in complete.values() for data in parts)
        return {
            owner: np.frombuffer(b"".join(parts), "<f4").reshape(len(parts), -1) for owner, parts in complete.items()
        }

    def _size(self, vectors: Iterable[bytes]) -> int:
        """The length in bytes that all embeddings of one encoder have."""
        sizes = {len(data) for data in vectors}
        if len(sizes) > 1 or not max(sizes) or max(sizes) % 4:
            raise LibraryDamaged(name=self._name)
        return sizes.pop()


def _by_name(people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple(sorted(people, key=lambda person: name_key(person.name)))


def check_quality(photo: Photo | SmallPhoto, reading: FaceReading) -> None:
    """Raises PhotoTooPoor for a face too poor to enrol anybody from."""
    quality = reading.quality
    decisive = next((finding for finding in quality.findings if finding.decisive), None)
    if decisive is not None:
        raise PhotoTooPoor(name=photo.name, **issue_words(decisive, quality))


def _claim(db: Connection, name: str, person: int | None) -> None:
    """Raises NameTaken if somebody else is called so. Whoever is there without a photograph makes room."""
    free = "NOT EXISTS (SELECT 1 FROM person_photo WHERE person = person.id)"
    db.execute(f"DELETE FROM person WHERE key = ? AND id IS NOT ? AND {free}", (name_key(name), person))
    if db.execute("SELECT 1 FROM person WHERE key = ? AND id IS NOT ?", (name_key(name), person)).fetchone():
        raise NameTaken(name=name)


def _row(photo: Photo | SmallPhoto, reading: FaceReading) -> tuple[SmallPhoto, FaceReading]:
    """With its picture, made before the transaction begins."""
    check_quality(photo, reading)
    return SmallPhoto.of(photo, reading.face), reading


def _add(db: Connection, person: int, photo: SmallPhoto, reading: FaceReading) -> None:
    added = db.execute(
        "INSERT OR IGNORE INTO person_photo (person, sha256, name, good, added) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (person, photo.sha256, photo.name, not reading.quality.findings, now()),
    ).fetchone()
    if added is None:
        return
    crop, vector = reading.crop.tobytes(), _bytes(reading.embedding.vector)
    sums = checksum(crop), checksum(photo.picture)
    db.execute("INSERT INTO person_image VALUES (?, ?, ?, ?, ?)", (added[0], crop, photo.picture, *sums))
    seen = added[0], reading.embedding.encoder
    db.execute("INSERT INTO person_vector VALUES (?, ?, ?, ?)", (*seen, vector, checksum(vector)))


def _bytes(vector: Vectors) -> bytes:
    if vector.ndim != 1 or not abs(float(np.linalg.norm(vector)) - 1) < 1e-3:
        raise ValueError("an embedding has unit length")
    return vector.astype("<f4").tobytes()
