"""Who works on a training run: a process that lives. Its end frees the run, however it ends."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from siamgui.core.errors import SiamguiError
from siamgui.core.folder_use import LOCK
from siamgui.core.i18n import mark
from siamgui.core.private import private_file
from siamgui.core.process_lock import Held, holding
from siamgui.finetuning.run_files import ABOUT


class RunInUse(SiamguiError):
    text = mark("This training run is in progress in another window. Let it finish there, or cancel it there.")


class RunStays(SiamguiError):
    """values: name"""

    text = mark(
        "The training run “{name}” can’t be removed from the disk. "
        "Close what has its files open, or allow removing them."
    )


@contextmanager
def working_on(folder: Path, patience: float = 1.0) -> Iterator[None]:
    """The run is this process's for the block. patience: seconds for whoever has it to let go. Raises RunInUse."""
    with ExitStack() as stack:
        try:
            with suppress(OSError):  # a folder that is not there or cannot be written: whoever reads it says so
                stack.enter_context(holding(folder / LOCK, patience))
        except Held:
            raise RunInUse from None
        yield


def in_use(folder: Path, patience: float = 0.0) -> bool:
    """Whether a process still works on the run after so many seconds."""
    if not (folder / LOCK).exists():
        return False
    try:
        with working_on(folder, patience):
            return False
    except RunInUse:
        return True


def removed(folder: Path) -> None:
    """Remove a run, which nobody else can begin to work on meanwhile.

    Raises RunInUse; RunStays where any of its files is still there.
    """
    with working_on(folder, 0.0):
        remove_own(folder)


def remove_own(folder: Path) -> None:
    """The same by whoever works on it. A kill amid it leaves what is known to be no run. Raises RunStays."""
    left: list[str] = []

    def stays(act: Any, path: str, problem: tuple[Any, ...]) -> None:
        # Windows keeps the lock, which is held here, and so the folder, until it is let go.
        ours = Path(path) == folder / LOCK or (Path(path) == folder and act is os.rmdir)
        if not ours and not isinstance(problem[1], FileNotFoundError):
            left.append(path)

    with suppress(OSError):
        (folder / ABOUT).unlink()
    shutil.rmtree(folder, onerror=stays)
    if left:
        with suppress(OSError):  # so that whoever tidies up knows at once that nobody works there
            private_file(folder / LOCK)
        raise RunStays(name=folder.name)
