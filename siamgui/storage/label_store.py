"""The library: photographs that were read, and what the user said of pairs of them. One SQLite file.

See siamgui.storage.database for what holds of every change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siamgui.core.alignment import CROP_SIZE
from siamgui.core.pictures import SmallPhoto
from siamgui.core.types import FaceReading, Label, Photo, Pixels
from siamgui.labelling.graph import LabelGraph, Pair, ordered
from siamgui.labelling.types import PairSet
from siamgui.storage.checksums import checksum
from siamgui.storage.database import Keeper, now
from siamgui.storage.errors import LibraryDamaged

# Under these keys are kept: pairs whose label the user has confirmed at a second look; pairs of which a list says
# otherwise than what stands; paths of files with the very bytes of a photograph that is kept under another path.
CONFIRMED, DISPUTED, COPIES = "training.confirmed", "training.disputed", "training.copies"

_FACE = "id, name, path, sha256, person, good, faces_found"
_LABEL = '"left", "right", label, source, at'


@dataclass(frozen=True, slots=True)
class StoredFace:
    """name: of the photograph's file, without folder. path: None for what came from the clipboard or a camera.

    person: whose folder it came from, where that is known. good: whether quality found nothing to complain of.
    faces_found: how many the photograph shows.
    """

    id: int
    name: str
    path: str | None
    sha256: str
    person: str | None
    good: bool
    faces_found: int


@dataclass(frozen=True, slots=True)
class StoredLabel:
    """left < right: ids of faces. source: "csv", "folder", "desk", "compare" or "groups". at: ISO 8601 in UTC."""

    left: int
    right: int
    label: Label
    source: str
    at: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A photograph that could not be used, and the sentence that says why."""

    name: str
    text: str


class LabelStore(Keeper):
    """See the module. Any method may raise a LibraryError."""

    # -- faces -------------------------------------------------------------------------------------------------------

    def face_of(self, sha256: str) -> StoredFace | None:
        """The most prominent face of a photograph that was read before."""
        rows = self._read(f"SELECT {_FACE} FROM face WHERE sha256 = ? AND prominent", (sha256,))
        return _face(rows[0]) if rows else None

    def read_before(self, encoder: str) -> frozenset[str]:
        """sha256 of the photographs whose most prominent face is here with its embedding under encoder."""
        statement = "SELECT sha256 FROM face JOIN vector ON face = id WHERE prominent AND encoder = ?"
        return frozenset(row[0] for row in self._read(statement, (encoder,)))

    def faces(self) -> tuple[StoredFace, ...]:
        """All of them, in order of id."""
        return tuple(_face(row) for row in self._read(f"SELECT {_FACE} FROM face ORDER BY id"))

    def newest(self) -> int:
        """The highest id so far, 0 before there is any; a face that comes later has a higher one."""
        return int(self._read("SELECT coalesce(max(id), 0) FROM face")[0][0])

    def seen(self, face: int, encoder: str) -> bool:
        """Whether there is an embedding of the face under encoder."""
        return bool(self._read("SELECT 1 FROM vector WHERE face = ? AND encoder = ?", (face, encoder)))

    def add_face(
        self,
        photo: Photo | SmallPhoto,
        reading: FaceReading,
        faces_found: int,
        path: Path | None = None,
        person: str | None = None,
        *,
        prominent: bool = True,
    ) -> StoredFace:
        """Keep one face of a photograph: crop, a small picture, and the embedding under its encoder.

        The same face of the same bytes again is the old one; its path and person are filled in where they were unknown.
        prominent: whether it is the face that the photograph stands for; False for another one that the user picked.
        """
        box = reading.face.box
        x, y = ((box[:2] + box[2:]) / 2).tolist()
        size = reading.face.width
        near = (photo.sha256, x, size / 2, y, size / 2)
        where = str(path.absolute()) if path else None
        picture = SmallPhoto.of(photo, reading.face).picture
        with self._writing() as db:
            db.execute("DELETE FROM problem WHERE place = ?", (where or photo.name,))
            row = db.execute(
                "SELECT id FROM face WHERE sha256 = ? AND abs(x - ?) < ? AND abs(y - ?) < ?", near
            ).fetchone()
            if row:
                face = int(row[0])
                db.execute(
                    "UPDATE face SET path = coalesce(path, ?), person = coalesce(person, ?),"
                    " prominent = max(prominent, ?) WHERE id = ?",
                    (where, person, prominent, face),
                )
            else:
                good = not reading.quality.findings
                db.execute(
                    "INSERT INTO face (sha256, name, path, person, good, faces_found, prominent, x, y, size)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (photo.sha256, photo.name, where, person, good, faces_found, prominent, x, y, size),
                )
                face = db.last_insert_rowid()
                crop = reading.crop.tobytes()
                sums = checksum(crop), checksum(picture)
                db.execute("INSERT INTO image VALUES (?, ?, ?, ?, ?)", (face, crop, picture, *sums))
            vector = reading.embedding.vector.astype("<f4").tobytes()
            values = (face, reading.embedding.encoder, vector, checksum(vector))
            db.execute("INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)", values)
            return _face(db.execute(f"SELECT {_FACE} FROM face WHERE id = ?", (face,)).fetchall()[0])

    def crop(self, face: int) -> Pixels:
        """(112, 112, 3) uint8 RGB, aligned, read-only: what an encoder takes."""
        return _pixels(self._image("crop", face), self._name)

    def picture(self, face: int) -> bytes:
        """Head and shoulders, a JPEG of at most 384 pixels on its long side."""
        return self._image("picture", face)

    def _image(self, column: str, face: int) -> bytes:
        """Raises KeyError for a face that is not there."""
        rows = self._read(f"SELECT {column} FROM image WHERE face = ?", (face,))
        if not rows:
            raise KeyError(face)
        return bytes(rows[0][0])

    def vectors(self, encoder: str, faces: Sequence[int]) -> NDArray[np.float32]:
        """(n, d) unit embeddings of the faces under encoder, "id version"; rows of NaN where there is none.

        d is 1 where there is none at all.
        """
        found = {
            int(face): np.frombuffer(data, "<f4")
            for face, data in self._read("SELECT face, data FROM vector WHERE encoder = ?", (encoder,))
        }
        size = len(next(iter(found.values()))) if found else 1
        table = np.full((len(faces), size), np.nan, np.float32)
        for row, face in enumerate(faces):
            if face in found:
                table[row] = found[face]
        return table

    def put_vectors(self, encoder: str, faces: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Keep (n, d) unit embeddings of the faces under encoder, in place of older ones.

        A face that was removed in the meantime is passed over.
        """
        data = [vector.astype("<f4").tobytes() for vector in vectors]
        rows = [(encoder, vector, checksum(vector), face) for face, vector in zip(faces, data, strict=True)]
        with self._writing() as db:
            db.executemany("INSERT OR REPLACE INTO vector SELECT id, ?, ?, ? FROM face WHERE id = ?", rows)

    def missing(self, encoder: str) -> tuple[int, ...]:
        """Ids of the faces that encoder has not seen yet."""
        statement = (
            "SELECT id FROM face WHERE NOT EXISTS"
            " (SELECT 1 FROM vector WHERE face = face.id AND encoder = ?) ORDER BY id"
        )
        return tuple(row[0] for row in self._read(statement, (encoder,)))

    # -- photographs that could not be used --------------------------------------------------------------------------

    def add_problem(self, name: str, sha256: str | None, text: str, path: Path | None = None) -> None:
        """The latest sentence about a photograph; it goes away when the photograph is read after all."""
        place = str(path.absolute()) if path else name
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO problem VALUES (?, ?, ?, ?)", (place, name, sha256, text))

    def problems(self) -> tuple[Problem, ...]:
        return tuple(Problem(*row) for row in self._read("SELECT name, text FROM problem ORDER BY rowid"))

    def remove_problems(self, meant: Callable[[str, str | None], bool]) -> bool:
        """Those of the photographs meant. It gets the path, or the name where there is none, and sha256 if known.

        Returns whether there were any.
        """
        rows = self._read("SELECT place, sha256 FROM problem")
        places = [(place,) for place, sha256 in rows if meant(place, sha256)]
        with self._writing() as db:
            db.executemany("DELETE FROM problem WHERE place = ?", places)
            if places:
                self._off_the_disk()
        return bool(places)

    # -- labels ------------------------------------------------------------------------------------------------------

    def set_label(self, left: int, right: int, label: Label, source: str) -> StoredLabel | None:
        """What was said of two faces; returns what stood before. Raises ValueError for a face with itself."""
        left, right = _pair(left, right)
        with self._writing() as db:
            before = db.execute(
                f'SELECT {_LABEL} FROM label WHERE "left" = ? AND "right" = ?', (left, right)
            ).fetchone()
            db.execute("INSERT OR REPLACE INTO label VALUES (?, ?, ?, ?, ?)", (left, right, label.value, source, now()))
        return _label(before) if before else None

    def remove_label(self, left: int, right: int) -> None:
        with self._writing() as db:
            db.execute('DELETE FROM label WHERE "left" = ? AND "right" = ?', _pair(left, right))

    def set_labels(self, many: Iterable[tuple[int, int, Label]], source: str) -> tuple[StoredLabel, ...]:
        """Many labels at once, all or nothing. A label that stands and says otherwise is kept, unless it is "unsure".

        Of a pair that comes twice the first counts. Returns the labels that were kept against what many says.
        Raises ValueError for a face with itself.
        """
        wanted: dict[Pair, Label] = {}
        for left, right, label in many:
            wanted.setdefault(_pair(left, right), label)
        with self._writing() as db:
            standing = {(label.left, label.right): label for label in self.labels()}
            kept = tuple(
                standing[pair]
                for pair, label in wanted.items()
                if pair in standing and standing[pair].label not in (label, Label.UNSURE)
            )
            held = {(label.left, label.right) for label in kept}
            at = now()
            new = [
                (*pair, label.value, source, at)
                for pair, label in wanted.items()
                if pair not in held and not (pair in standing and standing[pair].label is label)
            ]
            db.executemany("INSERT OR REPLACE INTO label VALUES (?, ?, ?, ?, ?)", new)
        return kept

    def put_back(self, before: Mapping[Pair, StoredLabel | None], faces: Iterable[int] = ()) -> None:
        """Undo: the labels of these pairs as they stood (None: none did), and faces forgotten; all or nothing."""
        with self._writing() as db:
            for pair, label in before.items():
                db.execute('DELETE FROM label WHERE "left" = ? AND "right" = ?', pair)
                if label is not None:
                    values = (*pair, label.label.value, label.source, label.at)
                    db.execute("INSERT INTO label VALUES (?, ?, ?, ?, ?)", values)
            self.remove(faces)

    def labels(self) -> tuple[StoredLabel, ...]:
        """All of them, oldest first."""
        return tuple(_label(row) for row in self._read(f'SELECT {_LABEL} FROM label ORDER BY at, "left", "right"'))

    def graph(self) -> LabelGraph:
        """What the labels and the folders say together."""
        return LabelGraph.of(self.labels(), {face.id: face.person for face in self.faces()})

    def pair_set(self) -> PairSet:
        """A snapshot for training: the pairs called same or different, without those that contradict themselves.

        A "different" within one person is left out: which label of the chain is wrong only the user can say.
        """
        with self._reading():
            graph = self.graph()
            pairs = [
                (*pair, label)
                for pair, label in sorted(graph.said.items())
                if label is Label.SAME or (label is Label.DIFFERENT and graph.implied(*pair) is Label.DIFFERENT)
            ]
            used = sorted({face for left, right, _ in pairs for face in (left, right)})
            row = {face: index for index, face in enumerate(used)}
            stored = {face.id: face for face in self.faces()}
            crops = np.empty((len(used), CROP_SIZE, CROP_SIZE, 3), np.uint8)
            for index, face in enumerate(used):
                crops[index] = self.crop(face)
        crops.flags.writeable = False
        return PairSet(
            crops=crops,
            names=tuple(stored[face].name for face in used),
            good=np.array([stored[face].good for face in used], np.bool_),
            person=np.unique([graph.person[face] for face in used], return_inverse=True)[1].astype(np.int64),
            left=np.array([row[left] for left, _, _ in pairs], np.int64),
            right=np.array([row[right] for _, right, _ in pairs], np.int64),
            same=np.array([label is Label.SAME for _, _, label in pairs], np.bool_),
            people_known=bool(used) and all(stored[face].person is not None for face in used),
        )

    # -- the rest ------------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget all faces, labels and problems; what put() kept stays. The pixels leave the disk too."""
        with self._writing() as db:
            for table in ("label", "vector", "image", "face", "problem"):
                db.execute(f"DELETE FROM {table}")
            self._off_the_disk()

    def remove(self, faces: Iterable[int]) -> None:
        """Forget faces, with their labels."""
        faces = tuple(faces)
        with self._writing() as db:
            db.executemany("DELETE FROM face WHERE id = ?", [(face,) for face in faces])
            if faces:
                self._off_the_disk()

    def crop_sums(self, faces: Iterable[int] | None = None) -> tuple[bytes, ...]:
        """The checksums of the crops of some faces, or of all."""
        if faces is None:
            return tuple(row[0] for row in self._read("SELECT crop_sum FROM image"))
        statement = "SELECT crop_sum FROM image WHERE face = ?"
        return tuple(row[0] for face in faces for row in self._read(statement, (face,)))


def _face(row: tuple[Any, ...]) -> StoredFace:
    face, name, path, sha256, person, good, faces_found = row
    return StoredFace(face, name, path, sha256, person, bool(good), faces_found)


def _label(row: tuple[Any, ...]) -> StoredLabel:
    left, right, label, source, at = row
    return StoredLabel(left, right, Label(label), source, at)


def _pixels(data: bytes, name: str) -> Pixels:
    if len(data) != CROP_SIZE * CROP_SIZE * 3:
        raise LibraryDamaged(name=name)
    return np.frombuffer(data, np.uint8).reshape(CROP_SIZE, CROP_SIZE, 3)


def _pair(left: int, right: int) -> Pair:
    if left == right:
        raise ValueError("a face with itself is not a pair")
    return ordered(left, right)
