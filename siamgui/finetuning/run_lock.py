"""Who works on a training run: a process that lives. Its end frees the run, however it ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark

NAME = "in-use.lock"
_STEP = 0.05  # seconds between two attempts


class RunInUse(SiamguiError):
    text = mark("This training run is in progress in another window. Let it finish there, or cancel it there.")


@contextmanager
def working_on(folder: Path, patience: float = 1.0) -> Iterator[None]:
    """The run is this process's for the block. patience: seconds for whoever has it to let go. Raises RunInUse."""
    try:
        descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:  # a folder that is not there or cannot be written: whoever reads it says so
        yield
        return
    try:
        until = time.monotonic() + patience
        while not _locked(descriptor):
            if time.monotonic() > until:
                raise RunInUse
            time.sleep(_STEP)
        yield
    finally:
        os.close(descriptor)


def in_use(folder: Path, patience: float = 0.0) -> bool:
    """Whether a process still works on the run after so many seconds."""
    if not (folder / NAME).exists():
        return False
    try:
        with working_on(folder, patience):
            return False
    except RunInUse:
        return True


def _locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
