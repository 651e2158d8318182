"""A damaged library made whole again: what can be read goes into a new one, and what cannot is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, field, replace

import numpy as np

from siamgui.core.alignment import CROP_SIZE
from siamgui.core.paths import LIBRARY, data_folder
from siamgui.core.pictures import picture_of_crop
from siamgui.core.temporary import temporary_place
from siamgui.storage.checking import disorder
from siamgui.storage.checksums import checksum
from siamgui.storage.database import Database
from siamgui.storage.errors import LibraryError, only_damage
from siamgui.storage.repairing_collections import save_collections
from siamgui.storage.repairing_comparisons import save_comparisons
from siamgui.storage.restoring import Held, alone, held_by, sentences_of_the_folder, swap
from siamgui.storage.salvage import keys_of_people, numbers, readable
from siamgui.storage.steps import Steps
from siamgui.storage.tables import TABLES, Row, Table, highest, put_highest, put_rows
from siamgui.vault.vault import vault_of

_TABLES = {table.name: table for table in TABLES}
_AT_A_TIME = 64


@dataclass(slots=True)
class Repair:
    """What a repair saves and what is lost.

    photos, people: names of those that are lost; "" where nobody knows it. labels: how many are lost.
    embeddings: how many are lost, and made anew from the pictures. pictures: how many were made anew from the aligned
    faces. seen: pictures of searched folders that have to be read again. comparisons: how many are lost, or their
    pictures. tables: those that could not be read whole.
    order: whether the inner order is damaged, as an index is.
    """

    photos: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    labels: int = 0
    embeddings: int = 0
    pictures: int = 0
    seen: int = 0
    comparisons: int = 0
    tables: list[str] = field(default_factory=list)
    order: bool = False
    kept: Held = field(default_factory=Held)

    @property
    def lost(self) -> bool:
        """Whether anything is, or was made anew."""
        made_anew = self.embeddings or self.pictures or self.seen or self.order
        gone = self.photos or self.people or self.labels or self.comparisons
        return bool(gone or self.tables or made_anew)


def repair(steps: Steps, sure: Callable[[Repair], bool] | None) -> Repair:
    """Make a whole library of what can be read.

    sure: whether it is to be put in place of the one that is there, which nobody else has open from now on; None to
    look only. Raises LibraryDamaged where nothing can be read at all, OthersAreOpen, NotReplaced, VaultError,
    Cancelled, and the LibraryError that is no damage; then everything is as it was. Or ReplacedLater.
    """
    root = data_folder()
    with sentences_of_the_folder(), temporary_place() as place, nullcontext() if sure is None else alone(root):
        key = vault_of(root).database
        with (
            closing(Database.open(any_thread=True, alone=sure is not None)) as old,
            closing(Database.open(place / LIBRARY, key=key, any_thread=True)) as new,
        ):
            new.read("PRAGMA synchronous = OFF")  # it is put onto the disk as a whole
            found = _saved(old, new, steps)
            found.order = bool(disorder(old))
            new.read("PRAGMA wal_checkpoint(TRUNCATE)")
            found.kept = held_by(new, place)
        if sure is not None and sure(found):
            gone = swap(place, (LIBRARY,), (f"{LIBRARY}-wal", f"{LIBRARY}-shm"))
            found.kept = replace(found.kept, stays=not gone)
    return found


def _saved(old: Database, new: Database, steps: Steps) -> Repair:
    found = Repair()
    steps.begin(_count(old))
    last: dict[str, int] = {}
    with suppress(LibraryError):
        last = highest(old)
    with new.writing():
        faces = _faces(old, new, steps, found)
        for label in readable(old, _TABLES["label"], found.tables):
            if {label[0], label[1]} <= faces:
                put_rows(new, _TABLES["label"], [label])
            else:
                found.labels += 1
        people = _people(old, new, steps, found)
        for entry in readable(old, _TABLES["verification"], found.tables):
            value = dict(zip(_TABLES["verification"].columns, entry, strict=True))
            value["person"] = value["person"] if value["person"] in people else None
            put_rows(new, _TABLES["verification"], [tuple(value.values())])
        found.seen = save_collections(old, new, found.tables)
        found.comparisons = save_comparisons(old, new, found.tables)
        put_rows(new, _TABLES["problem"], list(readable(old, _TABLES["problem"], found.tables)))
        for note in readable(old, _TABLES["note"], found.tables):
            with suppress(ValueError):
                json.loads(note[1])
                put_rows(new, _TABLES["note"], [note])
        put_highest(new, last)
    return found


def _faces(old: Database, new: Database, steps: Steps, found: Repair) -> set[int]:
    """The ids that are saved."""
    rows = {row[0]: row for row in readable(old, _TABLES["face"], found.tables)}
    names = {face: str(row[2]) for face, row in rows.items()}
    saved = _pictured(old, new, ("face", "image", "vector"), rows, steps, found)
    found.photos += [name for face, name in names.items() if face not in saved]
    found.photos += _nameless(old, "image", set(rows))
    return saved


def _people(old: Database, new: Database, steps: Steps, found: Repair) -> set[int]:
    people = {row[0]: row for row in readable(old, _TABLES["person"], found.tables)}
    all_photos = {row[0]: row for row in readable(old, _TABLES["person_photo"], found.tables)}
    photos = {photo: row for photo, row in all_photos.items() if row[1] in people}
    pictured = {photo for photo in photos if _image(old, "person_image", photo) is not None}
    alive = {photos[photo][1] for photo in pictured}
    put_rows(new, _TABLES["person"], [row for person, row in people.items() if person in alive])
    saved = _pictured(old, new, ("person_photo", "person_image", "person_vector"), photos, steps, found)
    found.people += [str(row[1]) for person, row in people.items() if person not in alive]
    found.photos += [str(row[3]) for photo, row in photos.items() if photo not in saved and row[1] in alive]
    found.photos += _nameless(old, "person_image", set(all_photos))
    keys = keys_of_people(old)
    gone = ({row[1] for row in all_photos.values()} | set(keys)) - set(people)
    found.people += [keys.get(person, "") for person in sorted(gone)]
    return alive


def _nameless(old: Database, image: str, known: set[int]) -> list[str]:
    """One for each picture whose photograph cannot be read."""
    return [""] * len(numbers(old, _TABLES[image]) - known)


def _pictured(
    old: Database, new: Database, tables: tuple[str, str, str], rows: dict[int, Row], steps: Steps, found: Repair
) -> set[int]:
    """Save the photographs of which the aligned face is whole: everything else can be made from it."""
    owner, image, vector = (_TABLES[name] for name in tables)
    saved = set()
    for number, row in rows.items():
        picture = _image(old, image.name, number)
        steps()
        if picture is None:
            continue
        put_rows(new, owner, [row])
        crop, jpeg = picture
        if jpeg is None:
            pixels = np.frombuffer(crop, np.uint8).reshape(CROP_SIZE, CROP_SIZE, 3)
            jpeg = picture_of_crop(pixels)
            found.pictures += 1
        put_rows(new, image, [(number, crop, jpeg, checksum(crop), checksum(jpeg))])
        whole, damaged = _vectors(old, vector, number)
        put_rows(new, vector, whole)
        found.embeddings += damaged
        saved.add(number)
    return saved


def _image(old: Database, table: str, number: int) -> tuple[bytes, bytes | None] | None:
    """Crop and picture; None for what is damaged. The crop is all that matters."""
    key = _TABLES[table].key[0]

    def column(name: str) -> bytes | None:
        try:
            rows = old.read(f"SELECT {name}, {name}_sum FROM {table} WHERE {key} = ?", (number,))
        except LibraryError as error:
            only_damage(error)
            return None
        data, kept = rows[0] if rows else (b"", b"")
        return data if isinstance(data, bytes) and checksum(data) == kept else None

    crop = column("crop")
    if crop is None or len(crop) != CROP_SIZE * CROP_SIZE * 3:
        return None
    return crop, column("picture")


def _vectors(old: Database, table: Table, number: int) -> tuple[list[Row], int]:
    """Those that are whole, and how many are not."""
    try:
        rows: Iterable[Row] = old.read(table.select(f"WHERE {table.key[0]} = ?"), (number,))
    except LibraryError as error:
        only_damage(error)
        return [], 1
    whole = [row for row in rows if not table.damaged(row)]
    return whole, len(list(rows)) - len(whole)


def _count(old: Database) -> int:
    try:
        return sum(int(old.read(f"SELECT count(*) FROM {name}")[0][0]) for name in ("face", "person_photo"))
    except LibraryError as error:
        only_damage(error)
        return 1
