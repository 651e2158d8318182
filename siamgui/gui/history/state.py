"""What the history page shows, as values. All are immutable; the controllers make the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siamgui.core.errors import SiamguiError
from siamgui.core.types import Side

if TYPE_CHECKING:
    from pathlib import Path

    from siamgui.core.types import Pixels
    from siamgui.storage.comparison_log import KeptPicture, WrittenDown
    from siamgui.storage.comparison_operations import Opened
    from siamgui.storage.log_wording import LogRow


@dataclass(frozen=True, slots=True)
class Exported:
    """How many entries were written, and the name of the file."""

    entries: int
    file: str


@dataclass(frozen=True, slots=True, eq=False)
class OpenedEntry:
    """One comparison as it stood. pictures: what is kept of both sides, or nothing; shown: the same as pixels.

    found: all of it as the library has it. photos: where the photographs lie today, by side, None where they were not
    found. models: (id, name) of those that could judge it. judging: whether one does. before: what another model had
    said, where this is judged again.
    """

    entry: WrittenDown
    found: Opened
    pictures: tuple[KeptPicture, ...]
    shown: tuple[Pixels, ...]
    photos: tuple[Path | None, Path | None]
    models: tuple[tuple[str, str], ...]
    judging: bool = False
    before: WrittenDown | None = None

    def given(self, side: Side) -> bool:
        """Whether there is anything of a side that a model could look at."""
        return bool(self.pictures) or self.photos[tuple(Side).index(side)] is not None

    @property
    def judgeable(self) -> bool:
        return all(self.given(side) for side in Side)


@dataclass(frozen=True, slots=True, eq=False)
class HistoryState:
    """rows: newest first, None while they are being read. total: how many there are, of which rows may be a part.

    keep_days: after how many days an entry is removed, None for never. exported: what was done last.
    opened: the comparison that is looked at. notice: what could not be done. blocked: why nothing can be shown at all.
    """

    rows: tuple[LogRow, ...] | None = None
    total: int = 0
    keep_days: int | None = None
    exported: Exported | None = None
    opened: OpenedEntry | None = None
    notice: SiamguiError | None = None
    blocked: SiamguiError | None = None
