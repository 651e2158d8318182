"""What the part of the settings about data knows, one frozen value."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.storage.repairing import Repair
from siamgui.vault.errors import Locked, VaultError


class Work(enum.Enum):
    """What is under way."""

    NONE = enum.auto()
    CHECK = enum.auto()
    BACKUP = enum.auto()
    RESTORE = enum.auto()
    REPAIR = enum.auto()


@dataclass(frozen=True, slots=True, eq=False)
class DataState:
    """done of total, seconds_left: of the work; seconds_left is None while it is not known.

    lines: what the last one has found or done. error: why it was not done.
    closed: the backup that does not open by itself, and why. repair: what a repair would save, while it is asked about.
    """

    work: Work = Work.NONE
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    lines: tuple[str, ...] = ()
    error: SiamguiError | None = None
    closed: tuple[Path, VaultError] | None = None
    repair: Repair | None = None

    @property
    def wants_code(self) -> bool:
        """Whether the closed backup is opened by a recovery code, and not by a passphrase."""
        return self.closed is not None and not isinstance(self.closed[1], Locked)
