"""What a process is killed in the midst of, and what must hold of what it leaves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from siamgui.core.paths import TEMPORARY, data_folder
from siamgui.core.temporary import FRESH, LOCK
from siamgui.core.types import Label
from siamgui.storage import backup_file
from siamgui.storage.backup import back_up
from siamgui.storage.checking import check
from siamgui.storage.database import Database
from siamgui.storage.label_operations import AddFace, ReadLabels, SetLabel
from siamgui.storage.people_operations import EnrolPerson, ListPeople, RemovePerson
from siamgui.storage.repairing import repair
from siamgui.storage.restoring import restore
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store
from siamgui.storage.tidying import TidyUp
from siamgui.vault.vault import vault_of
from tests.builders.databases import raw
from tests.builders.labels import photo, reading
from tests.builders.old_library import FACES, old_library
from tests.builders.people import shots

PHOTOS = 2  # of each person
Say = Callable[[str], None]
BACKUP = "kept.siamgui-backup"


@dataclass(frozen=True, slots=True)
class Act:
    """prepare: the data folder as it is before, made once. work: goes on until the process is killed, and says what it
    has been told to be kept. holds: of what is left, and of what was said; raises AssertionError.

    seconds: within which the kill comes. clear: below the encryption, so that every byte can be looked at.
    """

    name: str
    prepare: Callable[[], None]
    work: Callable[[Say], None]
    holds: Callable[[list[str]], None]
    seconds: float
    clear: bool = False


def names() -> set[str]:
    """Of those who are enrolled, each of whom is there with all photographs."""
    with Store() as store:
        people = store.do(ListPeople())
    assert all(person.photos == PHOTOS for person in people)
    return {person.name for person in people}


def enrol(store: Store, name: str, number: int) -> int:
    return store.do(EnrolPerson(name, "yes", None, shots(*range(PHOTOS * number, PHOTOS * number + PHOTOS)))).id


def three_people() -> None:
    with Store() as store:
        for number, name in enumerate(("Ann", "Bob", "Cid")):
            enrol(store, name, number)


# -- enrol, import, removal ------------------------------------------------------------------------------------------


def _enrol(say: Say) -> None:
    with Store() as store:
        for number in count(10):
            enrol(store, f"person {number}", number)
            say(f"person {number}")


def _enrolled(said: list[str]) -> None:
    found = names()
    assert {"Ann", "Bob", "Cid", *said} <= found
    assert len(found) - 3 - len(said) in (0, 1)  # one may be kept that there was no time to say so of


def _import(say: Say) -> None:
    with Store() as store:
        first = store.do(AddFace(photo(1), reading(photo(1)), 1, Path("/p/1.png"), None)).id
        for number in count(2):
            face = store.do(AddFace(photo(number), reading(photo(number)), 1, Path(f"/p/{number}.png"), None)).id
            store.do(SetLabel(first, face, Label.DIFFERENT, "csv"))
            say(str(face))


def _imported(said: list[str]) -> None:
    with Store() as store:
        kept = store.do(ReadLabels())
    assert set(map(int, said)) <= set(kept.faces)
    assert {label.right for label in kept.labels} >= set(map(int, said))


def _remove(say: Say) -> None:
    with Store() as store:
        for number in count(10):
            person = enrol(store, f"removed {number} for good", number)
            store.do(RemovePerson(person))
            say(f"removed {number} for good")


def _removed(said: list[str]) -> None:
    with Store() as store:
        store.do(ListPeople())
    left = names()
    assert not left & set(said)
    data = b"".join(path.read_bytes() for path in data_folder().rglob("*") if path.is_file())
    assert not said or b"Ann" in data  # below the encryption
    assert [name for name in said if name.encode() in data] == []


# -- backup, restore, repair -----------------------------------------------------------------------------------------


def _back_up(say: Say) -> None:
    for number in count():
        back_up(data_folder().parent / BACKUP, Steps())
        say(str(number))


def _backed_up(said: list[str]) -> None:
    file = data_folder().parent / BACKUP
    assert file.exists() or not said
    if file.exists():
        with file.open("rb") as source:
            backup_file.read_description(source, file.name)
            last = list(backup_file.frames(vault_of(data_folder()).files, source, file.name))[-1]
        assert isinstance(last, backup_file.End)
    assert names() == {"Ann", "Bob", "Cid"}


def _kept_and_others() -> None:
    three_people()
    back_up(data_folder().parent / BACKUP, Steps())
    with Store() as store:
        store.do(RemovePerson(1))
        enrol(store, "Dan", 7)


def _never(*_: object) -> None:
    raise AssertionError("it opens by itself")


def _restore(say: Say) -> None:
    restore(data_folder().parent / BACKUP, Steps(), _never, lambda _: None)
    say("restored")


def _restored(said: list[str]) -> None:
    found = names()
    assert found in ({"Ann", "Bob", "Cid"}, {"Bob", "Cid", "Dan"})
    assert "Ann" in found or not said


def _damaged() -> None:
    three_people()
    with raw() as db:
        db.execute("UPDATE person_image SET crop = x'' WHERE photo <= ?", (PHOTOS,))  # all of Ann


def _repair(say: Say) -> None:
    repair(Steps(), lambda found: found.lost)
    say("repaired")


def _repaired(said: list[str]) -> None:
    with Store() as store:
        found = {person.name for person in store.do(ListPeople())}
    assert found == {"Bob", "Cid"} or (found == {"Ann", "Bob", "Cid"} and not said)


# -- moving in -------------------------------------------------------------------------------------------------------


def _old() -> None:
    old_library(data_folder() / "library.sqlite", 2)


def _convert(say: Say) -> None:
    Database.open().close()
    say("converted")


def _converted(said: list[str]) -> None:
    with Store() as store:
        assert len(store.do(ReadLabels()).faces) == FACES
        assert [person.name for person in store.do(ListPeople())] == ["Ann"]


ACTS = (
    Act("enrol", three_people, _enrol, _enrolled, 0.25),
    Act("import", three_people, _import, _imported, 0.25),
    Act("removal", three_people, _remove, _removed, 0.3, clear=True),
    Act("backup", three_people, _back_up, _backed_up, 0.2),
    Act("restore", _kept_and_others, _restore, _restored, 0.2),
    Act("repair", _damaged, _repair, _repaired, 0.15),
    Act("convert", _old, _convert, _converted, 0.1),
)


def whole(act: Act) -> None:
    """What must hold whatever was done: it opens, all of it is as it was kept, and nothing is left lying about."""
    if act.name != "repair":
        found = check(Steps())
        assert found.damage == (), found.damage
    for path in (data_folder() / TEMPORARY).glob("*"):
        if not (path / LOCK).exists():  # killed in the instant before it was locked, or after: it goes a minute later
            os.utime(path, (time.time() - 2 * FRESH,) * 2)
    with Store() as store:
        store.do(TidyUp())
    assert list(_litter()) == []


def _litter() -> Iterator[Path]:
    root = data_folder()
    yield from (root / TEMPORARY).glob("*")
    yield from (path for path in root.glob("*") if path.name == "replacing.json")
