"""What can go wrong with the library on the disk, told apart from mistakes in our own statements.

SQLite reports a full disk and a misspelt column with the same exception; its code says which of them it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark


class LibraryError(SiamguiError):
    """Base of all that the disk does to the library. values: name (of the file, without its folder)"""

    text = mark("“{name}” can’t be read from or written to the disk. Check the disk and try again.")


class LibraryNewer(LibraryError):
    text = mark("“{name}” was written by a newer siamgui. Update siamgui to use the photos and labels in it.")


class LibraryDamaged(LibraryError):
    text = mark("“{name}” is damaged or not a library of siamgui. Put a backup in its place, or move it away.")


class LibraryUnwritable(LibraryError):
    text = mark("“{name}” can’t be written. Allow writing to the file and its folder; what is stored stays as it is.")


class LibraryFull(LibraryError):
    text = mark("The disk is full: “{name}” could not be changed. Free some space; what is stored stays as it is.")


class LibraryBusy(LibraryError):
    text = mark("“{name}” is in use by another siamgui. Let it finish, or close it, and try again.")


_PRIMARY = {
    sqlite3.SQLITE_FULL: LibraryFull,
    sqlite3.SQLITE_READONLY: LibraryUnwritable,
    sqlite3.SQLITE_CANTOPEN: LibraryUnwritable,
    sqlite3.SQLITE_PERM: LibraryUnwritable,
    sqlite3.SQLITE_AUTH: LibraryUnwritable,
    sqlite3.SQLITE_BUSY: LibraryBusy,
    sqlite3.SQLITE_LOCKED: LibraryBusy,
    sqlite3.SQLITE_PROTOCOL: LibraryBusy,
    sqlite3.SQLITE_CORRUPT: LibraryDamaged,
    sqlite3.SQLITE_NOTADB: LibraryDamaged,
    sqlite3.SQLITE_FORMAT: LibraryDamaged,
    sqlite3.SQLITE_IOERR: LibraryError,
    sqlite3.SQLITE_NOLFS: LibraryError,
}


def _environment_error(error: sqlite3.Error, name: str) -> LibraryError | None:
    """The sentence for what the disk did, or None: then error is a bug of ours."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code in (sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_TRUNCATE):
        return LibraryFull(name=name)  # the small files beside the library could not grow
    kind = _PRIMARY.get(code & 0xFF)
    return kind(name=name) if kind else None


@contextmanager
def sentences(name: str) -> Iterator[None]:
    """What the disk did becomes a sentence; a mistake in our own statements stays what it is."""
    try:
        yield
    except sqlite3.Error as error:
        known = _environment_error(error, name)
        if known is None:
            raise
        raise known from error
