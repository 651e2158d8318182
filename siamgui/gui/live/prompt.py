"""What the presence check asks for, large, over the picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from siamgui.gui import theme
from siamgui.live import wording
from siamgui.live.values import PresenceState, Prompt

PLATE = QColor(12, 14, 16, 205)
INK = QColor(255, 255, 255)
FAINT = QColor(255, 255, 255, 70)
ARROW = 40.0
PAD = 14.0

# Which way the arrow points, for a picture that is not mirrored; the person's left is on the right there.
_WAYS = {
    Prompt.LEFT: QPointF(1, 0),
    Prompt.RIGHT: QPointF(-1, 0),
    Prompt.TILT_LEFT: QPointF(0.7, 0.7),
    Prompt.TILT_RIGHT: QPointF(-0.7, 0.7),
}


def draw_prompt(painter: QPainter, target: QRectF, presence: PresenceState, *, mirrored: bool) -> None:
    """A plate at the top of target: an arrow, what to do, how far that has come, the time left, and which of how many.

    mirrored: the picture is a mirror image.
    """
    words = wording.prompt(presence.prompt)
    count = f"{presence.done + 1} / {presence.total}"
    painter.save()
    large, small = theme.font(1.6, QFont.Weight.DemiBold), theme.font(0.92)
    wide = target.width() - 24 - 2 * PAD - 2 * ARROW - 24
    while QFontMetricsF(large).horizontalAdvance(words) > wide and large.pointSizeF() > small.pointSizeF():
        large.setPointSizeF(large.pointSizeF() - 1)
    line, note = QFontMetricsF(large), QFontMetricsF(small)
    width = 2 * PAD + 2 * ARROW + 24 + line.horizontalAdvance(words)
    plate = QRectF(0, 0, width, line.height() + note.height() + 2 * PAD + 8)
    plate.moveCenter(QPointF(target.center().x(), target.top() + 10 + plate.height() / 2))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PLATE)
    painter.drawRoundedRect(plate, 10, 10)
    painter.setPen(INK)
    painter.setFont(large)
    row = QRectF(plate.left(), plate.top() + PAD, plate.width(), line.height())
    painter.drawText(row, Qt.AlignmentFlag.AlignCenter, words)
    painter.setFont(small)
    below = QRectF(plate.left(), row.bottom() + 8, plate.width(), note.height())
    if presence.prompt is not None:
        _draw_arrow(painter, plate, presence.prompt, mirrored)
        count = f"{count} · {wording.seconds_left(presence.seconds_left)}"
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, count)
    _draw_bar(painter, plate, presence.share if presence.prompt is not None else 0.0)
    painter.restore()


def _draw_bar(painter: QPainter, plate: QRectF, share: float) -> None:
    """How far the movement has come, along the lower edge."""
    bar = QRectF(plate.left() + PAD, plate.bottom() - 8, plate.width() - 2 * PAD, 3)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(FAINT)
    painter.drawRoundedRect(bar, 1.5, 1.5)
    bar.setWidth(bar.width() * min(max(share, 0.0), 1.0))
    painter.setBrush(INK)
    painter.drawRoundedRect(bar, 1.5, 1.5)


def _draw_arrow(painter: QPainter, plate: QRectF, prompt: Prompt, mirrored: bool) -> None:
    middle = plate.top() + PAD + ARROW / 2
    left, right = plate.left() + PAD + ARROW / 2, plate.right() - PAD - ARROW / 2
    painter.setPen(QPen(INK, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if prompt is Prompt.CLOSER:  # two arrows that part: the face grows
        _arrow(painter, QPointF(left, middle), QPointF(-1, 0))
        _arrow(painter, QPointF(right, middle), QPointF(1, 0))
        return
    way = _WAYS[prompt]
    if mirrored:
        way = QPointF(-way.x(), way.y())
    _arrow(painter, QPointF(right if way.x() > 0 else left, middle), way)


def _arrow(painter: QPainter, centre: QPointF, way: QPointF) -> None:
    reach, head = ARROW * 0.4, ARROW * 0.28
    across = QPointF(-way.y(), way.x())
    tip, tail = centre + way * reach, centre - way * reach
    painter.drawLine(tail, tip)
    painter.drawPolyline(QPolygonF([tip - (way + across) * head, tip, tip - (way - across) * head]))
