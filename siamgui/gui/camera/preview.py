"""The picture of the camera panel: a live frame, a still, or a sentence in its place."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFocusEvent,
    QFont,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from siamgui.core.i18n import tr
from siamgui.gui import theme

RADIUS = 8.0
COUNT = 36.0
"""Radius of the countdown."""


class CameraPreview(QWidget):
    """Shows a picture whole, in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._message = ""
        self._count = 0
        self._ring = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Camera picture"))

    @Slot(QImage)
    def show_picture(self, picture: QImage) -> None:
        """picture: as it shall appear, RGB32, which Qt paints fastest."""
        self._image = picture
        self._message = ""
        self.update()

    def show_message(self, message: str) -> None:
        """A sentence instead of a picture."""
        self._image = None
        self._message = message
        self.say(message)
        self.update()

    def show_count(self, count: int) -> None:
        """A number over the picture; 0 takes it away."""
        self._count = count
        if count:
            self.say(str(count))
        self.update()

    def say(self, message: str) -> None:
        """Tell it to a screen reader."""
        self.setAccessibleDescription(message)
        if message and self.isVisible():
            announcement = QAccessibleAnnouncementEvent(self, message)
            QAccessible.updateAccessibility(announcement)

    def sizeHint(self) -> QSize:
        return QSize(480, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 150)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring is for those who came by keyboard."""
        super().focusInEvent(event)
        self._ring = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        frame = QPainterPath()
        frame.addRoundedRect(area, RADIUS, RADIUS)
        painter.fillPath(frame, colours.raised)
        if self._image is not None:
            painter.save()
            painter.setClipPath(frame)
            self._paint_picture(painter, area, self._image)
            painter.restore()
        if self._message:
            painter.setPen(colours.text)
            painter.setFont(theme.font(1.1))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(24, 16, -24, -16), int(flags), self._message)
        if self._count:
            self._paint_count(painter, area)
        if self._ring and self.hasFocus():
            painter.setPen(QPen(colours.focus, 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS + 2, RADIUS + 2)
        painter.end()

    def _paint_picture(self, painter: QPainter, area: QRectF, image: QImage) -> None:
        size = image.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(QPointF(), size)
        target.moveCenter(area.center())
        painter.drawImage(target, image)

    def _paint_count(self, painter: QPainter, area: QRectF) -> None:
        # Low, where it leaves the face free.
        centre = QPointF(area.center().x(), area.bottom() - COUNT - 12)
        painter.setPen(QPen(QColor(255, 255, 255, 220), 2))
        painter.setBrush(QColor(12, 14, 16, 190))
        painter.drawEllipse(centre, COUNT, COUNT)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(Qt.GlobalColor.white)
        font = theme.font(1.0, QFont.Weight.DemiBold)
        font.setPixelSize(round(COUNT * 1.1))
        painter.setFont(font)
        box = QRectF(centre.x() - COUNT, centre.y() - COUNT, 2 * COUNT, 2 * COUNT)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self._count))
