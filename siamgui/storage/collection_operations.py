"""What can be asked of the folders that are searched for faces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from siamgui.storage.collection_values import (
    Collection,
    FaceRows,
    FacesStamp,
    KnownFile,
    PictureHashes,
    PlacedFace,
    ReadFile,
)
from siamgui.storage.film_part import FilmPart
from siamgui.storage.store import Data, Operation, Topic, Topics

_COLLECTIONS: Topics = frozenset({Topic.COLLECTIONS})


# -- looking ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListCollections(Operation[tuple[Collection, ...]]):
    """All of them by folder, with what encoder, "id version", has seen."""

    encoder: str

    def run(self, data: Data) -> tuple[Collection, ...]:
        return data.collections.list(self.encoder)


@dataclass(frozen=True, slots=True)
class FindCollection(Operation[Collection]):
    """The one of a folder, an absolute path. Raises CollectionUnknown."""

    folder: Path
    encoder: str

    def run(self, data: Data) -> Collection:
        return data.collections.find(self.folder, self.encoder)


@dataclass(frozen=True, slots=True)
class ReadKnownFiles(Operation[tuple[KnownFile, ...]]):
    """All files of a collection, by place, and whether encoder has seen them."""

    collection: int
    encoder: str

    def run(self, data: Data) -> tuple[KnownFile, ...]:
        return data.collections.files(self.collection, self.encoder)


@dataclass(frozen=True, slots=True)
class ReadMounts(Operation[frozenset[str]]):
    """Places of the folders below a collection that were other disks when it was read last."""

    collection: int

    def run(self, data: Data) -> frozenset[str]:
        return data.collections.mounts(self.collection)


@dataclass(frozen=True, slots=True)
class FindPicture(Operation[int | None]):
    """The id of the picture with this digest; None where encoder has not seen it, or not to its end."""

    encoder: str
    sha256: str

    def run(self, data: Data) -> int | None:
        return data.collections.picture(self.encoder, self.sha256)


@dataclass(frozen=True, slots=True)
class FindFilmPart(Operation[FilmPart | None]):
    """How far encoder has read the film with this digest; None where not at all, or to its end."""

    encoder: str
    sha256: str

    def run(self, data: Data) -> FilmPart | None:
        return data.collections.film_part(self.encoder, self.sha256)


@dataclass(frozen=True, slots=True)
class ReadFacesStamp(Operation[FacesStamp]):
    def run(self, data: Data) -> FacesStamp:
        return data.collections.stamp()


@dataclass(frozen=True, slots=True)
class ReadSeenFaces(Operation[FaceRows | None]):
    """At most so many faces with an id above after, as encoder sees them; None where there are no more."""

    encoder: str
    after: int
    most: int

    def run(self, data: Data) -> FaceRows | None:
        return data.collections.faces(self.encoder, self.after, self.most)


@dataclass(frozen=True, slots=True)
class ReadFaces(Operation[FaceRows | None]):
    """These faces, in order of id; those that are gone are left out. None where there is none."""

    faces: tuple[int, ...]

    def run(self, data: Data) -> FaceRows | None:
        return data.collections.faces_with("id", self.faces)


@dataclass(frozen=True, slots=True)
class ReadFacesOf(Operation[FaceRows | None]):
    """All faces of these pictures; None where there is none."""

    pictures: tuple[int, ...]

    def run(self, data: Data) -> FaceRows | None:
        return data.collections.faces_with("picture", self.pictures)


@dataclass(frozen=True, slots=True)
class ReadPicturesIn(Operation[frozenset[int]]):
    """Ids of the pictures in these collections that encoder has seen."""

    collections: tuple[int, ...]
    encoder: str

    def run(self, data: Data) -> frozenset[int]:
        return data.collections.pictures_in(self.collections, self.encoder)


@dataclass(frozen=True, slots=True)
class ReadPictureHashes(Operation[PictureHashes]):
    encoder: str

    def run(self, data: Data) -> PictureHashes:
        return data.collections.hashes(self.encoder)


@dataclass(frozen=True, slots=True)
class PlaceFace(Operation[PlacedFace]):
    """A face with where it is. Raises FaceGone."""

    face: int

    def run(self, data: Data) -> PlacedFace:
        return data.collections.placed(self.face)


@dataclass(frozen=True, slots=True)
class PlaceFaces(Operation[tuple[PlacedFace, ...]]):
    """These faces with where they are, without those that are gone."""

    faces: tuple[int, ...]

    def run(self, data: Data) -> tuple[PlacedFace, ...]:
        return data.collections.placed_all(self.faces)


@dataclass(frozen=True, slots=True)
class FindSeenFaces(Operation[tuple[int, ...]]):
    """Ids of the faces of the picture with this digest, in their order, as encoder sees them."""

    encoder: str
    sha256: str

    def run(self, data: Data) -> tuple[int, ...]:
        return data.collections.faces_in(self.encoder, self.sha256)


@dataclass(frozen=True, slots=True)
class CountFaces(Operation[int]):
    """How many faces were seen in a picture."""

    picture: int

    def run(self, data: Data) -> int:
        return data.collections.count_in(self.picture)


@dataclass(frozen=True, slots=True)
class CopiesOfFace(Operation[tuple[int, ...]]):
    """The faces of other pictures that are the same photograph, without it."""

    face: int

    def run(self, data: Data) -> tuple[int, ...]:
        return data.collections.copies_of(self.face)


# -- changes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddCollection(Operation[Collection]):
    """A folder to search, or the one that is there already. folder: absolute."""

    folder: Path
    encoder: str
    changes: ClassVar[Topics] = _COLLECTIONS

    def run(self, data: Data) -> Collection:
        return data.collections.add(self.folder, self.encoder)


@dataclass(frozen=True, slots=True)
class RemoveCollection(Operation[None]):
    """With all that was seen in it, but for pictures that another one holds too."""

    collection: int
    changes: ClassVar[Topics] = _COLLECTIONS

    def run(self, data: Data) -> None:
        data.collections.remove(self.collection)


@dataclass(frozen=True, slots=True, eq=False)
class KeepRead(Operation[None]):
    """Files that were read just now; nothing where the collection was removed meanwhile."""

    collection: int
    encoder: str
    files: tuple[ReadFile, ...]
    changes: ClassVar[Topics] = _COLLECTIONS

    def run(self, data: Data) -> None:
        data.collections.keep(self.collection, self.encoder, self.files)


@dataclass(frozen=True, slots=True)
class FinishReading(Operation[None]):
    """All of a collection is read. gone: ids of the files that are not there any more; they are forgotten.

    mounts: places of the folders below it that are other disks. What other encoders saw goes once this one has seen
    everything.
    """

    collection: int
    encoder: str
    gone: tuple[int, ...]
    mounts: frozenset[str] = frozenset()
    changes: ClassVar[Topics] = _COLLECTIONS

    def run(self, data: Data) -> None:
        if self.gone:
            data.collections.forget_files(self.gone)
        data.collections.whole(self.collection, self.mounts)
        data.collections.forget_other_encoders(self.encoder)


@dataclass(frozen=True, slots=True)
class KeepCopies(Operation[None]):
    """Copies of these pictures have been looked for. copies: (face, the face of the same photograph) each."""

    pictures: tuple[int, ...]
    copies: tuple[tuple[int, int], ...]
    changes: ClassVar[Topics] = _COLLECTIONS

    def run(self, data: Data) -> None:
        data.collections.put_copies(self.pictures, self.copies)
