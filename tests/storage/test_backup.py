"""What a backup says of itself, and what it does when something is in its way."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from siamgui.core.paths import VERSIONS, data_folder
from siamgui.core.process_lock import holding
from siamgui.core.temporary import FRESH
from siamgui.storage.backup import BackupUnwritable, FileUnreadable, LibraryNotWhole, back_up
from siamgui.storage.data_wording import backup_words
from siamgui.storage.restoring import restore
from siamgui.storage.steps import Steps
from siamgui.vault.vault import vault_of
from siamgui.versions.changing import LOCK, changing
from tests.builders.databases import raw
from tests.builders.kept import enrol


@pytest.fixture
def file(tmp_path: Path) -> Path:
    enrol("Ann")
    return tmp_path / "one.siamgui-backup"


def test_a_backup_that_nothing_else_will_ever_open_says_so(file: Path) -> None:
    words = "It opens only on this system: make a recovery code first"
    assert words in "\n".join(backup_words(back_up(file, Steps())))
    vault_of().new_recovery_code()
    assert words not in "\n".join(backup_words(back_up(file, Steps())))


def test_what_cannot_be_read_is_not_said_of_the_place_of_the_backup(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = data_folder() / VERSIONS / "mine-12345678"
    version.mkdir(parents=True)
    (version / "weights.safetensors").write_bytes(b"x")
    real = Path.open

    def broken(path: Path, *arguments: Any, **named: Any) -> Any:
        if path.name == "weights.safetensors":
            raise OSError(5, "Input/output error")
        return real(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", broken)
    with pytest.raises(FileUnreadable, match=r"“weights\.safetensors” in the data folder can’t be read"):
        back_up(file, Steps())
    assert list(file.parent.glob("*one*")) == []


def test_a_version_that_is_deleted_meanwhile_is_left_out(file: Path) -> None:
    version = data_folder() / VERSIONS / "mine-12345678"
    version.mkdir(parents=True)
    (version / "weights.safetensors").write_bytes(b"x")

    def delete(_done: int, _total: int) -> None:
        if version.exists():
            with changing(data_folder()):
                (version / "weights.safetensors").unlink()
                version.rmdir()

    assert back_up(file, Steps(delete)).files == 0
    assert restore(file, Steps(), lambda _, error: None, lambda _: None).versions == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a file there grows as long as the disk has room")
def test_a_backup_that_there_is_no_room_for_lets_go_of_the_versions(file: Path) -> None:
    import resource

    version = data_folder() / VERSIONS / "mine-12345678"
    version.mkdir(parents=True)
    (version / "weights.safetensors").write_bytes(bytes(2**22))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**21, limits[1]))
    try:
        with pytest.raises(BackupUnwritable, match="too large") as kept:
            back_up(file, Steps())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with holding(data_folder() / LOCK, 0.0):  # while a window shows why
        assert kept.value
    assert list(file.parent.glob("*one*")) == []


def test_what_a_killed_backup_has_left_beside_it_goes_with_the_next(file: Path) -> None:
    stale, other = file.parent / f".{file.name}.abcdefgh", file.parent / ".other.siamgui-backup.abcdefgh"
    for path in (stale, other):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - 2 * FRESH,) * 2)
    back_up(file, Steps())
    assert not stale.exists()
    assert other.exists()


def test_a_damaged_picture_is_called_by_the_name_of_its_photo(file: Path) -> None:
    with raw() as db:
        db.execute("UPDATE person_image SET crop = x''")
    with pytest.raises(LibraryNotWhole, match=r"\(1\.png\)"):
        back_up(file, Steps())
