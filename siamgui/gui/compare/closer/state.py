"""How two faces are looked at, as immutable values. Nothing of it changes what is measured."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from siamgui.core.checklist import Checklist
from siamgui.core.explanation import Explanation
from siamgui.gui.compare.closer.pictures import AlignedPair


class Mode(enum.Enum):
    SIDE = "side"
    OVERLAY = "overlay"
    WIPE = "wipe"
    BLINK = "blink"


@dataclass(frozen=True, slots=True)
class Tones:
    """For viewing: what is added to every value, and how much its distance from the middle grows; -100 to 100, 0 as it
    is."""

    brightness: int = 0
    contrast: int = 0


@dataclass(frozen=True, slots=True)
class Looking:
    """mix: percent of the right face in the overlay, and of the width that a wipe shows of the left one.

    mirrored: whether the right face is shown in the mirror. rulers, map: whether they are shown.
    """

    mode: Mode = Mode.SIDE
    mix: int = 50
    mirrored: bool = False
    rulers: bool = False
    map: bool = False
    tones: Tones = Tones()


LOOKING, NOTHING_SAID = Looking(), Checklist()


@dataclass(frozen=True, slots=True, eq=False)
class CloserState:
    """pair: None while the faces are being cut out. explanation: None until it is there; explaining: while it is made.

    unexplained: it could not be made.
    """

    looking: Looking = LOOKING
    pair: AlignedPair | None = None
    checklist: Checklist = NOTHING_SAID
    explanation: Explanation | None = None
    explaining: bool = False
    unexplained: bool = False
