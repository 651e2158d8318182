"""Folders that become archives: in one order, of one time, readable by all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(folder: Path) -> Iterator[Path]:
    """Every file and link in the order of their names, on every machine the same."""
    yield from sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def same_times(folder: Path, epoch: int) -> None:
    """Every file is of that time, in seconds, and is readable by all and writable by its owner alone."""
    for path in (*sorted(folder.rglob("*"), reverse=True), folder):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(path.lstat().st_size for path in files_below(folder))
