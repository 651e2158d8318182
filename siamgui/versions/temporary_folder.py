"""Where a version is put together before one rename makes it whole and visible."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from siamgui.core.paths import made_data_folder
from siamgui.core.private import private_folder

_STALE = 3600.0  # seconds after which a temporary folder belongs to nobody


@contextlib.contextmanager
def temporary_beside(folder: Path) -> Iterator[Path]:
    """A hidden folder in folder, on the same disk; those that a kill left behind are tidied away. Raises OSError."""
    made_data_folder(folder.parent)
    private_folder(folder)
    for path in folder.glob(".new-*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE:
                shutil.rmtree(path)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
