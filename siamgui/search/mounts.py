"""Which parts of a folder lie on a disk of their own, and which of these are not connected now.

Whoever reads a folder while such a disk is away must not take its files for removed. A place where another disk is
connected is known by the number of its device, which is that of the folder itself while the disk is away; a link to a
file elsewhere, by leading nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath


def mounts_below(root: Path, places: Iterable[str]) -> frozenset[str]:
    """The folders below root, as places, in which files of another disk are. places: of files, as of KnownFile."""
    own = _device(root)
    found: set[str] = set()
    for folder in {PurePosixPath(place).parent for place in places}:
        other = [one for one in _way_to(folder) if _device(root / one) not in (own, None)]
        if other:
            found.add(str(other[0]))
    return frozenset(found)


class Away:
    """Whether files that are not found are only away for now."""

    def __init__(self, root: Path, mounts: frozenset[str], places: Iterable[str]) -> None:
        """mounts: as mounts_below() found them the last time. places: of files that are there, as of KnownFile."""
        self._root = root
        own = _device(root)
        here = {str(one) for place in places for one in PurePosixPath(place).parents} if mounts else ()
        self._mounts = {one for one in mounts if one not in here and _device(root / one) in (own, None)}

    @property
    def mounts(self) -> frozenset[str]:
        """Those that are away now."""
        return frozenset(self._mounts)

    def __contains__(self, place: str) -> bool:
        path = self._root / place
        linked = path.is_symlink() and not path.exists()
        return linked or any(str(one) in self._mounts for one in _way_to(PurePosixPath(place).parent))


def _way_to(folder: PurePosixPath) -> list[PurePosixPath]:
    """The folders from below the root down to this one; none for the root itself."""
    return [one for one in (*reversed(folder.parents), folder) if one.parts]


def _device(folder: Path) -> int | None:
    try:
        return folder.stat().st_dev
    except OSError:
        return None
