"""Several files and folders of a data folder replaced at once, or none of them, whatever happens in between.

What is new lies complete in a folder of its own. One small file, written whole, is the moment from which on it counts:
whoever opens the data folder next does the rest of the renames. Before it there is only what was there before.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from siamgui.core.files import sync_folder, write_whole
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


def replace(root: Path, replacement: Replacement) -> None:
    """From here on it counts. All that is new is on the disk, and nobody has the old files open. Raises OSError."""
    write_whole(root / MARK, (json.dumps(plain(replacement)) + "\n").encode())
    finish(root)


def under_way(root: Path) -> bool:
    return (root / MARK).exists()


def finish(root: Path) -> None:
    """Do what is left of a replacement, if there is one; nobody has the files open. Raises OSError; call it again then.

    What was there before goes.
    """
    try:
        what = read(Replacement, (root / MARK).read_bytes())
    except FileNotFoundError:
        return
    except WrongForm:  # it is written whole: so this is none of ours
        (root / MARK).unlink()
        return
    place = root / what.place
    old = private_folder(place / _OLD)
    for name in (*what.gone, *what.new):
        new = place / name
        if name in what.new and not new.exists():
            continue  # it is in its place already
        if (root / name).exists():
            _move(root / name, old / name)
        if name in what.new:
            new.rename(root / name)
    sync_folder(root)
    (root / MARK).unlink()
    sync_folder(root)
    shutil.rmtree(place, ignore_errors=True)


def _move(path: Path, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if target.is_dir():
            shutil.rmtree(target)
        path.replace(target)
