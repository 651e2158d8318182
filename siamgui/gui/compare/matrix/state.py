"""What the matrix knows, as immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from siamgui.core.errors import SiamguiError
from siamgui.core.types import FaceReading, Strictness, Verdict
from siamgui.gui.photos.reader import Share
from siamgui.gui.photos.sources import Source

Keys = tuple[int, int]
"""Of two tiles, the smaller first."""


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One photograph of several.

    key: never that of another tile; rises from left to right. name: what a person calls it. sha256: as Photo has it, ""
    until it is read. faces: found in it. chosen: index of the one that is compared, -1 for the most prominent one.
    reading: of that face, None until it is read. problem: why the photograph cannot be used.
    """

    key: int
    source: Source
    name: str
    sha256: str = ""
    faces: int = 0
    chosen: int = -1
    reading: FaceReading | None = None
    problem: SiamguiError | None = None

    @property
    def waiting(self) -> bool:
        """Whether it is still to be read."""
        return self.sha256 == "" and self.problem is None


@dataclass(frozen=True, slots=True, eq=False)
class MatrixState:
    """verdicts: of the pairs that have been compared under the strictness, as far as there are any yet.

    share: how many photographs are read, while any is not. error: what the user did that could not be done. shown:
    whether the page shows the matrix, and not two photographs. looked_at: key of the tile whose photograph is shown
    large.
    """

    tiles: tuple[Tile, ...] = ()
    verdicts: Mapping[Keys, Verdict] = field(default_factory=dict)
    strictness: Strictness = Strictness.BALANCED
    share: Share | None = None
    error: SiamguiError | None = None
    shown: bool = False
    looked_at: int | None = None
    can_undo: bool = False

    def tile(self, key: int) -> Tile | None:
        return next((tile for tile in self.tiles if tile.key == key), None)

    def verdict(self, one: Tile, other: Tile) -> Verdict | None:
        """Of two tiles in any order; its sides are those of the order of the tiles."""
        return self.verdicts.get((min(one.key, other.key), max(one.key, other.key)))

    @property
    def compared(self) -> Mapping[Keys, Verdict]:
        """Of the tiles that are there."""
        there = {tile.key for tile in self.tiles}
        return {keys: verdict for keys, verdict in self.verdicts.items() if there.issuperset(keys)}
