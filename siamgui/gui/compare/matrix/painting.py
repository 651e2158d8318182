"""How the matrix looks: cells of colour, symbol and distance, and the faces along its edges.

Everything is drawn once into a picture and then only copied: hundreds of cells drawn anew in every paint would keep the
window waiting. What a paint has no time left for comes with the next one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHeaderView, QWidget

from siamgui.core.i18n import tr
from siamgui.core.types import Outcome
from siamgui.gui import theme
from siamgui.gui.compare.matrix.state import Tile
from siamgui.gui.display import image_of
from siamgui.gui.widgets.painting import CENTRE, draw_picture, draw_plate, faint, write

GAP = 2
RADIUS = 6.0
TALL = 72
"""Height of a cell from which the symbol stands above the distance."""
ROW_NAME = 132
"""Width of the names along the left edge."""
_BUDGET = 0.0025  # seconds of one paint for what is not drawn yet
_KEPT = 1000  # pictures
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class Pictures:
    """What was drawn already, for one widget."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._drawn: dict[tuple[Hashable, ...], QPixmap] = {}
        self._until = 0.0

    def begin(self) -> None:
        """A paint begins."""
        self._until = time.perf_counter() + _BUDGET
        self._common = (self._widget.devicePixelRatioF(), theme.colours() is theme.DARK, self._widget.font().key())

    def picture(self, what: Hashable, size: QSize, draw: Callable[[QPainter, QRectF], None]) -> QPixmap | None:
        """what: names the picture. draw: how, into so large a place. None where there is no time left for it now."""
        key = (what, size.width(), size.height(), *self._common)
        found = self._drawn.get(key)
        if found is not None:
            return found
        if time.perf_counter() > self._until:
            self._widget.update()
            return None
        if len(self._drawn) > _KEPT:
            self._drawn.clear()
        ratio = self._common[0]
        found = QPixmap(size * ratio)
        found.setDevicePixelRatio(ratio)
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        draw(painter, QRectF(0, 0, size.width(), size.height()))
        painter.end()
        self._drawn[key] = found
        return found


def draw_verdict(painter: QPainter, whole: QRectF, outcome: Outcome, text: str) -> None:
    """A cell. text: the distance."""
    ink = theme.colours().of(outcome)
    place = whole.adjusted(GAP, GAP, -GAP, -GAP)
    draw_plate(painter, place, faint(ink, 0.13), RADIUS)
    tall = whole.height() >= TALL
    side = 24 if tall else 16
    painter.setFont(theme.font(1.1 if tall else 0.92, QFont.Weight.DemiBold))
    metrics = painter.fontMetrics()
    if tall:
        top = place.center().y() - (side + 2 + metrics.height()) / 2
        icon = QRectF(place.center().x() - side / 2, top, side, side)
        write(painter, QRectF(place.left(), top + side + 2, place.width(), metrics.height()), text, ink)
    else:
        width = side + 4 + metrics.horizontalAdvance(text)
        left = place.center().x() - width / 2
        icon = QRectF(left, place.center().y() - side / 2, side, side)
        write(painter, QRectF(left + side + 4, place.top(), width, place.height()), text, ink, _LEFT)
    _draw_icon(painter, icon, outcome.value, outcome.value)


def draw_word(painter: QPainter, whole: QRectF, text: str) -> None:
    """What stands in place of a verdict."""
    painter.setFont(theme.font(0.92))
    write(painter, whole, text, theme.colours().muted)


def draw_problem(painter: QPainter, whole: QRectF, text: str) -> None:
    """The row of a photograph that cannot be used. text: why, as much of it as there is room for."""
    place, side = whole.adjusted(GAP, GAP, -GAP, -GAP), 20
    painter.setFont(theme.font(0.92))
    draw_plate(painter, place, theme.colours().raised, RADIUS)
    _draw_icon(painter, QRectF(place.left() + 8, place.center().y() - side / 2, side, side), "warning", "warning")
    room = place.adjusted(side + 16, 2, -6, -2)
    flags = int(_LEFT | Qt.TextFlag.TextWordWrap)
    metrics = painter.fontMetrics()
    if metrics.boundingRect(room.toRect(), flags, text).height() > room.height():
        lines = max(1, int(room.height()) // metrics.lineSpacing())
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width() * lines * 0.92))
    painter.setPen(theme.colours().text)
    painter.drawText(room, flags, text)


def _draw_icon(painter: QPainter, place: QRectF, name: str, colour: str) -> None:
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    painter.drawPixmap(
        place.topLeft(), theme.pixmap(name, getattr(theme.colours(), colour), round(place.width()), ratio)
    )


class FaceHeader(QHeaderView):
    """The photographs along one edge. UserRole of headerData: a Tile."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self._pictures = Pictures(self.viewport())
        self._along_top = orientation == Qt.Orientation.Horizontal
        self.cell_height = 48
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def picture_side(self) -> int:
        """Of a face, in device-independent pixels."""
        return max(32, min(self.cell_height - 2 * GAP - 4, 96))

    def sizeHint(self) -> QSize:
        side = self.defaultSectionSize()
        if self._along_top:
            return QSize(side, self.picture_side() + self._name_height() + 2 * GAP)
        return QSize(self.picture_side() + ROW_NAME, side)

    def _name_height(self) -> int:
        return self.fontMetrics().height() + 4

    def paintEvent(self, event: QPaintEvent) -> None:
        self._pictures.begin()
        super().paintEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        model = self.model()
        tile = None if model is None else model.headerData(logicalIndex, self.orientation(), Qt.ItemDataRole.UserRole)
        if not isinstance(tile, Tile):
            return
        what = (tile.key, tile.name, tile.chosen, tile.reading is None, tile.problem is None)
        drawn = self._pictures.picture(what, rect.size(), lambda onto, place: self._draw(onto, place, tile))
        if drawn is not None:
            painter.drawPixmap(rect.topLeft(), drawn)

    def _draw(self, painter: QPainter, rect: QRectF, tile: Tile) -> None:
        side = min(self.picture_side(), rect.width() - 2 * GAP, rect.height() - 2 * GAP)
        if self._along_top:
            face = QRectF(rect.center().x() - side / 2, rect.top() + GAP, side, side)
            words = QRectF(rect.left() + GAP, face.bottom() + 1, rect.width() - 2 * GAP, self._name_height())
        else:
            face = QRectF(rect.left() + GAP, rect.center().y() - side / 2, side, side)
            words = QRectF(face.right() + 8, rect.top(), rect.right() - face.right() - 12, rect.height())
        if tile.reading is not None:
            draw_picture(painter, face, image_of(tile.reading.crop), RADIUS)
        else:
            draw_plate(painter, face, theme.colours().raised, RADIUS)
            mark = QRectF(0, 0, 20, 20)
            mark.moveCenter(face.center())
            _draw_icon(painter, mark, *(("photo", "muted") if tile.problem is None else ("warning", "warning")))
        self._draw_words(painter, words, tile)

    def _draw_words(self, painter: QPainter, words: QRectF, tile: Tile) -> None:
        painter.setFont(theme.font(0.92))
        metrics, colours = painter.fontMetrics(), theme.colours()
        fits = metrics.horizontalAdvance(tile.name) <= words.width()
        # What tells one file from another stands before its ending.
        lines = [tile.name if fits else tile.name.rpartition(".")[0] or tile.name]
        if not self._along_top and tile.faces > 1 and words.height() >= 2 * metrics.lineSpacing() + 4:
            lines.append(tr("Face {n} of {count}", n=tile.chosen + 1, count=tile.faces))
        top = words.center().y() - len(lines) * metrics.lineSpacing() / 2
        for n, line in enumerate(lines):
            text = metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, int(words.width()))
            place = QRectF(words.left(), top + n * metrics.lineSpacing(), words.width(), metrics.lineSpacing())
            write(painter, place, text, colours.muted if n else colours.text, CENTRE if self._along_top else _LEFT)
