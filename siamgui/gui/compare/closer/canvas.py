"""Two faces in one frame: beside one another, laid over one another, wiped or in turn; zoomed and moved together."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from siamgui.core.i18n import tr
from siamgui.core.types import Side
from siamgui.gui import theme
from siamgui.gui.compare.closer.pictures import AROUND, CROP, FRAME, RULERS, UNIT, AlignedFace, map_pixels
from siamgui.gui.compare.closer.state import CloserState, Mode
from siamgui.gui.widgets.painting import draw_focus, draw_plate, faint, painter_of, write
from siamgui.gui.widgets.viewport import Viewport

GAP = 8
"""Between two faces side by side."""
STEP = 1.25
PAN = 48.0
BLINK = 700
"""Milliseconds that each face is shown."""
GRAB = 24.0
"""How near the edge of a wipe is taken hold of."""


class FaceCanvas(QWidget):
    """Shows a CloserState."""

    mix_moved = Signal(int)
    """Somebody drags the edge of the wipe: percent of the width."""

    def __init__(self) -> None:
        super().__init__()
        self._state = CloserState()
        self._viewport = Viewport(QSize(FRAME, FRAME), QSize(1, 1))
        self._maps: dict[Side, QImage] = {}
        self._mapped: object = None
        self._blinked = False
        self._pressed: QPointF | None = None
        self._wiping = False
        self._timer = QTimer(self, interval=BLINK)
        self._timer.timeout.connect(self._blink)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Both faces, upright and at one scale"))

    def show_state(self, state: CloserState) -> None:
        before, self._state = self._state, state
        if before.looking.mode is not state.looking.mode:
            self._blinked = False
            self._fit_view()
        blinking = state.looking.mode is Mode.BLINK and state.pair is not None and self.isVisible()
        if blinking is not self._timer.isActive():
            self._timer.start() if blinking else self._timer.stop()
        self.setAccessibleDescription(self._spoken())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 180)

    @property
    def viewport(self) -> Viewport:
        """The same of both faces."""
        return self._viewport

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """at: a point of this widget that stays in place."""
        held = self._viewport.area.center() if at is None else self._in_pane(at)
        self._viewport = self._viewport.zoomed(self._viewport.scale * factor, held)
        self.update()

    def pan(self, by: QPointF) -> None:
        self._viewport = self._viewport.panned(by)
        self.update()

    def fit(self) -> None:
        self._viewport = self._viewport.whole()
        self.update()

    # Where things are.

    def _panes(self) -> tuple[QRectF, ...]:
        whole = QRectF(self.rect())
        if self._state.looking.mode is not Mode.SIDE:
            return (whole,)
        half = (whole.width() - GAP) / 2
        return QRectF(0, 0, half, whole.height()), QRectF(half + GAP, 0, half, whole.height())

    def _in_pane(self, point: QPointF) -> QPointF:
        pane = next((pane for pane in self._panes() if pane.contains(point)), self._panes()[0])
        return point - pane.topLeft()

    def _fit_view(self) -> None:
        size = self._panes()[0].size().toSize()
        self._viewport = self._viewport.resized(size, self.devicePixelRatioF())

    def _edge(self) -> float:
        return self.width() * self._state.looking.mix / 100

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_of(self)
        panes, looking = self._panes(), self._state.looking
        for pane in panes:
            draw_plate(painter, pane, theme.colours().raised, 6)
        if self._state.pair is not None:
            if looking.mode is Mode.SIDE:
                for side, pane in zip(Side, panes, strict=True):
                    self._paint_face(painter, side, pane, pane)
            elif looking.mode is Mode.OVERLAY:
                self._paint_face(painter, Side.LEFT, panes[0], panes[0])
                self._paint_face(painter, Side.RIGHT, panes[0], panes[0], looking.mix / 100)
            elif looking.mode is Mode.WIPE:
                self._paint_wipe(painter, panes[0])
            else:
                self._paint_face(painter, Side.RIGHT if self._blinked else Side.LEFT, panes[0], panes[0])
            self._paint_names(painter, panes)
        if self.hasFocus():
            draw_focus(painter, self, 6)

    def _paint_wipe(self, painter: QPainter, pane: QRectF) -> None:
        edge = self._edge()
        self._paint_face(painter, Side.LEFT, pane, QRectF(0, 0, edge, pane.height()))
        self._paint_face(painter, Side.RIGHT, pane, QRectF(edge, 0, pane.width() - edge, pane.height()))
        line = QLineF(edge, 0, edge, pane.height())
        for pen in (QPen(theme.colours().surface, 5), QPen(theme.colours().accent, 2)):
            painter.setPen(pen)
            painter.drawLine(line)
        draw_plate(painter, QRectF(edge - 7, pane.height() / 2 - 14, 14, 28), theme.colours().accent, 5)

    def _paint_face(self, painter: QPainter, side: Side, pane: QRectF, clip: QRectF, opacity: float = 1.0) -> None:
        pair, looking = self._state.pair, self._state.looking
        assert pair is not None
        face, shown = (pair.left, pair.shown[0]) if side is Side.LEFT else (pair.right, pair.shown[1])
        viewport = self._viewport
        painter.save()
        painter.setClipRect(clip.intersected(pane))
        painter.setOpacity(opacity)
        painter.translate(pane.topLeft())
        mirrored = looking.mirrored and side is Side.RIGHT
        if mirrored:  # about the middle of the frame, wherever that is seen
            middle = viewport.to_view.map(QPointF(FRAME / 2, FRAME / 2)).x()
            painter.translate(2 * middle, 0)
            painter.scale(-1, 1)
        whole = QRectF(0, 0, FRAME, FRAME)
        pixels = shown.size.width() / FRAME
        seen = viewport.to_view.mapRect(whole)
        if not mirrored:  # of a mirrored one the other half is seen
            seen = seen.intersected(viewport.area)
        source = viewport.to_photo.mapRect(seen).intersected(whole)
        in_photo = QRectF(source.x() * pixels, source.y() * pixels, source.width() * pixels, source.height() * pixels)
        shown.paint(painter, seen, in_photo, viewport.scale * viewport.ratio / pixels)
        if looking.map:
            self._paint_map(painter, side)
        if looking.rulers:
            self._paint_rulers(painter, face, side, mirrored)
        painter.restore()

    def _paint_map(self, painter: QPainter, side: Side) -> None:
        found = self._state.explanation
        if found is None:
            return
        colours = theme.LIGHT
        if self._mapped is not found:
            import numpy as np

            most = float(max(np.abs(found.left.values).max(), np.abs(found.right.values).max()))
            inks = tuple((ink.red(), ink.green(), ink.blue()) for ink in (colours.same, colours.different))
            for where, values in ((Side.LEFT, found.left), (Side.RIGHT, found.right)):
                pixels = map_pixels(values, most, (inks[0], inks[1]))
                height, width = pixels.shape[:2]
                self._maps[where] = QImage(
                    pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888
                ).copy()
            self._mapped = found
        crop = self._viewport.to_view.mapRect(QRectF(AROUND, AROUND, CROP * UNIT, CROP * UNIT))
        painter.drawImage(crop, self._maps[side])

    def _paint_rulers(self, painter: QPainter, face: AlignedFace, side: Side, mirrored: bool) -> None:
        colours = theme.colours()
        ink = colours.accent if side is Side.LEFT else colours.warning
        points = [self._viewport.to_view.map(QPointF(*point)) for point in face.landmarks]
        lines = [QLineF(points[one], points[other]) for one, other in RULERS]
        for pen in (QPen(colours.surface, 4), QPen(ink, 2)):
            painter.setPen(pen)
            painter.drawLines(lines)
        painter.setFont(theme.font(0.85))
        for line, length in zip(lines, face.lengths(), strict=True):
            middle = line.center()
            painter.save()
            painter.translate(middle)
            if mirrored:  # so that it can be read
                painter.scale(-1, 1)
            chip = QRectF(-18, -9, 36, 18)
            draw_plate(painter, chip, faint(colours.surface, 0.85), 4)
            write(painter, chip, f"{length:.2f}", colours.text)
            painter.restore()

    def _paint_names(self, painter: QPainter, panes: tuple[QRectF, ...]) -> None:
        """Which face is which."""
        mode, colours = self._state.looking.mode, theme.colours()
        right = tr("Right, in the mirror") if self._state.looking.mirrored else tr("Right")
        if mode is Mode.SIDE:
            named = [(panes[0], tr("Left"), False), (panes[1], right, False)]
        elif mode is Mode.WIPE:
            named = [(panes[0], tr("Left"), False), (panes[0], right, True)]
        elif mode is Mode.BLINK:
            named = [(panes[0], right if self._blinked else tr("Left"), False)]
        else:
            named = [(panes[0], tr("Left, and the right one over it"), False)]
        painter.setFont(theme.font(0.92))
        for pane, text, at_end in named:
            width = painter.fontMetrics().horizontalAdvance(text) + 16
            x = pane.right() - width - 8 if at_end else pane.left() + 8
            chip = QRectF(x, pane.top() + 8, width, 24)
            draw_plate(painter, chip, faint(colours.surface, 0.85), 6)
            write(painter, chip, text, colours.text)

    def _spoken(self) -> str:
        """The rulers, for whoever does not see them."""
        pair = self._state.pair
        if pair is None or not self._state.looking.rulers:
            return ""
        names = (
            tr("left eye to nose"),
            tr("right eye to nose"),
            tr("nose to left corner of the mouth"),
            tr("nose to right corner of the mouth"),
            tr("width of the mouth"),
        )
        each = zip(names, pair.left.lengths()[1:], pair.right.lengths()[1:], strict=True)
        told = [tr("{what}: {left} and {right}", what=what, left=f"{a:.2f}", right=f"{b:.2f}") for what, a, b in each]
        return tr("In distances between the eyes, left and right face: {lengths}.", lengths=tr("; ").join(told))

    # What the user does.

    @Slot()
    def _blink(self) -> None:
        self._blinked = not self._blinked
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_view()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.zoom_by(STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = event.position()
        self._wiping = self._state.looking.mode is Mode.WIPE and abs(event.position().x() - self._edge()) <= GRAB

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        if self._wiping:
            self.mix_moved.emit(min(max(round(100 * event.position().x() / max(self.width(), 1)), 0), 100))
            return
        self.pan(event.position() - self._pressed)
        self._pressed = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._wiping = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._viewport.zoom is None:
            self.zoom_by(3, event.position())
        else:
            self.fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pans = {
            Qt.Key.Key_Left: QPointF(PAN, 0),
            Qt.Key.Key_Right: QPointF(-PAN, 0),
            Qt.Key.Key_Up: QPointF(0, PAN),
            Qt.Key.Key_Down: QPointF(0, -PAN),
        }
        key = Qt.Key(event.key())
        if key in pans:
            self.pan(pans[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(STEP)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self.zoom_by(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_Space and self._state.looking.mode is Mode.BLINK:
            self._timer.stop()  # from now on by hand
            self._blink()
        else:
            event.ignore()
