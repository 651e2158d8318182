"""The icon by which desktops show siamgui, in the sizes that they ask for."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from siamgui.core.resources import resource

SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
"""Pixels, of the hicolor theme of freedesktop.org."""
DRAWING = resource("icons") / "application.svg"


def png(size: int) -> bytes:
    """The icon, size x size pixels. Needs no screen, and no QApplication."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # its stubs want bytes for the name of the format
    return bytes(data.data())
