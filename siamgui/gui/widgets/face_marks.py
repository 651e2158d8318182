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


def place_labels(
    outlines: list[Outline], sizes: list[tuple[float, float]], bounds: QRectF, first: list[int]
) -> dict[int, QRectF]:
    """Where the number of each face goes: beside its face, inside bounds, off other faces and numbers if it can be.

    sizes: width and height of each number. first: positions of faces whose numbers come before all others. A number
    that would only make a heap with others is left out, save those of first; zooming in makes room for it.
    """
    if not outlines:
        return {}
    faces = np.array([mark.bounds().getCoords() for mark in outlines])
    corners = np.array([mark.corner().toTuple() for mark in outlines])
    tilted = np.array([mark.roll != 0 for mark in outlines])
    size = np.array(sizes)
    spots, roomy = _spots(faces, corners, tilted, size)
    low = np.array((bounds.left(), bounds.top()))
    high = np.maximum(np.array((bounds.right(), bounds.bottom())) - size, low)
    spots = np.clip(spots, low, high[:, None])
    rects = np.concatenate([spots, spots + size[:, None]], axis=2)
    on_faces = _overlap(rects.reshape(-1, 4), faces).reshape(len(faces), -1, len(faces))
    cost = on_faces.sum(axis=2)
    cost[roomy] -= np.diagonal(on_faces, axis1=0, axis2=2).T[roomy]  # a large face can bear its own number
    labels = np.empty((0, 4))
    placed: dict[int, QRectF] = {}
    for n in [*first, *(n for n in range(len(outlines)) if n not in first)]:
        crowd = _overlap(rects[n], labels).sum(axis=1)
        best = int(np.argmin(cost[n] + 8 * crowd))
        if n in first or crowd[best] < 0.05 * size[n].prod():
            labels = np.vstack([labels, rects[n, best]])
            placed[n] = QRectF(QPointF(*spots[n, best]), QSizeF(*size[n]))
    return placed


def _spots(
    faces: NDArray[np.float64], corners: NDArray[np.float64], tilted: NDArray[np.bool_], size: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(n, 9, 2) places for the upper left corner of each number, best first, and which faces (n,) have room for it."""
    x0, y0, x1, y1 = faces.T
    width, height = size.T
    roomy = (x1 - x0 > 3 * width) & (y1 - y0 > 3 * height)
    middle, above, below = (x0 + x1 - width) / 2, y0 - height - GAP, y1 + GAP
    on_corner = corners[:, 0] + np.where(tilted, -width / 2, 6), corners[:, 1] - height / 2
    spots = [
        (np.where(roomy, on_corner[0], x0), np.where(roomy, on_corner[1], above)),
        (middle, above),
        (x1 - width, above),
        (x1 + GAP, y0),
        (x0 - width - GAP, y0),
        (x0, below),
        (middle, below),
        (x1 - width, below),
        (x0 + GAP, y0 + GAP),
    ]
    return np.array(spots).transpose(2, 0, 1), roomy


def _overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k, n) area that each rectangle of a (k, 4) shares with each of b (n, 4)."""
    wide = np.minimum(a[:, None, 2], b[:, 2]) - np.maximum(a[:, None, 0], b[:, 0])
    high = np.minimum(a[:, None, 3], b[:, 3]) - np.maximum(a[:, None, 1], b[:, 1])
    shared: NDArray[np.float64] = np.maximum(wide, 0) * np.maximum(high, 0)
    return shared


def label_font(outlines: list[Outline]) -> QFont:
    """Smaller numbers for a crowd of small faces."""
    crowded = len(outlines) > 8 and float(np.median([mark.height for mark in outlines])) < 60
    return theme.font(0.82 if crowded else 0.95, QFont.Weight.DemiBold)


def draw_marks(
    painter: QPainter, outlines: list[Outline], numbers: list[int], bounds: QRectF, chosen: int
) -> dict[int, QRectF]:
    """Draw all outlines and numbers, the chosen on top; returns where the numbers are, by position in outlines.

    The numbers are drawn in the painter's font. chosen: position in outlines, or -1.
    """
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
