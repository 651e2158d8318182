"""Many small faces side by side, in as many rows as there is room for; how many more there are stands at the end."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QImage, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from siamgui.gui.theme import colours, font
from siamgui.gui.widgets.painting import draw_picture, painter_of, write

SIDE, GAP, RADIUS = 40, 4, 4.0


class Mosaic(QWidget):
    """rows: at most so many. The name of a face is its tooltip."""

    def __init__(self, rows: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._faces: tuple[tuple[QImage, str], ...] = ()
        self._total = 0
        self._rows = rows
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_faces(self, faces: Sequence[tuple[QImage, str]], total: int) -> None:
        """faces: pictures and names, some of total."""
        self._faces, self._total = tuple(faces), total
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = 6 * (SIDE + GAP) - GAP
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * SIDE + GAP, SIDE)

    def heightForWidth(self, width: int) -> int:
        needed = -(-self._total // _across(width))
        return max(1, min(self._rows, needed)) * (SIDE + GAP) - GAP

    def _places(self) -> list[QRectF]:
        across = _across(self.width())
        down = max(1, min(self._rows, (self.height() + GAP) // (SIDE + GAP)))
        return [QRectF(c * (SIDE + GAP), r * (SIDE + GAP), SIDE, SIDE) for r in range(down) for c in range(across)]

    @property
    def _fitting(self) -> int:
        """How many faces are shown; the last place says how many are not."""
        places = len(self._places())
        return self._total if self._total <= min(places, len(self._faces)) else min(places - 1, len(self._faces))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_of(self)
        places, shown = self._places(), self._fitting
        for place, (image, _) in zip(places, self._faces[:shown], strict=False):
            draw_picture(painter, place, image, RADIUS)
        if shown < self._total:
            painter.setFont(font(0.92))
            write(painter, places[shown], f"+{self._total - shown:,}", colours().muted)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            for place, (_, name) in zip(self._places(), self._faces[: self._fitting], strict=False):
                if place.contains(event.pos()):
                    QToolTip.showText(event.globalPos(), name, self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)


def _across(width: int) -> int:
    """How many faces fit side by side."""
    return max(1, (width + GAP) // (SIDE + GAP))
