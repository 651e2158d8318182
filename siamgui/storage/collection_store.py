"""The folders that are searched for faces, and what the encoders have seen in their photographs and films."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from siamgui.core.formats import VIDEO_FORMATS
from siamgui.storage.checksums import checksum
from siamgui.storage.collection_values import (
    Collection,
    CollectionUnknown,
    FaceGone,
    FaceRows,
    FacesStamp,
    KnownFile,
    PictureHashes,
    PlacedFace,
    ReadFile,
    SeenPicture,
)
from siamgui.storage.connection import Connection
from siamgui.storage.database import Keeper, now
from siamgui.storage.errors import LibraryDamaged
from siamgui.storage.film_part import FilmPart
from siamgui.storage.group_store import drop_unnamed_answers
from siamgui.storage.inheriting import inherit_from_copies, inherit_from_file
from siamgui.storage.rewriting import SEARCHED
from siamgui.storage.seen_face import SeenFace, unpacked

_GOING = "collections.going"
"""The note that counts the changes of faces that are there already."""
_SIGN = 2**63  # SQLite's integers have one
_WHOLE = "NOT EXISTS (SELECT 1 FROM film_part WHERE film_part.picture = seen_picture.id)"
_IS_FILM = " OR ".join(
    f"place LIKE '%{ending}' OR (place = '' AND folder LIKE '%{ending}')"
    for each in VIDEO_FORMATS
    for ending in each.endings
)
_IN = "(SELECT sha256 FROM collection_file WHERE collection = ?)"


class CollectionStore(Keeper):
    """See the module. Any method may raise a LibraryError; a collection that is gone is passed over."""

    # -- folders -----------------------------------------------------------------------------------------------------

    def add(self, folder: Path, encoder: str) -> Collection:
        """A new one, or the one of that folder that is there. folder: absolute."""
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO collection (folder, added) VALUES (?, ?)", (str(folder), now()))
        return self.find(folder, encoder)

    def list(self, encoder: str) -> tuple[Collection, ...]:
        """By folder, with what encoder, "id version", has seen."""
        return tuple(
            self._collection(row, encoder)
            for row in self._read("SELECT id, folder, added, read FROM collection ORDER BY folder")
        )

    def find(self, folder: Path, encoder: str) -> Collection:
        """Raises CollectionUnknown."""
        rows = self._read("SELECT id, folder, added, read FROM collection WHERE folder = ?", (str(folder),))
        if not rows:
            raise CollectionUnknown(name=folder.name or str(folder))
        return self._collection(rows[0], encoder)

    def _collection(self, row: tuple[int, str, str, str | None], encoder: str) -> Collection:
        collection, folder, added, read = row
        ((files, films, problems, unread),) = self._read(
            f"SELECT count(*), count(CASE WHEN {_IS_FILM} THEN 1 END), count(CASE WHEN problem != '' THEN 1 END),"
            " count(CASE WHEN problem = '' AND NOT EXISTS (SELECT 1 FROM seen_picture"
            " WHERE seen_picture.sha256 = collection_file.sha256 AND encoder = ?) THEN 1 END)"
            " FROM collection_file JOIN collection ON collection.id = collection WHERE collection = ?",
            (encoder, collection),
        )
        ((faces, copies),) = self._read(
            "SELECT count(*), count(copy_of) FROM seen_face JOIN seen_picture ON seen_picture.id = picture"
            f" WHERE encoder = ? AND sha256 IN {_IN}",
            (encoder, collection),
        )
        return Collection(collection, Path(folder), added, read, files, films, problems, unread, faces - copies, copies)

    def remove(self, collection: int) -> None:
        """Forget a folder and all that was seen in it, but for pictures that another one holds too."""
        with self._writing() as db:
            db.execute("DELETE FROM collection WHERE id = ?", (collection,))
            self._drop_unnamed(db)

    def whole(self, collection: int, mounts: Iterable[str]) -> None:
        """All of it has been read just now. mounts: places of folders below it that are other disks."""
        with self._writing() as db:
            db.execute("UPDATE collection SET read = ? WHERE id = ?", (now(), collection))
            db.execute("DELETE FROM collection_mount WHERE collection = ?", (collection,))
            if db.execute("SELECT 1 FROM collection WHERE id = ?", (collection,)).get:
                rows = [(collection, place) for place in mounts]
                db.executemany("INSERT INTO collection_mount VALUES (?, ?)", rows)

    def mounts(self, collection: int) -> frozenset[str]:
        """As whole() was told the last time."""
        rows = self._read("SELECT place FROM collection_mount WHERE collection = ?", (collection,))
        return frozenset(place for (place,) in rows)

    # -- files -------------------------------------------------------------------------------------------------------

    def files(self, collection: int, encoder: str) -> tuple[KnownFile, ...]:
        """All of a collection, by place."""
        rows = self._read(
            "SELECT id, place, size, modified, sha256, problem, problem != '' OR EXISTS (SELECT 1 FROM seen_picture"
            f" WHERE seen_picture.sha256 = collection_file.sha256 AND encoder = ? AND {_WHOLE})"
            " FROM collection_file WHERE collection = ? ORDER BY place",
            (encoder, collection),
        )
        return tuple(
            KnownFile(file, place, size, modified, sha256, problem, bool(read))
            for file, place, size, modified, sha256, problem, read in rows
        )

    def places_of(self, sha256: str) -> tuple[Path, ...]:
        """Where files with this content lay when they were read."""
        rows = self._read(
            "SELECT folder, place FROM collection_file JOIN collection ON collection = collection.id WHERE sha256 = ?",
            (sha256,),
        )
        return tuple(Path(folder) / place for folder, place in rows)

    def picture(self, encoder: str, sha256: str) -> int | None:
        """The id of the picture with this digest; None where encoder has not seen it, or not to its end."""
        rows = self._read(
            f"SELECT id FROM seen_picture WHERE sha256 = ? AND encoder = ? AND {_WHOLE}", (sha256, encoder)
        )
        return rows[0][0] if rows else None

    def film_part(self, encoder: str, sha256: str) -> FilmPart | None:
        """How far encoder has read the film with this digest; None where not at all, or to its end."""
        rows = self._read(
            "SELECT film_part.data, read_to,"
            " (SELECT count(*) FROM seen_face WHERE seen_face.picture = film_part.picture)"
            " FROM film_part JOIN seen_picture ON seen_picture.id = picture WHERE sha256 = ? AND encoder = ?",
            (sha256, encoder),
        )
        try:
            return FilmPart.unpack(*rows[0]) if rows else None
        except ValueError:
            raise LibraryDamaged(name=self._name) from None

    def keep(self, collection: int, encoder: str, files: Iterable[ReadFile]) -> None:
        """What was read, all or nothing; what another process has kept meanwhile stays."""
        with self._writing() as db:
            if not db.execute("SELECT 1 FROM collection WHERE id = ?", (collection,)).fetchall():
                return
            changed: list[tuple[str, str]] = []
            for file in files:
                before = db.execute(
                    "SELECT sha256 FROM collection_file WHERE collection = ? AND place = ?", (collection, file.place)
                ).get
                values = file.size, file.modified, file.sha256
                if before and not file.sha256:
                    values = 0, 0, before  # closed to us now: what was seen in it stays, and it is tried again
                if before not in (None, "", values[2]):
                    changed.append((before, values[2]))
                db.execute(
                    "INSERT INTO collection_file (collection, place, size, modified, sha256, problem)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (collection, place) DO UPDATE SET size = excluded.size,"
                    " modified = excluded.modified, sha256 = excluded.sha256, problem = excluded.problem",
                    (collection, file.place, *values, file.problem),
                )
                if file.picture is not None:
                    self._keep_picture(db, encoder, file.picture)
            if changed:
                for before, digest in changed:
                    inherit_from_file(db, encoder, before, digest)
                self._drop_unnamed(db)

    @staticmethod
    def _keep_picture(db: Connection, encoder: str, picture: SeenPicture) -> None:
        db.execute(
            "INSERT OR IGNORE INTO seen_picture (sha256, encoder, width, height, hash, compared, seconds)"
            " VALUES (?, ?, ?, ?, ?, 0, ?)",
            (picture.sha256, encoder, picture.width, picture.height, picture.hash - _SIGN, picture.seconds),
        )
        new = bool(db.changes())
        number = db.execute(
            "SELECT id FROM seen_picture WHERE sha256 = ? AND encoder = ?", (picture.sha256, encoder)
        ).get
        if new and picture.before:  # what came before was removed meanwhile
            db.execute("DELETE FROM seen_picture WHERE id = ?", (number,))
            return
        if not new:
            unfinished = db.execute("SELECT 1 FROM film_part WHERE picture = ?", (number,)).get
            kept = db.execute("SELECT count(*) FROM seen_face WHERE picture = ?", (number,)).get
            if not unfinished or kept != picture.before:  # read by another process meanwhile
                return
            if picture.faces and not picture.before:
                db.execute("UPDATE seen_picture SET hash = ? WHERE id = ?", (picture.hash - _SIGN, number))
        for place, face in enumerate(picture.faces, picture.before + 1):
            data = face.pack()
            db.execute(
                "INSERT INTO seen_face (picture, number, data, data_sum) VALUES (?, ?, ?, ?)",
                (number, place, data, checksum(data)),
            )
        if picture.part is not None:
            data = picture.part.pack()
            db.execute(
                "INSERT OR REPLACE INTO film_part (picture, read_to, data, data_sum) VALUES (?, ?, ?, ?)",
                (number, picture.part.read_to, data, checksum(data)),
            )
        elif picture.seconds is not None:
            db.execute("DELETE FROM film_part WHERE picture = ?", (number,))

    def forget_files(self, files: Sequence[int]) -> None:
        """Those that are gone from the disk, and what was seen in them, where no other file holds the same."""
        with self._writing() as db:
            inherit_from_copies(db, files)
            db.executemany("DELETE FROM collection_file WHERE id = ?", [(file,) for file in files])
            self._drop_unnamed(db)

    def forget_pictures(self, digests: Iterable[str]) -> bool:
        """What was seen in the photographs with these digests, and that their files are known -> whether any was."""
        with self._writing() as db:
            there = [one for one in digests if db.execute("SELECT 1 FROM seen_picture WHERE sha256 = ?", (one,)).get]
            if there:
                db.executemany("DELETE FROM collection_file WHERE sha256 = ?", [(one,) for one in there])
                self._drop_unnamed(db)
        return bool(there)

    def forget_other_encoders(self, encoder: str) -> None:
        """What others saw, once this one has seen everything."""
        if not any(collection.unread for collection in self.list(encoder)):
            with self._writing() as db:
                if db.execute("SELECT 1 FROM seen_picture WHERE encoder != ? LIMIT 1", (encoder,)).get:
                    self._drop(db, "encoder != ?", (encoder,))

    def _drop_unnamed(self, db: Connection) -> None:
        self._drop(db, "sha256 NOT IN (SELECT sha256 FROM collection_file)")
        drop_unnamed_answers(db)

    def _drop(self, db: Connection, which: str, values: Sequence[str] = ()) -> None:
        """Forget pictures; of the copies of a face that goes the first that stays is the original from now on."""
        going = f"SELECT seen_face.id FROM seen_face JOIN seen_picture ON picture = seen_picture.id WHERE {which}"
        heirs = (
            "SELECT copy_of, min(id) FROM seen_face"
            f" WHERE copy_of IN ({going}) AND id NOT IN ({going}) GROUP BY copy_of"
        )
        for original, heir in db.execute(heirs, (*values, *values)).fetchall():
            db.execute("UPDATE seen_face SET copy_of = ? WHERE copy_of = ?", (heir, original))
            db.execute("UPDATE seen_face SET copy_of = NULL WHERE id = ?", (heir,))
        db.execute(f"DELETE FROM seen_picture WHERE {which}", values)
        self._others_now()
        self.put(SEARCHED, True)
        self._off_the_disk()

    # -- copies ------------------------------------------------------------------------------------------------------

    def hashes(self, encoder: str) -> PictureHashes:
        """In order of id."""
        rows = self._read(
            f"SELECT id, hash, compared FROM seen_picture WHERE encoder = ? AND {_WHOLE} ORDER BY id", (encoder,)
        )
        table = np.array(rows, np.int64).reshape(-1, 3)
        hashes = table[:, 1].astype(np.uint64) + np.uint64(_SIGN)  # both wrap around
        return PictureHashes(table[:, 0], hashes, table[:, 2].astype(bool))

    def put_copies(self, pictures: Sequence[int], copies: Sequence[tuple[int, int]]) -> None:
        """Copies of these pictures have been looked for. copies: (face, the face of the same photograph) each."""
        with self._writing() as db:
            db.executemany("UPDATE seen_picture SET compared = 1 WHERE id = ?", [(picture,) for picture in pictures])
            for face, original in copies:
                db.execute(
                    "UPDATE seen_face SET copy_of = (SELECT coalesce(copy_of, id) FROM seen_face WHERE id = ?)"
                    " WHERE id = ?",
                    (original, face),
                )
            if copies:
                self._others_now()

    # -- faces -------------------------------------------------------------------------------------------------------

    def stamp(self) -> FacesStamp:
        """Of whichever encoder: the highest id is found without looking at them."""
        ((last, folders),) = self._read("SELECT (SELECT max(id) FROM seen_face), (SELECT count(*) FROM collection)")
        return FacesStamp(last or 0, int(self.get(_GOING, 0)), folders)

    def faces(self, encoder: str, after: int, most: int) -> FaceRows | None:
        """At most so many with an id above after; None where there are no more."""
        where = "encoder = ? AND seen_face.id > ? ORDER BY seen_face.id LIMIT ?"
        return self._face_rows(where, (encoder, after, most))

    def faces_with(self, column: str, numbers: Sequence[int]) -> FaceRows | None:
        """Those whose id, or picture, is among the numbers; None where there is none."""
        marks = ", ".join("?" * len(numbers))
        return self._face_rows(f"seen_face.{column} IN ({marks}) ORDER BY seen_face.id", numbers)

    def _face_rows(self, where: str, values: Sequence[str | int]) -> FaceRows | None:
        rows = self._read(
            "SELECT seen_face.id, picture, coalesce(copy_of, seen_face.id), data FROM seen_face"
            f" JOIN seen_picture ON picture = seen_picture.id WHERE {where}",
            values,
        )
        if not rows:
            return None
        *numbers, data = zip(*rows, strict=True)
        try:
            records = unpacked(data)
        except ValueError:
            raise LibraryDamaged(name=self._name) from None
        ids, pictures, original = (np.array(column, np.int64) for column in numbers)
        return FaceRows(ids, pictures, original, records)

    def pictures_in(self, collections: Sequence[int], encoder: str) -> frozenset[int]:
        """Ids of the pictures that files of these collections hold."""
        marks = ", ".join("?" * len(collections))
        rows = self._read(
            "SELECT id FROM seen_picture WHERE encoder = ? AND sha256 IN"
            f" (SELECT sha256 FROM collection_file WHERE collection IN ({marks}))",
            (encoder, *collections),
        )
        return frozenset(row[0] for row in rows)

    def faces_in(self, encoder: str, sha256: str) -> tuple[int, ...]:
        """Ids of the faces of a picture, in their order."""
        rows = self._read(
            "SELECT seen_face.id FROM seen_face JOIN seen_picture ON picture = seen_picture.id"
            " WHERE encoder = ? AND sha256 = ? ORDER BY number",
            (encoder, sha256),
        )
        return tuple(row[0] for row in rows)

    def count_in(self, picture: int) -> int:
        return int(self._read("SELECT count(*) FROM seen_face WHERE picture = ?", (picture,))[0][0])

    def placed_all(self, faces: Sequence[int]) -> tuple[PlacedFace, ...]:
        """Without those that are gone."""
        found = []
        for face in faces:
            with suppress(FaceGone):
                found.append(self.placed(face))
        return tuple(found)

    def placed(self, face: int) -> PlacedFace:
        """Raises FaceGone."""
        rows = self._read(
            "SELECT number, picture, sha256, width, height, seconds, hash, data FROM seen_face"
            " JOIN seen_picture ON picture = seen_picture.id WHERE seen_face.id = ?",
            (face,),
        )
        if not rows:
            raise FaceGone
        number, picture, sha256, width, height, seconds, looks, data = rows[0]
        try:
            seen = SeenFace.unpack(data)
        except ValueError:
            raise LibraryDamaged(name=self._name) from None
        files = self._paths(sha256)
        looks = looks + _SIGN if seen.span is None else seen.span.hash
        return PlacedFace(face, number, picture, sha256, files, width, height, seconds, looks, seen)

    def _paths(self, sha256: str) -> tuple[Path, ...]:
        rows = self._read(
            "SELECT folder, place FROM collection_file JOIN collection ON collection.id = collection"
            " WHERE sha256 = ? ORDER BY folder, place",
            (sha256,),
        )
        return tuple(Path(folder, *place.split("/")) if place else Path(folder) for folder, place in rows)

    def copies_of(self, face: int) -> tuple[int, ...]:
        """The faces of other pictures that are the same photograph, without it."""
        for (original,) in self._read("SELECT coalesce(copy_of, id) FROM seen_face WHERE id = ?", (face,)):
            rows = self._read("SELECT id FROM seen_face WHERE copy_of = ? OR id = ? ORDER BY id", (original, original))
            return tuple(row[0] for row in rows if row[0] != face)
        return ()

    def _others_now(self) -> None:
        self.put(_GOING, int(self.get(_GOING, 0)) + 1)
