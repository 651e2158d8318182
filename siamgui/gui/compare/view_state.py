"""What only the view of the compare page knows."""

from __future__ import annotations

from dataclasses import dataclass

from siamgui.core.types import Side
from siamgui.gui.widgets.viewport import Viewport


@dataclass(frozen=True, slots=True, eq=False)
class CompareViewState:
    """What is seen of each photograph, whether the details are open, the side used last, and the next sample.

    cell: the keys of the tiles of the cell that the keyboard is at, where there is a matrix. closer: whether the two
    faces are looked at closely.
    """

    viewports: dict[Side, Viewport]
    details: bool
    side: Side
    sample: int
    cell: tuple[int, int] | None
    closer: bool
