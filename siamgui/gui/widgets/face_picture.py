"""One face as a picture that takes the room it gets, or as a tile with its name or other words below it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from siamgui.gui.theme import colours
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.kit import Align, column, label
from siamgui.gui.widgets.painting import draw_picture, draw_plate, fitted, painter_of

RADIUS = 6.0
LARGEST_SCALE = 4.0
"""A small picture is not blown up further."""


class FacePicture(QWidget):
    """Shows a picture whole, as large as it fits. side: a fixed width and height, or 0 to grow."""

    def __init__(self, side: int = 0) -> None:
        super().__init__()
        self._image: QImage | None = None
        if side:
            self.setFixedSize(side, side)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_image(self, image: QImage | None, name: str) -> None:
        """name: what a screen reader says."""
        if image is not self._image:
            self._image = image
            self.update()
        self.setAccessibleName(name)

    @property
    def shows_something(self) -> bool:
        """Whether there is a picture."""
        return self._image is not None

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 96)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, whole, image = painter_of(self), QRectF(self.rect()), self._image
        if image is None or image.isNull():
            draw_plate(painter, whole, colours().raised, RADIUS)
        else:
            draw_picture(painter, fitted(image.size(), whole, LARGEST_SCALE), image, RADIUS)


class NamedFace(QWidget):
    """A face with its name below it, as far as there is room. side: of the picture, or 0 to grow."""

    def __init__(self, side: int = 0) -> None:
        super().__init__()
        self._face, self._name = FacePicture(side), ElidedLabel("small")
        self._name.setAlignment(Align.AlignLeft if side else Align.AlignHCenter)
        self.setLayout(column(self._face, self._name, spacing=4))
        if side:
            self.setFixedWidth(side)

    def show_face(self, image: QImage | None, name: str) -> None:
        self._face.set_image(image, name)
        self._name.set_whole_text(name)


class FaceTile(QWidget):
    """A face with a few words below it."""

    def __init__(self, side: int, caption: str = "") -> None:
        """side: of the picture."""
        super().__init__()
        self.face, self.caption = FacePicture(side), label(caption, "small", align=Align.AlignHCenter)
        self.setLayout(column(self.face, self.caption, spacing=4))
