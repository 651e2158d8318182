"""The log of verifications: what an entry says and never says, how a spreadsheet gets it, and how it is forgotten."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import apsw
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siamgui.core.source import SourceKind
from siamgui.core.types import Outcome, Strictness
from siamgui.live.types import BestFrame, LiveVerdict, PresenceFailure, Reason
from siamgui.storage.errors import LibraryDamaged, LibraryFull
from siamgui.storage.people_store import PeopleStore, Person
from siamgui.storage.verification_log import COLUMNS, Asked, Entry, LogUnwritable, VerificationLog
from tests.builders.databases import heard, raw
from tests.builders.labels import photo, reading

VERDICT = LiveVerdict(
    outcome=Outcome.SAME,
    reason=Reason.BOUND,
    name="passport.jpg",
    person=None,
    strictness=Strictness.STRICT,
    distance=0.71,
    fmr=1e-4,
    fmr_is_bound=False,
    log10_lr=3.2,
    hindrance=None,
    presence=True,
    presence_failure=None,
    seconds=1.75,
    frames=40,
    best=(BestFrame(np.full((20, 20, 3), 77, np.uint8), 0.7, 1.0),),
    encoder="mobilefacenet 1",
)


@pytest.fixture
def log(path: Path) -> Iterator[VerificationLog]:
    with VerificationLog.open(path) as opened:
        yield opened


@pytest.fixture
def ann(path: Path) -> Person:
    with PeopleStore.open(path) as people:
        return people.enrol("Ann", "", None, [(photo(1), reading(photo(1)))])


def add(log: VerificationLog, verdict: LiveVerdict = VERDICT, kind: Asked = Asked.VERIFY) -> Entry:
    return log.add(verdict, kind, SourceKind.CAMERA, "MobileFaceNet 1")


def aged(log: VerificationLog, entry: Entry, days: int) -> None:
    """As if it had been days ago, at noon here."""
    then = datetime.combine(date.today() - timedelta(days=days), datetime.min.time().replace(hour=12)).astimezone()
    at = datetime.fromtimestamp(then.timestamp(), tz=datetime.fromisoformat(entry.at).tzinfo)
    log._db.execute("UPDATE verification SET at = ? WHERE id = ?", (at.isoformat(timespec="milliseconds"), entry.id))


# -- entries ---------------------------------------------------------------------------------------------------------


def test_an_entry_says_how_it_ended(log: VerificationLog, path: Path) -> None:
    entry = add(log)
    assert entry == Entry(
        id=1,
        at=entry.at,
        kind=Asked.VERIFY,
        outcome=Outcome.SAME,
        reason=Reason.BOUND,
        reference="passport.jpg",
        person=None,
        strictness=Strictness.STRICT,
        fmr=1e-4,
        fmr_is_bound=False,
        encoder="mobilefacenet 1",
        encoder_name="MobileFaceNet 1",
        presence=True,
        presence_failure=None,
        seconds=1.75,
        source=SourceKind.CAMERA,
    )
    assert abs(datetime.fromisoformat(entry.at).timestamp() - datetime.now().timestamp()) < 60
    with VerificationLog.open(path) as again:
        assert again.entries() == (entry,)


def test_what_was_not_found_out_stays_open(log: VerificationLog) -> None:
    nothing = replace(
        VERDICT,
        outcome=Outcome.INCONCLUSIVE,
        reason=Reason.PRESENCE,
        name=None,
        fmr=None,
        presence=False,
        presence_failure=PresenceFailure.FLAT,
    )
    entry = add(log, nothing, Asked.IDENTIFY)
    assert (entry.reference, entry.fmr, entry.presence, entry.presence_failure) == (
        "",
        None,
        False,
        PresenceFailure.FLAT,
    )
    assert add(log, replace(nothing, presence=None, presence_failure=None)).presence is None


def test_numbers_of_numpy_are_numbers(log: VerificationLog) -> None:
    entry = add(log, replace(VERDICT, fmr=np.float32(0.25), seconds=np.float32(2), fmr_is_bound=np.True_))
    assert (entry.fmr, entry.seconds, entry.fmr_is_bound) == (0.25, 2.0, True)
    assert type(entry.fmr) is float


@pytest.mark.usefixtures("unencrypted")
def test_no_folders_no_pixels(log: VerificationLog, path: Path) -> None:
    entry = add(log, replace(VERDICT, name="/home/ann/secret place/passport.jpg"))
    assert entry.reference == "passport.jpg"
    written = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"secret place" not in written
    assert b"M" * 30 not in written  # 77 is M


def test_entries_come_newest_first_and_by_the_page(log: VerificationLog) -> None:
    ids = [add(log).id for _ in range(7)]
    assert [entry.id for entry in log.entries()] == ids[::-1]
    assert [entry.id for entry in log.entries(3)] == ids[:3:-1]
    assert [entry.id for entry in log.entries(3, before=ids[4])] == ids[3:0:-1]
    assert log.entries(3, before=ids[0]) == ()
    assert log.count() == 7


# -- enrolled people -------------------------------------------------------------------------------------------------


def test_a_person_was_last_verified_when_supported(log: VerificationLog, path: Path, ann: Person) -> None:
    about = replace(VERDICT, name="Ann", person=ann.id)
    add(log, replace(about, outcome=Outcome.DIFFERENT))
    add(log, replace(about, outcome=Outcome.INCONCLUSIVE))
    with PeopleStore.open(path) as people:
        assert people.find("Ann").last_verified is None
        entry = add(log, about)
        assert people.find("Ann").last_verified == entry.at
    assert (entry.reference, entry.person) == ("Ann", ann.id)


@pytest.mark.usefixtures("unencrypted")
def test_an_entry_shows_the_name_of_now_and_none_once_the_person_is_gone(
    log: VerificationLog, path: Path, ann: Person
) -> None:
    add(log, replace(VERDICT, name="Ann", person=ann.id))
    with PeopleStore.open(path) as people:
        people.rename(ann.id, "Ann Lee")
        assert log.entries()[0].reference == "Ann Lee"
        people.remove(ann.id)
    entry = log.entries()[0]
    assert (entry.reference, entry.person, entry.outcome) == ("", None, Outcome.SAME)
    assert b"Ann" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_somebody_removed_while_being_verified(log: VerificationLog) -> None:
    entry = add(log, replace(VERDICT, name="Ann", person=99))
    assert (entry.reference, entry.person) == ("", None)


# -- a spreadsheet ---------------------------------------------------------------------------------------------------


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_export_oldest_first(log: VerificationLog, tmp_path: Path, ann: Person) -> None:
    first, second = add(log), add(log, replace(VERDICT, name="Ann", person=ann.id, fmr=None, presence=None))
    out = tmp_path / "log.csv"
    assert log.export_csv(out) == 2
    written = rows(out)
    assert tuple(written[0]) == COLUMNS
    assert [row["at"] for row in written] == [first.at, second.at]
    assert written[0] == {
        "at": first.at,
        "kind": "verify",
        "outcome": "same",
        "reason": "bound",
        "reference": "passport.jpg",
        "person": "",
        "strictness": "strict",
        "fmr": "0.0001",
        "fmr_is_bound": "0",
        "encoder": "mobilefacenet 1",
        "encoder_name": "MobileFaceNet 1",
        "presence": "1",
        "presence_failure": "",
        "seconds": "1.75",
        "source": "camera",
    }
    assert (written[1]["reference"], written[1]["person"], written[1]["fmr"]) == ("Ann", str(ann.id), "")


@pytest.mark.parametrize("name", ['=HYPERLINK("x";"y")', "+1", "-1+1", "@SUM(A1)", "  =1", "\t=1", "＝1"])
def test_a_name_is_never_a_formula(log: VerificationLog, tmp_path: Path, name: str) -> None:
    add(log, replace(VERDICT, name=name))
    log.export_csv(tmp_path / "log.csv")
    cell = rows(tmp_path / "log.csv")[0]["reference"]
    assert cell == f"'{name}"


@settings(max_examples=40, deadline=None)
@given(name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), max_size=20))
def test_what_is_exported_can_be_read_back(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("log")
    with VerificationLog.open(folder / "library.sqlite") as log:
        entry = add(log, replace(VERDICT, name=name))
        log.export_csv(folder / "log.csv")
    assert rows(folder / "log.csv")[0]["reference"].removeprefix("'") == entry.reference.removeprefix("'")


def test_a_place_that_cannot_be_written(log: VerificationLog, tmp_path: Path) -> None:
    add(log)
    with pytest.raises(LogUnwritable, match=r"“log\.csv” can’t be written \(No such file or directory\)"):
        log.export_csv(tmp_path / "absent" / "log.csv")
    with pytest.raises(LogUnwritable):
        log.export_csv(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["own"]


def test_an_empty_log_is_a_table_without_rows(log: VerificationLog, tmp_path: Path) -> None:
    assert log.export_csv(tmp_path / "log.csv") == 0
    assert rows(tmp_path / "log.csv") == []


# -- forgetting ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("unencrypted")
def test_clear(log: VerificationLog, path: Path) -> None:
    add(log)
    log.clear()
    assert (log.entries(), log.count()) == ((), 0)
    assert b"passport" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_clear_before_a_day(log: VerificationLog) -> None:
    for days in (3, 2, 1, 0):
        aged(log, add(log), days)
    assert log.clear_before(date.today() - timedelta(days=1)) == 2
    assert log.clear_before(date.today() - timedelta(days=1)) == 0
    assert [entry.id for entry in log.entries()] == [4, 3]


def test_entries_are_kept_for_as_many_days_as_was_said(log: VerificationLog, path: Path) -> None:
    for days in (31, 30, 1):
        aged(log, add(log), days)
    assert log.keep_days is None
    assert log.expire(date.today()) == 0
    log.set_keep_days(30)
    with VerificationLog.open(path) as again:
        assert again.keep_days == 30
        assert again.expire(date.today()) == 1
        assert again.expire(date.today()) == 0
    log.set_keep_days(10**9)
    assert log.expire(date.today()) == 0
    log.set_keep_days(None)
    assert log.keep_days is None
    assert log.count() == 2
    with pytest.raises(ValueError, match="0"):
        log.set_keep_days(0)


def test_an_entry_is_read_in_the_change_that_adds_it(log: VerificationLog, path: Path) -> None:
    with raw(path, wait=0) as other:

        def forget(statement: str) -> None:
            if statement.startswith("SELECT verification.id"):
                with suppress(apsw.BusyError):  # it is not its turn
                    other.execute("DELETE FROM verification")

        with heard(log._db, forget):
            entry = add(log)
    assert log.entries() == (entry,)


# -- a damaged file, a full disk ---------------------------------------------------------------------------------------


def test_words_that_are_not_ours_are_damage(log: VerificationLog, path: Path) -> None:
    add(log)
    with raw(path) as db:
        db.execute("UPDATE verification SET outcome = 'certain'")
    with pytest.raises(LibraryDamaged):
        log.entries()


def fill_up(log: VerificationLog) -> None:
    for _ in range(1000):
        add(log, replace(VERDICT, name="x" * 2000))


def test_a_full_disk_leaves_what_was_there(log: VerificationLog) -> None:
    entry = add(log)
    log._db.execute(f"PRAGMA max_page_count = {log._db.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(LibraryFull):
        fill_up(log)
    assert log.entries()[-1] == entry
