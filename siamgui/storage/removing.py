"""Removals, and whom they are about among the labelled photos: these are kept apart from the people who are enrolled.

A photograph that could not be used is known by its bytes, and by its name and its folders, which may say whom it shows;
one that is there a second time by its folder and its bytes. What was seen in the same photographs where folders are
searched goes too, and so do the comparisons of them that were written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from siamgui.core.process_lock import Held
from siamgui.storage.label_store import COPIES
from siamgui.storage.owed_removals import nobody_can_undo
from siamgui.storage.people_store import Person
from siamgui.storage.person_names import name_key, names_somebody

if TYPE_CHECKING:
    from siamgui.storage.store import Data


def remove_person(data: Data, person: int) -> int:
    """With all that was made of the photographs -> how many labelled photos went too. Raises PersonUnknown."""
    went = forget_labelled(data, data.people.find(person))
    data.people.remove(person)
    data.owed_removals.person_gone(person)
    return went


def remove_photo(data: Data, photo: int) -> tuple[Person, int]:
    """One photograph -> whose it was, and how many labelled photos went too. Raises PhotoUnknown, LastPhoto."""
    went = _forget_labelled_photo(data, photo)
    person = data.people.remove_photo(photo)
    data.owed_removals.take_back(person.id, photo)
    return person, went


def carry_out_owed(data: Data) -> None:
    """Outside a transaction: what was to be removed, once no process lives that could undo it. Raises LibraryError."""
    if not data.owed_removals.all():
        data.owed_removals.late = False
        return
    data.owed_removals.late = True
    with suppress(Held), data.file.writing(), nobody_can_undo(data.file.path.parent):
        for person, photo in data.owed_removals.all():
            there = [one.id for one in data.people.photos(person)]
            if photo is None and there:
                remove_person(data, person)
            elif photo in there and len(there) > 1:
                remove_photo(data, photo)
        data.owed_removals.clear()
    data.owed_removals.late = False


def forget_labelled(data: Data, person: Person) -> int:
    """Forget the labelled faces of somebody who is about to be removed -> how many there were.

    Those of the same photographs, and those that came from a folder of the same name.
    """
    photos = data.file.read("SELECT sha256, name FROM person_photo WHERE person = ?", (person.id,))
    sums = data.file.read(
        "SELECT crop_sum FROM person_image JOIN person_photo ON id = photo WHERE person = ?", (person.id,)
    )
    data.traces.owe(row[0] for row in sums)
    return _forget(data, photos, person.name)


def _forget_labelled_photo(data: Data, photo: int) -> int:
    """The same for one photograph of a person."""
    photos = data.file.read("SELECT sha256, name FROM person_photo WHERE id = ?", (photo,))
    data.traces.owe(row[0] for row in data.file.read("SELECT crop_sum FROM person_image WHERE photo = ?", (photo,)))
    return _forget(data, photos, None)


def _forget(data: Data, photos: Sequence[tuple[str, str]], name: str | None) -> int:
    """photos: sha256 and file name of each. name: of the person; None where only the photographs count."""
    digests, files = {sha256 for sha256, _ in photos}, {file for _, file in photos}

    def named(folder: str) -> bool:
        return name is not None and name_key(folder) == name_key(name)

    def below(path: Path) -> bool:
        return any(named(folder) for folder in path.parts[:-1])

    def tells(place: str, sha256: str | None) -> bool:
        """Whether a photograph that could not be used, of which nobody knows whom it shows, tells of the person."""
        path = Path(place)
        called = name is not None and any(names_somebody(part, name) for part in (*path.parts[:-1], path.stem))
        return sha256 in digests or path.name in files or called

    data.searched_went |= data.collections.forget_pictures(digests)
    data.compared_went |= data.comparisons.forget_photos(digests)
    if name is not None:
        data.searched_went |= data.groups.forget_named(name)
    data.labelled_went |= data.labels.remove_problems(tells)
    faces = [face for face in data.labels.faces() if face.sha256 in digests or (face.person and named(face.person))]
    names, folders = {face.name for face in faces}, {face.person for face in faces}
    before = [Path(path) for path in data.labels.get(COPIES, [])]
    copies = [path for path in before if not (path.name in names or path.parent.name in folders or below(path))]
    if copies != before:
        data.labels.put(COPIES, [str(path) for path in copies])
    if faces:
        data.traces.owe(data.labels.crop_sums(face.id for face in faces))
        data.labels.remove(face.id for face in faces)
        data.labelled_went = True
    return len(faces)
