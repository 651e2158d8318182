"""A backup of all that is kept, made while it is in use: of one moment, and whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from siamgui.core.errors import SiamguiError
from siamgui.core.files import sync_folder
from siamgui.core.folder_use import LOCK
from siamgui.core.i18n import mark, tr
from siamgui.core.paths import LIBRARY, TEMPORARY, TRAINING, data_folder
from siamgui.core.process_lock import Held
from siamgui.core.replacing import MARK
from siamgui.core.temporary import tidy_files
from siamgui.finetuning.run_lock import in_use
from siamgui.storage.backup_file import Begin, End, Frame, Part, Rows, is_kept_path, pieces
from siamgui.storage.checking import name_of
from siamgui.storage.database import Database, now
from siamgui.storage.owed_removals import LOCK as UNDO_LOCK
from siamgui.storage.owed_removals import NOTE as OWED
from siamgui.storage.owed_removals import nobody_can_undo
from siamgui.storage.schema import MIGRATIONS
from siamgui.storage.steps import Steps
from siamgui.storage.tables import TABLES, highest, rows
from siamgui.vault.description import NAME as VAULT
from siamgui.vault.key_places import KEY_FILE as VAULT_KEY
from siamgui.vault.vault import LOCK as VAULT_LOCK
from siamgui.vault.vault import KeySource, vault_of
from siamgui.versions.changing import LOCK as VERSIONS_LOCK
from siamgui.versions.changing import changing

SUFFIX = ".siamgui-backup"
_BATCH, _PART = 2**19, 2**20  # bytes
_APART = {VAULT, VAULT_KEY, VAULT_LOCK, LOCK, VERSIONS_LOCK, UNDO_LOCK, MARK}
"""Not in what is packed: what opens it stands before it, or nowhere."""


class BackupUnwritable(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("The backup “{name}” can’t be written ({reason}). Choose another place; the one before is as it was.")


class FileUnreadable(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("No backup was made: “{name}” in the data folder can’t be read ({reason}).")


class LibraryNotWhole(SiamguiError):
    """values: what (the first thing that is damaged)"""

    text = mark("No backup was made, since not everything is whole ({what}). “siamgui data repair” saves what is.")


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written. left_out: training runs that were under way. bytes: of the file.

    opens_here_only: there is neither a passphrase nor a recovery code, and so nothing else will ever open it.
    """

    file: Path
    rows: int
    files: int
    bytes: int
    left_out: int
    opens_here_only: bool


def back_up(file: Path, steps: Steps) -> Backup:
    """Write a backup of the data folder.

    Raises LibraryError, VaultError, VersionsBusy, BackupUnwritable, FileUnreadable, LibraryNotWhole, Cancelled; then
    file is as it was.
    """
    root = data_folder()
    if file.resolve().is_relative_to(root.resolve()):  # it would be in the next one, and could replace what is kept
        raise BackupUnwritable(name=file.name, reason=tr("it would lie in the data folder"))
    with closing(Database.open(any_thread=True)) as library:
        vault = vault_of(root)
        key, state = vault.files, vault.state
        with _of(root / VAULT):
            description = (root / VAULT).read_bytes()
        ((pages,),), ((size,),) = library.read("PRAGMA page_count"), library.read("PRAGMA page_size")
        steps.begin(pages * size + sum(_size(path) for path in kept_files(root)[0]))
        counted: list[tuple[End, int]] = []
        # Closed, since an error that is kept to be shown would keep the frames and with them the lock of the versions.
        with library.reading(), closing(_frames(library, root, steps, counted)) as frames:
            written = _write(file, pieces(key, description, frames))
    (end, left_out), *_ = counted
    alone = state.source is not KeySource.PASSPHRASE and not state.recovery
    return Backup(file, end.rows, end.files, written, left_out, alone)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone meanwhile, or it is said when it is read
        return 0


@contextmanager
def _of(path: Path) -> Iterator[None]:
    """What cannot be read is told from what cannot be written."""
    try:
        yield
    except OSError as error:
        raise FileUnreadable(name=path.name, reason=error.strerror or str(error)) from None


def kept_files(root: Path) -> tuple[tuple[Path, ...], int]:
    """The files beside the library that are kept, and how many training runs are left out, being under way."""
    running = {run for run in (root / TRAINING).glob("*") if in_use(run)}
    found = []
    for path in sorted(root.rglob("*")):
        below = path.relative_to(root)
        apart = path.name in _APART or below.parts[0] == TEMPORARY or below.parts[0].startswith(LIBRARY)
        if path.is_symlink() or not path.is_file() or apart or running & set(path.parents):
            continue
        if is_kept_path(PurePosixPath(*below.parts)):
            found.append(path)
    return tuple(found), len(running)


def _frames(
    library: Database, root: Path, steps: Steps, counted: list[tuple[End, int]]
) -> Generator[Frame, None, None]:
    """counted: gets End, and how many training runs are left out."""
    yield Begin(len(MIGRATIONS), now(), highest(library))
    count = 0
    for table in TABLES:
        batch: list[tuple[object, ...]] = []
        size = 0
        for row in rows(library, table):
            if table.name == "note" and row[0] == OWED and _can_be_undone(root):
                continue  # or a restore would remove who was brought back a moment later
            if table.damaged(row):
                raise LibraryNotWhole(what=name_of(library, table, row[0]))
            batch.append(row)
            size += 64 + sum(len(value) for value in row if isinstance(value, bytes | str))
            if size > _BATCH:
                yield Rows(table.name, table.columns, tuple(batch))
                steps(size)
                count, batch, size = count + len(batch), [], 0
        if batch:
            yield Rows(table.name, table.columns, tuple(batch))
            steps(size)
            count += len(batch)
    there = 0
    with changing(root):  # they are of one moment too
        files, left_out = kept_files(root)
        for path in files:
            name, first = path.relative_to(root).as_posix(), True
            for data in _read(path):
                yield Part(name, first, data)
                steps(len(data))
                there, first = there + first, False
    counted.append((End(count, there), left_out))
    yield counted[0][0]


def _can_be_undone(root: Path) -> bool:
    """Whether a removal that is owed may still be."""
    try:
        with nobody_can_undo(root):
            return False
    except (Held, OSError):
        return True


def _read(path: Path) -> Iterator[bytes]:
    """Its parts, at least one; none where it has gone meanwhile, as a run that was removed. Raises FileUnreadable."""
    with _of(path):
        try:
            source = path.open("rb")
        except FileNotFoundError:
            return
        with source:
            yield source.read(_PART)
            while data := source.read(_PART):
                yield data


def _write(file: Path, parts: Iterator[bytes]) -> int:
    """How many bytes. Raises BackupUnwritable, and what parts raise."""
    temporary = None
    tidy_files(file.parent, file.name)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # 0600
        temporary = Path(name)
        size = 0
        with os.fdopen(handle, "wb") as target:
            for part in parts:
                size += target.write(part)
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(file)
        temporary = None
        sync_folder(file.parent)
    except OSError as error:
        raise BackupUnwritable(name=file.name, reason=error.strerror or str(error)) from None
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return size
