"""What is kept of folders that are searched for faces: the values.

A file of a folder names what is in it by its digest; what was seen in a picture belongs to that digest, under one
encoder. So a file that is renamed, moved or copied is not read again, and one photograph counts once, however many
copies of its file there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.storage.film_part import FilmPart
from siamgui.storage.seen_face import SeenFace


class CollectionUnknown(SiamguiError):
    """values: name"""

    text = mark("“{name}” has not been read. “siamgui collections list” shows what has.")


class FaceGone(SiamguiError):
    text = mark("This face is not kept any more: its file was removed or has changed.")


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder, or one film, whose faces can be searched, and what one encoder has seen in it.

    folder: absolute. added, read: ISO 8601 in UTC; read: when all of it was read last, None if never. files: known.
    films: of these are films. problems: of the files cannot be read. unread: were read by other encoders only.
    faces: seen, copies of a picture left out; copies: how many those are.
    """

    id: int
    folder: Path
    added: str
    read: str | None
    files: int
    films: int
    problems: int
    unread: int
    faces: int
    copies: int


@dataclass(frozen=True, slots=True)
class KnownFile:
    """place: below the folder, parts joined by "/"; "" for a film that is the collection itself.

    size: bytes. modified: nanoseconds, as the file system says. sha256: "" where it could not even be read.
    problem: the sentence that says why there are no faces of it, or not all, "" if none. read: whether the encoder
    asked for has seen it, to its end, or need not.
    """

    id: int
    place: str
    size: int
    modified: int
    sha256: str
    problem: str
    read: bool


@dataclass(frozen=True, slots=True, eq=False)
class SeenPicture:
    """What one encoder saw in a photograph or film. hash: 64 bits of what it looks like (siamgui.search.copies).

    width, height: pixels, upright. seconds: how long a film is, else None. faces: in reading order; of a film one for
    each sight of somebody, those that were not kept before. part: of a film, how far it is read now, None where to its
    end.
    """

    sha256: str
    width: int
    height: int
    hash: int
    faces: tuple[SeenFace, ...]
    seconds: float | None = None
    part: FilmPart | None = None
    before: int = 0
    """Faces of the film that are kept already."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadFile:
    """One file as it was found just now; the fields as of KnownFile.

    picture: None where it was known, or cannot be read. A film that is cut off has both a picture and a problem.
    """

    place: str
    size: int
    modified: int
    sha256: str
    problem: str = ""
    picture: SeenPicture | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FaceRows:
    """n faces as an encoder sees them, in order of id. ids, pictures: (n,).

    original: (n,) the id of the face of another picture that is the same photograph, and came first; its own where
    there is none. records: (n,), as siamgui.storage.seen_face.unpacked() gives them.
    """

    ids: NDArray[np.int64]
    pictures: NDArray[np.int64]
    original: NDArray[np.int64]
    records: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class PlacedFace:
    """A face with where it is. number: among the faces of its picture, from 1. files: all that hold the picture.

    width, height, seconds: of the picture or film. hash: of the picture, of a film the one where it is seen best.
    """

    id: int
    number: int
    picture: int
    sha256: str
    files: tuple[Path, ...]
    width: int
    height: int
    seconds: float | None
    hash: int
    seen: SeenFace


@dataclass(frozen=True, slots=True, eq=False)
class PictureHashes:
    """Of all pictures that one encoder has seen. ids: (n,); hashes: (n,) uint64; compared: (n,) whether copies of it
    have been looked for."""

    ids: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    compared: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FacesStamp:
    """Another one whenever the faces are others. last: the highest id; going: changes but additions.

    folders: how many collections there are.
    """

    last: int
    going: int
    folders: int = 0
