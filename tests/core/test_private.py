"""Nobody else on this machine may read or enter what is kept, whoever makes it first and under every umask."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from siamgui.commands.pairs import run as run_pairs
from siamgui.core import private
from siamgui.core.files import write_whole
from siamgui.core.paths import close_data_folder, data_folder, made_data_folder
from siamgui.storage.note_operations import KeepNote
from siamgui.storage.people_operations import EnrolPerson
from siamgui.storage.store import Store
from siamgui.versions.version_store import VersionStore
from tests.builders.labels import photo, reading
from tests.builders.privacy import open_to_others
from tests.builders.versions import result

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes say nothing on Windows")


@pytest.fixture
def umask() -> Iterator[None]:
    """Everything is allowed to everybody that is not forbidden."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_a_folder_and_those_above_it(tmp_path: Path) -> None:
    private.private_folder(tmp_path / "a" / "b" / "c")
    private.private_file(tmp_path / "a" / "file")
    write_whole(tmp_path / "a" / "b" / "whole", b"text")
    assert open_to_others(tmp_path / "a") == []
    assert (tmp_path / "a" / "b" / "whole").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("umask")
def test_people_labels_log_and_versions(tmp_path: Path, finished_version: Path) -> None:
    with Store() as store:
        store.do(EnrolPerson("Ann", "yes", date.max, ((photo(1), reading(photo(1))),)))
        store.do(KeepNote("key", "value"))
        assert (data_folder() / "library.sqlite-wal").exists()
        assert open_to_others(data_folder()) == []
    versions = VersionStore()
    versions.activate(versions.adopt(result(finished_version, data_folder() / "training")).id)
    assert open_to_others(data_folder() / "models") == []
    assert (data_folder() / "active.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("umask")
def test_what_is_exported_has_the_rights_of_any_other_file(tmp_path: Path) -> None:
    import argparse

    run_pairs(argparse.Namespace(action="export", file=tmp_path / "pairs.csv", json=True))
    assert (tmp_path / "pairs.csv").stat().st_mode & 0o777 == 0o666 & ~_usual()


def _usual() -> int:
    from siamgui.core import files

    return files._UMASK


def test_what_was_left_open_is_closed_at_opening(tmp_path: Path) -> None:
    root = made_data_folder(data_folder())
    Store(root / "library.sqlite").do(KeepNote("key", "value"))
    for folder in (root / "models" / "one", root / "training" / "run"):
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(b"face")
    outside = tmp_path / "somebody else's"
    outside.write_bytes(b"")
    (root / "training" / "link").symlink_to(outside)
    for path in (*root.rglob("*"), root):
        path.chmod(0o777)
    close_data_folder.__globals__["_closed"].clear()  # as a process that begins now
    VersionStore()
    assert open_to_others(root) == []
    assert stat.S_IMODE(outside.stat().st_mode) == 0o777  # the link was followed by chmod above, and not by us


def test_a_database_elsewhere_leaves_the_folder_that_it_is_in_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for folder in (tmp_path, tmp_path / "models"):
        folder.chmod(0o755)
    Store(tmp_path / "other.sqlite").do(KeepNote("key", "value"))
    assert open_to_others(tmp_path) == [f"0755 {tmp_path.name}", f"0755 {tmp_path.name}/models"]


def test_the_folder_of_somebody_else_stays_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(path: Path, mode: int) -> None:
        raise PermissionError(path, mode)

    tmp_path.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refuse)
    assert made_data_folder(tmp_path) == tmp_path


def test_a_file_that_is_there_keeps_the_locks_that_this_process_has_on_it(tmp_path: Path) -> None:
    """Or another process would believe that nobody has the library open, and remove the journal beside it."""
    import fcntl

    path = private.private_file(tmp_path / "file")
    with path.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        private.private_file(path)
        code = f"import fcntl; fcntl.lockf(open({str(path)!r}, 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
        assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 1
