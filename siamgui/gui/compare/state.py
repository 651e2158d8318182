"""What the compare page knows, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass

from siamgui.core.errors import SiamguiError
from siamgui.core.types import Comparison, Detection, EngineInfo, FaceReading, Strictness
from siamgui.gui.photos.sources import Decoded, Source


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A photograph with its faces. reading: of the chosen face, None while it is being read."""

    decoded: Decoded
    detection: Detection
    chosen: int
    reading: FaceReading | None
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class SlotState:
    """One slot. A newcomer replaces `loaded` only when a face has been found in it.

    source: a newcomer that is being decoded. candidate: a decoded newcomer whose faces are being looked for.
    gesture: which action of the user brought the newcomer. error: why the last newcomer was refused, until dismissed.
    """

    loaded: Loaded | None = None
    source: Source | None = None
    candidate: Decoded | None = None
    gesture: int = 0
    error: SiamguiError | None = None

    @property
    def shown(self) -> Decoded | None:
        """The photograph to show: a decoded newcomer already while its faces are being looked for."""
        if self.candidate is not None:
            return self.candidate
        return self.loaded.decoded if self.loaded is not None else None

    @property
    def reading(self) -> FaceReading | None:
        """The reading of the face that is shown, if there is one."""
        return self.loaded.reading if self.loaded is not None and self.candidate is None else None

    @property
    def busy(self) -> bool:
        return self.source is not None or (self.shown is not None and self.reading is None)


@dataclass(frozen=True, slots=True, eq=False)
class PairState:
    """The whole page. comparison: None unless both slots show a face that has been read.

    engine: None until it is loaded. blocked: why it cannot be loaded, else None.
    notices: why another device or model version answers than the one that was asked for, until dismissed.
    """

    left: SlotState
    right: SlotState
    strictness: Strictness
    comparison: Comparison | None
    engine: EngineInfo | None
    blocked: SiamguiError | None
    notices: tuple[SiamguiError, ...]
    can_undo: bool

    @property
    def empty(self) -> bool:
        return all(slot.shown is None and slot.source is None for slot in (self.left, self.right))

    @property
    def milliseconds(self) -> float | None:
        """Engine time behind the comparison."""
        if self.comparison is None or self.left.loaded is None or self.right.loaded is None:
            return None
        return self.left.loaded.milliseconds + self.right.loaded.milliseconds
