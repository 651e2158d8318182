"""A library of siamgui 0.1.0 becomes an encrypted one: whole or not at all, and nothing is left in clear."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from siamgui.core.paths import LIBRARY
from siamgui.storage import errors, moving_in
from siamgui.storage.label_store import LabelStore
from siamgui.storage.moving_in import in_clear
from siamgui.storage.people_store import PeopleStore
from siamgui.vault.errors import Locked
from siamgui.vault.vault import CLEAR, Vault
from tests.builders.databases import heard, raw_in_clear
from tests.builders.old_library import FACES, old_library
from tests.builders.people import shots
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of siamgui 0.1.0 with faces, a label and Annabelle; what it wrote last is still in its journal."""
    folder = tmp_path_factory.mktemp("old")
    path = tmp_path_factory.mktemp("open") / LIBRARY
    old_library(path, 2)
    with raw_in_clear(path) as db:
        db.execute("UPDATE person SET name = 'Annabelle Lee', key = 'annabelle lee'")
        db.execute("INSERT INTO person VALUES (7, 'Bob', 'bob', '', NULL, '', NULL)")
        db.execute("DELETE FROM person WHERE id = 7")
        db.execute("INSERT INTO note VALUES ('step', '1')")
        for end in ("", "-wal"):  # as after a kill
            shutil.copy(f"{path}{end}", folder)
    assert (folder / f"{LIBRARY}-wal").stat().st_size > 0
    return folder


@pytest.fixture
def path(old: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(old, tmp_path / "data")) / LIBRARY


def check_whole(path: Path) -> None:
    with LabelStore.open(path) as library, PeopleStore.open(path) as people:
        assert library._read("PRAGMA integrity_check") == [("ok",)]
        assert len(library.faces()) == FACES
        assert [library.crop(face.id).shape for face in library.faces()] == [(112, 112, 3)] * FACES
        assert len(library.labels()) == 1
        assert [person.name for person in people.list()] == ["Annabelle Lee"]
        assert people.enrol("Carol", "", None, shots(4)).id > 7  # Bob's number is never given again
        people.remove(people.find("Carol").id)
        assert library.get("step") == 1
        assert library._read("PRAGMA auto_vacuum") == [(1,)]
        assert library._read("PRAGMA journal_mode") == [("wal",)]
    assert not in_clear(path)


def nothing_in_clear(folder: Path) -> None:
    for file in folder.iterdir():
        data = file.read_bytes()
        assert CLEAR not in data
        assert b"Annabelle Lee" not in data
        assert b"CREATE TABLE" not in data
        assert bytes(shots(1)[0][1].crop[:1].tobytes()) not in data


def test_it_is_there_whole_and_encrypted(path: Path) -> None:
    assert in_clear(path)
    check_whole(path)
    nothing_in_clear(path.parent)
    assert sorted(os.listdir(path.parent)) == ["in-use.lock", "library.sqlite", "vault.json", "vault.key"]
    check_whole(path)


def left_by_kills(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folder as it stands before every statement and every rename of moving in."""
    left: list[Path] = []

    def keep(_what: object = "") -> None:
        left.append(Path(shutil.copytree(path.parent, folder / str(len(left)))) / path.name)

    connect, sync, replace = moving_in.connect, moving_in.sync_file, Path.replace

    def heard_connect(*arguments: object) -> object:
        db = connect(*arguments)  # type: ignore[arg-type]
        heard(db, keep).__enter__()
        return db

    def noted(do: object) -> object:
        def call(*arguments: object) -> object:
            keep()
            answer = do(*arguments)  # type: ignore[operator]
            keep()
            return answer

        return call

    with monkeypatch.context() as patch:
        patch.setattr(moving_in, "connect", heard_connect)
        patch.setattr(moving_in, "sync_file", noted(sync))
        patch.setattr(Path, "replace", noted(replace))
        LabelStore.open(path).close()
    keep()
    return left


def test_a_kill_at_any_moment(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = left_by_kills(path, tmp_path / "left", monkeypatch)
    assert len(left) > 8
    states = [in_clear(file) for file in left]
    assert states == sorted(states, reverse=True)
    assert states[0]
    assert not states[-1]
    for file in left:
        check_whole(file)
        nothing_in_clear(file.parent)


MOVER = """
import sys
from pathlib import Path
from siamgui.storage.label_store import LabelStore
print("begin", flush=True)
LabelStore.open(Path(sys.argv[1]))
print("done", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are of another kind on Windows")
@pytest.mark.parametrize("after", [0.0, 0.004, 0.012])
def test_a_real_kill(path: Path, after: float) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", MOVER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout is not None
        child.stdout.readline()
        threading.Event().wait(after)
        child.send_signal(signal.SIGKILL)
    check_whole(path)
    nothing_in_clear(path.parent)


def test_two_at_once(path: Path) -> None:
    failed: list[BaseException] = []

    def move() -> None:
        try:
            LabelStore.open(path).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=move) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    check_whole(path)


def test_an_old_siamgui_that_has_it_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("siamgui.storage.database.WAIT", 0.05)
    with raw_in_clear(path) as other:
        other.execute("SELECT count(*) FROM face").fetchall()
        with pytest.raises(errors.LibraryBusy):
            LabelStore.open(path)
        other.execute("INSERT INTO note VALUES ('late', '2')")
    with LabelStore.open(path) as library:
        assert library.get("late") == 2
    check_whole(path)


def test_a_disk_without_room(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(moving_in, "sync_file", full)
        with pytest.raises(errors.LibraryFull):
            LabelStore.open(path)
    assert in_clear(path)
    check_whole(path)
    nothing_in_clear(path.parent)


@pytest.mark.usefixtures("quick_passphrases")
def test_a_vault_that_was_locked_before(path: Path) -> None:
    Vault(path.parent).set_passphrase("a passphrase")
    with pytest.raises(Locked):
        LabelStore.open(path)
    assert in_clear(path)
