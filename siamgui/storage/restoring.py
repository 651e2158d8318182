"""A backup put back in place of what is there: whole or not at all, whatever happens in between."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import apsw

from siamgui.core.errors import SiamguiError
from siamgui.core.files import sync_file, sync_folder, write_whole
from siamgui.core.folder_use import InUse, Use
from siamgui.core.i18n import mark
from siamgui.core.paths import LIBRARY, TEMPORARY, TRAINING, VERSIONS, data_folder, made_data_folder
from siamgui.core.private import private_folder
from siamgui.core.replacing import Replacement, replace
from siamgui.core.temporary import temporary_place
from siamgui.core.typed_json import WrongForm, read
from siamgui.finetuning.run_lock import in_use
from siamgui.storage import backup_file
from siamgui.storage.backup_file import BackupDamaged, BackupNewer, Begin, End, Part, Rows, frames
from siamgui.storage.database import Database
from siamgui.storage.schema import MIGRATIONS
from siamgui.storage.steps import Steps
from siamgui.storage.tables import TABLES, put_highest, put_rows
from siamgui.vault.description import NAME as VAULT
from siamgui.vault.description import Description, described, read_description
from siamgui.vault.errors import VaultDamaged, VaultError
from siamgui.vault.key_places import KEY_FILE as VAULT_KEY
from siamgui.vault.vault import Vault, vault_of

_TABLES = {table.name: table for table in TABLES}
_SECRETS = ("active.json", "secret.key", "signers.json")
_JOURNALS = (f"{LIBRARY}-wal", f"{LIBRARY}-shm")

Opener = Callable[[Vault, VaultError], None]
"""Opens a vault that does not open without a question, or raises; it is told why not."""


class BackupUnreadable(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("“{name}” can’t be read ({reason}).")


class OthersAreOpen(SiamguiError):
    text = mark("Another siamgui has this data folder open. Close it, then try again; nothing has been changed.")


class NotReplaced(SiamguiError):
    """values: reason (in the words of the operating system)"""

    text = mark("The data folder can’t be written ({reason}). What was there is as it was.")


@dataclass(frozen=True, slots=True)
class Held:
    """What a library holds. made: when a backup was made, ISO 8601 in UTC; "" for the library itself."""

    people: int
    faces: int
    labels: int
    verifications: int
    made: str = ""

    @property
    def empty(self) -> bool:
        return not (self.people or self.faces or self.verifications)


def held() -> Held | None:
    """By the library that is there; None where there is none."""
    if not (data_folder() / LIBRARY).exists():
        return None
    with closing(Database.open(any_thread=True)) as library:
        return held_by(library)


def restore(file: Path, steps: Steps, opened: Opener, sure: Callable[[Held], object]) -> Held:
    """Put a backup in place of all that is kept -> what it holds.

    opened: is asked where the backup does not open by itself. sure: is told what it holds once it has been read whole,
    and raises where it is not to be put in place after all.
    Raises BackupUnreadable, BackupDamaged, BackupNewer, OthersAreOpen, NotReplaced, VaultError, Cancelled, and what
    opened and sure raise; then everything is as it was.
    """
    with sentences_of_the_folder(), temporary_place() as place:
        root = data_folder()
        if any(in_use(run) for run in (root / TRAINING).glob("*")):
            raise OthersAreOpen
        try:
            steps.begin(file.stat().st_size)
            source = file.open("rb")
        except OSError as error:
            raise BackupUnreadable(name=file.name, reason=error.strerror or str(error)) from None
        with source:
            vault, same = _vault(place, root, backup_file.read_description(source, file.name), opened, file.name)
            found = _unpack(place, vault, source, file.name, steps)
        sure(found)
        new = tuple(name for name in (LIBRARY, VERSIONS, TRAINING, *_SECRETS) if (place / name).exists())
        keys = () if same else tuple(name for name in (VAULT, VAULT_KEY) if (place / name).exists())
        gone = {LIBRARY, VERSIONS, TRAINING, *_SECRETS, *_JOURNALS} | (set() if same else {VAULT, VAULT_KEY})
        swap(place, (*keys, *new), tuple(sorted(gone - {*keys, *new})))
        vault_of(root).forget()
    return found


def swap(place: Path, new: tuple[str, ...], gone: tuple[str, ...]) -> None:
    """What lies in place becomes the data folder's. Raises OthersAreOpen, OSError; then everything is as it was."""
    root = data_folder()
    for path in place.rglob("*"):
        if path.is_file():
            sync_file(path)
    for path in (place, *(path for path in place.rglob("*") if path.is_dir())):
        sync_folder(path)
    try:
        with Use(root, alone=True):
            replace(root, Replacement(f"{TEMPORARY}/{place.name}", new, gone))
    except InUse:
        raise OthersAreOpen from None


@contextmanager
def sentences_of_the_folder() -> Iterator[None]:
    try:
        made_data_folder(data_folder())
        yield
    except OSError as error:
        raise NotReplaced(reason=error.strerror or str(error)) from None


def _vault(place: Path, root: Path, raw: bytes, opened: Opener, name: str) -> tuple[Vault, bool]:
    """What opens the backup, and whether it is the vault that is here: that one may have another passphrase by now."""
    try:
        description = read(Description, raw)
    except WrongForm:
        raise BackupDamaged(name=name) from None
    here = None
    with suppress(VaultDamaged):  # that is what a backup is for
        here = read_description(root)
    if here is not None and here.id == description.id:
        return _without_question(vault_of(root), opened), True
    write_whole(place / VAULT, described(description))
    with suppress(OSError):
        write_whole(place / VAULT_KEY, (root / VAULT_KEY).read_bytes())
    return _without_question(Vault(place), opened), False


def _without_question(vault: Vault, opened: Opener) -> Vault:
    try:
        _ = vault.files
    except VaultError as error:
        opened(vault, error)
    return vault


def _unpack(place: Path, vault: Vault, source: IO[bytes], name: str, steps: Steps) -> Held:
    """Into place; every row and file, or none counts."""
    library = Database.open(place / LIBRARY, key=vault.database, any_thread=True)
    with closing(library):
        library.read("PRAGMA synchronous = OFF")  # it is put onto the disk as a whole
        library.read("PRAGMA foreign_keys = OFF")
        made, rows, files = "", 0, 0
        end: End | None = None
        try:
            with library.writing():
                for table in reversed(TABLES):
                    library.read(f"DELETE FROM {table.name}")
                for frame in frames(vault.files, source, name):
                    match frame:
                        case Begin():
                            if frame.tables > len(MIGRATIONS):
                                raise BackupNewer(name=name)
                            made, numbers = frame.made, frame.highest
                        case Rows():
                            rows += _put(library, frame, name)
                        case Part():
                            files += _write(place, frame)
                        case End():
                            end = frame
                    steps(source.tell() - steps.done)
                if end is None or (end.rows, end.files) != (rows, files) or library.read("PRAGMA foreign_key_check"):
                    raise BackupDamaged(name=name)
                put_highest(library, numbers)
        except apsw.ConstraintError:
            raise BackupDamaged(name=name) from None
        library.read("PRAGMA wal_checkpoint(TRUNCATE)")
        return held_by(library, made)


def _put(library: Database, frame: Rows, name: str) -> int:
    table = _TABLES.get(frame.table)
    if table is None or frame.columns != table.columns:
        raise BackupDamaged(name=name)
    if any(len(row) != len(table.columns) or table.damaged(row) for row in frame.rows):
        raise BackupDamaged(name=name)
    put_rows(library, table, frame.rows)
    return len(frame.rows)


def _write(place: Path, part: Part) -> int:
    """1 where a file begins."""
    path = place / part.path
    if part.path.split("/")[0] not in (VERSIONS, TRAINING, *_SECRETS):
        return int(part.first)  # what a newer siamgui keeps there
    private_folder(path.parent)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
        file.write(part.data)
    return int(part.first)


def held_by(library: Database, made: str = "") -> Held:
    def count(table: str) -> int:
        return int(library.read(f"SELECT count(*) FROM {table}")[0][0])

    return Held(count("person"), count("face"), count("label"), count("verification"), made)
