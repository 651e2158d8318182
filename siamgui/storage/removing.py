"""Whom a removal is about, among the labelled photos: they are kept apart from the people who are enrolled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from siamgui.storage.label_store import COPIES, StoredFace
from siamgui.storage.people_store import Person
from siamgui.storage.person_names import name_key

if TYPE_CHECKING:
    from siamgui.storage.store import Data


def forget_labelled(data: Data, person: Person) -> int:
    """Forget the labelled faces of somebody who is about to be removed -> how many there were.

    Those of the same photographs, and those that came from a folder of the same name.
    """
    key = name_key(person.name)
    digests = {row[0] for row in data.file.read("SELECT sha256 FROM person_photo WHERE person = ?", (person.id,))}
    sums = data.file.read(
        "SELECT crop_sum FROM person_image JOIN person_photo ON id = photo WHERE person = ?", (person.id,)
    )
    data.traces.owe(row[0] for row in sums)
    return _forget(
        data, lambda face: face.sha256 in digests or (face.person is not None and name_key(face.person) == key)
    )


def forget_labelled_photo(data: Data, photo: int) -> int:
    """The same for one photograph of a person."""
    digests = {row[0] for row in data.file.read("SELECT sha256 FROM person_photo WHERE id = ?", (photo,))}
    data.traces.owe(row[0] for row in data.file.read("SELECT crop_sum FROM person_image WHERE photo = ?", (photo,)))
    return _forget(data, lambda face: face.sha256 in digests)


def _forget(data: Data, meant: Callable[[StoredFace], bool]) -> int:
    faces = [face for face in data.labels.faces() if meant(face)]
    if not faces:
        return 0
    data.traces.owe(data.labels.crop_sums(face.id for face in faces))
    data.labels.remove(face.id for face in faces)
    data.labelled_went = True
    names, folders = {face.name for face in faces}, {face.person for face in faces}
    copies = [path for path in data.labels.get(COPIES, []) if not _of(Path(path), names, folders)]
    data.labels.put(COPIES, copies)
    return len(faces)


def _of(path: Path, names: set[str], folders: set[str | None]) -> bool:
    return path.name in names or path.parent.name in folders
