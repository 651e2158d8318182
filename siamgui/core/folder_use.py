"""Who has a data folder open: any number of processes at once, or one alone that replaces what is in it.

The end of a process frees it, however it ends. On Windows a file that somebody has open cannot be replaced anyway.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from siamgui.core import replacing

LOCK = "in-use.lock"


class InUse(Exception):
    """Others have it open; or one of them has it alone."""


class Use:
    """A data folder that is open, until close(). What a replacement has left to be done is done first."""

    def __init__(self, root: Path, *, alone: bool = False) -> None:
        """root: there already. alone: while nobody else has it open. Raises InUse, OSError."""
        self._descriptor = os.open(root / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._lock(alone or replacing.under_way(root))
            if replacing.under_way(root):
                replacing.finish(root)
            if not alone:
                self._lock(alone=False)
        except BaseException:
            self.close()
            raise

    def _lock(self, alone: bool) -> None:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(self._descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except OSError:
                raise InUse from None

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Use:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
