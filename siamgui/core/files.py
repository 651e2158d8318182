"""Reading only what is a file, and writing so that nothing is lost.

A full disk, a lost power supply or a kill leaves either the old file or the new one, whole.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from pathlib import Path

_UMASK = os.umask(0o077)
os.umask(_UMASK)  # there is no other way to read it


def read_file(path: Path, limit: int, *, follow: bool = True) -> bytes:
    """At most limit + 1 bytes of a file: whoever gets more than limit knows that it is too large.

    follow: whether path itself may be a link. Raises OSError, for a device, a pipe or a folder too: none is waited for.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    if not stat.S_ISREG((path.stat() if follow else path.lstat()).st_mode):
        raise OSError(errno.EINVAL, "not a file")
    descriptor = os.open(path, flags if follow else flags | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a file")
        return file.read(limit + 1)


def write_whole(path: Path, data: bytes, *, exported: bool = False) -> None:
    """Replace path by a temporary sibling that is on the disk already. Raises OSError; then path is as before.

    exported: to where the user wanted it, with the rights of any new file there; else it is for the owner alone.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if exported:
            open_as_usual(temporary)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def removed_whole(folder: Path) -> bool:
    """Remove a folder with all that is in it, as far as that can be done -> whether nothing of it is left."""
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def changed_at(path: Path) -> int:
    """When a file or folder was changed last, in nanoseconds; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def open_as_usual(path: Path) -> None:
    """Give what mkstemp keeps from everybody else the rights that the user wants new files to have."""
    path.chmod(0o666 & ~_UMASK)


def create_whole(path: Path, data: bytes) -> bool:
    """A new file, for its owner's eyes alone, whole or not at all; False where there is one already: whoever is first
    wins. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError:  # a file system without links: then only those that are at it in the same moment are not told
            if path.exists():
                return False
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Put the names in a folder onto the disk, where the system can (Windows cannot, and need not)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Put the content of a file that someone else wrote onto the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
