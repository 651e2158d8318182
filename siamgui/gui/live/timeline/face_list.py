"""Whoever is in a video, a row each: the best view, what is known in words, and when, as bars over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QStyle, QStyledItemDelegate
from PySide6.QtWidgets import QStyleOptionViewItem as Option

from siamgui.core.i18n import tr
from siamgui.core.types import Outcome
from siamgui.gui import theme
from siamgui.gui.live.timeline.state import TimelineState
from siamgui.gui.widgets.painting import draw_picture, draw_plate, faint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siamgui.search.timeline_values import FilmFace, Stretch, Timeline

PICTURE, PADDING, GAP, RADIUS = 56, 8, 12, 6.0
BAR = 10
"""Height of the bars."""
LEAST = 3.0
"""Width of the shortest one."""
MOST = 20
"""Stretches that are told in words."""
FACE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class FaceModel(QAbstractListModel):
    """timeline: None while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.timeline: Timeline | None = None
        self.at: float | None = None
        self._pictures: tuple[QImage, ...] = ()

    def show(self, state: TimelineState) -> bool:
        """Whether there are other faces now."""
        before, self.timeline, self.at = self.timeline, state.timeline, state.at
        others = self._pictures is not state.pictures
        if others:
            self.beginResetModel()
            self._pictures = state.pictures
            self.endResetModel()
        elif before is not self.timeline and self.rowCount():
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))
        return others

    def rowCount(self, parent: Index | None = None) -> int:
        if self.timeline is None or (parent is not None and parent.isValid()):
            return 0
        return len(self.timeline.faces)

    def face(self, row: int) -> FilmFace | None:
        faces = self.timeline.faces if self.timeline is not None else ()
        return faces[row] if 0 <= row < len(faces) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        face = self.face(index.row())
        if face is None or self.timeline is None:
            return None
        if role == FACE:
            return face
        if role == Qt.ItemDataRole.DecorationRole:
            return self._pictures[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return "\n".join(_words(index.row() + 1, face))
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(face, self.timeline)
        return None


def _words(number: int, face: FilmFace) -> tuple[str, str]:
    from siamgui.search.timeline_wording import likeness_line, when_words

    head = tr("Face {number}", number=f"{number}{' ?' if face.unsure else ''}")
    likeness = likeness_line(face)
    return (f"{head} · {likeness}" if likeness else head), when_words(face)


def _tip(face: FilmFace, timeline: Timeline) -> str:
    from siamgui.search.timeline_wording import stretches_words
    from siamgui.search.wording import likeness_words

    lines = [stretches_words(face, MOST)]
    if face.likeness is not None:
        lines.append(likeness_words(face.likeness, timeline.sights))
    return "\n".join(lines)


class FaceRow(QStyledItemDelegate):
    """DisplayRole: two lines. DecorationRole: a square picture. FACE: the face."""

    def sizeHint(self, option: Option, index: Index) -> QSize:
        lines = sum(QFontMetrics(font).lineSpacing() for font in _fonts())
        return QSize(PICTURE, max(PICTURE, lines + 6 + BAR) + 2 * PADDING)

    def paint(self, painter: QPainter, option: Option, index: Index) -> None:
        self.initStyleOption(option, index)
        colours, widget = theme.colours(), option.widget
        style = widget.style() if widget is not None else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        face: FilmFace = index.data(FACE)
        outcome = face.likeness.outcome if face.likeness is not None else None
        ink = colours.on_accent if chosen else colours.text
        told = colours.of(outcome) if outcome is not None and not chosen else ink
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        room: QRect = option.rect.adjusted(PADDING, PADDING, -PADDING, -PADDING)
        image = index.data(Qt.ItemDataRole.DecorationRole)
        place = QRectF(room.left(), room.top() + (room.height() - PICTURE) / 2, PICTURE, PICTURE)
        draw_picture(painter, place, image, RADIUS)
        left = room.left() + PICTURE + GAP
        top = room.top()
        if outcome is not None:
            side = theme.ICON - 4
            painter.drawPixmap(
                left, top + 1, theme.pixmap(outcome.value, told, side, painter.device().devicePixelRatioF())
            )
        for n, (words, font) in enumerate(zip(index.data().split("\n"), _fonts(), strict=True)):
            painter.setFont(font)
            shift = theme.ICON if n == 0 and outcome is not None else 0
            line = QRect(left + shift, top, room.right() - left - shift, painter.fontMetrics().lineSpacing())
            painter.setPen(told if n == 0 else ink if chosen else colours.muted)
            fitted = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, fitted)
            top = line.bottom() + 1
        fill = colours.on_accent if chosen else told if outcome not in (None, Outcome.INCONCLUSIVE) else colours.accent
        self._paint_bars(
            painter, bar_of(option.rect), index, fill, (ink, colours.accent if chosen else colours.surface)
        )
        painter.restore()

    def _paint_bars(
        self, painter: QPainter, bar: QRectF, index: Index, fill: QColor, mark: tuple[QColor, QColor]
    ) -> None:
        """mark: the colours of the line at the picture that is shown, and of its rim."""
        model = index.model()
        assert isinstance(model, FaceModel)
        assert model.timeline is not None
        draw_plate(painter, bar, faint(mark[0], 0.14), BAR / 2)
        scale = bar.width() / max(model.timeline.read_to, 1e-9)
        for begin, end in _bars(index.data(FACE).stretches, scale, bar.width()):
            wide = end - begin
            draw_plate(painter, QRectF(bar.left() + begin, bar.top(), wide, BAR), fill, min(wide, BAR) / 2)
        if model.at is not None:
            for colour, half in zip(reversed(mark), (2, 1), strict=True):
                painter.fillRect(QRectF(bar.left() + model.at * scale - half, bar.top() - 3, 2 * half, BAR + 6), colour)


def _bars(stretches: Iterable[Stretch], scale: float, width: float) -> list[tuple[float, float]]:
    """Where they begin and end, in pixels; those that nobody could tell apart are one."""
    bars: list[tuple[float, float]] = []
    for one in stretches:
        wide = max(LEAST, (one.last - one.first) * scale)
        begin = max(min(one.first * scale, width - wide), 0.0)
        if bars and begin - bars[-1][1] < 1:
            bars[-1] = bars[-1][0], max(begin + wide, bars[-1][1])
        else:
            bars.append((begin, begin + wide))
    return bars


def bar_of(row: QRect) -> QRectF:
    """Where the bars of a row stand."""
    left = row.left() + PADDING + PICTURE + GAP
    return QRectF(left, row.bottom() - PADDING - BAR, row.right() - PADDING - left, BAR)


def _fonts() -> tuple[QFont, QFont]:
    return theme.font(1.0, QFont.Weight.DemiBold), theme.font(0.92)


class FaceList(QListView):
    """One row is chosen at a time. Up and down go to another face, left and right to its stretch before or after."""

    wanted = Signal(float)
    """Seconds of the film that are to be shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "list")
        self.setAccessibleName(tr("Faces in the video"))
        self.faces = FaceModel()
        self.setModel(self.faces)
        self.setItemDelegate(FaceRow(self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(96)

    def render_state(self, state: TimelineState) -> None:
        if self.faces.show(state) and self.faces.rowCount():
            self.choose(0)
        self.viewport().update()

    def choose(self, row: int) -> None:
        self.setCurrentIndex(self.faces.index(row))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        face = self.faces.face(self.currentIndex().row())
        key, before = event.key(), self.currentIndex().row()
        if face is not None and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            at = self.faces.at if self.faces.at is not None else face.best.at
            ahead = key == Qt.Key.Key_Right
            times = [one.first for one in face.stretches if (one.first > at if ahead else one.first < at)]
            if times:
                self.wanted.emit(min(times) if ahead else max(times))
        elif face is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.wanted.emit(face.best.at)
        elif key == Qt.Key.Key_Space:
            event.ignore()  # the page starts and stops with it
        else:
            super().keyPressEvent(event)
            face = self.faces.face(self.currentIndex().row())
            if face is not None and self.currentIndex().row() != before:
                self.wanted.emit(face.best.at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        where = event.position()
        index = self.indexAt(where.toPoint())
        face = self.faces.face(index.row())
        if face is None or self.faces.timeline is None or event.button() != Qt.MouseButton.LeftButton:
            return
        bar = bar_of(self.visualRect(index))
        if bar.adjusted(0, -4, 0, PADDING).contains(where):
            self.wanted.emit(self.faces.timeline.read_to * (where.x() - bar.left()) / bar.width())
        else:
            self.wanted.emit(face.best.at)
