"""A photograph prepared for the screen: the full picture and halves of it, so that painting stays cheap at any zoom."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from siamgui.core.types import Pixels

SMALLEST = 256
"""No level is made whose shorter side would fall below this many pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class DisplayImage:
    """levels: the picture at 1, 1/2, 1/4 ... of its size. pixels: the buffer levels[0] looks at, kept alive here."""

    levels: tuple[QImage, ...]
    pixels: Pixels

    @property
    def size(self) -> QSize:
        """Size of the photograph in its own pixels."""
        return self.levels[0].size()

    def level(self, scale: float) -> int:
        """The smallest level with no fewer pixels than the screen shows. scale: screen pixels per photo pixel."""
        level = 0
        while level + 1 < len(self.levels) and scale <= 0.5 ** (level + 1):
            level += 1
        return level

    def paint(self, painter: QPainter, target: QRectF, source: QRectF, scale: float) -> None:
        """Draw source (photo pixels, inside the photo) into target. scale: screen pixels per photo pixel."""
        level = self.level(scale)
        image = self.levels[level]
        across = image.width() / self.size.width()
        down = image.height() / self.size.height()
        wanted = QRectF(source.x() * across, source.y() * down, source.width() * across, source.height() * down)
        if level == 0:
            # Qt scales 32 bits per pixel twice as fast as 24, so what is seen of the full size is converted first.
            seen = wanted.toAlignedRect().adjusted(-1, -1, 1, 1).intersected(image.rect())
            image = self._crop(seen)
            wanted.translate(-seen.x(), -seen.y())
        painter.drawImage(target, image, wanted)

    def _crop(self, rect: QRect) -> QImage:
        stride = self.pixels.strides[0]
        view = self.pixels.reshape(-1)[rect.top() * stride + rect.left() * 3 :]
        image = QImage(view.data, rect.width(), rect.height(), stride, QImage.Format.Format_RGB888)
        return image.convertToFormat(QImage.Format.Format_RGB32)


def wrap(pixels: Pixels) -> QImage:
    """A QImage that looks at pixels, (height, width, 3) uint8 RGB, contiguous; valid as long as pixels is."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB888)


def image_of(pixels: Pixels) -> QImage:
    """A QImage with pixels of its own; pixels as for wrap()."""
    return wrap(pixels).copy()


def make_display(pixels: Pixels) -> DisplayImage:
    """Prepare pixels, (height, width, 3) uint8 RGB, without a copy of the full size. For any thread."""
    import numpy as np

    from siamgui.core.cv import cv2

    pixels = np.ascontiguousarray(pixels)
    levels = [wrap(pixels)]
    smaller = pixels
    while min(smaller.shape[:2]) >= 2 * SMALLEST:
        height, width = smaller.shape[:2]
        smaller = cv2.resize(smaller, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
        # The conversion also gives the level a buffer of its own.
        levels.append(wrap(smaller).convertToFormat(QImage.Format.Format_RGB32))
    return DisplayImage(tuple(levels), pixels)
