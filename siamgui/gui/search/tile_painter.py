"""How one face looks in a wall, and the line from which on strangers are expected."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from siamgui.core.types import Outcome
from siamgui.gui import theme
from siamgui.gui.widgets.painting import draw_picture, draw_plate, write

PICTURE = 132
WIDTH = 164
GAP = 6
PADDING = 8
RADIUS = 8.0
SYMBOLS = {Outcome.SAME: "same", Outcome.DIFFERENT: "different", Outcome.INCONCLUSIVE: "inconclusive"}


@dataclass(frozen=True, slots=True, eq=False)
class TileLook:
    """picture: None while there is none. missing: there is none to come. head: a few words; lines: one each.

    symbol, ink: before the head, and the field of theme.Colours that it is drawn in; "" for none.
    """

    picture: QImage | None
    missing: bool
    symbol: str
    ink: str
    head: str
    lines: tuple[str, ...]


def _fonts() -> tuple[QFont, QFont]:
    return theme.font(1.0, QFont.Weight.DemiBold), theme.font(0.92)


def tile_size(lines: int) -> QSize:
    """lines: below the head."""
    large, small = (QFontMetrics(font).lineSpacing() for font in _fonts())
    return QSize(WIDTH, PICTURE + 2 * PADDING + GAP + 4 + large + lines * small)


def line_height() -> int:
    return QFontMetrics(_fonts()[0]).lineSpacing() + 24


class TilePainter(QStyledItemDelegate):
    """UserRole: a TileLook, or the words of the line, or None for an empty place."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        shown = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if isinstance(shown, TileLook):
            widget = option.widget
            current = bool(option.state & QStyle.StateFlag.State_Selected)
            focused = current and widget is not None and widget.hasFocus()
            self._tile(painter, option.rect, shown, current=current, focused=focused, ratio=_ratio(widget))
        elif isinstance(shown, str):
            _line(painter, QRectF(option.rect), shown)
        painter.restore()

    def _tile(
        self, painter: QPainter, rect: QRect, look: TileLook, *, current: bool, focused: bool, ratio: float
    ) -> None:
        colours = theme.colours()
        place = QRectF(rect).adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2)
        rim = QPen(colours.focus if focused else colours.accent if current else colours.outline, 2 if current else 1)
        draw_plate(painter, place, colours.raised if current else colours.surface, RADIUS, rim)
        face = QRectF(place.center().x() - PICTURE / 2, place.top() + PADDING, PICTURE, PICTURE)
        if look.picture is not None:
            draw_picture(painter, face, look.picture, 6.0)
        else:
            draw_plate(painter, face, colours.raised, 6.0)
            icon = theme.pixmap("warning" if look.missing else "photo", colours.muted, 32, ratio)
            painter.drawPixmap(QPointF(face.center().x() - 16, face.center().y() - 16), icon)
        large, small = _fonts()
        painter.setFont(large)
        height = painter.fontMetrics().lineSpacing()
        room = QRectF(place.left() + PADDING, face.bottom() + 4, place.width() - 2 * PADDING, height)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        words = room
        if look.symbol:
            ink = getattr(colours, look.ink)
            painter.drawPixmap(QPointF(room.left(), room.center().y() - 8), theme.pixmap(look.symbol, ink, 16, ratio))
            words = room.adjusted(22, 0, 0, 0)
        head = painter.fontMetrics().elidedText(look.head, Qt.TextElideMode.ElideMiddle, int(words.width()))
        write(painter, words, head, getattr(colours, look.ink or "text"), left)
        painter.setFont(small)
        metrics = painter.fontMetrics()
        top = room.bottom()
        for number, text in enumerate(look.lines, 1):
            row = QRectF(room.left(), top, room.width(), metrics.lineSpacing())
            ends = number > len(look.lines) - 2  # of which the end tells more
            elide = Qt.TextElideMode.ElideMiddle if ends else Qt.TextElideMode.ElideRight
            elided = metrics.elidedText(text, elide, int(row.width()))
            write(painter, row, elided, colours.muted if number == len(look.lines) else colours.text, left)
            top = row.bottom()


def _ratio(widget: object) -> float:
    return float(widget.devicePixelRatioF()) if hasattr(widget, "devicePixelRatioF") else 1.0


def _line(painter: QPainter, rect: QRectF, words: str) -> None:
    """Words with a line on either side."""
    colours = theme.colours()
    painter.setFont(_fonts()[0])
    room = rect.adjusted(GAP / 2, 0, -GAP / 2, 0)
    text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width() - 48))
    width = painter.fontMetrics().horizontalAdvance(text)
    middle = rect.center().y()
    painter.setPen(QPen(colours.inconclusive, 2, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(room.left(), middle), QPointF(room.left() + 16, middle))
    painter.drawLine(QPointF(room.left() + 32 + width, middle), QPointF(room.right(), middle))
    place = QRectF(room.left() + 24, rect.top(), width + 2, rect.height())
    write(painter, place, text, colours.text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
