"""A data folder in which something is kept."""

from __future__ import annotations

from pathlib import Path

from siamgui.core.paths import LIBRARY, data_folder
from siamgui.storage.label_operations import AddFace
from siamgui.storage.people_operations import EnrolPerson, ListPeople
from siamgui.storage.store import Store
from tests.builders.databases import raw
from tests.builders.labels import photo, reading
from tests.builders.people import shots


def enrol(*names: str, first: int = 1) -> None:
    """Each with one photograph; first: the number of the first."""
    with Store() as store:
        for number, name in enumerate(names, first):
            store.do(EnrolPerson(name, "", None, shots(number)))


def label_photos(*numbers: int) -> None:
    with Store() as store:
        for number in numbers:
            store.do(AddFace(photo(number), reading(photo(number)), 1, Path(f"/p/{number}.png"), None))


def people() -> list[str]:
    with Store() as store:
        return [person.name for person in store.do(ListPeople())]


def zero_page_of(name: str) -> None:
    """The first page of a table or an index of the library, as a disk loses it."""
    with raw() as db:
        root, size = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).get, 4096
    with (data_folder() / LIBRARY).open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(bytes(size))
