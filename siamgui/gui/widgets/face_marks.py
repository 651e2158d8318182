"""Outlines and numbers of the faces in a photo view. Lengths are in device-independent pixels unless they say so."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
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


def place_labels(
    outlines: list[Outline], sizes: list[tuple[float, float]], bounds: QRectF, first: list[int]
) -> dict[int, QRectF]:
    """Where the number of each face goes: beside its face, inside bounds, off other faces and numbers if it can be.

    sizes: width and height of each number. first: positions of faces whose numbers come before all others. A number
    that would only make a heap with others is left out, save those of first; zooming in makes room for it.
    """
    faces = np.array([mark.bounds().getCoords() for mark in outlines]).reshape(-1, 4)
    low = np.array((bounds.left(), bounds.top()))
    labels = np.empty((0, 4))
    placed: dict[int, QRectF] = {}
    for n in [*first, *(n for n in range(len(outlines)) if n not in first)]:
        x0, y0, x1, y1 = faces[n]
        width, height = sizes[n]
        roomy = x1 - x0 > 3 * width and y1 - y0 > 3 * height
        corner = outlines[n].corner()
        spots = [
            (corner.x() + (6 if not outlines[n].roll else -width / 2), corner.y() - height / 2)
            if roomy
            else (x0, y0 - height - GAP),
            ((x0 + x1 - width) / 2, y0 - height - GAP),
            (x1 - width, y0 - height - GAP),
            (x1 + GAP, y0),
            (x0 - width - GAP, y0),
            (x0, y1 + GAP),
            ((x0 + x1 - width) / 2, y1 + GAP),
            (x1 - width, y1 + GAP),
            (x0 + GAP, y0 + GAP),
        ]
        high = np.maximum((bounds.right() - width, bounds.bottom() - height), low)
        corners = np.clip(spots, low, high)
        rects = np.hstack([corners, corners + sizes[n]])
        own = 0.0 if roomy else _overlap(rects, faces[[n]])
        crowd = _overlap(rects, labels)
        best = int(np.argmin(own + _overlap(rects, np.delete(faces, n, axis=0)) + 8 * crowd))
        if n in first or crowd[best] < 0.05 * width * height:
            labels = np.vstack([labels, rects[best]])
            placed[n] = QRectF(QPointF(*corners[best]), QSizeF(width, height))
    return placed


def _overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k,) summed area that each rectangle of a (k, 4) shares with those of b (n, 4)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared: NDArray[np.float64] = np.clip(high - low, 0, None).prod(axis=2).sum(axis=1)
    return shared


def label_font(outlines: list[Outline]) -> QFont:
    """Smaller numbers for a crowd of small faces."""
    crowded = len(outlines) > 8 and float(np.median([mark.height for mark in outlines])) < 60
    return theme.font(0.82 if crowded else 0.95, QFont.Weight.DemiBold)


def draw_marks(
    painter: QPainter, outlines: list[Outline], numbers: list[int], bounds: QRectF, *, chosen: int, hovered: int
) -> dict[int, QRectF]:
    """Draw all outlines and numbers, the chosen on top; returns where the numbers are, by position in outlines.

    chosen, hovered: positions in outlines, or -1.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colours = theme.colours()
    font = label_font(outlines)
    metrics = QFontMetricsF(font)
    height = metrics.height() + 2
    sizes = [(max(height, metrics.horizontalAdvance(str(n)) + 10), height) for n in numbers]
    labels = place_labels(outlines, sizes, bounds, [n for n in dict.fromkeys((chosen, hovered)) if n >= 0])
    order = sorted(range(len(outlines)), key=lambda n: (n == chosen, n == hovered))
    painter.setFont(font)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for n in order:
        # Two strokes, so that one of them stands out on any photo.
        mark = outlines[n]
        fine = min(mark.width, mark.height) < 24
        if n == chosen:
            mark.draw(painter, QPen(colours.on_accent, 3.5 if fine else 6.0))
            mark.draw(painter, QPen(colours.accent, 2.0 if fine else 3.0))
        else:
            mark.draw(painter, QPen(SHADE, 3.0 if fine else 4.0))
            mark.draw(painter, QPen(LIGHT, (1.0 if fine else 1.4) + (n == hovered)))
    for n in (n for n in order if n in labels):
        if n == chosen:
            plate, ink, rim = colours.accent, colours.on_accent, colours.on_accent
        else:
            plate, ink, rim = (LIGHT, PLATE, PLATE) if n == hovered else (PLATE, LIGHT, RIM)
        painter.setPen(QPen(rim, 1.0))
        painter.setBrush(plate)
        painter.drawRoundedRect(labels[n].adjusted(0.5, 0.5, -0.5, -0.5), height / 3, height / 3)
        painter.setPen(ink)
        painter.drawText(labels[n], Qt.AlignmentFlag.AlignCenter, str(numbers[n]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    return labels
