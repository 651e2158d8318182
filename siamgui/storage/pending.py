"""Why something that was removed is not gone yet."""

from __future__ import annotations

import enum


class Pending(enum.Enum):
    """READ: another program reads the library as it was before. TRAINED_ON: a training run works with it.

    RUN_STAYS: a training run that may hold it can be neither read nor removed. ON_CARD: a version that was trained on
    it cannot be marked so now. OWED: the library, which still has it, cannot be changed now.
    STAYS: files of it cannot be removed from the disk.
    """

    READ = enum.auto()
    TRAINED_ON = enum.auto()
    RUN_STAYS = enum.auto()
    ON_CARD = enum.auto()
    OWED = enum.auto()
    STAYS = enum.auto()
