"""How the matrix looks: cells of colour, symbol and distance, and the faces along its edges."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

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
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows. outcome: None without a verdict; then text says what there is instead. text: the distance."""

    outcome: Outcome | None
    text: str
    wide: bool = False


class CellPainter(QStyledItemDelegate):
    """UserRole: a Cell."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(cell, Cell):
            return
        colours = theme.colours()
        place = QRectF(option.rect).adjusted(GAP, GAP, -GAP, -GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if cell.outcome is None:
            self._draw_words(painter, place, cell, hovered)
        else:
            ink = colours.of(cell.outcome)
            draw_plate(painter, place, faint(ink, 0.26 if hovered else 0.13), RADIUS)
            self._draw_verdict(painter, place, cell.outcome, cell.text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colours.focus, 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.restore()

    def _draw_words(self, painter: QPainter, place: QRectF, cell: Cell, hovered: bool) -> None:
        colours = theme.colours()
        painter.setFont(theme.font(0.92))
        if hovered or cell.wide:
            draw_plate(painter, place, colours.raised, RADIUS)
        if not cell.wide:
            write(painter, place, cell.text, colours.muted)
            return
        side = 20
        icon = QRectF(place.left() + 8, place.center().y() - side / 2, side, side)
        self._draw_icon(painter, icon, "warning", "warning")
        room = place.adjusted(side + 16, 2, -6, -2)
        painter.setPen(colours.text)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
        metrics = painter.fontMetrics()
        text = cell.text
        if metrics.boundingRect(room.toRect(), flags, text).height() > room.height():  # the tooltip has all of it
            lines = max(1, int(room.height()) // metrics.lineSpacing())
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width() * lines * 0.92))
        painter.drawText(room, flags, text)

    def _draw_verdict(self, painter: QPainter, place: QRectF, outcome: Outcome, text: str) -> None:
        ink = theme.colours().of(outcome)
        tall = place.height() + 2 * GAP >= TALL
        side = 24 if tall else 16
        painter.setFont(theme.font(1.1 if tall else 0.92, QFont.Weight.DemiBold))
        metrics = painter.fontMetrics()
        if tall:
            height = side + 2 + metrics.height()
            top = place.center().y() - height / 2
            icon = QRectF(place.center().x() - side / 2, top, side, side)
            words = QRectF(place.left(), top + side + 2, place.width(), metrics.height())
            write(painter, words, text, ink)
        else:
            width = side + 4 + metrics.horizontalAdvance(text)
            left = place.center().x() - width / 2
            icon = QRectF(left, place.center().y() - side / 2, side, side)
            words = QRectF(left + side + 4, place.top(), width, place.height())
            write(painter, words, text, ink, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self._draw_icon(painter, icon, outcome.value, outcome.value)

    def _draw_icon(self, painter: QPainter, place: QRectF, name: str, colour: str) -> None:
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        ink = getattr(theme.colours(), colour)
        painter.drawPixmap(place.topLeft(), theme.pixmap(name, ink, round(place.width()), ratio))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(64, 44)


class FaceHeader(QHeaderView):
    """The photographs along one edge. UserRole of headerData: a Tile."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self._pictures: dict[tuple[int, int, int, float], QPixmap] = {}
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(True)
        self.setMouseTracking(True)

    @property
    def _along_top(self) -> bool:
        return self.orientation() == Qt.Orientation.Horizontal

    def name_height(self) -> int:
        return self.fontMetrics().height() + 4

    def sizeHint(self) -> QSize:
        side = self.defaultSectionSize()
        if self._along_top:
            return QSize(side, self.picture_side() + self.name_height() + 2 * GAP)
        return QSize(self.picture_side() + ROW_NAME, side)

    def picture_side(self) -> int:
        """Of a face, in device-independent pixels."""
        table = self.parentWidget()
        height = table.property("cell_height") if table is not None else None
        return max(32, min(int(height or 48) - 2 * GAP - 4, 96))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        model = self.model()
        tile = None if model is None else model.headerData(logicalIndex, self.orientation(), Qt.ItemDataRole.UserRole)
        if not isinstance(tile, Tile):
            return
        colours = theme.colours()
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        side = min(self.picture_side(), rect.width() - 2 * GAP, rect.height() - 2 * GAP)
        if self._along_top:
            face = QRectF(rect.center().x() - side / 2, rect.top() + GAP, side, side)
            words = QRectF(rect.left() + GAP, face.bottom() + 1, rect.width() - 2 * GAP, self.name_height())
            align = CENTRE
        else:
            face = QRectF(rect.left() + GAP, rect.center().y() - side / 2, side, side)
            words = QRectF(face.right() + 8, rect.top(), rect.right() - face.right() - 12, rect.height())
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if tile.reading is not None:
            painter.drawPixmap(face.topLeft(), self._picture(tile, round(side), painter.device().devicePixelRatioF()))
        else:
            draw_plate(painter, face, colours.raised, RADIUS)
            icon = "warning" if tile.problem is not None else "photo"
            ink = colours.warning if tile.problem is not None else colours.muted
            mark = QRectF(0, 0, 20, 20)
            mark.moveCenter(face.center())
            painter.drawPixmap(mark.topLeft(), theme.pixmap(icon, ink, 20, painter.device().devicePixelRatioF()))
        painter.setFont(theme.font(0.92))
        metrics = painter.fontMetrics()
        lines = [tile.name]
        if not self._along_top and tile.faces > 1 and rect.height() >= 2 * metrics.lineSpacing() + 4:
            lines.append(tr("Face {n} of {count}", n=tile.chosen + 1, count=tile.faces))
        top = words.center().y() - len(lines) * metrics.lineSpacing() / 2
        for n, line in enumerate(lines):
            # What tells one file from another stands before its ending.
            whole = n or metrics.horizontalAdvance(line) <= words.width()
            shown = line if whole else line.rpartition(".")[0] or line
            text = metrics.elidedText(shown, Qt.TextElideMode.ElideMiddle, int(words.width()))
            place = QRectF(words.left(), top + n * metrics.lineSpacing(), words.width(), metrics.lineSpacing())
            write(painter, place, text, colours.muted if n else colours.text, align)
        painter.restore()

    def _picture(self, tile: Tile, side: int, ratio: float) -> QPixmap:
        """The face, scaled and with round corners once, not in every paint."""
        key = (tile.key, tile.chosen, side, ratio)
        if key not in self._pictures:
            if len(self._pictures) > 200:
                self._pictures.clear()
            assert tile.reading is not None
            picture = QPixmap(round(side * ratio), round(side * ratio))
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            draw_picture(painter, QRectF(picture.rect()), image_of(tile.reading.crop), RADIUS * ratio)
            painter.end()
            picture.setDevicePixelRatio(ratio)
            self._pictures[key] = picture
        return self._pictures[key]
