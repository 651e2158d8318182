"""Training runs and versions that siamgui 0.1.0 left in clear are sealed, each file whole or as it was.

A file says by itself whether it is sealed, so a run or a version is whole at every moment between.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from siamgui.core.paths import TRAINING, VERSIONS
from siamgui.finetuning.job import move_in
from siamgui.finetuning.run_files import ABOUT
from siamgui.finetuning.run_lock import RunInUse, working_on
from siamgui.vault.kept import left_in_clear
from siamgui.versions.kept_files import seal_files


def move_files_in(root: Path) -> None:
    """In the data folder root; what cannot be sealed now, as a process works on it or the disk is full, is next time,
    and keeps nothing else from being sealed.

    Raises VaultError.
    """
    for folder in _folders(root / TRAINING):
        with contextlib.suppress(OSError, RunInUse):
            if left_in_clear(folder / ABOUT):
                with working_on(folder, 0.0):
                    move_in(folder)
    for folder in _folders(root / VERSIONS):
        with contextlib.suppress(OSError):
            seal_files(folder, root)


def _folders(place: Path) -> list[Path]:
    try:
        found = [path for path in sorted(place.iterdir()) if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []
    return [path for path in found if not path.name.startswith(".")]
