"""Reads photographs into the library: worker threads decode, the calling thread owns engine and library."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from siamgui.core.errors import SiamguiError
from siamgui.core.imaging import load_photo, photo_name
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Label, Photo
from siamgui.evaluation.reading import ahead_of_use
from siamgui.labelling.graph import Pair, ordered
from siamgui.labelling.import_plan import ImportPlan
from siamgui.storage.errors import LibraryError
from siamgui.storage.label_store import LabelStore, StoredFace

Progress = Callable[[int, int], None]

# Under these keys the library keeps: pairs whose label the user has confirmed at a second look; pairs of which a list
# says otherwise than what stands; paths of files with the very bytes of a photograph that is kept under another path.
CONFIRMED, DISPUTED, COPIES = "training.confirmed", "training.disputed", "training.copies"

_AT_A_TIME = 64  # embeddings kept in one transaction


@dataclass(frozen=True, slots=True)
class Collected:
    """faces: by path, of the photographs that can be used. new: how many the library did not have before.

    copies: further files with the bytes of a photograph that is kept under another path.
    problems: for each photograph that cannot be used, its path and the sentence that says why.
    """

    faces: Mapping[Path, StoredFace]
    new: int
    copies: tuple[Path, ...]
    problems: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the pairs of an import.

    pairs: labels that are new or changed. disputed: pairs of which the import says otherwise than what stands, or says
        both; what stands (or came first) is kept, and they get a second look.
    alike: pairs whose two files are one and the same photograph. unread: pairs of a photograph that cannot be used.
    """

    pairs: int
    disputed: int
    alike: int
    unread: int


def collect(
    engine: FaceEngine,
    library: LabelStore,
    photos: Sequence[Path],
    persons: Sequence[str | None],
    jobs: int,
    progress: Progress,
) -> Collected:
    """Keep the most prominent face of every photograph, and a problem for each that cannot be used.

    A photograph whose bytes were read before is not decoded again, so an import that was cut off goes on where it was.
    jobs: decoding threads. progress: called on this thread with (photographs done, in all) after each one.
    Raises LibraryError; what was read by then is kept.
    """
    faces: dict[Path, StoredFace] = {}
    copies: list[Path] = []
    problems: list[tuple[Path, str]] = []
    new = 0
    named = frozenset(face.sha256 for face in library.faces() if face.person is not None)
    known = library.read_before(engine.info.encoder)
    load = partial(_load, known=known if all(person is None for person in persons) else known & named)
    with closing(ahead_of_use(load, photos, jobs)) as loaded:
        for index, (path, person, future) in enumerate(zip(photos, persons, loaded, strict=True)):
            try:
                found = future.result()
                before = library.face_of(found if isinstance(found, str) else found.sha256)
                face = _read(engine, library, found, path, person) if isinstance(found, Photo) else before
            except LibraryError:
                raise
            except SiamguiError as error:
                problems.append((path, str(error)))
                library.add_problem(photo_name(path), None, str(error), path)
            else:
                assert face is not None
                faces[path] = face
                new += before is None
                if before is not None and before.path not in (None, str(path.absolute())):
                    copies.append(path)
            progress(index + 1, len(photos))
    return Collected(faces, new, tuple(copies), tuple(problems))


def _load(path: Path, known: frozenset[str]) -> Photo | str:
    """The photograph, or only the digest of its bytes where that is known."""
    try:
        if known and path.is_file():
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if sha256 in known:
                return sha256
    except (OSError, ValueError):
        pass  # load_photo() has a sentence for it
    return load_photo(path)


def _read(engine: FaceEngine, library: LabelStore, photo: Photo, path: Path, person: str | None) -> StoredFace:
    read = engine.read_photo(photo)
    return library.add_face(photo, read.reading, len(read.detection.faces), path, person)


def take_in(library: LabelStore, plan: ImportPlan, collected: Collected) -> Taken:
    """Keep what the list or the folders of plan say of the faces that were collected. Raises LibraryError."""
    face = [collected.faces.get(path) for path in plan.photos]
    wanted: dict[Pair, Label] = {}
    against_itself: set[Pair] = set()
    alike = unread = 0
    for left, right, label in plan.pairs:
        one, other = face[left], face[right]
        if one is None or other is None:
            unread += 1
        elif one.id == other.id:
            alike += 1
        elif wanted.setdefault(ordered(one.id, other.id), label) is not label:
            against_itself.add(ordered(one.id, other.id))
    before = {(label.left, label.right): label.label for label in library.labels()}
    kept = library.set_labels(((*pair, label) for pair, label in wanted.items()), plan.source)
    disputed = against_itself | {(label.left, label.right) for label in kept}
    _note(library, disputed, collected.copies)
    after = {(label.left, label.right): label.label for label in library.labels()}
    changed = sum(before.get(pair) is not label for pair, label in after.items())
    return Taken(changed, len(disputed), alike, unread)


def _note(library: LabelStore, disputed: set[Pair], copies: Iterable[Path]) -> None:
    """For the second look and the check, in the window too."""
    pairs = {ordered(*pair) for pair in library.get(DISPUTED, [])}
    confirmed = {ordered(*pair) for pair in library.get(CONFIRMED, [])}
    library.put(DISPUTED, sorted(pairs | disputed))
    library.put(CONFIRMED, sorted(confirmed - disputed))
    library.put(COPIES, sorted({*library.get(COPIES, []), *map(str, copies)}))


def embed_missing(engine: FaceEngine, library: LabelStore, progress: Progress) -> None:
    """Read the kept crops that the engine's encoder has not seen yet. progress: called with (done, in all)."""
    encoder = engine.info.encoder
    faces = [face.id for face in library.faces()]
    missing = [face for face, row in zip(faces, library.vectors(encoder, faces), strict=True) if np.isnan(row[0])]
    for start in range(0, len(missing), _AT_A_TIME):
        part = missing[start : start + _AT_A_TIME]
        vectors = np.stack([engine.embed(library.crop(face))[0].vector for face in part])
        library.put_vectors(encoder, part, vectors)
        progress(start + len(part), len(missing))
