"""Where a version is put together before one rename makes it whole and visible."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from siamgui.core.paths import made_data_folder
from siamgui.core.temporary import temporary_in, tidy

PREFIX = ".new-"


@contextlib.contextmanager
def temporary_beside(folder: Path) -> Iterator[Path]:
    """A hidden folder in folder, on the same disk; those that a kill left behind are tidied away. Raises OSError."""
    made_data_folder(folder.parent)
    tidy(folder, PREFIX)
    with temporary_in(folder, PREFIX) as path:
        yield path
