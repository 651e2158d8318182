"""What is kept of searched folders: by content, without a byte left of what is gone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from siamgui.storage import rewriting
from siamgui.storage.backup import back_up
from siamgui.storage.checking import Kind, check
from siamgui.storage.collection_operations import (
    AddCollection,
    CopiesOfFace,
    FinishReading,
    KeepCopies,
    KeepRead,
    ListCollections,
    PlaceFace,
    ReadKnownFiles,
    ReadPictureHashes,
    ReadSeenFaces,
    RemoveCollection,
)
from siamgui.storage.collection_store import CollectionStore
from siamgui.storage.collection_values import Collection, FaceGone, ReadFile
from siamgui.storage.database import Database
from siamgui.storage.group_store import GroupStore
from siamgui.storage.repairing import repair
from siamgui.storage.restoring import restore
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store
from tests.builders.databases import raw
from tests.builders.seen import ENCODER, file_of, picture

SCANS, PHONE = Path("/p/scans"), Path("/p/phone")


def keep(store: Store, folder: Path, *files: ReadFile, encoder: str = ENCODER) -> Collection:
    there = store.do(AddCollection(folder, encoder))
    store.do(KeepRead(there.id, encoder, files))
    return there


def faces(store: Store) -> list[int]:
    rows = store.do(ReadSeenFaces(ENCODER, 0, 100))
    return [] if rows is None else rows.ids.tolist()


def listed(store: Store) -> list[tuple[str, int, int]]:
    return [(one.folder.name, one.files, one.faces) for one in store.do(ListCollections(ENCODER))]


def test_a_picture_under_several_names_counts_once() -> None:
    with Store() as store:
        first = picture(1)
        keep(store, SCANS, file_of("a.jpg", first), file_of("old/b.jpg", first), file_of("c.jpg", picture(2)))
        keep(store, PHONE, file_of("d.jpg", first))
        assert listed(store) == [("phone", 1, 1), ("scans", 3, 2)]
        placed = store.do(PlaceFace(faces(store)[0]))
        assert placed.files == (PHONE / "d.jpg", SCANS / "a.jpg", SCANS / "old" / "b.jpg")
        assert (placed.hash, placed.number, placed.seen.mean) == (first.hash, 1, 0.25)


def test_a_folder_goes_but_for_what_another_one_holds_too() -> None:
    with Store() as store:
        scans = keep(store, SCANS, file_of("a.jpg", picture(1)), file_of("b.jpg", picture(2)))
        keep(store, PHONE, file_of("d.jpg", picture(1)))
        store.do(RemoveCollection(scans.id))
        assert listed(store) == [("phone", 1, 1)]
        assert faces(store) == [1]
        with pytest.raises(FaceGone):
            store.do(PlaceFace(2))
        store.do(KeepRead(scans.id, ENCODER, (file_of("e.jpg", picture(5)),)))  # it was being read meanwhile
        assert listed(store) == [("phone", 1, 1)]


def test_a_changed_file_loses_what_was_seen_in_it_before() -> None:
    with Store() as store:
        scans = keep(store, SCANS, file_of("a.jpg", picture(1)))
        keep(store, SCANS, file_of("a.jpg", picture(2)))
        assert faces(store) == [2]
        keep(store, SCANS, ReadFile("a.jpg", 3, 4, "0" * 64, "it is damaged."))
        (known,) = store.do(ReadKnownFiles(scans.id, ENCODER))
        assert (known.size, known.modified, known.problem, known.read) == (3, 4, "it is damaged.", True)
        assert faces(store) == []


def test_another_encoder_reads_anew_and_what_the_first_saw_goes_when_it_is_done() -> None:
    with Store() as store:
        scans = keep(store, SCANS, file_of("a.jpg", picture(1)), file_of("b.jpg", picture(2)))
        assert [one.unread for one in store.do(ListCollections("other 2"))] == [2]
        keep(store, SCANS, file_of("a.jpg", picture(1)), encoder="other 2")
        store.do(FinishReading(scans.id, "other 2", ()))
        assert len(faces(store)) == 2
        keep(store, SCANS, file_of("b.jpg", picture(2)), encoder="other 2")
        store.do(FinishReading(scans.id, "other 2", ()))
        assert faces(store) == []
        assert [one.unread for one in store.do(ListCollections(ENCODER))] == [2]


def test_the_first_copy_that_stays_takes_the_place_of_the_original() -> None:
    with Store() as store:
        files = [file_of(f"{number}.jpg", picture(number)) for number in (1, 2, 3)]
        scans = keep(store, SCANS, *files)
        store.do(KeepCopies((1, 2, 3), ((2, 1), (3, 2))))
        assert store.do(CopiesOfFace(2)) == (1, 3)
        assert [one.copies for one in store.do(ListCollections(ENCODER))] == [2]
        assert store.do(ReadPictureHashes(ENCODER)).compared.all()
        assert store.do(ReadPictureHashes(ENCODER)).hashes.tolist() == [picture(number).hash for number in (1, 2, 3)]
        store.do(FinishReading(scans.id, ENCODER, (store.do(ReadKnownFiles(scans.id, ENCODER))[0].id,)))
        assert store.do(CopiesOfFace(2)) == (3,)
        assert listed(store) == [("scans", 2, 1)]


@pytest.mark.usefixtures("unencrypted")
@pytest.mark.parametrize("whole", [rewriting.WHOLE, 0])
def test_nothing_is_left_of_a_folder_that_was_removed(path: Path, monkeypatch: pytest.MonkeyPatch, whole: int) -> None:
    monkeypatch.setattr(rewriting, "WHOLE", whole)
    with closing(Database.open(path)) as file:
        kept = CollectionStore(file)
        gone, stays = (kept.add(folder, ENCODER).id for folder in (SCANS, PHONE))
        for number in range(40):
            kept.keep(gone, ENCODER, [file_of(f"bergen-{number}.jpg", picture(number))])
            kept.keep(stays, ENCODER, [file_of(f"oslo-{number}.jpg", picture(100 + number))])
        said = GroupStore(file)
        for number, name in ((7, "Annabelle"), (107, "Olaf")):
            said.say_one_person(frozenset({(picture(number).sha256, 1)}), name, anyway=False)
        kept.whole(gone, ["disk-of-1931"])
        file.read("PRAGMA wal_checkpoint(TRUNCATE)")
        traces = [picture(number).faces[0].pack()[:24] for number in range(40)]
        traces += [b"bergen", str(SCANS).encode(), picture(7).sha256.encode(), b"Annabelle", b"disk-of-1931"]
        before = b"".join(each.read_bytes() for each in path.parent.iterdir())
        assert all(trace in before for trace in traces)
        kept.remove(gone)
        assert not file.behind
        after = b"".join(each.read_bytes() for each in path.parent.iterdir())
        assert [trace for trace in traces if trace in after] == []
        assert len(kept.files(stays, ENCODER)) == 40
        assert b"oslo-39.jpg" in after
        assert b"Olaf" in after


def test_a_backup_carries_it_and_the_check_names_the_file(tmp_path: Path) -> None:
    with Store() as store:
        keep(store, SCANS, file_of("a.jpg", picture(1)), file_of("deep/b.jpg", picture(2)))
        store.do(KeepCopies((1, 2), ((1, 2),)))
    back_up(tmp_path / "one.siamgui-backup", Steps())
    assert check(Steps()).damage == ()
    with raw() as db:
        db.execute("UPDATE seen_face SET data = zeroblob(length(data)) WHERE id = 2")
    (damage,) = check(Steps()).damage
    assert (damage.kind, damage.name) == (Kind.EMBEDDING, "b.jpg")
    restore(tmp_path / "one.siamgui-backup", Steps(), lambda *_: None, lambda _held: None)
    assert check(Steps()).damage == ()
    with Store() as store:
        assert listed(store) == [("scans", 2, 1)]
        assert store.do(CopiesOfFace(2)) == (1,)


def test_a_repair_keeps_what_is_whole_and_has_the_rest_read_again() -> None:
    with Store() as store:
        scans = keep(store, SCANS, file_of("a.jpg", picture(1)), file_of("b.jpg", picture(2)))
        store.do(KeepCopies((1, 2), ((1, 2),)))
    with raw() as db:
        db.execute("UPDATE seen_face SET data = zeroblob(length(data)) WHERE id = 2")
    found = repair(Steps(), lambda found: found.lost)
    assert found.seen == 1
    assert check(Steps()).damage == ()
    with Store() as store:
        assert listed(store) == [("scans", 2, 1)]
        assert [file.read for file in store.do(ReadKnownFiles(scans.id, ENCODER))] == [True, False]


def test_a_file_that_cannot_be_opened_for_a_while_loses_nothing() -> None:
    with Store() as store:
        there = keep(store, SCANS, file_of("a.jpg", picture(1)))
        keep(store, SCANS, ReadFile("a.jpg", 1000, 123_456_789_012_345_678, "", "Permission denied"))
        (known,) = store.do(ReadKnownFiles(there.id, ENCODER))
        assert (known.sha256, known.problem, known.modified) == (picture(1).sha256, "Permission denied", 0)
        assert faces(store) == [1]
