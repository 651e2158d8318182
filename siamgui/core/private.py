"""Folders and files for the owner's eyes alone, whoever makes them first and under every umask: 0700 and 0600.

On Windows the access list of the user's profile says the same, and modes say nothing.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
_OTHERS = 0o077


def private_folder(folder: Path) -> Path:
    """Make a folder, and those above it that are missing; one that is there stays as it is. Raises OSError."""
    try:
        folder.mkdir(FOLDER)
    except FileNotFoundError:
        private_folder(folder.parent)
        folder.mkdir(FOLDER, exist_ok=True)
    except FileExistsError:
        if not folder.is_dir():
            raise
    return folder


def private_file(path: Path) -> Path:
    """Make an empty file unless it is there, for somebody else to write to; closed to others. Raises OSError.

    One that is there is not opened: to close it again would free every lock that this process has on it (POSIX).
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE))
    close_to_others(path)
    return path


def close_to_others(path: Path) -> None:
    """Take from everybody else what they may do with a file or folder. What is somebody else's stays as it is."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        mode = path.stat().st_mode
        if mode & _OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)


def close_all_to_others(folder: Path) -> None:
    """A folder, and all that lies in it; links are left alone."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for place, _, files in os.walk(folder):
        close_to_others(Path(place))
        for name in files:
            path = Path(place, name)
            if not path.is_symlink():
                close_to_others(path)
