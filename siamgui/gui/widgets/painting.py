"""What widgets that paint themselves draw alike. Lengths are in device-independent pixels."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from siamgui.gui.theme import colours

CENTRE = Qt.AlignmentFlag.AlignCenter


def painter_of(widget: QWidget) -> QPainter:
    """For a paintEvent: smooth edges, smooth pictures."""
    painter = QPainter(widget)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    return painter


def fitted(size: QSize, area: QRectF, most: float = math.inf) -> QRectF:
    """Where a picture of this size stands whole, in the middle of an area. most: how far it is blown up."""
    scale = min(area.width() / size.width(), area.height() / size.height(), most)
    place = QRectF(0, 0, size.width() * scale, size.height() * scale)
    place.moveCenter(area.center())
    return place


def draw_picture(painter: QPainter, place: QRectF, image: QImage, radius: float) -> None:
    """A picture with round corners."""
    path = QPainterPath()
    path.addRoundedRect(place, radius, radius)
    painter.save()
    painter.setClipPath(path)
    painter.drawImage(place, image, QRectF(image.rect()))
    painter.restore()


def faint(colour: QColor, alpha: float) -> QColor:
    """The colour, translucent. alpha: in [0, 1]."""
    result = QColor(colour)
    result.setAlphaF(alpha)
    return result


def draw_plate(painter: QPainter, place: QRectF, fill: QColor, radius: float, rim: QPen | None = None) -> None:
    """A filled shape with round corners."""
    painter.setPen(rim or Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(place, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def write(painter: QPainter, place: QRectF, text: str, ink: QColor, align: Qt.AlignmentFlag = CENTRE) -> None:
    """A line in the painter's font."""
    painter.setPen(ink)
    painter.drawText(place, align, text)


def draw_focus(painter: QPainter, widget: QWidget, radius: float) -> None:
    """The ring around what has the keyboard."""
    painter.setPen(QPen(colours().focus, 2))
    painter.drawRoundedRect(QRectF(widget.rect()).adjusted(1, 1, -1, -1), radius, radius)
