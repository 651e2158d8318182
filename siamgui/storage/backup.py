"""A backup of all that is kept, made while it is in use: of one moment, and whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from siamgui.core.errors import SiamguiError
from siamgui.core.files import sync_folder
from siamgui.core.folder_use import LOCK
from siamgui.core.i18n import mark, tr
from siamgui.core.paths import LIBRARY, TEMPORARY, TRAINING, data_folder
from siamgui.core.replacing import MARK
from siamgui.core.temporary import LOCK as RUN_LOCK
from siamgui.finetuning.run_lock import in_use
from siamgui.storage.backup_file import Begin, End, Frame, Part, Rows, is_kept_path, pieces
from siamgui.storage.database import Database, now
from siamgui.storage.schema import MIGRATIONS
from siamgui.storage.steps import Steps
from siamgui.storage.tables import TABLES, highest, rows
from siamgui.vault.description import NAME as VAULT
from siamgui.vault.key_places import KEY_FILE as VAULT_KEY
from siamgui.vault.vault import vault_of
from siamgui.versions.changing import LOCK as VERSIONS_LOCK

SUFFIX = ".siamgui-backup"
_BATCH, _PART = 2**19, 2**20  # bytes
_APART = {VAULT, VAULT_KEY, LOCK, RUN_LOCK, VERSIONS_LOCK, MARK}  # what opens it stands before it, or nowhere


class BackupUnwritable(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("The backup “{name}” can’t be written ({reason}). Choose another place; the one before is as it was.")


class LibraryNotWhole(SiamguiError):
    """values: what (the first thing that is damaged)"""

    text = mark("No backup was made, since not everything is whole ({what}). “siamgui data repair” saves what is.")


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written. left_out: training runs that were under way. bytes: of the file."""

    file: Path
    rows: int
    files: int
    bytes: int
    left_out: int


def back_up(file: Path, steps: Steps) -> Backup:
    """Write a backup of the data folder. Raises LibraryError, VaultError, BackupUnwritable, LibraryNotWhole, Cancelled;
    then file is as it was."""
    root = data_folder()
    if file.resolve().is_relative_to(root.resolve()):  # it would be in the next one, and could replace what is kept
        raise BackupUnwritable(name=file.name, reason=tr("it would lie in the data folder"))
    with closing(Database.open(any_thread=True)) as library:
        vault = vault_of(root)
        key, description = vault.files, (root / VAULT).read_bytes()
        files, left_out = kept_files(root)
        ((pages,),), ((size,),) = library.read("PRAGMA page_count"), library.read("PRAGMA page_size")
        steps.begin(pages * size + sum(path.stat().st_size for path in files))
        counted: list[End] = []
        with library.reading():
            frames = _frames(library, root, files, steps, counted)
            written = _write(file, pieces(key, description, frames))
    return Backup(file, counted[0].rows, counted[0].files, written, left_out)


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
    library: Database, root: Path, files: tuple[Path, ...], steps: Steps, counted: list[End]
) -> Iterator[Frame]:
    yield Begin(len(MIGRATIONS), now(), highest(library))
    count = 0
    for table in TABLES:
        batch: list[tuple[object, ...]] = []
        size = 0
        for row in rows(library, table):
            if table.damaged(row):
                raise LibraryNotWhole(what=f"{table.name} {row[0]}")
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
    for path in files:
        name = path.relative_to(root).as_posix()
        with path.open("rb") as source:
            first = True
            while (data := source.read(_PART)) or first:
                yield Part(name, first, data)
                steps(len(data))
                first = False
    counted.append(End(count, len(files)))
    yield counted[0]


def _write(file: Path, parts: Iterator[bytes]) -> int:
    """How many bytes."""
    temporary = None
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
