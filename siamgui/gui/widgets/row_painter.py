"""How a person or a group looks in a list: a face, the name, and what is known in smaller words."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from siamgui.gui import theme
from siamgui.gui.widgets.painting import draw_picture, draw_plate

PICTURE = 48
PADDING = 8
RADIUS = 6.0


class PicturedRow(QStyledItemDelegate):
    """DisplayRole: the name and further lines. DecorationRole: a square QImage."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        lines = 3 * theme.font().pointSizeF() * 1.8  # never more than three
        return QSize(PICTURE, max(PICTURE, round(lines)) + 2 * PADDING)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours = theme.colours()
        self.initStyleOption(option, index)
        words, image = index.data(Qt.ItemDataRole.DisplayRole), index.data(Qt.ItemDataRole.DecorationRole)
        widget = option.widget
        style = widget.style() if widget is not None else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        room: QRect = option.rect.adjusted(PADDING, PADDING, -PADDING, -PADDING)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        face = QRectF(room.left(), room.top() + (room.height() - PICTURE) / 2, PICTURE, PICTURE)
        if isinstance(image, QImage):
            draw_picture(painter, face, image, RADIUS)
        else:
            draw_plate(painter, face, colours.raised, RADIUS)
        name, *more = words.split("\n")
        text = QRect(room.adjusted(PICTURE + 12, 0, 0, 0))
        fonts = [theme.font(1.0, QFont.Weight.DemiBold), *(theme.font(0.92) for _ in more)]
        heights = []
        for font in fonts:
            painter.setFont(font)
            heights.append(painter.fontMetrics().lineSpacing())
        top = text.top() + max(0, (text.height() - sum(heights)) // 2)
        for n, (line, font, height) in enumerate(zip((name, *more), fonts, heights, strict=True)):
            painter.setFont(font)
            painter.setPen(colours.on_accent if selected else colours.muted if n else colours.text)
            fitted = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, text.width())
            painter.drawText(QRect(text.left(), top, text.width(), height), Qt.AlignmentFlag.AlignVCenter, fitted)
            top += height
        painter.restore()
