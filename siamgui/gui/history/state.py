"""What the history page shows, as values. All are immutable; the controller makes the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siamgui.core.errors import SiamguiError

if TYPE_CHECKING:
    from siamgui.storage.log_wording import LogRow


@dataclass(frozen=True, slots=True)
class Exported:
    """How many entries were written, and the name of the file."""

    entries: int
    file: str


@dataclass(frozen=True, slots=True, eq=False)
class HistoryState:
    """rows: newest first, None while they are being read. total: how many there are, of which rows may be a part.

    keep_days: after how many days an entry is removed, None for never. exported: what was done last.
    notice: what could not be done. blocked: why nothing can be shown at all.
    """

    rows: tuple[LogRow, ...] | None = None
    total: int = 0
    keep_days: int | None = None
    exported: Exported | None = None
    notice: SiamguiError | None = None
    blocked: SiamguiError | None = None
