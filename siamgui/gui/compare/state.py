"""What the compare page knows, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass

from siamgui.core.errors import SiamguiError
from siamgui.core.types import Comparison, EngineInfo, Label, PhotoReading, Strictness
from siamgui.gui.photos.slot import SlotState


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the user said the two are, once it is kept for training; or why it could not be kept."""

    label: Label | None = None
    error: SiamguiError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PairState:
    """The whole page. comparison: None unless both slots show a face that has been read.

    engine: None until it is loaded. blocked: why it cannot be loaded, else None.
    notices: why another device or model version answers than the one that was asked for, until dismissed.
    told: of this pair. checking: whether the comparison is still tried under small changes of the photographs, so that
    its verdict has no firmness yet.
    """

    left: SlotState
    right: SlotState
    strictness: Strictness
    comparison: Comparison | None
    engine: EngineInfo | None
    blocked: SiamguiError | None
    notices: tuple[SiamguiError, ...]
    can_undo: bool
    told: Told | None = None
    checking: bool = False

    @property
    def empty(self) -> bool:
        return all(slot.shown is None and slot.source is None for slot in (self.left, self.right))

    @property
    def reads(self) -> tuple[PhotoReading, PhotoReading]:
        """Behind the comparison; only where there is one."""
        reads = tuple(slot.loaded.read for slot in (self.left, self.right) if slot.loaded is not None)
        assert reads[0] is not None
        assert reads[1] is not None
        return reads[0], reads[1]

    @property
    def milliseconds(self) -> float | None:
        """Engine time behind the comparison."""
        reads = [slot.loaded.read for slot in (self.left, self.right) if slot.loaded is not None]
        if self.comparison is None:
            return None
        return sum(read.milliseconds for read in reads if read is not None)
