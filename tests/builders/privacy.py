"""What others on this machine could read or enter."""

from __future__ import annotations

from pathlib import Path


def open_to_others(folder: Path) -> list[str]:
    """folder and all in it that is not its owner's alone, links left aside; the modes stand before the names."""
    found = [folder, *sorted(folder.rglob("*"))]
    modes = [(path.lstat().st_mode & 0o777, path) for path in found if not path.is_symlink()]
    return [f"{mode:04o} {path.relative_to(folder.parent)}" for mode, path in modes if mode & 0o077]
