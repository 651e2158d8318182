"""Who has a data folder open: any number of processes at once, or one alone that replaces what is in it.

The end of a process frees it, however it ends. Windows locks bytes of a file for one process: whoever has it open has
one of them, and whoever has it alone has all of them. The file is empty and nobody reads it, for there nobody else can
read a byte that is locked.
"""

from __future__ import annotations

import os
import random
import sys
from contextlib import suppress
from pathlib import Path

from siamgui.core import replacing

LOCK = "in-use.lock"
"""In the data folder, and in every folder below it that only one process at a time may work in."""
_BYTES = 256  # processes that can have it open at once on Windows


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
                self._lock(alone=True)
                replacing.finish(root)
                self._lock(alone)
        except BaseException:
            self.close()
            raise

    def _lock(self, alone: bool) -> None:
        if sys.platform == "win32":
            self._lock_bytes(alone)
        else:
            import fcntl

            try:
                fcntl.flock(self._descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except OSError:
                raise InUse from None

    if sys.platform == "win32":
        _locked: tuple[int, int] | None = None  # first byte, and how many

        def _lock_bytes(self, alone: bool) -> None:
            import msvcrt

            count = _BYTES if alone else 1
            if self._locked is not None and self._locked[1] == count:
                return
            self._unlock_bytes()
            for first in [0] if alone else random.sample(range(_BYTES), _BYTES):
                os.lseek(self._descriptor, first, os.SEEK_SET)
                try:
                    msvcrt.locking(self._descriptor, msvcrt.LK_NBLCK, count)
                except OSError:
                    continue
                self._locked = (first, count)
                return
            raise InUse

        def _unlock_bytes(self) -> None:
            import msvcrt

            if self._locked is not None:
                os.lseek(self._descriptor, self._locked[0], os.SEEK_SET)
                with suppress(OSError):
                    msvcrt.locking(self._descriptor, msvcrt.LK_UNLCK, self._locked[1])
                self._locked = None

    def close(self) -> None:
        if self._descriptor >= 0:
            if sys.platform == "win32":  # which frees what is only closed when it has time to
                self._unlock_bytes()
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Use:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
