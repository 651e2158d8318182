"""Reads every face of a folder once, and goes on where it was stopped.

Photographs are decoded at full size: a JPEG decoded at half or a quarter of it takes a third of the time, but moves the
embedding of a large face by 0.04 to 0.12, and index must say what compare says.

Several threads read, decode and look at a photograph each, as in evaluation.reading; the calling thread keeps what
they bring. What was read is kept every second or two, each time whole or not at all, so that a kill costs no more
than that. What has not changed (by size and time) is not opened again, and a file with known bytes under another name
is not decoded. Films come after the photographs, one at a time; of one that is stopped everything that was seen so far
stays (siamgui.search.film_reading).
"""

from __future__ import annotations

import hashlib
import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from siamgui.core.errors import Cancelled, NoFaceFound, SiamguiError
from siamgui.core.file_names import photo_name
from siamgui.core.folders import photos_in
from siamgui.core.formats import is_photo, is_video
from siamgui.core.imaging import load_photo, photo_from_bytes, picture_bytes, picture_digest, pixels_in
from siamgui.core.look import look
from siamgui.core.paths import data_folder
from siamgui.core.process_lock import Held, holding
from siamgui.core.source import UnreadableVideo
from siamgui.core.types import Detection, Face, FaceReading, Photo
from siamgui.evaluation.reading import ahead_of_use
from siamgui.search.copies import mark_copies
from siamgui.search.errors import BeingRead, FolderGone, NothingToRead
from siamgui.search.film_reading import FilmCutOff, FilmStep, film_digest, film_steps
from siamgui.search.mounts import Away, mounts_below
from siamgui.search.pace import Pace
from siamgui.search.picture_hash import picture_hash
from siamgui.search.sights import ReadsFrames
from siamgui.search.values import FilmState, ReadingDone, ReadingState
from siamgui.storage.collection_operations import (
    AddCollection,
    FindCollection,
    FindFilmPart,
    FindPicture,
    FinishReading,
    KeepRead,
    ReadKnownFiles,
    ReadMounts,
    RemoveCollection,
)
from siamgui.storage.collection_values import Collection, KnownFile, ReadFile, SeenPicture
from siamgui.storage.errors import LibraryBusy
from siamgui.storage.film_part import FilmPart
from siamgui.storage.seen_face import SeenFace
from siamgui.storage.store import Store

KEPT_EVERY = 1.5
"""Seconds of reading that a kill may cost."""
MOST_JOBS = 8
LARGE = 16_000_000  # pixels
"""Of those there is only ever one in memory, however many threads there are, and of heavy files not even the bytes."""
_HEAVY = 24_000_000  # bytes
_MARKED_EVERY = 60.0
_TOLD_EVERY = 0.1
_PATIENCE = 60.0  # seconds for another process to let go of the library

Told = Callable[[ReadingState], object]


class _Encoder(Protocol):
    @property
    def key(self) -> str: ...


class Reads(ReadsFrames, Protocol):
    """What is needed of a FaceEngine: the window lends its own for one face at a time."""

    @property
    def encoder(self) -> _Encoder: ...

    def find_faces(self, photo: Photo) -> Detection: ...

    def read_face(self, photo: Photo, face: Face) -> FaceReading: ...


class Elsewhere(Protocol):
    """Who reads files of a folder in place of this process (siamgui.search.cluster)."""

    def read(
        self, root: Path, places: Sequence[str], encoder: str, stop: threading.Event
    ) -> Iterator[tuple[ReadFile, ...]]:
        """places: as of KnownFile; each comes once, read whole, in any order."""
        ...


def collection_of(store: Store, folder: Path, encoder: str) -> Collection:
    """The collection of a folder or of one film, made where there is none. Raises FolderGone."""
    place = Path(os.path.realpath(folder))
    if not place.is_dir() and not (is_video(place) and place.is_file()):
        raise FolderGone(name=folder.name or str(folder))
    return store.do(AddCollection(place, encoder))


def read_collection(
    store: Store,
    engine: Reads,
    collection: Collection,
    *,
    jobs: int = 2,
    told: Told = lambda _state: None,
    stop: threading.Event | None = None,
    elsewhere: Elsewhere | None = None,
) -> ReadingDone:
    """Read what is new or has changed, and forget what is gone.

    jobs: reading threads, for which engine is loaded (at_once). told: how far it is, on this thread, several times a
    second. stop: set it to pause; then Cancelled is raised, what was read is kept, and the next call goes on.
    elsewhere: who reads the files in place of engine, and may raise more. Raises FolderGone, FolderUnreadable,
    NothingToRead, BeingRead, LibraryError.
    """
    with _alone(collection):
        reader = _Reader(store, engine, collection, max(1, min(jobs, MOST_JOBS)), told, stop or threading.Event())
        return reader.run(elsewhere)


@contextmanager
def _alone(collection: Collection) -> Iterator[None]:
    with ExitStack() as lock:
        try:
            lock.enter_context(holding(data_folder() / f"reading-{collection.id}.lock", 0))
        except Held:
            raise BeingRead(name=collection.folder.name) from None
        yield


class _Reader:
    def __init__(
        self, store: Store, engine: Reads, collection: Collection, jobs: int, told: Told, stop: threading.Event
    ) -> None:
        self._store, self._engine, self._collection, self._jobs = store, engine, collection, jobs
        self._told, self._stop = told, stop
        self._encoder = engine.encoder.key
        self._faces = self._done = self._total = 0
        self._problems: list[tuple[str, str]] = []
        self._read: list[ReadFile] = []  # and not kept yet
        self._start = self._kept = self._marked = time.monotonic()
        self._said = -math.inf
        self._pace = Pace(0, 0)
        self._film: FilmState | None = None
        self._large = threading.Lock()

    def run(self, elsewhere: Elsewhere | None) -> ReadingDone:
        root = self._collection.folder
        if not root.exists():
            raise FolderGone(name=root.name)
        found = photos_in([root], films=True)
        known = {file.place: file for file in self._store.do(ReadKnownFiles(self._collection.id, self._encoder))}
        places = {_place(path, root): path for path in found.photos}
        if not places and not known:
            self._store.do(RemoveCollection(self._collection.id))
            raise NothingToRead(name=root.name)
        wanted = [path for place, path in places.items() if _is_new(path, known.get(place))]
        photos = [path for path in wanted if not is_video(path)]
        films = [path for path in wanted if is_video(path)]
        self._total = len(wanted)
        self._pace = Pace(len(photos), sum(map(_size, films)))
        self._say(last=True)
        try:
            if elsewhere is not None and wanted:
                self._fetch(elsewhere, [_place(path, root) for path in wanted])
            else:
                self._read_here(photos)
                for path in films:
                    self._read_film(path, known.get(_place(path, root)))
        finally:
            self._keep()
        self._say(last=True)
        mark_copies(self._store, self._encoder)
        away = Away(root, self._store.do(ReadMounts(self._collection.id)), places)
        missing = [file for place, file in known.items() if place not in places and _is_gone(root, place)]
        gone = [file.id for file in missing if places and file.place not in away]
        finish = FinishReading(
            self._collection.id, self._encoder, tuple(gone), mounts_below(root, places) | away.mounts
        )
        self._patiently(lambda: self._store.do(finish))
        return ReadingDone(
            collection=self._store.do(FindCollection(root, self._encoder)),
            read=self._done,
            unchanged=len(places) - len(wanted),
            gone=len(gone),
            away=len(missing) - len(gone),
            skipped=found.skipped,
            seconds=time.monotonic() - self._start,
            problems=tuple(self._problems),
        )

    def _read_here(self, photos: list[Path]) -> None:
        with closing(ahead_of_use(self._look, photos, self._jobs)) as looked:
            for future in looked:
                file = future.result()
                self._faces += 0 if file.picture is None else len(file.picture.faces)
                self._pace.photo()
                self._finished(file)
                if self._stop.is_set():
                    raise Cancelled

    def _fetch(self, elsewhere: Elsewhere, places: list[str]) -> None:
        for files in elsewhere.read(self._collection.folder, places, self._encoder, self._stop):
            for file in files:
                self._faces += len(file.picture.faces) if file.picture is not None else 0
                if file.picture is not None and file.picture.seconds is not None:
                    self._pace.film(file.size)
                else:
                    self._pace.photo()
                self._finished(file)

    def _look(self, path: Path) -> ReadFile:
        """On a reading thread."""
        place = _place(path, self._collection.folder)
        size, modified, digest = 0, 0, ""
        try:
            status = path.stat()  # first: what changes while it is read is read again the next time
            size, modified = status.st_size, status.st_mtime_ns
            data = picture_bytes(path) if size <= _HEAVY else b""
            digest = hashlib.sha256(data).hexdigest() if data else picture_digest(path)
            if self._store.do(FindPicture(self._encoder, digest)) is not None:
                return ReadFile(place, size, modified, digest)
            with self._large if size > _HEAVY or pixels_in(data) > LARGE else nullcontext():
                photo = photo_from_bytes(data, photo_name(path)) if data else load_photo(path)
                picture = seen_in(self._engine, photo)
            # Its own digest: it may have changed since it was asked for.
            return ReadFile(place, size, modified, picture.sha256, picture=picture)
        except OSError as error:
            return ReadFile(place, size, modified, digest, error.strerror or str(error))
        except SiamguiError as error:
            return ReadFile(place, size, modified, digest, str(error))

    def _finished(self, file: ReadFile) -> None:
        if file.problem:
            self._problems.append((file.place, file.problem))
        self._read.append(file)
        self._done += 1
        self._film = None
        if time.monotonic() - self._kept >= KEPT_EVERY:
            self._keep()
        self._say()

    def _read_film(self, path: Path, known: KnownFile | None) -> None:
        place, size, modified, digest = _place(path, self._collection.folder), 0, 0, ""
        try:
            status = path.stat()
            size, modified = status.st_size, status.st_mtime_ns
            same = known is not None and (known.size, known.modified) == (size, modified)
            digest = (known.sha256 if known is not None and same else "") or film_digest(path, self._stop)
            file = ReadFile(place, size, modified, digest)
            if self._store.do(FindPicture(self._encoder, digest)) is None:
                file = self._watch(path, file)
            else:
                self._pace.known(size)
        except OSError as error:
            file = ReadFile(place, size, modified, digest, error.strerror or str(error))
        except UnreadableVideo as error:
            file = ReadFile(place, size, modified, digest, str(error))
        self._finished(file)

    def _watch(self, path: Path, file: ReadFile) -> ReadFile:
        """From where it was left -> the rest of what is to be kept."""
        begun = self._store.do(FindFilmPart(self._encoder, file.sha256))
        new: list[SeenFace] = []
        before, share, step = (0 if begun is None else begun.faces), 0.0, None

        def so_far(step: FilmStep, part: FilmPart | None) -> SeenPicture:
            looks = new[0].span.hash if new and not before and new[0].span else 0
            seconds = step.seconds or step.at
            return SeenPicture(file.sha256, step.width, step.height, looks, tuple(new), seconds, part, before)

        try:
            for step in film_steps(self._engine, path, begun, self._jobs):
                new += [one.seen for one in step.over]
                self._faces += len(step.over)
                self._film = FilmState(path.name, step.at, step.seconds)
                passed = file.size * (self._film.share - share)
                (self._pace.film if begun is None or share else self._pace.known)(passed)
                share = self._film.share
                if self._stop.is_set() or time.monotonic() - self._kept >= KEPT_EVERY:
                    part = replace(step.part, faces=before + len(new))
                    self._read.append(replace(file, picture=so_far(step, part)))
                    self._keep()
                    before, new = before + len(new), []
                if self._stop.is_set():
                    raise Cancelled
                self._say()
        except FilmCutOff as error:
            file = replace(file, problem=str(error))
        return file if step is None else replace(file, picture=so_far(step, None))

    def _keep(self) -> None:
        if self._read:
            files = tuple(self._read)
            self._patiently(lambda: self._store.do(KeepRead(self._collection.id, self._encoder, files)))
            self._read.clear()
        if time.monotonic() - self._marked >= _MARKED_EVERY:
            mark_copies(self._store, self._encoder)
            self._marked = time.monotonic()
        self._kept = time.monotonic()

    @staticmethod
    def _patiently(work: Callable[[], None]) -> None:
        """Others may write for long, as a backup that is put in place. Raises LibraryBusy in the end."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                return work()
            except LibraryBusy:
                if time.monotonic() > until:
                    raise

    def _say(self, *, last: bool = False) -> None:
        now = time.monotonic()
        if last or now - self._said >= _TOLD_EVERY:
            self._said = now
            counts = (self._done, self._total, self._faces, len(self._problems))
            self._told(ReadingState(self._collection, *counts, self._pace.left(), self._film))


def _is_new(path: Path, known: KnownFile | None) -> bool:
    """Whether a file has to be opened: new, changed, not yet seen by this encoder, or closed to us the last time."""
    if known is None or not known.read or not known.sha256:
        return True
    try:
        status = path.stat()
    except OSError:
        return True
    return (status.st_size, status.st_mtime_ns) != (known.size, known.modified)


def _is_gone(root: Path, place: str) -> bool:
    """Not where a folder merely cannot be looked into."""
    path = root / place
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return not (is_photo(path) or is_video(path))


def _place(path: Path, root: Path) -> str:
    """As of KnownFile."""
    return "" if path == root else path.relative_to(root).as_posix()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def seen_in(engine: Reads, photo: Photo) -> SeenPicture:
    """Every face of a photograph, maybe none."""
    try:
        faces = engine.find_faces(photo).faces
    except NoFaceFound:
        faces = ()
    readings = [engine.read_face(photo, face) for face in faces]
    seen = tuple(SeenFace.of(reading, look(reading.crop)) for reading in readings)
    return SeenPicture(photo.sha256, photo.width, photo.height, picture_hash(photo.pixels), seen)
