"""The vault of a data folder: one random key, and what opens it.

    data folder/vault.json    how it is locked (siamgui.vault.description)
    data folder/vault.lock    held by whoever changes that
    data folder/vault.key     only on a system without a keyring, while there is no passphrase

The key itself never changes, so that a change of passphrase is one small file, written whole or not at all. A process
keeps it in memory from when the vault is first opened until it is locked.
"""

from __future__ import annotations

import contextlib
import enum
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from siamgui.core.files import create_whole
from siamgui.core.paths import LIBRARY, data_folder
from siamgui.core.private import private_folder
from siamgui.core.process_lock import Held, holding
from siamgui.vault.description import (
    NAME,
    Description,
    FileSlot,
    KeyringSlot,
    PassphraseSlot,
    RecoverySlot,
    Slot,
    boxed,
    described,
    read_description,
    unboxed,
    write_description,
)
from siamgui.vault.errors import (
    KeyFileGone,
    KeyNotInKeyring,
    Locked,
    NoPassphrase,
    PassphraseWrong,
    RecoveryCodeWrong,
    VaultBusy,
    VaultDamaged,
    VaultLost,
    VaultUnreadable,
    VaultUnwritable,
)
from siamgui.vault.key import Key
from siamgui.vault.key_places import KEY_FILE, forget_in_keyring, from_file, from_keyring, made_in_file, put_in_keyring
from siamgui.vault.passphrase import check_new, measured_cost, new_salt, stretched
from siamgui.vault.recovery_code import key_of_code, new_code

LOCK = "vault.lock"
_PATIENCE = 10.0  # seconds; a change of passphrase takes one
CLEAR = b"SQLite format 3\0"
"""What a library of siamgui 0.1.0 begins with, as any SQLite file that is not encrypted."""
_PAGE = 4096


class KeySource(enum.StrEnum):
    """What opens the vault. KEYRING and FILE: without a question. NONE: there is no vault yet."""

    NONE = "none"
    KEYRING = "keyring"
    FILE = "file"
    PASSPHRASE = "passphrase"


@dataclass(frozen=True, slots=True)
class VaultState:
    """locked: a passphrase is needed before anything that is kept can be read. lock_after: minutes, None for never."""

    source: KeySource = KeySource.NONE
    locked: bool = False
    recovery: bool = False
    lock_after: int | None = None


class Vault:
    """For any number of threads.

    Any method may raise VaultUnreadable, VaultDamaged, VaultNewer, and where it writes VaultUnwritable and VaultBusy.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._guard = threading.RLock()
        self._key: Key | None = None
        self._of = ""  # the id of the vault whose key that is
        self._files: Key | None = None  # all that a training process is given

    # -- the key -----------------------------------------------------------------------------------------------------

    @property
    def database(self) -> Key:
        """Of the library. The vault is made where there is none, and opened where that takes no question.

        Raises Locked, KeyNotInKeyring, KeyringClosed, KeyFileGone, VaultLost.
        """
        return self._opened().derived("vault database 1")

    @property
    def files(self) -> Key:
        """Of files outside the library (siamgui.vault.sealed). Raises as database does."""
        return self._files or self._opened().derived("vault files 1")

    def lend(self, files: Key) -> None:
        """The key of files, from a process that has opened the vault; this one can open nothing else."""
        self._files = files

    def _opened(self) -> Key:
        with self._guard:
            description = read_description(self.root)
            if description is None:
                if self._key is not None and (self.root / LIBRARY).exists():
                    raise VaultLost(name=NAME)  # unlooked at: closing a file frees the locks of SQLite on it
                description = self._made()
            if self._key is None or self._of != description.id:
                self._key, self._of = self._without_question(description), description.id
            return self._key

    def _without_question(self, description: Description) -> Key:
        slot = description.slot
        match slot:
            case PassphraseSlot():
                raise Locked
            case KeyringSlot():
                key = unboxed(slot, description.id, from_keyring(slot.entry, slot.backend))
                if key is None:
                    raise KeyNotInKeyring
            case FileSlot():
                try:
                    by = from_file(self.root / KEY_FILE)
                except OSError as error:
                    raise VaultUnreadable(name=KEY_FILE, reason=error.strerror or str(error)) from None
                key = unboxed(slot, description.id, by) if by is not None else None
                if key is None:
                    raise KeyFileGone(name=KEY_FILE)
        return key

    def _made(self) -> Description:
        """A new vault; the one of another process that was faster. Raises VaultLost."""
        if _encrypted(self.root / LIBRARY):
            raise VaultLost(name=NAME)
        vault, key = secrets.token_hex(16), Key.random()
        try:
            private_folder(self.root)
            slot = self._unasked(vault, key)
            made = Description(vault, slot)
            if not create_whole(self.root / NAME, described(made)):
                _forget(slot)
        except OSError as error:
            raise VaultUnwritable(reason=error.strerror or str(error)) from error
        description = read_description(self.root)
        if description is None:
            raise VaultDamaged(name=NAME)
        return description

    def _unasked(self, vault: str, key: Key) -> Slot:
        """What opens the vault without a question, with the key in it. Raises OSError."""
        entry, by = secrets.token_hex(16), Key.random()
        backend = put_in_keyring(entry, by)
        if backend is not None:
            ring = KeyringSlot(entry, backend)
            return structs.replace(ring, box=boxed(ring, vault, key, by))
        return FileSlot(boxed(FileSlot(), vault, key, made_in_file(self.root / KEY_FILE)))

    # -- what a person does ------------------------------------------------------------------------------------------

    @property
    def state(self) -> VaultState:
        """Cheap: the keyring is not asked."""
        description = read_description(self.root)
        if description is None:
            return VaultState()
        source = {KeyringSlot: KeySource.KEYRING, FileSlot: KeySource.FILE, PassphraseSlot: KeySource.PASSPHRASE}
        locked = isinstance(description.slot, PassphraseSlot) and (self._key is None or self._of != description.id)
        recovery = description.recovery is not None
        return VaultState(source[type(description.slot)], locked, recovery, description.lock_after)

    def unlock(self, passphrase: str) -> None:
        """Takes half a second, on purpose. Raises PassphraseWrong, NoPassphrase."""
        description = self._described()
        key = _by_passphrase(description, passphrase)
        with self._guard:
            self._key, self._of = key, description.id

    def forget(self) -> None:
        """The key is asked for again, as by a process that has just begun."""
        with self._guard:
            self._key, self._of = None, ""

    def abandon(self) -> None:
        """Before its folder is removed for good: nothing of it stays in the keyring."""
        description = read_description(self.root)
        if description is not None:
            _forget(description.slot)
        self.forget()

    def set_passphrase(self, new: str | None, current: str | None = None) -> None:
        """new: None for none: the vault opens without a question again. current: where there is one.

        Takes a second. Raises PassphraseTooShort, PassphraseWrong, Locked where current is missing.
        """
        if new is not None:
            check_new(new)
        self._relock(lambda description: self._proved(description, current), new)

    def unlock_by_code(self, code: str) -> None:
        """As unlock(), with the recovery code. Nothing is changed. Raises RecoveryCodeMistyped, RecoveryCodeWrong."""
        by, description = key_of_code(code), self._described()
        key = _by_code(description, by)
        with self._guard:
            self._key, self._of = key, description.id

    def open_here(self) -> None:
        """An unlocked vault without a passphrase opens without a question on this system from now on."""
        if not isinstance(self._described().slot, PassphraseSlot):
            self._relock(lambda _: self._opened(), None)

    def recover(self, code: str, new: str | None) -> None:
        """Open with the recovery code, and set a passphrase, None for none.

        Raises PassphraseTooShort, RecoveryCodeMistyped, RecoveryCodeWrong.
        """
        by = key_of_code(code)
        if new is not None:
            check_new(new)
        self._relock(lambda description: _by_code(description, by), new)

    def new_recovery_code(self, current: str | None = None) -> str:
        """In place of the one before. Raises as set_passphrase()."""
        code = new_code()
        self._opened_or_made()
        with self._changing() as description:
            key = self._proved(description, current)
            slot = RecoverySlot()
            slot = RecoverySlot(boxed(slot, description.id, key, key_of_code(code)))
            write_description(self.root, structs.replace(description, recovery=slot))
        return code

    def set_lock_after(self, minutes: int | None) -> None:
        """Raises NoPassphrase where there is nothing to lock with."""
        self._described()
        with self._changing() as description:
            if minutes is not None and not isinstance(description.slot, PassphraseSlot):
                raise NoPassphrase
            write_description(self.root, structs.replace(description, lock_after=minutes))

    @contextlib.contextmanager
    def _changing(self) -> Iterator[Description]:
        """What is in the file, which nobody else changes meanwhile: not another process either. Raises VaultBusy."""
        with changing_vault(self.root):
            yield self._described()

    def _opened_or_made(self) -> None:
        if read_description(self.root) is None:
            self._opened()

    def _described(self) -> Description:
        """Raises NoPassphrase where there is no vault yet."""
        description = read_description(self.root)
        if description is None:
            raise NoPassphrase
        return description

    def _proved(self, description: Description, current: str | None) -> Key:
        """The key; where there is a passphrase, only for whoever knows it, even while the vault is open."""
        if not isinstance(description.slot, PassphraseSlot):
            return self._opened()
        if current is None:
            raise Locked
        return _by_passphrase(description, current)

    def _relock(self, opened: Callable[[Description], Key], new: str | None) -> None:
        """Another slot in place of the one before, which then opens nothing. opened: proves the right to do so."""
        self._opened_or_made()
        with self._changing() as before:
            key = opened(before)
            try:
                slot = _by_new_passphrase(before.id, key, new) if new is not None else self._unasked(before.id, key)
            except OSError as error:
                raise VaultUnwritable(reason=error.strerror or str(error)) from error
            lock_after = before.lock_after if new is not None else None
            with self._guard:  # only now: nobody who wants to read waits for a passphrase to be stretched
                write_description(self.root, structs.replace(before, slot=slot, lock_after=lock_after))
                self._key, self._of = key, before.id
                _forget(before.slot)
                if not isinstance(slot, FileSlot):
                    with contextlib.suppress(OSError):  # what is left opens nothing
                        (self.root / KEY_FILE).unlink(missing_ok=True)


@contextlib.contextmanager
def changing_vault(root: Path) -> Iterator[None]:
    """Nobody else changes what opens the vault of this data folder. Raises VaultBusy, VaultUnwritable."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(holding(root / LOCK, _PATIENCE))
        except Held:
            raise VaultBusy from None
        except OSError as error:
            raise VaultUnwritable(reason=error.strerror or str(error)) from error
        yield


def _by_passphrase(description: Description, passphrase: str) -> Key:
    slot = description.slot
    if not isinstance(slot, PassphraseSlot):
        raise NoPassphrase
    try:
        by = stretched(passphrase, bytes.fromhex(slot.salt), slot.cost)
    except ValueError:
        raise VaultDamaged(name=NAME) from None
    key = unboxed(slot, description.id, by)
    if key is None:
        raise PassphraseWrong
    return key


def _by_code(description: Description, by: Key) -> Key:
    slot = description.recovery
    key = unboxed(slot, description.id, by) if slot is not None else None
    if key is None:
        raise RecoveryCodeWrong
    return key


def _by_new_passphrase(vault: str, key: Key, passphrase: str) -> PassphraseSlot:
    salt, cost = new_salt(), measured_cost()
    slot = PassphraseSlot(salt.hex(), cost)
    return structs.replace(slot, box=boxed(slot, vault, key, stretched(passphrase, salt, cost)))


def _forget(slot: Slot) -> None:
    if isinstance(slot, KeyringSlot):
        forget_in_keyring(slot.entry, slot.backend)


def _encrypted(library: Path) -> bool:
    """Whether it looks like one: whole pages, and not in clear. Not while this process has it open."""
    try:
        with library.open("rb") as file:
            head, size = file.read(len(CLEAR)), os.fstat(file.fileno()).st_size
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:  # what cannot be seen may well be one
        raise VaultUnreadable(name=library.name, reason=error.strerror or str(error)) from None
    return size > 0 and size % _PAGE == 0 and head != CLEAR


_vaults: dict[Path, Vault] = {}
_making = threading.Lock()


def vault_of(root: Path | None = None) -> Vault:
    """The one vault of a data folder in this process; None for the usual folder. Nothing is made or opened yet."""
    root = (root or data_folder()).absolute()
    with _making:
        return _vaults.setdefault(root, Vault(root))
