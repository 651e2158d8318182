"""Several files and folders of a data folder replaced at once, or none of them, whatever happens in between.

What is new lies complete in a folder of its own, which nobody else removes. One small file, written whole, is the
moment from which on it counts: whoever opens the data folder next does the rest of the renames. Before it there is only
what was there before, and where the renames cannot be done they are taken back.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from siamgui.core.files import removed_whole, sync_folder, write_whole
from siamgui.core.private import private_folder
from siamgui.core.typed_json import WrongForm, plain, read

MARK = "replacing.json"
_OLD = "old"

_Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]


class Replacement(Struct, frozen=True):
    """place: where the new ones lie, below the data folder. new: their names, which they have there and will have.

    gone: names that are there no more.
    """

    place: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_]+/[A-Za-z0-9_]+\Z")]
    new: tuple[_Name, ...]
    gone: tuple[_Name, ...] = ()


class Unfinished(OSError):
    """It could be neither done nor taken back. Nothing is lost: whoever opens the data folder next does the rest."""


def replace(root: Path, made: Path, new: tuple[str, ...], gone: tuple[str, ...]) -> bool:
    """From here on it counts -> whether nothing of what was there before is left on the disk.

    All that is new is on the disk, and nobody has the old files open. made: the folder with what is new, two below
    root; its files leave it. Raises OSError, then all is as it was, or Unfinished.
    """
    place = Path(tempfile.mkdtemp(dir=made.parent))  # of no block that ends
    what = Replacement(place.relative_to(root).as_posix(), new, gone)
    try:
        for name in new:
            (made / name).rename(place / name)
        sync_folder(place)
        sync_folder(place.parent)
        write_whole(root / MARK, (json.dumps(plain(what)) + "\n").encode())
        return finish(root)
    except BaseException as error:
        try:
            _take_back(root)
        except OSError as failed:
            first = error if isinstance(error, OSError) else failed
            raise Unfinished(first.errno, first.strerror or str(first)) from error
        removed_whole(place)  # what stays of it, tidying up says
        raise


def under_way(root: Path) -> bool:
    return (root / MARK).exists()


def place_of(root: Path) -> Path | None:
    """Where the new files of a replacement that is under way lie, and the old ones: not to be removed."""
    what = _read(root)
    return root / what.place if what is not None else None


def finish(root: Path) -> bool:
    """Do what is left of a replacement, if there is one -> whether nothing of what was there before is left.

    Nobody has the files open. Raises OSError; call it again then.
    """
    what = _read(root)
    if what is None:
        (root / MARK).unlink(missing_ok=True)  # it is written whole: so this is none of ours
        return True
    place = root / what.place
    if not place.is_dir():  # it was done, and the power failed before the disk knew that the mark is gone
        (root / MARK).unlink()
        return True
    old = private_folder(place / _OLD)
    for name in (*what.gone, *what.new):
        new = place / name
        done = not new.exists() if name in what.new else (old / name).exists()
        if done:
            continue
        if (root / name).exists():
            _move(root / name, old / name)
        if name in what.new:
            new.rename(root / name)
    sync_folder(root)
    (root / MARK).unlink()
    with contextlib.suppress(OSError):  # it is done
        sync_folder(root)
    return removed_whole(place)


def _take_back(root: Path) -> None:
    """All as it was before, unless everything is done. Raises OSError; then finish() can still do it."""
    what = _read(root)
    if what is None:
        return
    place = root / what.place
    for name in reversed((*what.gone, *what.new)):
        new, old = place / name, place / _OLD / name
        if name in what.new and not new.exists():
            (root / name).rename(new)
        if old.exists():
            old.rename(root / name)
    sync_folder(root)
    (root / MARK).unlink()
    with contextlib.suppress(OSError):
        sync_folder(root)


def _read(root: Path) -> Replacement | None:
    try:
        return read(Replacement, (root / MARK).read_bytes())
    except (FileNotFoundError, WrongForm):
        return None


def _move(path: Path, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if target.is_dir():
            shutil.rmtree(target)
        path.replace(target)
