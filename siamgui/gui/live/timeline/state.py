"""What is known of who is in a video, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from siamgui.core.errors import SiamguiError

if TYPE_CHECKING:
    from siamgui.search.timeline_values import Timeline
    from siamgui.search.values import FilmState


@dataclass(frozen=True, slots=True)
class Watching:
    """How far it is. faces: followed so far. left: seconds, a guess; None before anything can be said."""

    film: FilmState
    faces: int
    left: float | None


@dataclass(frozen=True, slots=True, eq=False)
class TimelineState:
    """path: the video; shown: whether this stands in the place of it. running: it is being looked through.

    watching: how far that is, None before the first picture. ending: what was seen so far is wanted.

    timeline: the answer, weighed against the reference of the moment; pictures: the best view of each of its faces, a
    square. at: seconds of the picture that is shown; picture: None before there is one. written: the name of the table
    that was saved last. error: what went wrong.
    """

    path: Path | None = None
    shown: bool = False
    running: bool = False
    ending: bool = False
    watching: Watching | None = None
    timeline: Timeline | None = None
    pictures: tuple[QImage, ...] = ()
    at: float | None = None
    picture: QImage | None = None
    error: SiamguiError | None = None
    written: str = ""
