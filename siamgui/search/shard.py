"""A few files of a folder, read by a worker of a cluster, and what was seen in them, sealed for the one who asked.

The worker keeps nothing and has no key of any vault. What it is told is where the files lie, which encoder is meant,
and a public key; what it answers is one parcel (siamgui.vault.parcel) that only the asking process can open.
"""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from siamgui import __version__
from siamgui.core.errors import SiamguiError
from siamgui.core.formats import is_video
from siamgui.core.imaging import load_photo, picture_digest
from siamgui.core.pipeline import FaceEngine
from siamgui.search.film_reading import FilmCutOff, film_digest, film_steps
from siamgui.search.reading import seen_in
from siamgui.storage.collection_values import ReadFile, SeenPicture
from siamgui.storage.seen_face import SeenFace
from siamgui.vault.parcel import sealed_to
from siamgui.vault.sealed import Refused

_MOST_FACES = 100_000
_DIGEST = re.compile(r"[0-9a-f]{64}")
_engine_lock = threading.Lock()  # a worker may have several threads, and an engine is owned by one at a time


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """As of ReadFile and SeenPicture. faces: packed; None where there is no picture."""

    place: str
    size: int
    modified: int
    sha256: str
    problem: str
    width: int
    height: int
    hash: int
    seconds: float | None
    faces: list[bytes] | None


class Shard(msgspec.Struct, frozen=True):
    """What a worker is asked. root: the folder, as the worker finds it. number: of this shard in the errand.

    places: of files below root. encoder: "id version". public: a letterbox. errand: which one, at random.
    """

    errand: str
    number: int
    root: str
    places: tuple[str, ...]
    encoder: str
    version: str
    public: bytes

    @property
    def label(self) -> bytes:
        return f"{self.errand} {self.number}".encode()


def read_shard(data: bytes) -> bytes:
    """On a worker. data: a Shard as packed() makes it -> a parcel, or b"" where this siamgui cannot do it."""
    shard = msgspec.msgpack.decode(data, type=Shard)
    if shard.version != __version__:
        return b""
    with _engine_lock:
        engine = _engine()
        if engine.encoder.key != shard.encoder:
            return b""
        root = Path(shard.root)
        files = [_read(engine, root / place if place else root, place) for place in shard.places]
    return sealed_to(shard.public, shard.label, msgspec.msgpack.encode([_packed(file) for file in files]))


def packed(shard: Shard) -> bytes:
    return msgspec.msgpack.encode(shard)


def files_of(shard: Shard, data: bytes, size: int) -> tuple[ReadFile, ...]:
    """What an opened parcel holds. size: numbers of an embedding. Raises Refused for what no worker was asked for."""
    try:
        files = tuple(_file(one, size) for one in msgspec.msgpack.decode(data, type=list[_File]))
    except (msgspec.DecodeError, ValueError):
        raise Refused("no faces of files") from None
    if tuple(file.place for file in files) != shard.places:
        raise Refused("other files than those asked for")
    return files


@cache
def _engine() -> FaceEngine:
    """Of this worker, on its processor; the bundled encoder, which every machine has."""
    return FaceEngine.load("cpu")


def _read(engine: FaceEngine, path: Path, place: str) -> ReadFile:
    size, modified, digest = 0, 0, ""
    try:
        status = path.stat()  # first: what changes while it is read is read again the next time
        size, modified = status.st_size, status.st_mtime_ns
        if is_video(path):
            digest = film_digest(path, threading.Event())
            picture, problem = _film(engine, path, digest)
        else:
            digest = picture_digest(path)
            picture, problem = seen_in(engine, load_photo(path)), ""
        return ReadFile(place, size, modified, picture.sha256, problem, picture)
    except OSError as error:
        return ReadFile(place, size, modified, digest, error.strerror or str(error))
    except SiamguiError as error:
        return ReadFile(place, size, modified, digest, str(error))


def _film(engine: FaceEngine, path: Path, digest: str) -> tuple[SeenPicture, str]:
    """All of it, and what is wrong with it."""
    problem, faces, last = "", list[SeenFace](), None
    try:
        for step in film_steps(engine, path):
            faces += [one.seen for one in step.over]
            last = step
    except FilmCutOff as error:
        problem = str(error)
    assert last is not None
    looks = faces[0].span.hash if faces and faces[0].span else 0
    return SeenPicture(digest, last.width, last.height, looks, tuple(faces), last.seconds or last.at), problem


def _packed(file: ReadFile) -> _File:
    known = file.place, file.size, file.modified, file.sha256, file.problem
    seen = file.picture
    if seen is None:
        return _File(*known, 0, 0, 0, None, None)
    return _File(*known, seen.width, seen.height, seen.hash, seen.seconds, [face.pack() for face in seen.faces])


def _file(one: _File, size: int) -> ReadFile:
    problem = "".join(sign if sign.isprintable() else " " for sign in one.problem)
    known = ReadFile(one.place, one.size, one.modified, one.sha256, problem)
    if not (0 <= one.size < 2**63 and -(2**63) <= one.modified < 2**63):
        raise ValueError("not of a file")
    if one.sha256 and not _DIGEST.fullmatch(one.sha256):
        raise ValueError("no digest")
    if one.faces is None:
        return known
    if not (one.sha256 and 0 <= one.width < 2**31 and 0 <= one.height < 2**31):
        raise ValueError("not of a picture")
    if one.seconds is not None and not 0 <= one.seconds < np.inf:
        raise ValueError("not of a film")
    if len(one.faces) > _MOST_FACES or not 0 <= one.hash < 2**64:
        raise ValueError("not of a picture")
    faces = tuple(SeenFace.unpack(face) for face in one.faces)
    if any(len(face.vector) != size or not np.isfinite(face.vector).all() for face in faces):
        raise ValueError("embeddings of another encoder")
    if not all(_is_sound(face, film=one.seconds is not None) for face in faces):
        raise ValueError("no faces")
    picture = SeenPicture(one.sha256, one.width, one.height, one.hash, faces, one.seconds)
    return replace(known, picture=picture)


def _is_sound(face: SeenFace, *, film: bool) -> bool:
    """Whether a search can weigh it, and a window show it."""
    values = [*face.face.box, *face.face.landmarks.ravel(), face.face.score, *face.look]
    if face.span is not None:
        values += [face.span.at, face.span.first, face.span.last]
    ordered = np.isnan([face.mean, face.deviation]).all() or (np.isfinite(face.mean) and 0 < face.deviation < np.inf)
    return bool(np.isfinite(values).all() and face.vector.any() and ordered) and film == (face.span is not None)
