"""A backup put back: what it may replace, what opens it, and what happens when it cannot be done."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from siamgui.core.folder_use import LOCK
from siamgui.core.paths import LIBRARY, TEMPORARY, TRAINING, VERSIONS, data_folder
from siamgui.core.process_lock import Held as HeldByAnother
from siamgui.core.process_lock import holding
from siamgui.core.temporary import FRESH
from siamgui.storage import restoring, schema
from siamgui.storage.backup import back_up
from siamgui.storage.backup_file import BackupDamaged, Begin, End, Frame, Rows, pieces
from siamgui.storage.checking import check
from siamgui.storage.data_wording import restored_words
from siamgui.storage.database import Database
from siamgui.storage.people_operations import ListPeople
from siamgui.storage.restoring import BackupUnreadable, Held, NotReplaced, OthersAreOpen, held, restore
from siamgui.storage.schema import MIGRATIONS
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store
from siamgui.storage.tidying import TidyUp
from siamgui.vault import vault as vault_module
from siamgui.vault.errors import VaultBusy, VaultError
from siamgui.vault.vault import LOCK as VAULT_LOCK
from siamgui.vault.vault import KeySource, Vault, vault_of
from tests.builders.databases import raw
from tests.builders.kept import enrol, people
from tests.builders.stuck_files import stuck

PASSPHRASE = "correct horse battery"


def never(_vault: Vault, error: VaultError) -> None:
    raise error


def put_back(file: Path) -> Held:
    return restore(file, Steps(), never, lambda _: None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backup with Ann, of the vault that is here; Bob has been enrolled since."""
    enrol("Ann")
    back_up(tmp_path / "one.siamgui-backup", Steps())
    enrol("Bob", first=2)
    return tmp_path / "one.siamgui-backup"


def test_a_backup_of_another_vault_that_cannot_be_put_in_place_leaves_what_was_there(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = vault_of().new_recovery_code()
    back_up(file, Steps())
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "elsewhere"))
    enrol("Cid")
    real = os.replace

    def in_use(source: Path, target: Path) -> None:
        if Path(source).name == "library.sqlite" and "old" in Path(target).parts:
            raise PermissionError(13, "in use by another program")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", in_use)
        with pytest.raises(NotReplaced, match="is as it was"):
            restore(file, Steps(), lambda vault, _: vault.unlock_by_code(code), lambda _: None)
    assert people() == ["Cid"]
    assert list((data_folder() / "temporary").iterdir()) == []
    restore(file, Steps(), lambda vault, _: vault.unlock_by_code(code), lambda _: None)
    assert people() == ["Ann", "Bob"]


def test_another_vault_takes_the_place_while_nobody_changes_what_opens_the_one_before(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else who sets a passphrase at that moment would write the description of the one over that of the other."""
    code = vault_of().new_recovery_code()
    back_up(file, Steps())
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "elsewhere"))
    enrol("Cid")

    def restored() -> None:
        restore(file, Steps(), lambda vault, _: vault.unlock_by_code(code), lambda _: None)

    with monkeypatch.context() as patch:
        patch.setattr(vault_module, "_PATIENCE", 0.0)
        with holding(data_folder() / VAULT_LOCK, 0.0), pytest.raises(VaultBusy):
            restored()
    assert people() == ["Cid"]
    real, tries = os.replace, list[Path]()

    def meanwhile(source: Path, target: Path) -> None:
        if Path(source) == data_folder() / "vault.json":
            with pytest.raises(HeldByAnother), holding(data_folder() / VAULT_LOCK, 0.0):
                pass
            tries.append(Path(source))
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", meanwhile)
        restored()
    assert tries
    assert people() == ["Ann", "Bob"]
    vault_of().set_passphrase(PASSPHRASE)


def test_a_recovery_code_opens_a_backup_and_leaves_the_vault_as_it_is(file: Path) -> None:
    code = vault_of().new_recovery_code()
    vault_of().set_passphrase(PASSPHRASE)
    put_back(file)
    assert not vault_of().state.locked  # what was open stays open
    assert people() == ["Ann"]
    vault_of().forget()

    def refused(_: Held) -> None:
        raise NotReplaced(reason="not meant")

    for sure in (refused, lambda _: None):
        with suppress(NotReplaced):
            assert restore(file, Steps(), lambda vault, _: vault.unlock_by_code(code), sure).people == 1
        assert vault_of().state.source is KeySource.PASSPHRASE
        assert vault_of().state.locked


def test_a_recovery_code_brings_back_a_vault_whose_key_file_is_gone(file: Path) -> None:
    code = vault_of().new_recovery_code()
    (data_folder() / "vault.key").unlink()
    vault_of().forget()
    restore(file, Steps(), lambda vault, _: vault.unlock_by_code(code), lambda _: None)
    assert vault_of().state.source is KeySource.FILE
    assert people() == ["Ann"]


def test_a_backup_on_a_disk_that_fails_is_unreadable(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 100:  # behind the description
                raise OSError(5, "Input/output error")
            return super().read(size)

    def failing(path: Path, *arguments: Any, **named: Any) -> Any:
        if path != file:
            return real(path, *arguments, **named)
        with real(path, "rb") as opened:
            return Failing(opened.read())

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", failing)
        with pytest.raises(BackupUnreadable, match="Input/output error"):
            put_back(file)
    assert people() == ["Ann", "Bob"]


def test_versions_and_runs_count_without_a_library_too() -> None:
    assert held().empty
    (data_folder() / VERSIONS / "mine-12345678").mkdir(parents=True)
    (data_folder() / TRAINING / "run").mkdir(parents=True)
    assert held() == Held(versions=1, runs=1)
    assert not held().empty


def test_a_run_that_begins_meanwhile_is_not_replaced(file: Path) -> None:
    run = data_folder() / TRAINING / "run"
    run.mkdir(parents=True)
    with pytest.raises(OthersAreOpen), holding(run / LOCK, 0.0):
        put_back(file)
    found: list[object] = []

    def begun(_: Held) -> None:
        lock = holding(run / LOCK, 0.0)
        lock.__enter__()
        found.append(lock)

    with pytest.raises(OthersAreOpen):
        restore(file, Steps(), never, begun)
    assert people() == ["Ann", "Bob"]


PERSON = ("id", "name", "key", "consent", "retain_until", "created", "last_verified")


def person(**other: object) -> Rows:
    row = dict(zip(PERSON, (1, "Ann", "ann", "", None, "2026-01-01T00:00:00", None), strict=True)) | other
    return Rows("person", PERSON, (tuple(row.values()),))


@pytest.mark.parametrize(
    "frames",
    [
        [End(0, 0)],
        [person(), End(1, 0)],
        [Begin(3, "", {}), Begin(3, "", {}), End(0, 0)],
        [Begin(3, "", {}), person(name=["Ann"]), End(1, 0)],
        [Begin(3, "", {}), person(id=2**63), End(1, 0)],
        [Begin(3, "", {}), person(id="one"), End(1, 0)],
        [Begin(3, "", {"person": 2**63}), person(), End(1, 0)],
        [Begin(0, "", {}), person(), End(1, 0)],
        [Begin(3, "", {}), Rows("sqlite_schema", ("name",), (("x",),)), End(1, 0)],
    ],
)
def test_what_is_sealed_but_no_backup_is_said_to_be_damaged(file: Path, frames: Iterable[Frame]) -> None:
    description = (data_folder() / "vault.json").read_bytes()
    file.write_bytes(b"".join(pieces(vault_of().files, description, frames)))
    with pytest.raises(BackupDamaged):
        put_back(file)
    assert people() == ["Ann", "Bob"]


def test_a_backup_of_older_tables_is_brought_up_to_date(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = (*MIGRATIONS, ("ALTER TABLE person ADD COLUMN shoe TEXT NOT NULL DEFAULT 'left'",))
    for module in (schema, restoring):
        monkeypatch.setattr(module, "MIGRATIONS", newer)
    put_back(file)
    with Store() as store:
        assert [one.name for one in store.do(ListPeople())] == ["Ann"]
    with raw() as db:
        assert db.execute("SELECT shoe FROM person").get == "left"


def test_what_was_there_and_cannot_be_removed_is_said_and_goes_later(file: Path) -> None:
    with stuck(LIBRARY):
        found = put_back(file)
    assert found.stays
    assert "can’t be removed from the disk" in restored_words(found)[-1]
    (place,) = (data_folder() / TEMPORARY).iterdir()
    os.utime(place, (place.stat().st_mtime - 2 * FRESH,) * 2)
    with Store() as store:
        store.do(TidyUp())
    assert not place.exists()
    found = put_back(file)
    assert not found.stays
    assert len(restored_words(found)) == 1


def test_what_the_disk_did_not_keep_takes_no_place(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Database.read

    def read(library: Database, statement: str, *values: Any) -> list[Any]:
        found = real(library, statement, *values)
        if statement == "PRAGMA wal_checkpoint(TRUNCATE)" and TEMPORARY in library.path.parts:
            data = library.path.read_bytes()
            library.path.write_bytes(data[:-4096] + bytes(4096))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Database, "read", read)
        with pytest.raises(NotReplaced, match="What was there is as it was"):
            put_back(file)
    assert people() == ["Ann", "Bob"]
    assert check(Steps()).damage == ()
