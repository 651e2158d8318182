"""Reads photographs into the store: worker threads decode, the calling thread owns the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from siamgui.core.errors import SiamguiError
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Label, PhotoReading
from siamgui.evaluation.reading import ahead_of_use
from siamgui.labelling.graph import Pair, ordered
from siamgui.labelling.import_plan import ImportPlan
from siamgui.storage.errors import LibraryError
from siamgui.storage.label_operations import (
    AddFace,
    AddProblem,
    FacesReadBefore,
    FacesToRead,
    FindFace,
    KeepFaceEmbeddings,
)
from siamgui.storage.label_store import CONFIRMED, COPIES, DISPUTED, LabelStore, StoredFace
from siamgui.storage.store import Data, Operation, Store, Topic, Topics

Progress = Callable[[int, int], None]

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
    store: Store,
    photos: Sequence[Path],
    persons: Sequence[str | None],
    jobs: int,
    progress: Progress,
) -> Collected:
    """Keep the most prominent face of every photograph, and a problem for each that cannot be used.

    A photograph whose bytes were read before is not decoded again, so an import that was cut off goes on where it was.
    jobs: reading threads, for which engine is loaded (at_once). progress: called on this thread with (photographs done,
    in all) after each one.
    Raises LibraryError; what was read by then is kept.
    """
    faces: dict[Path, StoredFace] = {}
    copies: list[Path] = []
    problems: list[tuple[Path, str]] = []
    new = 0
    named = any(person is not None for person in persons)
    read = partial(_read, engine, known=store.do(FacesReadBefore(engine.info.encoder, named)))
    with closing(ahead_of_use(read, photos, jobs)) as all_read:
        for index, (path, person, future) in enumerate(zip(photos, persons, all_read, strict=True)):
            try:
                found = future.result()
                before = store.do(FindFace(found if isinstance(found, str) else found.photo.sha256))
                face = before if isinstance(found, str) else _kept(store, found, path, person)
            except LibraryError:
                raise
            except SiamguiError as error:
                problems.append((path, str(error)))
                store.do(AddProblem(path, str(error)))
            else:
                assert face is not None
                faces[path] = face
                new += before is None
                if before is not None and before.path not in (None, str(path.absolute())):
                    copies.append(path)
            progress(index + 1, len(photos))
    return Collected(faces, new, tuple(copies), tuple(problems))


def _read(engine: FaceEngine, path: Path, known: frozenset[str]) -> PhotoReading | str:
    """The photograph read, or only the digest of its bytes where that is known."""
    try:
        if known and path.is_file():
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if sha256 in known:
                return sha256
    except (OSError, ValueError):
        pass  # load_photo() has a sentence for it
    return engine.read_photo(load_photo(path))


def _kept(store: Store, read: PhotoReading, path: Path, person: str | None) -> StoredFace:
    return store.do(AddFace(read.photo, read.reading, len(read.detection.faces), path, person))


@dataclass(frozen=True, slots=True, eq=False)
class TakeIn(Operation[Taken]):
    """Keep what the list or the folders of plan say of the faces that were collected."""

    plan: ImportPlan
    collected: Collected
    changes: ClassVar[Topics] = frozenset({Topic.LABELS})

    def run(self, data: Data) -> Taken:
        return take_in(data.labels, self.plan, self.collected)


def take_in(library: LabelStore, plan: ImportPlan, collected: Collected) -> Taken:
    """See TakeIn. A photograph whose face was removed since it was read counts as one that cannot be used."""
    there = {face.id for face in library.faces()}
    face = [face if face is not None and face.id in there else None for face in map(collected.faces.get, plan.photos)]
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


def embed_missing(engine: FaceEngine, store: Store, progress: Progress) -> None:
    """Read the kept crops that the engine's encoder has not seen yet. progress: called with (done, in all)."""
    total, crops = store.do(FacesToRead(engine.info.encoder, _AT_A_TIME))
    left = total
    while crops:
        store.do(KeepFaceEmbeddings({face: engine.embed(crop)[0] for face, crop in crops.items()}))
        progress(total - left + len(crops), total)
        left, crops = store.do(FacesToRead(engine.info.encoder, _AT_A_TIME))
