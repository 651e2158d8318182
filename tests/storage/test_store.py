"""The one store: whole changes one after another, looks that wait for none of them, and notices of what changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest

from siamgui.storage.log_operations import ClearLog, ReadLog
from siamgui.storage.note_operations import KeepNote, ReadNotes
from siamgui.storage.pending import Pending
from siamgui.storage.people_errors import NameTaken, PersonUnknown
from siamgui.storage.people_operations import (
    ChangeDetails,
    EnrolPerson,
    FindPerson,
    ForgetOverdue,
    ListPeople,
    RemovePerson,
)
from siamgui.storage.store import ALL_TOPICS, Data, Operation, Store, Topic, Topics
from siamgui.storage.version_operations import ChangeVersions, ListVersions
from siamgui.versions.version_store import VersionStore
from tests.builders.databases import raw_in_clear
from tests.builders.people import shots

PEOPLE, LOG = Topic.PEOPLE, Topic.LOG


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path) as store:
        yield store


@pytest.fixture
def heard(store: Store) -> list[Topics]:
    heard: list[Topics] = []
    store.listen(heard.append)
    return heard


@dataclass(frozen=True)
class EnrolTwo(Operation[None]):
    """The second one has the name of the first."""

    changes: ClassVar[Topics] = frozenset({PEOPLE})

    def run(self, data: Data) -> None:
        data.people.enrol("Bob", "", None, shots(2))
        data.people.enrol("bob", "", None, shots(3))


@dataclass(frozen=True)
class Slow(Operation[None]):
    """Holds the change open until told."""

    begun: threading.Event
    end: threading.Event
    changes: ClassVar[Topics] = frozenset({Topic.NOTES})

    def run(self, data: Data) -> None:
        data.notes.put("slow", 1)
        self.begun.set()
        self.end.wait(60)


def test_nothing_is_opened_before_it_is_asked(store: Store, path: Path) -> None:
    store.look_elsewhere()
    assert not path.exists()
    assert store.do(ListPeople()) == ()
    assert path.exists()


def test_an_operation_is_whole_or_not_done(store: Store, heard: list[Topics]) -> None:
    with pytest.raises(NameTaken):
        store.do(EnrolTwo())
    assert store.do(ListPeople()) == ()
    assert heard == []
    ann = store.do(EnrolPerson("Ann", "", None, shots(1)))
    store.do(EnrolPerson("Bob", "", None, shots(2)))
    with pytest.raises(NameTaken):
        store.do(ChangeDetails(ann.id, "Bob", "signed", None))
    assert store.do(FindPerson(ann.id)) == ann
    changed = store.do(ChangeDetails(ann.id, "Anna", "signed", date.today()))
    assert (changed.name, changed.consent, changed.retain_until) == ("Anna", "signed", date.today())


def test_whoever_listens_is_told_what_has_changed(store: Store, heard: list[Topics]) -> None:
    ann = store.do(EnrolPerson("Ann", "", None, shots(1)))
    assert heard == [{PEOPLE}]
    store.do(ListPeople())
    store.do(ForgetOverdue(date.today()))
    store.do(ClearLog())
    assert heard == [{PEOPLE}]  # nothing was there to change
    store.do(RemovePerson(ann.id))
    assert heard[1:] == [{PEOPLE, LOG}]
    with pytest.raises(PersonUnknown):
        store.do(RemovePerson(ann.id))
    assert len(heard) == 2


def test_what_another_process_changes_is_noticed(store: Store, heard: list[Topics], path: Path) -> None:
    store.do(ListPeople())  # only looked at so far
    store.look_elsewhere()
    assert heard == []
    with Store(path) as other:
        other.do(EnrolPerson("Ann", "", None, shots(1)))
    store.look_elsewhere()
    assert heard == [ALL_TOPICS]
    assert [person.name for person in store.do(ListPeople())] == ["Ann"]
    store.look_elsewhere()
    assert heard == [ALL_TOPICS]


def test_another_version_that_another_process_activates_is_noticed(store: Store, heard: list[Topics]) -> None:
    versions = VersionStore()
    store.do(ListVersions())
    store.look_elsewhere()
    assert heard == []
    versions.activate("original")
    store.look_elsewhere()
    assert heard == [{Topic.VERSIONS}]
    store.look_elsewhere()
    assert heard == [{Topic.VERSIONS}]
    store.do(ChangeVersions(lambda own: own.activate("original")))
    assert heard == [{Topic.VERSIONS}] * 2
    store.look_elsewhere()
    assert heard == [{Topic.VERSIONS}] * 2


def test_nobody_waits_for_a_change_of_the_versions_to_change_the_library(
    store: Store, heard: list[Topics], path: Path
) -> None:
    with Store(path) as other:

        def change(own: VersionStore) -> None:
            other.do(KeepNote("meanwhile", 1))  # it would be LibraryBusy
            own.activate("original")

        store.do(ChangeVersions(change))
    assert store.do(ReadNotes(("meanwhile",))) == {"meanwhile": 1}
    assert heard == [{Topic.VERSIONS}]


def test_what_is_kept_before_a_change_beside_the_library_fails_stays_and_is_told(
    store: Store, heard: list[Topics]
) -> None:
    @dataclass(frozen=True)
    class Both(Operation[None]):
        changes: ClassVar[Topics] = frozenset({Topic.NOTES})

        def run(self, data: Data) -> None:
            data.notes.put("kept", 1)

        def afterwards(self, data: Data, answer: None) -> None:
            raise PersonUnknown

    with pytest.raises(PersonUnknown):
        store.do(Both())
    assert store.do(ReadNotes(("kept",))) == {"kept": 1}
    assert heard == [{Topic.NOTES}]


def test_a_look_never_waits_for_a_change(store: Store) -> None:
    store.do(KeepNote("slow", 0))
    slow = Slow(threading.Event(), threading.Event())
    thread = threading.Thread(target=store.do, args=(slow,))
    thread.start()
    assert slow.begun.wait(60)
    assert store.do(ReadNotes(("slow",)))["slow"] == 0
    slow.end.set()
    thread.join()
    assert store.do(ReadNotes(("slow",)))["slow"] == 1


def test_changes_of_several_threads_come_one_after_another(store: Store) -> None:
    def work(number: int) -> None:
        for step in range(10):
            store.do(KeepNote(f"{number} {step}", step))
            assert store.do(ReadNotes((f"{number} {step}",)))[f"{number} {step}"] == step

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(
        store.do(ReadNotes((f"{number} {step}",)))[f"{number} {step}"] == step
        for number in range(4)
        for step in range(10)
    )


@pytest.mark.usefixtures("unencrypted")
def test_what_is_removed_leaves_the_journal_too(store: Store, path: Path) -> None:
    crop = shots(1)[0][1].crop.tobytes()[:64]
    ann = store.do(EnrolPerson("Ann", "", None, shots(1)))
    store.do(ReadLog())
    store.do(RemovePerson(ann.id))
    assert not any(crop in file.read_bytes() for file in path.parent.iterdir())


@pytest.mark.usefixtures("unencrypted")
def test_somebody_who_still_reads_what_was_removed(store: Store, path: Path) -> None:
    crop = shots(1)[0][1].crop.tobytes()[:64]
    ann = store.do(EnrolPerson("Ann", "", None, shots(1)))
    with raw_in_clear(path) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM person").fetchall()
        store.do(RemovePerson(ann.id))
        assert any(crop in file.read_bytes() for file in path.parent.iterdir())
        other.execute("COMMIT")
    store.do(KeepNote("x", 1))
    assert not any(crop in file.read_bytes() for file in path.parent.iterdir())


@pytest.mark.usefixtures("unencrypted")
def test_what_somebody_still_reads_leaves_the_disk_when_they_have_ended(store: Store, path: Path) -> None:
    ann = store.do(EnrolPerson("Somebody Removed", "", None, shots(1)))

    def there() -> bool:
        return any(b"Somebody Removed" in file.read_bytes() for file in path.parent.iterdir())

    with Store(path) as other, other._opened().file.reading():
        other._opened().people.list()  # from here on its view of the data stands
        store.do(RemovePerson(ann.id))
        assert store.do(ListPeople()) == ()
        assert store.pending == {Pending.READ}
        assert there()
        store.settle()
        assert store.pending == {Pending.READ}
    store.settle()
    assert store.pending == frozenset()
    assert not there()


@pytest.mark.usefixtures("unencrypted")
def test_the_next_to_open_the_library_does_what_is_pending(path: Path) -> None:
    reader = Store(path)
    with Store(path) as store:
        ann = store.do(EnrolPerson("Somebody Removed", "", None, shots(1)))
        reader.do(ListPeople())
        file = reader._opened().file
        file.read("BEGIN")
        file.read("SELECT * FROM person")
        store.do(RemovePerson(ann.id))
    with Store(path) as store:
        store.do(ListPeople())
        assert store.pending == {Pending.READ}
        file.read("COMMIT")
    assert not any(b"Somebody Removed" in file.read_bytes() for file in path.parent.iterdir())
    reader.close()
