from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from siamgui.core.typed_json import read
from siamgui.vault import errors, passphrase
from siamgui.vault.description import NAME, Description, PassphraseSlot, read_description
from siamgui.vault.key import Key
from siamgui.vault.key_places import KEY_FILE
from siamgui.vault.vault import LOCK, KeySource, Vault, VaultState, vault_of
from tests.builders.keyrings import FileKeyring, MemoryKeyring, using

WORDS = "correct horse battery"

pytestmark = pytest.mark.usefixtures("quick_passphrases")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "data")


@pytest.fixture
def ring() -> Iterator[type[MemoryKeyring]]:
    with using(MemoryKeyring) as backend:
        yield backend


def later(vault: Vault) -> Vault:
    """As another process finds it."""
    return Vault(vault.root)


def key_of(vault: Vault) -> Key:
    return vault.database


def test_without_a_keyring_the_key_is_in_a_file_of_the_owner(vault: Vault) -> None:
    assert vault.state == VaultState()
    assert not vault.root.exists()
    key = key_of(vault)
    assert vault.state == VaultState(KeySource.FILE)
    assert key_of(later(vault)) == key
    assert vault.files == later(vault).files != key
    if os.name != "nt":
        assert stat.S_IMODE((vault.root / KEY_FILE).stat().st_mode) == 0o600
    assert sorted(os.listdir(vault.root)) == [NAME, KEY_FILE]
    assert key.secret.hex() not in (vault.root / NAME).read_text()


def test_with_a_keyring_the_key_is_in_it(vault: Vault, ring: type[MemoryKeyring]) -> None:
    key = key_of(vault)
    assert vault.state == VaultState(KeySource.KEYRING)
    assert os.listdir(vault.root) == [NAME]
    assert len(ring.kept) == 1
    assert key_of(later(vault)) == key
    ring.closed = True
    with pytest.raises(errors.KeyringClosed, match="it is locked"):
        key_of(later(vault))
    ring.closed = False
    ring.kept.clear()
    with pytest.raises(errors.KeyNotInKeyring, match="recovery code"):
        key_of(later(vault))
    assert key_of(vault) == key  # whoever has it open goes on


def test_a_folder_that_is_removed_leaves_nothing_in_the_keyring(vault: Vault, ring: type[MemoryKeyring]) -> None:
    key_of(vault)
    vault.abandon()
    assert not ring.kept
    with pytest.raises(errors.KeyNotInKeyring):
        key_of(vault)


def test_a_keyring_that_only_writes_a_file_is_none(vault: Vault) -> None:
    with using(FileKeyring) as backend:
        key_of(vault)
        assert not backend.kept
    assert vault.state.source is KeySource.FILE


def test_a_passphrase(vault: Vault, ring: type[MemoryKeyring]) -> None:
    key = key_of(vault)
    vault.set_passphrase(WORDS)
    assert not ring.kept
    assert vault.state == VaultState(KeySource.PASSPHRASE)
    assert key_of(vault) == key
    other = later(vault)
    assert other.state == VaultState(KeySource.PASSPHRASE, locked=True)
    for ask in (lambda: other.database, lambda: other.files):
        with pytest.raises(errors.Locked, match="The vault is locked"):
            ask()
    with pytest.raises(errors.PassphraseWrong, match="not the passphrase"):
        other.unlock("Correct horse battery")
    assert other.state.locked
    other.unlock(WORDS)
    assert key_of(other) == key
    other.forget()
    assert other.state.locked
    with pytest.raises(errors.Locked):
        key_of(other)


def test_a_passphrase_is_the_same_on_every_keyboard(vault: Vault) -> None:
    vault.set_passphrase("Zürich ﬁnden")  # composed, and with a ligature
    other = later(vault)
    other.unlock("Zu\u0308rich finden")
    assert key_of(other) == key_of(vault)


def test_whoever_does_not_know_the_passphrase_cannot_change_it(vault: Vault) -> None:
    vault.set_passphrase(WORDS)
    before = read_description(vault.root)
    with pytest.raises(errors.Locked):
        vault.set_passphrase("another one")
    with pytest.raises(errors.PassphraseWrong):
        vault.set_passphrase(None, "not this one")
    with pytest.raises(errors.PassphraseTooShort, match="at least 8"):
        vault.set_passphrase("short", WORDS)
    with pytest.raises(errors.Locked):
        vault.new_recovery_code()
    assert read_description(vault.root) == before
    key = key_of(vault)
    vault.set_passphrase("another one", WORDS)
    with pytest.raises(errors.PassphraseWrong):
        later(vault).unlock(WORDS)
    vault.set_passphrase(None, "another one")
    assert vault.state == VaultState(KeySource.FILE)
    assert key_of(later(vault)) == key


def test_the_key_file_goes_when_there_is_a_passphrase(vault: Vault) -> None:
    key_of(vault)
    vault.set_passphrase(WORDS)
    assert sorted(os.listdir(vault.root)) == [NAME, LOCK]


def test_the_recovery_code_opens_what_nothing_else_does(vault: Vault, ring: type[MemoryKeyring]) -> None:
    key = key_of(vault)
    code = vault.new_recovery_code()
    assert vault.state.recovery
    ring.kept.clear()  # a new installation of the system
    other = later(vault)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    with pytest.raises(errors.RecoveryCodeMistyped):
        other.recover(wrong, WORDS)
    with pytest.raises(errors.RecoveryCodeWrong):
        other.recover(Vault(vault.root.parent / "elsewhere").new_recovery_code(), WORDS)
    other.recover(code, WORDS)
    assert key_of(other) == key
    again = later(vault)
    again.unlock(WORDS)
    assert key_of(again) == key
    again.recover(code, None)  # it is still good, and needs no passphrase
    assert key_of(later(vault)) == key
    newer = again.new_recovery_code()
    with pytest.raises(errors.RecoveryCodeWrong):
        again.recover(code, None)
    again.recover(newer, None)


def test_a_code_that_only_proves_itself_changes_nothing_until_it_is_to_open_here(
    vault: Vault, ring: type[MemoryKeyring]
) -> None:
    key, code = key_of(vault), vault.new_recovery_code()
    ring.kept.clear()
    before, other = (vault.root / NAME).read_bytes(), later(vault)
    with pytest.raises(errors.RecoveryCodeWrong):
        other.unlock_by_code(Vault(vault.root.parent / "elsewhere").new_recovery_code())
    other.unlock_by_code(code)
    assert key_of(other) == key
    assert (vault.root / NAME).read_bytes() == before
    with pytest.raises(errors.KeyNotInKeyring):
        key_of(later(vault))
    other.open_here()
    assert key_of(later(vault)) == key


def test_locking_needs_a_passphrase(vault: Vault) -> None:
    for act in (lambda: vault.unlock("x"), lambda: vault.set_lock_after(5)):
        with pytest.raises(errors.NoPassphrase):
            act()
    vault.set_passphrase(WORDS)
    vault.set_lock_after(5)
    assert later(vault).state.lock_after == 5
    vault.set_passphrase(None, WORDS)
    assert vault.state.lock_after is None


def test_whatever_is_changed_in_the_file_is_noticed(vault: Vault) -> None:
    vault.set_passphrase(WORDS)
    text = (vault.root / NAME).read_text()
    slot = read(Description, text).slot
    assert isinstance(slot, PassphraseSlot)
    changes = (("id", read(Description, text).id), ("salt", slot.salt), ("box", slot.box))
    for field, value in changes:
        (vault.root / NAME).write_text(text.replace(f'"{value}"', f'"{value[:-1]}{int(value[-1], 16) ^ 1:x}"'))
        with pytest.raises(errors.PassphraseWrong):
            later(vault).unlock(WORDS)
        assert field
    (vault.root / NAME).write_text(text.replace('"passes": 1', '"passes": 2'))
    with pytest.raises(errors.PassphraseWrong):
        later(vault).unlock(WORDS)
    (vault.root / NAME).write_text(text.replace('"memory": 8', '"memory": 99999999'))
    with pytest.raises(errors.VaultDamaged):
        later(vault).unlock(WORDS)
    (vault.root / NAME).write_text(text.replace('"schema": 1', '"schema": 2'))
    with pytest.raises(errors.VaultNewer):
        later(vault).unlock(WORDS)
    (vault.root / NAME).write_text(text[:100])
    with pytest.raises(errors.VaultDamaged, match=r"“vault\.json” is damaged"):
        later(vault).unlock(WORDS)


def test_a_vault_that_is_lost_is_not_made_anew(vault: Vault) -> None:
    key_of(vault)
    (vault.root / "library.sqlite").write_bytes(os.urandom(4096))
    (vault.root / NAME).unlink()
    with pytest.raises(errors.VaultLost, match=r"“vault\.json” is missing"):
        key_of(later(vault))
    assert sorted(os.listdir(vault.root)) == ["library.sqlite", KEY_FILE]


def test_a_key_file_that_is_gone(vault: Vault) -> None:
    key_of(vault)
    code = vault.new_recovery_code()
    (vault.root / KEY_FILE).unlink()
    with pytest.raises(errors.KeyFileGone, match=r"“vault\.key”"):
        key_of(later(vault))
    later(vault).recover(code, None)
    assert key_of(later(vault)) == key_of(vault)


def test_two_that_make_it_at_once_have_one(tmp_path: Path) -> None:
    keys: list[Key] = []
    begin = threading.Barrier(4)

    def make() -> None:
        begin.wait()
        keys.append(Vault(tmp_path / "data").database)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys == [Vault(tmp_path / "data").database] * 4
    assert sorted(os.listdir(tmp_path / "data")) == [NAME, KEY_FILE]


def test_one_vault_for_a_folder_of_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path))
    assert vault_of() is vault_of(tmp_path)
    assert vault_of(tmp_path / "x") is not vault_of()


def test_another_data_folder_in_the_same_place(vault: Vault) -> None:
    key = key_of(vault)
    for file in vault.root.iterdir():
        file.unlink()
    assert key_of(later(vault)) == key_of(vault) != key


def test_a_process_that_was_lent_the_key_of_files(vault: Vault) -> None:
    vault.set_passphrase(WORDS)
    process = later(vault)
    process.lend(vault.files)
    assert process.files == vault.files
    with pytest.raises(errors.Locked):
        key_of(process)


def test_what_a_guess_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "SECONDS", 1e6)
    cost = passphrase.measured_cost()
    assert cost.memory == 512 * 1024
    assert cost.passes == 64
    monkeypatch.setattr(passphrase, "SECONDS", 0.0)
    assert passphrase.measured_cost() == passphrase.LEAST
