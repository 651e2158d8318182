"""The library that siamgui 0.1.0 left in clear becomes an encrypted one, whole or not at all.

It is copied into a new file, which is on the disk before one rename puts it in the place of the old one. A kill at any
moment leaves the one or the other. While it goes on, nobody else can open the old one: an exclusive lock of SQLite
keeps every process from it, and a lock of ours those that would do the same.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import apsw

from siamgui.core.files import sync_file, sync_folder
from siamgui.core.process_lock import Held, holding
from siamgui.storage.connection import connect, copy_encrypted
from siamgui.storage.errors import LibraryBusy, of_the_disk
from siamgui.storage.schema import checked_version
from siamgui.vault.key import Key
from siamgui.vault.vault import CLEAR


def in_clear(path: Path) -> bool:
    """Whether anybody can read what is in it."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(len(CLEAR)) == CLEAR
    return False


def move_in(path: Path, key: Key, wait: float) -> None:
    """Encrypt the library at path where it is in clear. wait: seconds for others to let go of it.

    Raises NotOurs, TooNew, LibraryBusy, LibraryUnwritable, LibraryFull, apsw.Error; then it is as it was.
    """
    if not in_clear(path):
        return
    new = path.with_name(f".{path.name}.moving-in")
    lock = path.with_name(f".{path.name}.lock")
    try:
        with holding(lock, wait):
            if in_clear(path):  # still, now that no other process is about it
                _encrypt(path, new, key, wait)
        lock.unlink(missing_ok=True)
    except Held:
        raise LibraryBusy(name=path.name) from None
    except OSError as error:
        raise of_the_disk(error, path.name) from None


def _encrypt(path: Path, new: Path, key: Key, wait: float) -> None:
    for left in (new, new.with_name(f"{new.name}-journal")):  # by a kill
        left.unlink(missing_ok=True)
    old = connect(path, None, wait)
    try:
        checked_version(old)
        old.execute("PRAGMA locking_mode = EXCLUSIVE")
        if old.execute("PRAGMA journal_mode = DELETE").fetchall() != [("delete",)]:  # nothing of it is in a journal
            raise apsw.BusyError
        old.execute("BEGIN IMMEDIATE")
        old.execute("COMMIT")  # and the lock stays
        copy_encrypted(old, new, key)
        new.chmod(0o600)
        sync_file(new)
        if os.name != "nt":  # where an open file can be replaced, nobody gets in between
            new.replace(path)
    finally:
        old.close()
    if new.exists():
        new.replace(path)
    sync_folder(path.parent)
