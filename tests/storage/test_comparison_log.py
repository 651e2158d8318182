"""The comparisons that were written down: as they stood, searched, exported, and gone when asked."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.types import Change, Firmness, Outcome, Side, Strictness, Trial
from siamgui.report.record import read_record
from siamgui.storage.backup import back_up
from siamgui.storage.checking import check
from siamgui.storage.comparison_log import ComparisonLog
from siamgui.storage.comparison_operations import (
    KeepComparison,
    KeepJudgedAgain,
    OpenComparison,
    ReadComparisons,
    RemoveComparisons,
    SayOfComparison,
    found_again,
)
from siamgui.storage.data_wording import checked_words, held_words, repair_words
from siamgui.storage.errors import LibraryDamaged
from siamgui.storage.log_operations import AnyEntryOverdue, ExpireLog, KeepLogFor
from siamgui.storage.people_operations import EnrolPerson, RemovePerson
from siamgui.storage.repairing import repair
from siamgui.storage.restoring import restore
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store, Topic
from siamgui.storage.verification_log import LogUnwritable
from tests.builders.databases import raw
from tests.builders.labels import photo
from tests.builders.people import shots
from tests.builders.records import pictures, record

NOWHERE = (None, None)


@pytest.fixture
def log(path: Path) -> Iterator[ComparisonLog]:
    with ComparisonLog.open(path) as opened:
        yield opened


@pytest.fixture
def store() -> Iterator[Store]:
    """That of the data folder."""
    with Store() as opened:
        yield opened


def test_a_comparison_stands_there_as_it_was(log: ComparisonLog, path: Path) -> None:
    kept = record()
    number = log.add(kept, (Path("/photos/1.png"), None), pictures(1, 2)).id
    log.say(number, "  case 12 ", "as told by the clerk\n")
    with ComparisonLog.open(path) as again:
        (entry,) = again.entries()
        left, right = again.pictures(number)
    assert entry.record == kept == read_record(kept.to_json())
    assert entry.paths == (Path("/photos/1.png"), None)
    assert (entry.tags, entry.note) == ("case 12", "as told by the clerk")
    assert np.array_equal(left.crop, pictures(1)[0].crop)
    assert right.picture == pictures(2)[0].picture


def test_what_is_asked_again_at_once_is_one_comparison(log: ComparisonLog) -> None:
    first = log.add(record(), NOWHERE)
    assert log.add(replace(record(), at="2026-11-28T10:00:00.000+00:00"), NOWHERE).id == first.id
    assert log.add(record(strictness=Strictness.STRICT), NOWHERE).id != first.id
    assert log.add(record(), NOWHERE).id != first.id
    assert log.count() == 3
    later = log.add(record(outcome=Outcome.INCONCLUSIVE), NOWHERE)  # as when more is known of the same answer
    assert log.count() == 3
    assert log.find(later.id) == later
    assert later.record.verdict.outcome is Outcome.INCONCLUSIVE


def test_what_less_is_known_of_never_takes_the_place_of_what_more_is_known_of(log: ComparisonLog) -> None:
    trial = Trial(Side.LEFT, Change.MIRRORED, 1.1, Outcome.INCONCLUSIVE)
    found = Firmness(Outcome.SAME, (trial,))
    firm = record(outcome=Outcome.INCONCLUSIVE, firmness=found, unfirm=True)
    first = log.add(firm, NOWHERE)
    later = log.add(record(), NOWHERE)
    assert later.id != first.id
    assert log.find(first.id) == first


def test_judged_again_it_stands_there_as_it_was_and_with_its_own_words(store: Store) -> None:
    first = store.do(KeepComparison(record(), NOWHERE))
    store.do(SayOfComparison(first.id, "case 12", ""))
    again = store.do(KeepJudgedAgain(first.id, record(distance=0.7)))  # by the same model, from the faces that are kept
    assert again is not None
    assert again.id != first.id
    assert again.tags == "case 12"
    opened = store.do(OpenComparison(first.id))
    assert opened is not None
    assert opened.entry.record == first.record
    store.do(SayOfComparison(again.id, "second look", "a note"))
    same = store.do(KeepJudgedAgain(first.id, record(distance=0.7)))
    assert same is not None
    assert (same.id, same.tags, same.note) == (again.id, "second look", "a note")


def test_what_was_forgotten_while_it_was_judged_again_does_not_come_back(store: Store) -> None:
    first = store.do(KeepComparison(record(), NOWHERE))
    store.do(RemoveComparisons((first.id,)))
    assert store.do(KeepJudgedAgain(first.id, record(distance=0.7))) is None
    assert store.do(ReadComparisons()).total == 0


def test_a_row_that_is_not_what_was_kept_is_never_shown(log: ComparisonLog) -> None:
    number = log.add(record(), NOWHERE, pictures(1, 2)).id
    log._db.execute("UPDATE comparison_image SET picture = crop WHERE side = 'left'")
    with pytest.raises(LibraryDamaged):
        log.pictures(number)
    other = record(outcome=Outcome.DIFFERENT).to_json()
    log._db.execute("UPDATE comparison SET data = ?", (other,))
    with pytest.raises(LibraryDamaged):
        log.entries()


def test_the_history_is_exported_as_a_table_and_as_json(log: ComparisonLog, tmp_path: Path) -> None:
    log.add(record(1, 2), NOWHERE)
    number = log.add(record(3, 4, outcome=Outcome.DIFFERENT), NOWHERE).id
    log.say(number, "=1+1", "")
    assert log.export(tmp_path / "list.csv") == 2
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["outcome"] for row in rows] == ["same", "different"]
    assert rows[0]["left"] == "1.png"
    assert rows[0]["left_sha256"] == photo(1).sha256
    assert float(rows[0]["adjusted_distance"]) == 0.78
    assert not rows[1]["tags"].startswith("=")
    assert log.export(tmp_path / "list.json") == 2
    found = json.loads((tmp_path / "list.json").read_text(encoding="utf-8"))
    assert [one["verdict"]["outcome"] for one in found["comparisons"]] == ["same", "different"]
    assert found["comparisons"][1]["tags"] == "=1+1"
    with pytest.raises(LogUnwritable):
        log.export(tmp_path / "no such folder" / "list.csv")


@pytest.mark.usefixtures("unencrypted")
def test_nothing_is_left_of_what_was_removed(path: Path) -> None:
    with ComparisonLog.open(path) as log:
        first = log.add(record(1, 2), (Path("/secret place/1.png"), None), pictures(1, 2)).id
        log.say(first, "a telling tag", "")
        log.add(record(3, 4), NOWHERE)
        assert log.remove([first]) == 1
        assert log.count() == 1
    left = b"".join(file.read_bytes() for file in path.parent.iterdir() if file.is_file())
    for gone in (b"secret place", b"a telling tag", photo(1).sha256.encode(), pictures(1)[0].picture[-200:]):
        assert gone not in left
    assert photo(3).sha256.encode() in left


def test_comparisons_are_forgotten_after_as_many_days_as_verifications_are(store: Store) -> None:
    old = (datetime.now().astimezone() - timedelta(days=40)).isoformat(timespec="milliseconds")
    store.do(KeepComparison(replace(record(1, 2), at=old), NOWHERE))
    store.do(KeepComparison(replace(record(3, 4), at=datetime.now().astimezone().isoformat()), NOWHERE))
    store.do(KeepLogFor(60))
    assert store.do(ReadComparisons()).total == 2
    assert not store.do(AnyEntryOverdue(date.today()))
    assert store.do(AnyEntryOverdue(date.today() + timedelta(days=30)))
    store.do(ExpireLog(date.today() + timedelta(days=30)))
    assert [entry.record.left.file for entry in store.do(ReadComparisons()).entries] == ["3.png"]


def test_with_a_person_the_comparisons_of_their_photos_go(store: Store) -> None:
    person = store.do(EnrolPerson("Ann", "", None, shots(1))).id
    for left, right in ((1, 2), (3, 1), (3, 4)):
        store.do(KeepComparison(record(left, right), NOWHERE))
    told: list[frozenset[Topic]] = []
    store.listen(told.append)
    store.do(RemovePerson(person))
    (entry,) = store.do(ReadComparisons()).entries
    assert (entry.record.left.file, entry.record.right.file) == ("3.png", "4.png")
    assert any(Topic.COMPARISONS in topics for topics in told)


def test_a_photo_is_found_again_by_what_is_in_it_and_never_by_its_name(store: Store, samples: Path) -> None:
    import hashlib

    original = samples / "obama1.jpg"
    digest = hashlib.sha256(original.read_bytes()).hexdigest()
    number = store.do(KeepComparison(record(), (samples / "obama2.jpg", original))).id
    opened = store.do(OpenComparison(number))
    assert opened is not None
    assert opened.places == ((samples / "obama2.jpg",), (original,))
    assert found_again([samples / "obama2.jpg", samples / "gone.jpg", original], digest) == original
    assert found_again(opened.places[0], digest) is None
    assert store.do(OpenComparison(number + 1)) is None


def test_a_backup_brings_them_back_and_a_repair_saves_the_whole_ones(store: Store, tmp_path: Path) -> None:
    for number in (1, 3, 5):
        store.do(KeepComparison(record(number, number + 1), NOWHERE))
    store.close()
    back_up(tmp_path / "all.siamgui-backup", Steps())
    with raw() as db:
        db.execute("UPDATE comparison SET data = x'00' WHERE id = 2")
        db.execute("INSERT INTO comparison_image VALUES (3, 'left', x'00', x'00', x'11', x'11')")
    said = "\n".join(checked_words(check(Steps())))
    assert "What was kept of a comparison of “3.png” is damaged." in said
    assert "The picture of “5.png” is damaged." in said
    found = repair(Steps(), lambda _: True)
    assert "Lost: 2 comparisons" in repair_words(found, replaced=True)
    assert "2 comparisons" in held_words(found.kept)
    assert [entry.id for entry in store.do(ReadComparisons()).entries] == [3, 1]
    store.close()
    held = restore(tmp_path / "all.siamgui-backup", Steps(), lambda *_: None, lambda _: None)
    assert held.comparisons == 3
    assert store.do(ReadComparisons()).total == 3
