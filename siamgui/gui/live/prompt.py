"""What the presence check asks for, large, over the picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from siamgui.gui import theme
from siamgui.gui.camera.preview import INK
from siamgui.gui.widgets.painting import draw_plate, write
from siamgui.live import wording
from siamgui.live.types import PresenceState, Prompt

PLATE = QColor(12, 14, 16, 205)
FAINT = QColor(255, 255, 255, 70)
ARROW = 40.0
PAD = 14.0
MARGIN = 10.0

# To which side, for a picture that is not mirrored; the person's left is on the right there.
_SIDES = {Prompt.LEFT: 1, Prompt.TILT_LEFT: 1, Prompt.RIGHT: -1, Prompt.TILT_RIGHT: -1}
_TILTS = (Prompt.TILT_LEFT, Prompt.TILT_RIGHT)


def draw_prompt(painter: QPainter, target: QRectF, presence: PresenceState, *, mirrored: bool, low: bool) -> None:
    """A plate on target: an arrow, what to do, how far that has come, the time left, and which of how many.

    mirrored: the picture is a mirror image. low: at the lower edge, where it leaves a face in the upper half free.
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
    away = MARGIN + plate.height() / 2
    plate.moveCenter(QPointF(target.center().x(), target.bottom() - away if low else target.top() + away))
    draw_plate(painter, plate, PLATE, 10)
    painter.setFont(large)
    row = QRectF(plate.left(), plate.top() + PAD, plate.width(), line.height())
    write(painter, row, words, INK)
    below = QRectF(plate.left(), row.bottom() + 8, plate.width(), note.height())
    if presence.prompt is not None:
        _draw_arrow(painter, plate, presence.prompt, mirrored)
        count = f"{count} · {wording.seconds_left(presence.seconds_left)}"
    painter.setFont(small)
    write(painter, below, count, INK)
    _draw_bar(painter, plate, presence.share if presence.prompt is not None else 0.0)
    painter.restore()


def _draw_bar(painter: QPainter, plate: QRectF, share: float) -> None:
    """How far the movement has come, along the lower edge."""
    bar = QRectF(plate.left() + PAD, plate.bottom() - 8, plate.width() - 2 * PAD, 3)
    draw_plate(painter, bar, FAINT, 1.5)
    bar.setWidth(bar.width() * min(max(share, 0.0), 1.0))
    draw_plate(painter, bar, INK, 1.5)


def _draw_arrow(painter: QPainter, plate: QRectF, prompt: Prompt, mirrored: bool) -> None:
    middle = plate.top() + PAD + ARROW / 2
    left, right = plate.left() + PAD + ARROW / 2, plate.right() - PAD - ARROW / 2
    painter.setPen(QPen(INK, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    if prompt is Prompt.CLOSER:  # two arrows that part: the face grows
        _arrow(painter, QPointF(left, middle), QPointF(-1, 0))
        _arrow(painter, QPointF(right, middle), QPointF(1, 0))
        return
    if prompt is Prompt.UP:
        _arrow(painter, QPointF(left, middle), QPointF(0, -1))
        _arrow(painter, QPointF(right, middle), QPointF(0, -1))
        return
    if prompt is Prompt.BLINK:  # twice
        _closed_eye(painter, QPointF(left, middle))
        _closed_eye(painter, QPointF(right, middle))
        return
    side = -_SIDES[prompt] if mirrored else _SIDES[prompt]
    centre = QPointF(right if side > 0 else left, middle)
    if prompt in _TILTS:
        _bent_arrow(painter, centre, side)
    else:
        _arrow(painter, centre, QPointF(side, 0))


def _arrow(painter: QPainter, centre: QPointF, way: QPointF) -> None:
    reach = ARROW * 0.4
    tip = centre + way * reach
    painter.drawLine(centre - way * reach, tip)
    _head(painter, tip, way)


def _closed_eye(painter: QPainter, centre: QPointF) -> None:
    """A lid that is down, with its lashes."""
    wide, low = ARROW * 0.4, ARROW * 0.12
    painter.drawArc(QRectF(centre.x() - wide, centre.y() - 3 * low, 2 * wide, 4 * low), 180 * 16, 180 * 16)
    for side, start in ((-0.6, 0.55), (0.0, 1.0), (0.6, 0.55)):
        root = centre + QPointF(side * wide, start * low)
        painter.drawLine(root, root + QPointF(side * low, 1.6 * low))


def _bent_arrow(painter: QPainter, centre: QPointF, side: int) -> None:
    """From upright over to a side, as the crown of the head goes."""
    radius = ARROW * 0.55
    middle = centre + QPointF(-side * radius / 2, radius / 2)
    arc = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
    painter.drawArc(arc, 100 * 16 if side < 0 else 80 * 16, -side * 85 * 16)
    _head(painter, middle + QPointF(side * radius, 0), QPointF(0, 1))


def _head(painter: QPainter, tip: QPointF, way: QPointF) -> None:
    across, size = QPointF(-way.y(), way.x()), ARROW * 0.28
    painter.drawPolyline(QPolygonF([tip - (way + across) * size, tip, tip - (way - across) * size]))
