"""Outlines and numbers of the faces in a photo view. Lengths are in device-independent pixels unless they say so."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform

from siamgui.core.types import Face
from siamgui.gui import theme

TILTED = 15.0
"""Degrees of roll from which the outline turns with the face."""
ASPECT = 0.78
"""Width over height of an upright face as the detector boxes it."""
GAP = 3.0
LIGHT = QColor(255, 255, 255, 235)
RIM = QColor(255, 255, 255, 150)
WHITE = QColor(255, 255, 255)
SHADE = QColor(12, 14, 16, 150)
PLATE = QColor(20, 22, 25, 205)


@dataclass(frozen=True)
class Outline:
    """A rectangle of size (width, height) around centre, turned clockwise by roll degrees."""

    centre: QPointF
    width: float
    height: float
    roll: float

    def moved(self, transform: QTransform) -> Outline:
        """The same outline after a transform that scales evenly and moves."""
        scale = transform.m11()
        return Outline(transform.map(self.centre), self.width * scale, self.height * scale, self.roll)

    def bounds(self) -> QRectF:
        return self._corners().boundingRect()

    def corner(self) -> QPointF:
        """The corner nearest to the upper left."""
        return min(self._corners().toList(), key=lambda point: point.x() + 2 * point.y())

    def contains(self, point: QPointF, margin: float) -> bool:
        """Whether point is inside, or nearer than margin to the edge."""
        offset = QTransform().rotate(-self.roll).map(point - self.centre)
        return self._rect().adjusted(-margin, -margin, margin, margin).contains(offset)

    @property
    def fine(self) -> bool:
        """Too small for strong strokes."""
        return min(self.width, self.height) < 24

    def draw(self, painter: QPainter, pen: QPen) -> None:
        radius = min(max(0.14 * min(self.width, self.height), 1.5), 14.0)
        painter.save()
        painter.translate(self.centre)
        painter.rotate(self.roll)
        painter.setPen(pen)
        painter.drawRoundedRect(self._rect(), radius, radius)
        painter.restore()

    def _corners(self) -> QPolygonF:
        turn = QTransform().translate(self.centre.x(), self.centre.y()).rotate(self.roll)
        return turn.map(QPolygonF(self._rect()))

    def _rect(self) -> QRectF:
        return QRectF(-self.width / 2, -self.height / 2, self.width, self.height)


def outline(face: Face) -> Outline:
    """Where to outline a face, in photo pixels. Follows the roll of a face that is clearly tilted."""
    x0, y0, x1, y1 = (float(value) for value in face.box)
    centre = QPointF((x0 + x1) / 2, (y0 + y1) / 2)
    across, down = (float(value) for value in face.landmarks[1] - face.landmarks[0])
    roll = math.degrees(math.atan2(down, across))
    if abs(roll) < TILTED:
        return Outline(centre, x1 - x0, y1 - y0, 0.0)
    # The box is upright though the face is not: take the ellipse of a face that would just fill such a box.
    cos, sin = abs(math.cos(math.radians(roll))), abs(math.sin(math.radians(roll)))
    height = (x1 - x0 + y1 - y0) / (math.hypot(ASPECT * cos, sin) + math.hypot(ASPECT * sin, cos))
    return Outline(centre, ASPECT * height, height, roll)


def label_font(outlines: list[Outline]) -> QFont:
    """Smaller numbers for a crowd of small faces."""
    crowded = len(outlines) > 8 and sorted(mark.height for mark in outlines)[len(outlines) // 2] < 60
    return theme.font(0.82 if crowded else 0.95, QFont.Weight.DemiBold)


def draw_marks(
    painter: QPainter, outlines: list[Outline], numbers: list[int], bounds: QRectF, chosen: int
) -> dict[int, QRectF]:
    """Draw all outlines and numbers, the chosen on top; returns where the numbers are, by position in outlines.

    The numbers are drawn in the painter's font. chosen: position in outlines, or -1.
    """
    from siamgui.gui.widgets.label_places import place_labels

    first = [chosen] if chosen >= 0 else []
    labels = place_labels(outlines, _label_sizes(painter, numbers), bounds, first)
    order = sorted(range(len(outlines)), key=lambda n: n == chosen)
    for n in order:
        # Two strokes, so that one of them stands out on any photo.
        mark = outlines[n]
        if n == chosen:
            colours = theme.colours()
            mark.draw(painter, QPen(colours.on_accent, 3.5 if mark.fine else 6.0))
            mark.draw(painter, QPen(colours.accent, 2.0 if mark.fine else 3.0))
        else:
            mark.draw(painter, QPen(SHADE, 3.0 if mark.fine else 4.0))
            mark.draw(painter, QPen(LIGHT, 1.0 if mark.fine else 1.4))
    for n in (n for n in order if n in labels):
        if n == chosen:
            colours = theme.colours()
            _draw_label(painter, labels[n], numbers[n], colours.accent, colours.on_accent, colours.on_accent)
        else:
            _draw_label(painter, labels[n], numbers[n], PLATE, LIGHT, RIM)
    return labels


def draw_hovered(painter: QPainter, mark: Outline, number: int, label: QRectF | None, bounds: QRectF) -> None:
    """Draw over one of the muted marks: this one a click would choose. label: where its number is, if it is shown."""
    from siamgui.gui.widgets.label_places import place_labels

    mark.draw(painter, QPen(LIGHT, 2.0 if mark.fine else 2.4))
    where = label or place_labels([mark], _label_sizes(painter, [number]), bounds, [0])[0]
    _draw_label(painter, where, number, WHITE, PLATE, PLATE)


def _label_sizes(painter: QPainter, numbers: list[int]) -> list[tuple[float, float]]:
    metrics = QFontMetricsF(painter.font())
    height = metrics.height() + 2
    return [(max(height, metrics.horizontalAdvance(str(number)) + 10), height) for number in numbers]


def _draw_label(painter: QPainter, label: QRectF, number: int, plate: QColor, ink: QColor, rim: QColor) -> None:
    painter.setPen(QPen(rim, 1.0))
    painter.setBrush(plate)
    painter.drawRoundedRect(label.adjusted(0.5, 0.5, -0.5, -0.5), label.height() / 3, label.height() / 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(ink)
    painter.drawText(label, Qt.AlignmentFlag.AlignCenter, str(number))
