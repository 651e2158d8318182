"""What was taken away goes though the process ends before it could not be undone any more, and stays where it was."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from siamgui.storage import database
from siamgui.storage.backup import back_up
from siamgui.storage.database import Database
from siamgui.storage.owed_removals import NOTE
from siamgui.storage.pending import Pending
from siamgui.storage.people_operations import BringBack, EnrolPerson, ForgetOverdue, ListPeople, RemovePerson, TakeAway
from siamgui.storage.restoring import restore
from siamgui.storage.steps import Steps
from siamgui.storage.store import Operation, Store
from tests.builders.databases import raw
from tests.builders.people import shots
from tests.faults.processes import done


@pytest.fixture(autouse=True)
def enrolled() -> None:
    """Ann of the photographs 1 and 2, Bob of 3."""
    with Store() as store:
        store.do(EnrolPerson("Ann", "", None, shots(1, 2)))
        store.do(EnrolPerson("Bob", "", None, shots(3)))


def killed(*removals: TakeAway | BringBack) -> None:
    """A process asks for them, and ends without a word."""

    def work(_: object) -> None:
        store = Store()
        for one in removals:
            store.do(one)

    done(work)


def people() -> dict[str, int]:
    with Store() as store:
        return {one.name: one.photos for one in store.do(ListPeople())}


def owed() -> int:
    with raw() as db:
        return len(db.execute("SELECT 1 FROM note WHERE key = ?", (NOTE,)).fetchall())


def test_who_was_taken_away_is_gone_when_the_process_was_killed() -> None:
    killed(TakeAway(1))
    assert people() == {"Bob": 1}
    assert owed() == 0


def test_so_is_a_photo_but_never_the_last() -> None:
    killed(TakeAway(1, 1), TakeAway(1, 2), TakeAway(2, 3), TakeAway(7), TakeAway(1, 99))
    assert people() == {"Ann": 1, "Bob": 1}
    assert owed() == 0


def test_what_was_brought_back_stays() -> None:
    killed(TakeAway(1), TakeAway(2), BringBack(1))
    assert people() == {"Ann": 2}


def test_others_leave_it_alone_while_it_can_be_undone() -> None:
    with Store() as store:
        store.do(TakeAway(1))
        assert people() == {"Ann": 2, "Bob": 1}
        assert owed() == 1
        store.do(BringBack(1))
        assert owed() == 0
        store.do(TakeAway(2))
    assert people() == {"Ann": 2}


@pytest.mark.parametrize("by", [RemovePerson(1), ForgetOverdue(date(2021, 1, 1))])
def test_nothing_is_owed_of_who_is_gone(by: Operation[object]) -> None:
    with raw() as db:
        db.execute("UPDATE person SET retain_until = '2020-01-01' WHERE id = 1")
    with Store() as store:
        store.do(TakeAway(1, 1))
        store.do(TakeAway(1))
        store.do(by)
        assert owed() == 0


def test_what_cannot_be_done_at_once_is_said_and_done_later(monkeypatch: pytest.MonkeyPatch) -> None:
    killed(TakeAway(1))
    monkeypatch.setattr(database, "WAIT", 0.01)
    with Store() as store:
        with closing(Database.open()) as other, other.writing():
            assert len(store.do(ListPeople())) == 2
            assert store.pending == {Pending.OWED}
        store.settle()
        assert store.pending == frozenset()
        assert [one.name for one in store.do(ListPeople())] == ["Bob"]


def test_a_note_that_is_none_of_ours_keeps_nothing_from_opening() -> None:
    with raw() as db:
        db.execute("INSERT INTO note VALUES (?, ?)", (NOTE, '["somebody"]'))
    assert people() == {"Ann": 2, "Bob": 1}


def test_a_backup_holds_who_may_be_brought_back_and_never_who_may_not(tmp_path: Path) -> None:
    file = tmp_path / "kept.siamgui-backup"

    def put_back() -> dict[str, int]:
        restore(file, Steps(), lambda _, error: pytest.fail(str(error)), lambda _: None)
        return people()

    with Store() as store:
        store.do(TakeAway(1))
        back_up(file, Steps())
    assert people() == {"Bob": 1}
    assert put_back() == {"Ann": 2, "Bob": 1}
    killed(TakeAway(2))
    back_up(file, Steps())
    assert put_back() == {"Ann": 2}
