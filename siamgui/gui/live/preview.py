"""What the camera sees, with the faces outlined, what is asked for, and how old the latest result is.

Painting waits for nothing: it draws a picture that is ready and marks of which the newest frame may already have moved
on a little.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QMouseEvent, QPainter, QPen, QTransform

from siamgui.core.i18n import tr
from siamgui.gui import theme
from siamgui.gui.camera.preview import INK, RADIUS, SHADE, CameraPreview
from siamgui.gui.live.prompt import draw_prompt
from siamgui.gui.widgets.face_marks import draw_marks, label_font
from siamgui.gui.widgets.outline import Outline, outline, outline_at
from siamgui.gui.widgets.painting import draw_plate, fitted, write
from siamgui.live import wording

if TYPE_CHECKING:
    from siamgui.live.types import LiveState, PresenceState

STALE = 1.0
"""Seconds after which what was seen is not drawn any more."""
UPPER = 0.58
"""A face whose middle is higher than this share of the picture leaves its lower edge free."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The latest result. size: of the frame. came: by time.monotonic(). note: about the result, "" for none.

    names: as of a LiveState.
    """

    outlines: tuple[Outline, ...]
    size: QSize
    followed: int
    came: float
    note: str
    names: tuple[str | None, ...]
    presence: PresenceState | None


class LivePreview(CameraPreview):
    """face_picked(x, y) is emitted with a point in a face, in frame pixels, not mirrored."""

    face_picked = Signal(float, float)

    def __init__(self) -> None:
        super().__init__("live")
        self._flipped = True
        self._seen: _Seen | None = None

    def set_flipped(self, flipped: bool) -> None:
        """Whether the pictures are mirror images of the frames."""
        self._flipped = flipped

    def show_message(self, message: str) -> None:
        self._seen = None
        if message != self._message or self._image is not None:
            super().show_message(message)

    def show_seen(self, live: LiveState | None, came: float = 0.0) -> None:
        """Lay a result over the picture; None takes it away. came: when its frame arrived, by time.monotonic()."""
        if live is None:
            self._seen = None
        else:
            height, width = live.seen.frame.pixels.shape[:2]
            followed = -1 if live.seen.followed is None else live.seen.followed
            note = "" if live.verdict is not None or followed < 0 else wording.leaning(live.leaning)
            outlines = tuple(outline(face) for face in live.seen.faces)
            self._tell(live.presence)
            self._seen = _Seen(outlines, QSize(width, height), followed, came, note, live.names, live.presence)
        self.update()

    def _tell(self, presence: PresenceState | None) -> None:
        """A new prompt, to a screen reader."""
        before = self._seen.presence if self._seen is not None else None
        asked = presence is not None and presence.passed is None
        if presence is not None and asked and (before is None or before.prompt is not presence.prompt):
            self.say(wording.prompt(presence.prompt))

    @property
    def faces(self) -> int:
        """How many faces are outlined."""
        return len(self._seen.outlines) if self._seen is not None else 0

    def pick(self, number: int) -> None:
        """Choose the face with this number, as it is shown."""
        if self._seen is not None and 1 <= number <= len(self._seen.outlines):
            self._emit(self._seen.outlines[self._order(self._seen)[number - 1]].centre)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if self._seen is None or self._image is None or event.button() != Qt.MouseButton.LeftButton:
            return
        to_view = self._to_view(self._seen, fitted(self._image.size(), self.area))
        hit = outline_at([mark.moved(to_view) for mark in self._seen.outlines], event.position())
        if hit >= 0:
            self._emit(self._seen.outlines[hit].centre)

    def _emit(self, centre: QPointF) -> None:
        self.face_picked.emit(centre.x(), centre.y())

    def _order(self, seen: _Seen) -> list[int]:
        """The faces from left to right as they are shown."""
        across = [mark.centre.x() * (-1 if self._flipped else 1) for mark in seen.outlines]
        return sorted(range(len(across)), key=across.__getitem__)

    def _to_view(self, seen: _Seen, place: QRectF) -> QTransform:
        """From the pixels of a frame to the coordinates of this widget, in which its picture is at place."""
        scale = place.height() / seen.size.height()
        if not self._flipped:
            return QTransform(scale, 0, 0, scale, place.left(), place.top())
        return QTransform(-scale, 0, 0, scale, place.right(), place.top())

    def _paint_over(self, painter: QPainter, place: QRectF) -> None:
        seen = self._seen
        if seen is None:
            return
        age = time.monotonic() - seen.came
        if age < STALE and seen.outlines:
            self._paint_faces(painter, seen, place)
        asking = seen.presence is not None and seen.presence.passed is None and age < STALE
        low = seen.followed < 0 or seen.outlines[seen.followed].centre.y() < UPPER * seen.size.height()
        self._paint_age(painter, seen, place, age, high=asking and low)
        if asking and seen.presence is not None:
            draw_prompt(painter, place, seen.presence, mirrored=self._flipped, low=low)

    def _paint_faces(self, painter: QPainter, seen: _Seen, place: QRectF) -> None:
        to_view = self._to_view(seen, place)
        marks = [mark.moved(to_view) for mark in seen.outlines]
        if len(marks) == 1:  # nothing to choose from, so no number
            colours = theme.colours()
            marks[0].draw(painter, QPen(colours.on_accent, 5.0))
            marks[0].draw(painter, QPen(colours.accent, 2.5))
            return
        order = self._order(seen)
        painter.setFont(label_font(marks))
        chosen = order.index(seen.followed) if seen.followed >= 0 else -1
        words = [_called(number + 1, seen.names[n] if seen.names else None) for number, n in enumerate(order)]
        draw_marks(painter, [marks[n] for n in order], words, place, chosen)

    def _paint_age(self, painter: QPainter, seen: _Seen, place: QRectF, age: float, *, high: bool) -> None:
        """Low, where it leaves the face free."""
        old = tr("{n} ms ago", n=round(1000 * age)) if age < STALE else tr("{n} s ago", n=round(age))
        text = f"{seen.note} · {old}" if seen.note else old
        painter.setFont(theme.font(0.92, QFont.Weight.Medium))
        metrics = QFontMetricsF(painter.font())
        plate = QRectF(0, 0, metrics.horizontalAdvance(text) + 20, metrics.height() + 8)
        if high:  # the prompt stands below
            plate.moveTopLeft(place.topLeft() + QPointF(10, 10))
        else:
            plate.moveBottomLeft(place.bottomLeft() + QPointF(10, -10))
        draw_plate(painter, plate, SHADE, RADIUS)
        write(painter, plate, text, INK)


def _called(number: int, name: str | None) -> str:
    """What stands at a face. name: as LiveState.names has it."""
    if name is None:
        return str(number)
    return f"{number} {name or tr('Nobody enrolled')}"
