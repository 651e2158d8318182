"""Who has a data folder open, by the locks of Windows: of bytes, and freed late where a file is only closed."""

from __future__ import annotations

import os
import runpy
import sys
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from siamgui.core import folder_use
from siamgui.core.process_lock import Held, holding


class Locks(ModuleType):
    """What msvcrt has for locks. Nobody gets a byte that any handle has, and to close a handle frees none."""

    LK_UNLCK, LK_NBLCK = 0, 2

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.locked: set[tuple[int, int]] = set()

    def locking(self, descriptor: int, mode: int, count: int) -> None:
        file, first = os.fstat(descriptor).st_ino, os.lseek(descriptor, 0, os.SEEK_CUR)
        wanted = {(file, byte) for byte in range(first, first + count)}
        if mode == self.LK_UNLCK:
            if not wanted <= self.locked:
                raise PermissionError(13, "Permission denied")
            self.locked -= wanted
        elif self.locked & wanted:
            raise PermissionError(13, "Permission denied")
        else:
            self.locked |= wanted


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch) -> Locks:
    locks = Locks()
    monkeypatch.setitem(sys.modules, "msvcrt", locks)
    monkeypatch.setattr(sys, "platform", "win32")
    return locks


def test_on_windows_a_folder_is_open_to_many_or_to_one_alone(tmp_path: Path, locks: Locks) -> None:
    there = runpy.run_path(folder_use.__file__)  # as it is on Windows
    use: Any = there["Use"]
    with ExitStack() as many:
        for _ in range(20):
            many.enter_context(use(tmp_path))
        with pytest.raises(there["InUse"]):
            use(tmp_path, alone=True)
    assert locks.locked == set()
    with use(tmp_path, alone=True), pytest.raises(there["InUse"]):
        use(tmp_path)
    use(tmp_path).close()
    assert locks.locked == set()
    assert (tmp_path / folder_use.LOCK).stat().st_size == 0  # what is locked could not be read by anybody else


def test_on_windows_a_lock_is_free_when_its_block_ends(tmp_path: Path, locks: Locks) -> None:
    lock = tmp_path / "a.lock"
    with holding(lock, 0.0), pytest.raises(Held), holding(lock, 0.0):
        pass
    assert locks.locked == set()
    assert lock.stat().st_size == 0
