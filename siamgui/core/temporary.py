"""Folders for work under way, for the owner's eyes alone. What a kill leaves of one is known by a lock nobody holds."""

from __future__ import annotations

import contextlib
import glob
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from siamgui.core import replacing
from siamgui.core.files import removed_whole
from siamgui.core.folder_use import LOCK
from siamgui.core.paths import TEMPORARY, data_folder, made_data_folder
from siamgui.core.private import private_file, private_folder
from siamgui.core.process_lock import Held, holding

FRESH = 60.0
"""Seconds in which a folder that is being made may have no lock yet."""


@contextlib.contextmanager
def temporary_in(folder: Path, prefix: str = "") -> Iterator[Path]:
    """A folder in folder, which is made if need be; it is gone afterwards, or as soon as it can be. Raises OSError."""
    path = Path(tempfile.mkdtemp(prefix=prefix, dir=private_folder(folder)))
    try:
        with holding(path / LOCK, 0.0):
            yield path
    finally:
        _removed(path)


@contextlib.contextmanager
def temporary_place() -> Iterator[Path]:
    """The same in the data folder, for what nobody else may see and may be large. Raises OSError."""
    with temporary_in(made_data_folder(data_folder()) / TEMPORARY) as path:
        yield path


def tidy(folder: Path, prefix: str = "") -> bool:
    """Remove what temporary_in() has left there when its process was killed -> whether nothing stays that should go.

    A replacement that is under way stays.
    """
    try:
        spared = replacing.place_of(folder.parent)
    except OSError:  # then nobody knows
        return True
    gone = True
    for path in folder.glob(f"{prefix}*"):
        if path.is_dir() and not path.is_symlink() and path != spared and abandoned(path):
            gone = _removed(path) and gone
    return gone


def _removed(path: Path) -> bool:
    """Whether nothing of it is left; whoever tidies up next knows at once that nobody works there."""
    gone = removed_whole(path)
    if not gone:
        with contextlib.suppress(OSError):
            private_file(path / LOCK)
    return gone


def abandoned(folder: Path) -> bool:
    """Whether the process is gone that worked in folder. One without a lock may be about to get it."""
    try:
        if not (folder / LOCK).exists():
            return time.time() - folder.stat().st_mtime > FRESH
        with holding(folder / LOCK, 0.0):
            return True
    except (Held, OSError):
        return False


def tidy_files(folder: Path, name: str = "*") -> None:
    """Remove the temporary siblings that write_whole() has left there when its process was killed.

    name: of the file that they were to be; "*" for any.
    """
    for path in folder.glob(f".{name if name == '*' else glob.escape(name)}.????????"):
        with contextlib.suppress(OSError):
            if path.is_file() and time.time() - path.stat().st_mtime > FRESH:
                path.unlink()
