"""Where siamgui keeps what the user makes: labels, training runs, model versions. Nothing of it leaves the machine."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from platformdirs import user_data_path

from siamgui.core.folder_use import InUse, Use
from siamgui.core.private import close_all_to_others, close_to_others, private_folder
from siamgui.core.replacing import under_way

LIBRARY, TRAINING, VERSIONS, TEMPORARY = "library.sqlite", "training", "models", "temporary"
"""What lies in the data folder: the one database file, and the folders of runs, of versions and of work under way."""

_closed: set[Path] = set()  # the data folders that this process has looked through


def data_folder() -> Path:
    """The platform's usual place, or the folder that the environment variable SIAMGUI_DATA names. May not exist yet."""
    chosen = os.environ.get("SIAMGUI_DATA")
    return Path(chosen) if chosen else user_data_path("siamgui", appauthor=False)


def made_data_folder(root: Path) -> Path:
    """root, made if need be, and closed to everybody else with all that siamgui has in it. Raises OSError."""
    return close_data_folder(private_folder(root))


def close_data_folder(root: Path) -> Path:
    """What a version before, or somebody by hand, has left open to others. Once in a process; a root may be absent."""
    if under_way(root):
        with suppress(InUse, OSError):  # whoever has it open does it, or finds that it cannot
            Use(root).close()
    if root in _closed or not root.is_dir():
        return root
    _closed.add(root)
    close_to_others(root)
    for name in (TRAINING, VERSIONS, TEMPORARY):
        close_all_to_others(root / name)
    # And nothing that others may have put beside them.
    for pattern in (f"{LIBRARY}*", "active.json", "signers.json", "*.key", "*.lock", "vault.json"):
        for path in root.glob(pattern):
            if path.is_file() and not path.is_symlink():
                close_to_others(path)
    return root
