"""A folder is read once: what is new or has changed is read, what is gone is forgotten, and a stop costs nothing."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from PIL import Image

from siamgui.core.errors import Cancelled
from siamgui.core.paths import data_folder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.process_lock import holding
from siamgui.search import reading
from siamgui.search.errors import BeingRead, FolderGone, NothingToRead
from siamgui.search.reading import collection_of, read_collection
from siamgui.search.values import ReadingDone, ReadingState
from siamgui.search.wording import done_words
from siamgui.storage.collection_operations import FinishReading, ListCollections, ReadKnownFiles, ReadSeenFaces
from siamgui.storage.group_operations import ReadAnswers, SayOnePerson
from siamgui.storage.store import Store
from tests.builders.command_line import no_face

AWAY = "1 file is on a disk that is not connected. What was read and said of it is kept."


@pytest.fixture
def folder(tmp_path: Path, samples: Path) -> Path:
    place = tmp_path / "scans"
    (place / "old").mkdir(parents=True)
    shutil.copy2(samples / "obama1.jpg", place / "a.jpg")
    shutil.copy2(samples / "biden.jpg", place / "old" / "b.jpg")
    return place


def read(store: Store, engine: FaceEngine, folder: Path) -> ReadingDone:
    return read_collection(store, engine, collection_of(store, folder, engine.encoder.key))


def seen(store: Store, encoder: str) -> list[int]:
    rows = store.do(ReadSeenFaces(encoder, 0, 100))
    return [] if rows is None else rows.ids.tolist()


def names(store: Store, encoder: str) -> list[str]:
    """Of the faces that have one."""
    answers = store.do(ReadAnswers(encoder))
    return [answers.names[group] for group, _face in answers.belongs.tolist()]


def counts(done: ReadingDone) -> tuple[int, int, int, int]:
    """Read, unchanged, gone; faces."""
    return done.read, done.unchanged, done.gone, done.collection.faces


def test_only_what_is_new_or_changed_is_read_and_a_renamed_file_is_not_decoded(
    folder: Path, samples: Path, engine: FaceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[str] = []
    decode = reading.photo_from_bytes

    def counted(data: bytes, name: str) -> object:
        decoded.append(name)
        return decode(data, name)

    monkeypatch.setattr(reading, "photo_from_bytes", counted)
    with Store() as store:
        assert counts(read(store, engine, folder)) == (2, 0, 0, 2)
        assert counts(read(store, engine, folder)) == (0, 2, 0, 2)
        (folder / "a.jpg").rename(folder / "old" / "renamed.jpg")
        shutil.copy2(folder / "old" / "b.jpg", folder / "the same.jpg")
        decoded.clear()
        assert counts(read(store, engine, folder)) == (2, 1, 1, 2)
        assert decoded == []
        shutil.copy(samples / "obama2.jpg", folder / "old" / "b.jpg")
        (folder / "the same.jpg").unlink()
        assert counts(read(store, engine, folder)) == (1, 1, 1, 2)
        assert decoded == ["b.jpg"]


def test_what_cannot_be_read_is_named_and_read_again_only_when_it_changes(
    folder: Path, samples: Path, engine: FaceEngine
) -> None:
    no_face(folder / "sky.jpg")
    (folder / "broken.jpg").write_bytes((samples / "obama2.jpg").read_bytes()[:30_000])
    (folder / ".hidden.jpg").write_bytes(b"x")
    with Store() as store:
        done = read(store, engine, folder)
        assert [place for place, _ in done.problems] == ["broken.jpg"]
        assert "damaged" in done.problems[0][1]
        assert (done.collection.files, done.collection.problems, done.skipped) == (4, 1, 1)
        assert counts(read(store, engine, folder)) == (0, 4, 0, 2)
        shutil.copy(samples / "obama2.jpg", folder / "broken.jpg")
        assert counts(read(store, engine, folder)) == (1, 3, 0, 3)


@pytest.mark.parametrize(("limit", "least"), [("LARGE", 500_000), ("_HEAVY", 10_000)])
def test_a_large_photograph_is_decoded_when_its_turn_comes(
    limit: str, least: int, folder: Path, samples: Path, engine: FaceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, limit, least)
    (folder / "broken.jpg").write_bytes((samples / "obama2.jpg").read_bytes()[:30_000])
    with Store() as store:
        done = read(store, engine, folder)
    assert (counts(done), [place for place, _ in done.problems]) == ((3, 0, 0, 2), ["broken.jpg"])


def test_a_pause_keeps_what_was_read_and_the_next_reading_goes_on(
    folder: Path, engine: FaceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_TOLD_EVERY", 0.0)
    stop = threading.Event()
    told: list[ReadingState] = []

    def tell(state: ReadingState) -> None:
        told.append(state)
        if state.done == 1:
            stop.set()

    with Store() as store:
        collection = collection_of(store, folder, engine.encoder.key)
        with pytest.raises(Cancelled):
            read_collection(store, engine, collection, jobs=1, told=tell, stop=stop)
        assert [(state.done, state.total, state.faces) for state in told] == [(0, 2, 0), (1, 2, 1)]
        assert told[1].left is not None
        assert [one.faces for one in store.do(ListCollections(engine.encoder.key))] == [1]
        assert counts(read(store, engine, folder)) == (1, 1, 0, 2)


def test_nothing_is_forgotten_where_a_disk_is_not_connected(folder: Path, engine: FaceEngine, tmp_path: Path) -> None:
    with Store() as store:
        read(store, engine, folder)
        away = folder.rename(tmp_path / "away")
        with pytest.raises(FolderGone, match="scans"):
            read(store, engine, folder)
        folder.mkdir()
        done = read(store, engine, folder)
        assert (done.away, counts(done)) == (2, (0, 0, 0, 2))
        folder.rmdir()
        away.rename(folder)
        assert counts(read(store, engine, folder)) == (0, 2, 0, 2)


def test_what_was_said_outlives_a_rating_that_another_program_writes_and_a_disk_that_is_away(
    folder: Path, engine: FaceEngine, tmp_path: Path
) -> None:
    with Store() as store:
        key = engine.encoder.key
        there = read(store, engine, folder).collection
        store.do(SayOnePerson(tuple(seen(store, key)), "Ann"))
        name = (folder / "a.jpg").read_bytes()
        (folder / "a.jpg").write_bytes(name[:2] + b"\xff\xfe\x00\x0arated 5" + name[2:])  # a comment
        assert counts(read(store, engine, folder)) == (1, 1, 0, 2)
        assert names(store, key) == ["Ann", "Ann"]
        store.do(FinishReading(there.id, key, (), frozenset({"old"})))  # as if "old" had been a disk of its own
        away = (folder / "old").rename(tmp_path / "away")
        done = read(store, engine, folder)
        assert (done.away, counts(done), done_words(done)[2]) == (1, (0, 1, 0, 2), AWAY)
        away.rename(folder / "old")
        assert counts(read(store, engine, folder)) == (0, 2, 0, 2)
        assert names(store, key) == ["Ann", "Ann"]
        (folder / "old").rename(tmp_path / "away")  # now it is a folder as any other
        assert counts(read(store, engine, folder)) == (0, 1, 1, 1)
        assert names(store, key) == ["Ann"]


def test_what_was_said_goes_over_to_a_copy_when_the_original_goes(folder: Path, engine: FaceEngine) -> None:
    with Store() as store:
        key = engine.encoder.key
        read(store, engine, folder)
        store.do(SayOnePerson(tuple(seen(store, key)[:1]), "Ann"))
        with Image.open(folder / "a.jpg") as image:
            image.resize((image.width // 2, image.height // 2)).save(folder / "smaller.jpg", quality=80)
        (folder / "a.jpg").unlink()
        assert counts(read(store, engine, folder)) == (1, 1, 1, 2)
        assert names(store, key) == ["Ann"]


def test_a_folder_without_photos_is_not_kept(tmp_path: Path, engine: FaceEngine) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with Store() as store:
        with pytest.raises(NothingToRead, match="empty"):
            read(store, engine, empty)
        assert store.do(ListCollections(engine.encoder.key)) == ()


def test_a_folder_is_read_by_one_at_a_time_and_found_through_a_link(
    folder: Path, engine: FaceEngine, tmp_path: Path
) -> None:
    with Store() as store:
        collection = collection_of(store, folder, engine.encoder.key)
        with holding(data_folder() / f"reading-{collection.id}.lock", 0), pytest.raises(BeingRead, match="scans"):
            read(store, engine, folder)
        if hasattr(os, "symlink"):
            (tmp_path / "link").symlink_to(folder)
            assert collection_of(store, tmp_path / "link", engine.encoder.key).id == collection.id


def test_a_copy_of_a_photograph_is_marked(folder: Path, engine: FaceEngine) -> None:
    with Image.open(folder / "a.jpg") as image:
        image.resize((image.width // 2, image.height // 2)).save(folder / "smaller.jpg", quality=80)
    with Store() as store:
        done = read(store, engine, folder)
        assert (done.collection.faces, done.collection.copies) == (2, 1)
        files = store.do(ReadKnownFiles(done.collection.id, engine.encoder.key))
        assert [file.place for file in files] == ["a.jpg", "old/b.jpg", "smaller.jpg"]
