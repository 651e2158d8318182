"""A backup put back in place of what is there: whole or not at all, whatever happens in between."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path
from typing import IO

import apsw

from siamgui.core.errors import SiamguiError
from siamgui.core.files import sync_file, sync_folder, write_whole
from siamgui.core.folder_use import InUse, Use
from siamgui.core.i18n import mark, tr
from siamgui.core.paths import LIBRARY, TRAINING, VERSIONS, data_folder, made_data_folder
from siamgui.core.private import private_folder
from siamgui.core.replacing import Unfinished, replace, under_way
from siamgui.core.temporary import temporary_place
from siamgui.core.typed_json import WrongForm, read
from siamgui.finetuning.run_lock import in_use
from siamgui.storage import backup_file
from siamgui.storage.backup_file import BackupDamaged, BackupNewer, Begin, End, Frame, Part, Rows, frames
from siamgui.storage.checking import disorder
from siamgui.storage.database import Database
from siamgui.storage.schema import MIGRATIONS
from siamgui.storage.steps import Steps
from siamgui.storage.tables import Table, made_tables, put_highest, put_rows
from siamgui.vault.description import NAME as VAULT
from siamgui.vault.description import Description, described, read_description
from siamgui.vault.errors import VaultDamaged, VaultError
from siamgui.vault.key_places import KEY_FILE as VAULT_KEY
from siamgui.vault.vault import Vault, changing_vault, vault_of
from siamgui.versions.changing import changing
from siamgui.versions.seal import KEY_FILE as SIGNING_KEY

_SECRETS = ("active.json", SIGNING_KEY, "signers.json")
_JOURNALS = (f"{LIBRARY}-wal", f"{LIBRARY}-shm")

_ODD = (apsw.ConstraintError, apsw.MismatchError, apsw.TooBigError, TypeError, OverflowError)
"""What a row raises that is none of ours."""

Opener = Callable[[Vault, VaultError], None]
"""Opens a vault that does not open without a question, or raises; it is told why not."""


class BackupUnreadable(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("“{name}” can’t be read ({reason}).")


class OthersAreOpen(SiamguiError):
    text = mark("Another siamgui has this data folder open. Close it, then try again; nothing has been changed.")


class ReplacedLater(SiamguiError):
    """values: reason (in the words of the operating system)"""

    text = mark("The data folder can’t be written ({reason}). What was begun will be completed at the next start.")


class NotReplaced(SiamguiError):
    """values: reason (in the words of the operating system)"""

    text = mark("The data folder can’t be written ({reason}). What was there is as it was.")


@dataclass(frozen=True, slots=True)
class Held:
    """What a data folder holds. versions: of models, without the original. runs: of training. collections: to search.

    made: when a backup was made, ISO 8601 in UTC; "" for the data folder itself.
    stays: whether any of what it has taken the place of is still on the disk.
    """

    people: int = 0
    faces: int = 0
    labels: int = 0
    verifications: int = 0
    versions: int = 0
    runs: int = 0
    made: str = ""
    stays: bool = False
    collections: int = 0
    comparisons: int = 0

    @property
    def empty(self) -> bool:
        of_people = self.people or self.faces or self.verifications or self.comparisons
        return not (of_people or self.versions or self.runs or self.collections)


def held() -> Held:
    """By the data folder, with a library or without one. Raises LibraryError, VaultError."""
    root = data_folder()
    if not (root / LIBRARY).exists():
        return held_by(None, root)
    with closing(Database.open(any_thread=True)) as library:
        return held_by(library, root)


def restore(file: Path, steps: Steps, opened: Opener, sure: Callable[[Held], object]) -> Held:
    """Put a backup in place of all that is kept -> what it holds.

    opened: is asked where the backup does not open by itself. sure: is told what it holds once it has been read whole,
    and raises where it is not to be put in place after all.
    Raises BackupUnreadable, BackupDamaged, BackupNewer, OthersAreOpen, VersionsBusy, NotReplaced, VaultError,
    Cancelled, and what opened and sure raise; then everything is as it was. ReplacedLater: it is not, and will be done.
    """
    with sentences_of_the_folder(), temporary_place() as place:
        root = data_folder()
        _no_runs(root)
        try:
            steps.begin(file.stat().st_size)
            source = file.open("rb")
        except OSError as error:
            raise BackupUnreadable(name=file.name, reason=error.strerror or str(error)) from None
        with source:
            with _reading(file.name):
                description = backup_file.read_description(source, file.name)
            key = _key(place, root, description, opened, file.name)
            found = _unpack(place, key.vault, source, file.name, steps)
        sure(found)
        if key.asked and not key.here:
            key.vault.open_here()
        new = tuple(name for name in (LIBRARY, VERSIONS, TRAINING, *_SECRETS) if (place / name).exists())
        keys = () if key.here else tuple(name for name in (VAULT, VAULT_KEY) if (place / name).exists())
        gone = {LIBRARY, VERSIONS, TRAINING, *_SECRETS, *_JOURNALS} | (set() if key.here else {VAULT, VAULT_KEY})
        gone -= {SIGNING_KEY}  # of this data folder, unless the backup brings another
        with alone(root), changing(root), nullcontext() if key.here else changing_vault(root):
            _no_runs(root)
            gone_for_good = swap(place, (*keys, *new), tuple(sorted(gone - {*keys, *new})))
        if not key.here:
            vault_of(root).forget()
        elif key.asked:
            key.vault.open_here()
    return replaced(found, stays=not gone_for_good)


def _no_runs(root: Path) -> None:
    if any(in_use(run) for run in (root / TRAINING).glob("*")):
        raise OthersAreOpen


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Nobody else has the data folder open, or opens it meanwhile. Raises OthersAreOpen, ReplacedLater, OSError."""
    try:
        use = Use(root, alone=True)
    except InUse:
        raise OthersAreOpen from None
    except OSError as error:
        if not under_way(root):
            raise
        raise ReplacedLater(reason=error.strerror or str(error)) from None
    with use:
        yield


def swap(place: Path, new: tuple[str, ...], gone: tuple[str, ...]) -> bool:
    """What lies in place becomes the data folder's -> whether nothing of what was there before is left on the disk.

    For whoever has the data folder alone. Raises NotReplaced, then everything is as it was; or ReplacedLater.
    """
    try:
        for path in place.rglob("*"):
            if path.is_file():
                sync_file(path)
        for path in (place, *(path for path in place.rglob("*") if path.is_dir())):
            sync_folder(path)
        return replace(data_folder(), place, new, gone)
    except Unfinished as error:
        raise ReplacedLater(reason=error.strerror or str(error)) from None
    except OSError as error:
        raise NotReplaced(reason=error.strerror or str(error)) from None


@contextmanager
def sentences_of_the_folder() -> Iterator[None]:
    try:
        made_data_folder(data_folder())
        yield
    except OSError as error:
        raise NotReplaced(reason=error.strerror or str(error)) from None


@dataclass(frozen=True, slots=True)
class _Key:
    """What opens a backup. here: it is the vault that is here. asked: it does not open without a question."""

    vault: Vault
    here: bool
    asked: bool


def _key(place: Path, root: Path, raw: bytes, opened: Opener, name: str) -> _Key:
    """The vault that is here may have another passphrase by now; nothing of it is changed, and a lock stays."""
    try:
        description = read(Description, raw)
    except WrongForm:
        raise BackupDamaged(name=name) from None
    now = None
    with suppress(VaultDamaged):  # that is what a backup is for
        now = read_description(root)
    here = now is not None and now.id == description.id
    if not here:
        write_whole(place / VAULT, described(description))
        with suppress(OSError):
            write_whole(place / VAULT_KEY, (root / VAULT_KEY).read_bytes())
    vault = vault_of(root) if here else Vault(place)
    try:
        _ = vault.files
    except VaultError as error:
        vault = Vault(vault.root)
        opened(vault, error)
        return _Key(vault, here, asked=True)
    return _Key(vault, here, asked=False)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupUnreadable(name=name, reason=error.strerror or str(error)) from None


def _frames(vault: Vault, source: IO[bytes], name: str) -> Iterator[Frame]:
    with _reading(name):
        yield from frames(vault.files, source, name)


def _unpack(place: Path, vault: Vault, source: IO[bytes], name: str, steps: Steps) -> Held:
    """Into place; every row and file, or none counts. The tables are those of the backup first, then those of today."""
    found = _frames(vault, source, name)
    begin = next(found, None)
    if not isinstance(begin, Begin):
        raise BackupDamaged(name=name)
    if begin.tables > len(MIGRATIONS):
        raise BackupNewer(name=name)
    path, key = place / LIBRARY, vault.database
    with closing(Database.open(path, key=key, any_thread=True, tables=begin.tables)) as library:
        library.read("PRAGMA synchronous = OFF")  # it is put onto the disk as a whole
        library.read("PRAGMA foreign_keys = OFF")
        tables = made_tables(library)
        rows, files = 0, 0
        end: End | None = None
        try:
            with library.writing():
                for frame in found:
                    match frame:
                        case Begin():
                            raise BackupDamaged(name=name)
                        case Rows():
                            rows += _put(library, tables, frame, name)
                        case Part():
                            files += _write(place, frame)
                        case End():
                            end = frame
                    steps(source.tell() - steps.done)
                if end is None or (end.rows, end.files) != (rows, files) or library.read("PRAGMA foreign_key_check"):
                    raise BackupDamaged(name=name)
                put_highest(library, begin.highest)
        except _ODD:
            raise BackupDamaged(name=name) from None
    with closing(Database.open(path, key=key, any_thread=True)) as library:
        library.read("PRAGMA wal_checkpoint(TRUNCATE)")
        if disorder(library):  # nothing takes the place of what is there that would not pass a check
            raise NotReplaced(reason=tr("what was written there is not what can be read"))
        return held_by(library, place, begin.made)


def _put(library: Database, tables: dict[str, Table], frame: Rows, name: str) -> int:
    table = tables.get(frame.table)
    if table is None or sorted(frame.columns) != sorted(table.columns):
        raise BackupDamaged(name=name)
    table = replaced(table, columns=frame.columns)
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


def held_by(library: Database | None, folder: Path, made: str = "") -> Held:
    """folder: that of the library, where versions and runs lie too."""

    def count(table: str) -> int:
        return int(library.read(f"SELECT count(*) FROM {table}")[0][0]) if library is not None else 0

    def folders(name: str) -> int:
        return sum(path.is_dir() and not path.name.startswith(".") for path in (folder / name).glob("*"))

    tables = (count("person"), count("face"), count("label"), count("verification"))
    collections, comparisons = count("collection"), count("comparison")
    files = folders(VERSIONS), folders(TRAINING)
    return Held(*tables, *files, made, collections=collections, comparisons=comparisons)
