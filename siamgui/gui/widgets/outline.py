"""Where a face is outlined: a rectangle, turned with the face. Lengths are in the pixels of whatever it is drawn on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QPolygonF, QTransform

from siamgui.core.types import Face

TILTED = 15.0
"""Degrees of roll from which the outline turns with the face."""
ASPECT = 0.78
"""Width over height of an upright face as the detector boxes it."""
TARGET = 24.0
"""A tiny face can be hit as if it were this wide."""


@dataclass(frozen=True)
class Outline:
    """A rectangle of size (width, height) around centre, turned clockwise by roll degrees."""

    centre: QPointF
    width: float
    height: float
    roll: float

    def moved(self, transform: QTransform) -> Outline:
        """The same outline after a transform that scales evenly, moves, and perhaps mirrors from left to right."""
        scale = transform.m22()
        roll = self.roll if transform.m11() > 0 else -self.roll
        return Outline(transform.map(self.centre), self.width * scale, self.height * scale, roll)

    def bounds(self) -> QRectF:
        return self._corners().boundingRect()

    def corner(self) -> QPointF:
        """The corner nearest to the upper left."""
        return min(self._corners().toList(), key=lambda point: point.x() + 2 * point.y())

    def contains(self, point: QPointF) -> bool:
        """Whether point is inside, or so near that it is meant."""
        margin = max(0.0, (TARGET - min(self.width, self.height)) / 2)
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


def outline_at(marks: list[Outline], point: QPointF) -> int:
    """Position of the mark that a point is in (the smallest, where they overlap), or -1."""
    hit = (n for n, mark in enumerate(marks) if mark.contains(point))
    return min(hit, key=lambda n: marks[n].width * marks[n].height, default=-1)


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
