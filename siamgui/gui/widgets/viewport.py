"""Which part of a photo a view shows. Photo lengths are photo pixels, view lengths device-independent pixels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QTransform

MARGIN = 4.0
"""Kept free around the photo for the focus ring."""
LARGEST = 8.0
"""Screen pixels per photo pixel at the closest zoom."""


@dataclass(frozen=True)
class Viewport:
    """Immutable: each change gives another. The photo can neither leave the view nor become smaller than it.

    ratio: screen pixels per view pixel. zoom: view pixels per photo pixel, None for the whole photo.
    centre: the photo point wished for in the middle.
    """

    photo: QSize
    view: QSize
    ratio: float = 1.0
    zoom: float | None = None
    centre: QPointF = field(default_factory=QPointF)

    @property
    def whole_scale(self) -> float:
        """View pixels per photo pixel with the whole photo in view."""
        room = min(
            (self.view.width() - 2 * MARGIN) / self.photo.width(),
            (self.view.height() - 2 * MARGIN) / self.photo.height(),
        )
        return max(min(room, LARGEST / self.ratio), 1e-4)

    @property
    def scale(self) -> float:
        """View pixels per photo pixel."""
        return self.whole_scale if self.zoom is None else self.zoom

    @property
    def middle(self) -> QPointF:
        """The photo point in the middle of the view."""
        return QPointF(
            self._kept(self.centre.x(), self.photo.width(), self.view.width()),
            self._kept(self.centre.y(), self.photo.height(), self.view.height()),
        )

    @property
    def to_view(self) -> QTransform:
        """From photo to view."""
        middle = self.middle
        transform = QTransform.fromTranslate(self.view.width() / 2, self.view.height() / 2)
        return transform.scale(self.scale, self.scale).translate(-middle.x(), -middle.y())

    @property
    def to_photo(self) -> QTransform:
        """From view to photo."""
        return self.to_view.inverted()[0]

    @property
    def area(self) -> QRectF:
        return QRectF(0, 0, self.view.width(), self.view.height())

    @property
    def seen(self) -> QRectF:
        """The part of the view that the photo fills."""
        whole = self.to_view.mapRect(QRectF(0, 0, self.photo.width(), self.photo.height()))
        return whole.intersected(self.area)

    def whole(self) -> Viewport:
        return replace(self, zoom=None)

    def resized(self, view: QSize, ratio: float) -> Viewport:
        other = replace(self, view=view, ratio=ratio)
        return other.whole() if other.zoom is not None and other.zoom <= other.whole_scale else other

    def zoomed(self, scale: float, at: QPointF) -> Viewport:
        """To a scale within the limits, with the view point `at` held in place."""
        held = self.to_photo.map(at)
        scale = min(scale, max(LARGEST / self.ratio, self.whole_scale))
        if scale <= self.whole_scale * 1.001:
            return self.whole()
        other = replace(self, zoom=scale, centre=held + (self.area.center() - at) / scale)
        return replace(other, centre=other.middle)

    def panned(self, by: QPointF) -> Viewport:
        """With the photo moved by so many view pixels."""
        other = replace(self, centre=self.middle - by / self.scale)
        return replace(other, centre=other.middle)

    def _kept(self, value: float, length: int, room: int) -> float:
        half = (room / 2 - MARGIN) / self.scale
        return length / 2 if half >= length / 2 else min(max(value, half), length - half)
