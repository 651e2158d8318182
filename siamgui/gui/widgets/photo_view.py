"""A photograph with its faces outlined and numbered; zoom, pan, and choose a face by mouse or keyboard."""

from __future__ import annotations

import sys

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from siamgui.core.i18n import tr
from siamgui.core.types import Face
from siamgui.gui.display import DisplayImage
from siamgui.gui.theme import colours
from siamgui.gui.widgets.face_marks import draw_hovered, draw_marks, label_font
from siamgui.gui.widgets.kit import announce
from siamgui.gui.widgets.outline import Outline, outline, outline_at
from siamgui.gui.widgets.painting import draw_focus, painter_of
from siamgui.gui.widgets.viewport import Viewport

STEP = 1.25
PAN_STEP = 48.0
DIGIT_PAUSE = 900
"""Milliseconds within which digits make one number."""


class PhotoView(QWidget):
    """Shows one photo. face_chosen(index) is emitted when the person picks another face."""

    face_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._image: DisplayImage | None = None
        self._faces: tuple[Face, ...] = ()
        self._outlines: tuple[Outline, ...] = ()  # in photo pixels
        self._labels: dict[int, QRectF] = {}  # where the numbers were painted last
        self._label_font = self.font()
        self._chosen = -1
        self._hovered = -1
        self._viewport = Viewport(QSize(1, 1), self.size())
        self._pressed: QPointF | None = None
        self._dragging = False
        self._ring = False
        self._digits = ""
        self._since_digit = QElapsedTimer()
        self._painted: tuple[object, QPixmap] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Photo"))
        if sys.platform != "darwin":  # there, a pinch comes as a native gesture already
            self.grabGesture(Qt.GestureType.PinchGesture)

    def set_image(self, image: DisplayImage | None) -> None:
        """Show another photo, whole and without faces; None shows nothing."""
        self._image = image
        self._painted = None
        self.set_faces((), -1)
        self._move(Viewport(image.size if image else QSize(1, 1), self.size(), self.devicePixelRatioF()))

    def set_faces(self, faces: tuple[Face, ...], chosen: int) -> None:
        """Outline faces (in reading order; face number n is faces[n - 1]), with faces[chosen] emphasised."""
        self._faces = faces
        self._outlines = tuple(outline(face) for face in faces)
        self._labels = {}
        self._chosen = chosen if faces else -1
        self._hovered = -1
        self._digits = ""
        self._describe()
        self.update()

    def show_photo(self, image: DisplayImage | None, faces: tuple[Face, ...] = (), chosen: int = -1) -> None:
        """As set_image() and set_faces(), of which those that are shown already change nothing."""
        if image is not self._image:
            self.set_image(image)
        if faces is not self._faces or chosen != self._chosen:
            self.set_faces(faces, chosen)

    @property
    def viewport(self) -> Viewport:
        """What is shown of the photo, and how large."""
        return self._viewport

    def restore(self, viewport: Viewport) -> None:
        """Zoom and pan as it was in another view of the same photo; of another one nothing."""
        if viewport.photo == self._viewport.photo:
            self._move(viewport.resized(self.size(), self.devicePixelRatioF()))

    @property
    def chosen(self) -> int:
        """Index of the chosen face, or -1."""
        return self._chosen

    @property
    def zoom(self) -> float:
        """Screen pixels per photo pixel."""
        return self._viewport.scale * self._viewport.ratio

    @property
    def fitted(self) -> bool:
        """Whether the whole photo is shown."""
        return self._viewport.zoom is None

    @property
    def to_view(self) -> QTransform:
        """From photo pixels to the coordinates of this widget."""
        return self._viewport.to_view

    def fit(self) -> None:
        """Show the whole photo."""
        self._move(self._viewport.whole())

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom around a point of the view: by default the chosen face if it is in sight, else the middle."""
        if self._image is not None:
            self._move(self._viewport.zoomed(self._viewport.scale * factor, at or self._anchor()))

    def pan(self, by: QPointF) -> None:
        """Move the photo by so many view pixels."""
        self._move(self._viewport.panned(by))

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def _move(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self._show_cursor()
        self.update()

    def _anchor(self) -> QPointF:
        area = self._viewport.area
        if self._chosen < 0:
            return area.center()
        face = self.to_view.map(self._outlines[self._chosen].centre)
        return face if area.contains(face) else area.center()

    # -- faces

    def _face_at(self, point: QPointF) -> int:
        """The face whose number or outline is at a point of the view (the smallest, where they overlap), or -1."""
        for n, label in self._labels.items():
            if label.contains(point):
                return n
        return outline_at([mark.moved(self.to_view) for mark in self._outlines], point)

    def _choose(self, index: int) -> None:
        if index == self._chosen or not 0 <= index < len(self._faces):
            return
        self._chosen = index
        self._reveal(index)
        self._describe()
        self.update()
        announce(self, self._face_text())
        self.face_chosen.emit(index)

    def _reveal(self, index: int) -> None:
        area = self._viewport.area
        face = self.to_view.map(self._outlines[index].centre)
        if not area.contains(face):
            self.pan(area.center() - face)

    def _face_text(self) -> str:
        return tr("Face {n} of {count}", n=self._chosen + 1, count=len(self._faces))

    def _describe(self) -> None:
        if not self._faces:
            self.setAccessibleDescription("")
        elif len(self._faces) == 1:
            self.setAccessibleDescription(self._face_text())
        else:
            self.setAccessibleDescription(
                tr("{face}. The left and right arrow keys choose another face.", face=self._face_text())
            )

    # -- events

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            return
        painter = painter_of(self)
        painter.drawPixmap(0, 0, self._picture(self._image))
        if self._hovered not in (-1, self._chosen):
            mark = self._outlines[self._hovered].moved(self.to_view)
            painter.setFont(self._label_font)
            label = self._labels.get(self._hovered)
            draw_hovered(painter, mark, self._hovered + 1, label, self._viewport.seen)
        if self._ring and self.hasFocus():
            draw_focus(painter, self, 6)

    def _picture(self, image: DisplayImage) -> QPixmap:
        """The visible part of the photo and its marks as painted last, painted again only after something changed."""
        viewport = self._viewport
        key = (image, viewport, self._outlines, self._chosen, colours(), self.font().key())
        if self._painted is None or self._painted[0] != key:
            pixmap = QPixmap(self.size() * viewport.ratio)
            pixmap.setDevicePixelRatio(viewport.ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            # Far in, single pixels are what one wants to see.
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < 4 or self.fitted)
            image.paint(painter, viewport.seen, viewport.to_photo.mapRect(viewport.seen), self.zoom)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_marks(painter, viewport.seen)
            painter.end()
            self._painted = (key, pixmap)
        return self._painted[1]

    def _paint_marks(self, painter: QPainter, seen: QRectF) -> None:
        transform = self.to_view
        moved = ((n, mark.moved(transform)) for n, mark in enumerate(self._outlines))
        marks = {n: mark for n, mark in moved if mark.bounds().intersects(seen)}
        shown = list(marks)
        self._label_font = label_font(list(marks.values()))
        painter.setFont(self._label_font)
        chosen = shown.index(self._chosen) if self._chosen in marks else -1
        labels = draw_marks(painter, list(marks.values()), [n + 1 for n in shown], seen.adjusted(1, 1, -1, -1), chosen)
        self._labels = {shown[position]: label for position, label in labels.items()}

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._viewport = self._viewport.resized(self.size(), self.devicePixelRatioF())

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if self._image is None or not turned:
            event.ignore()
            return
        self.zoom_by(STEP ** (turned / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._move(self._viewport.resized(self.size(), self.devicePixelRatioF()))
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1 + event.value(), event.position())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.zoom_by(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint())))
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._image is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hover(self._face_at(event.position()))
            return
        if self.fitted:
            return
        by = event.position() - self._pressed
        if self._dragging or by.manhattanLength() >= QApplication.startDragDistance():
            self._dragging = True
            self._pressed = event.position()
            self.pan(by)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        clicked = self._pressed is not None and not self._dragging
        self._pressed = None
        self._dragging = False
        if clicked:
            self._choose(self._face_at(event.position()))
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._image is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        if self.fitted:
            full = max(1 / self._viewport.ratio, 2 * self._viewport.scale)
            self._move(self._viewport.zoomed(full, event.position()))
        else:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self.update()
        self._show_cursor()

    def _show_cursor(self) -> None:
        if self._dragging:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._hovered >= 0 and self._hovered != self._chosen:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif not self.fitted:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring = event.reason() != Qt.FocusReason.MouseFocusReason
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if self._image is None or not (
            (shift and self._pan_key(event.key()))
            or (plain and (self._digit_key(event.text()) or self._step_key(event.key())))
            or self._zoom_key(event.key())
        ):
            event.ignore()
            return
        self._ring = True
        self.update()

    def _pan_key(self, key: int) -> bool:
        step = {
            Qt.Key.Key_Left: QPointF(PAN_STEP, 0),
            Qt.Key.Key_Right: QPointF(-PAN_STEP, 0),
            Qt.Key.Key_Up: QPointF(0, PAN_STEP),
            Qt.Key.Key_Down: QPointF(0, -PAN_STEP),
        }.get(Qt.Key(key))
        if step is None or self.fitted:
            return False
        self.pan(step)
        return True

    def _step_key(self, key: int) -> bool:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key))
        if step is None or not self._faces:
            return False
        self._choose((self._chosen + step) % len(self._faces))
        return True

    def _zoom_key(self, key: int) -> bool:
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(STEP)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self.zoom_by(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            return False
        return True

    def _digit_key(self, text: str) -> bool:
        """Digits choose a face; two in quick succession make one number where there are so many faces."""
        if not (text.isascii() and text.isdigit()):
            return False
        recent = self._since_digit.isValid() and self._since_digit.elapsed() < DIGIT_PAUSE
        number = self._digits + text if recent else text
        if int(number) > len(self._faces):
            number = text
        if not 1 <= int(number) <= len(self._faces):
            return False
        self._digits = number
        self._since_digit.start()
        self._choose(int(number) - 1)
        return True
