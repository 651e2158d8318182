"""The picture of the camera panel: a live frame, a still, or a sentence in its place."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
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
from siamgui.gui.widgets.kit import announce
from siamgui.gui.widgets.painting import draw_focus, draw_plate, fitted, painter_of, write

RADIUS = 8.0
SIGN = 48
SHADE = QColor(12, 14, 16, 190)
INK = QColor(255, 255, 255)
COUNT = 36.0
"""Radius of the countdown."""


class CameraPreview(QWidget):
    """Shows a picture whole, in the middle."""

    def __init__(self, sign: str = "") -> None:
        """sign: a file of resources/icons, above the words in place of a picture."""
        super().__init__()
        self._sign = sign
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
            announce(self, message)

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

    @property
    def area(self) -> QRectF:
        """Within the ring."""
        return QRectF(self.rect()).adjusted(3, 3, -3, -3)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, area, painter = theme.colours(), self.area, painter_of(self)
        draw_plate(painter, area, colours.raised, RADIUS)
        if self._image is not None:
            frame = QPainterPath()
            frame.addRoundedRect(area, RADIUS, RADIUS)
            place = fitted(self._image.size(), area)
            painter.setClipPath(frame)
            painter.drawImage(place, self._image)
            self._paint_over(painter, place)
            painter.setClipping(False)
        elif self._sign:
            sign = theme.pixmap(self._sign, colours.muted, SIGN, self.devicePixelRatioF())
            painter.drawPixmap((self.width() - SIGN) // 2, self.height() // 2 - 2 * SIGN, sign)
        if self._message:
            painter.setPen(colours.text)
            painter.setFont(theme.font(1.1))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(24, 16, -24, -16), int(flags), self._message)
        if self._count:
            self._paint_count(painter, area)
        if self._ring and self.hasFocus():
            draw_focus(painter, self, RADIUS + 2)

    def _paint_over(self, painter: QPainter, place: QRectF) -> None:
        """Over the picture, which is at place."""

    def _paint_count(self, painter: QPainter, area: QRectF) -> None:
        # Low, where it leaves the face free.
        box = QRectF(area.center().x() - COUNT, area.bottom() - 2 * COUNT - 12, 2 * COUNT, 2 * COUNT)
        draw_plate(painter, box, SHADE, COUNT, QPen(QColor(255, 255, 255, 220), 2))
        font = theme.font(1.0, QFont.Weight.DemiBold)
        font.setPixelSize(round(COUNT * 1.1))
        painter.setFont(font)
        write(painter, box, str(self._count), INK)
