"""What can go wrong with the library on the disk, told apart from mistakes in our own statements.

SQLite reports a full disk and a misspelt column with the same exception; its code says which of them it is.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import apsw

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


class LibraryLost(LibraryError):
    text = mark(
        "The data folder is gone, and nothing can be saved. Bring it back (a disk that was removed, a folder that was "
        "moved), or start siamgui again to begin with an empty one."
    )


class LibraryFull(LibraryError):
    text = mark("The disk is full: “{name}” could not be changed. Free some space; what is stored stays as it is.")


class LibraryBusy(LibraryError):
    text = mark("“{name}” is in use by another siamgui. Let it finish, or close it, and try again.")


def only_damage(error: LibraryError) -> None:
    """Pass over what the disk has lost. Raises error where it is something else: busy, newer, closed to us."""
    if type(error) not in (LibraryError, LibraryDamaged):
        raise error


_PRIMARY = {
    apsw.SQLITE_FULL: LibraryFull,
    apsw.SQLITE_READONLY: LibraryUnwritable,
    apsw.SQLITE_CANTOPEN: LibraryUnwritable,
    apsw.SQLITE_PERM: LibraryUnwritable,
    apsw.SQLITE_AUTH: LibraryUnwritable,
    apsw.SQLITE_BUSY: LibraryBusy,
    apsw.SQLITE_LOCKED: LibraryBusy,
    apsw.SQLITE_PROTOCOL: LibraryBusy,
    apsw.SQLITE_CORRUPT: LibraryDamaged,
    apsw.SQLITE_NOTADB: LibraryDamaged,
    apsw.SQLITE_FORMAT: LibraryDamaged,
    apsw.SQLITE_IOERR: LibraryError,
    apsw.SQLITE_NOLFS: LibraryError,
}


def _environment_error(error: apsw.Error, name: str) -> LibraryError | None:
    """The sentence for what the disk did, or None: then error is a bug of ours."""
    code = getattr(error, "extendedresult", apsw.SQLITE_ERROR)
    if code in (apsw.SQLITE_IOERR_SHMSIZE, apsw.SQLITE_IOERR_TRUNCATE):
        return LibraryFull(name=name)  # the small files beside the library could not grow
    kind = _PRIMARY.get(code & 0xFF)
    return kind(name=name) if kind else None


def of_the_disk(error: BaseException | None, name: str) -> LibraryError:
    """The sentence for a file that could not be written."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    return LibraryFull(name=name) if full else LibraryUnwritable(name=name)


@contextmanager
def sentences(name: str) -> Iterator[None]:
    """What the disk did becomes a sentence; a mistake in our own statements stays what it is."""
    try:
        yield
    except apsw.Error as error:
        known = _environment_error(error, name)
        if known is None:
            raise
        raise known from error
