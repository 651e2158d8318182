"""A photograph with its faces outlined and numbered; zoom, pan, and choose a face by mouse or keyboard."""

from __future__ import annotations

import sys

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from siamgui.core.i18n import tr
from siamgui.core.types import Face
from siamgui.gui.display import DisplayImage
from siamgui.gui.theme import colours, theme
from siamgui.gui.widgets.face_marks import Outline, draw_marks, outline

MARGIN = 4.0
"""Kept free around the photo for the focus ring."""
LARGEST = 8.0
"""Screen pixels per photo pixel at the closest zoom."""
STEP = 1.25
PAN_STEP = 48.0
SMALLEST_TARGET = 24.0
"""A tiny face can be clicked as if it were this wide."""
DIGIT_PAUSE = 900
"""Milliseconds within which digits make one number."""


class PhotoView(QWidget):
    """Shows one photo. face_chosen(index) is emitted when the person picks another face."""

    face_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: DisplayImage | None = None
        self._faces: tuple[Face, ...] = ()
        self._outlines: tuple[Outline, ...] = ()  # in photo pixels
        self._labels: dict[int, QRectF] = {}  # where the numbers were painted last
        self._chosen = -1
        self._hovered = -1
        self._zoom: float | None = None  # view pixels per photo pixel; None: the whole photo
        self._centre = QPointF()  # photo point in the middle of the view
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
        theme.changed.connect(self.update)

    def set_image(self, image: DisplayImage | None) -> None:
        """Show another photo, whole and without faces; None shows nothing."""
        self._image = image
        self._painted = None
        self.set_faces((), -1)
        self.fit()

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

    @property
    def chosen(self) -> int:
        """Index of the chosen face, or -1."""
        return self._chosen

    @property
    def zoom(self) -> float:
        """Screen pixels per photo pixel."""
        return self._scale() * self.devicePixelRatioF()

    @property
    def fitted(self) -> bool:
        """Whether the whole photo is shown."""
        return self._zoom is None

    def fit(self) -> None:
        """Show the whole photo."""
        self._zoom = None
        self._moved()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom around a point of the view: by default the chosen face if it is in sight, else the middle."""
        if self._image is None:
            return
        self._zoom_to(self._scale() * factor, at or self._anchor())

    def to_view(self) -> QTransform:
        """From photo pixels to the coordinates of this widget."""
        scale = self._scale()
        centre = self._middle()
        transform = QTransform.fromTranslate(self.width() / 2, self.height() / 2)
        return transform.scale(scale, scale).translate(-centre.x(), -centre.y())

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    # -- zoom and pan

    def _fit_scale(self) -> float:
        if self._image is None:
            return 1.0
        size = self._image.size
        room = min((self.width() - 2 * MARGIN) / size.width(), (self.height() - 2 * MARGIN) / size.height())
        return max(min(room, LARGEST / self.devicePixelRatioF()), 1e-4)

    def _scale(self) -> float:
        return self._fit_scale() if self._zoom is None else self._zoom

    def _middle(self) -> QPointF:
        """The photo point in the middle of the view, kept where the photo cannot get lost."""
        if self._image is None:
            return QPointF()
        size = self._image.size
        scale = self._scale()

        def kept(value: float, length: int, room: int) -> float:
            half = (room / 2 - MARGIN) / scale
            return length / 2 if half >= length / 2 else min(max(value, half), length - half)

        return QPointF(
            kept(self._centre.x(), size.width(), self.width()), kept(self._centre.y(), size.height(), self.height())
        )

    def _anchor(self) -> QPointF:
        middle = QRectF(self.rect()).center()
        if self._chosen < 0:
            return middle
        face = self.to_view().map(self._outlines[self._chosen].centre)
        return face if self.rect().contains(face.toPoint()) else middle

    def _zoom_to(self, scale: float, at: QPointF) -> None:
        smallest = self._fit_scale()
        held = self.to_view().inverted()[0].map(at)
        scale = min(scale, max(LARGEST / self.devicePixelRatioF(), smallest))
        if scale <= smallest * 1.001:
            self.fit()
            return
        self._zoom = scale
        self._centre = held + (QRectF(self.rect()).center() - at) / scale
        self._moved()

    def _pan(self, by: QPointF) -> None:
        """Move the photo by so many view pixels."""
        self._centre = self._middle() - by / self._scale()
        self._moved()

    def _moved(self) -> None:
        self._centre = self._middle()
        self._show_cursor()
        self.update()

    def _toggle_zoom(self, at: QPointF) -> None:
        if self._zoom is None:
            self._zoom_to(max(1 / self.devicePixelRatioF(), 2 * self._fit_scale()), at)
        else:
            self.fit()

    # -- faces

    def _face_at(self, point: QPointF) -> int:
        """The face whose number or outline is at a point of the view (the smallest, where they overlap), or -1."""
        for n, label in self._labels.items():
            if label.contains(point):
                return n
        transform = self.to_view()
        marks = [mark.moved(transform) for mark in self._outlines]
        hit = [
            n
            for n, mark in enumerate(marks)
            if mark.contains(point, max(0.0, (SMALLEST_TARGET - min(mark.width, mark.height)) / 2))
        ]
        return min(hit, key=lambda n: marks[n].width * marks[n].height, default=-1)

    def _choose(self, index: int) -> None:
        if index == self._chosen or not 0 <= index < len(self._faces):
            return
        self._chosen = index
        self._reveal(index)
        self._describe()
        self.update()
        announcement = QAccessibleAnnouncementEvent(self, self._face_text())
        QAccessible.updateAccessibility(announcement)
        self.face_chosen.emit(index)

    def _reveal(self, index: int) -> None:
        seen = QRectF(self.rect())
        face = self.to_view().mapRect(self._outlines[index].bounds())
        if not seen.contains(face.center()):
            self._pan(seen.center() - face.center())

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
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._photo(self._image))
        transform = self.to_view()
        whole = transform.mapRect(QRectF(self._image.levels[0].rect()))
        bounds = whole.intersected(QRectF(self.rect())).adjusted(1, 1, -1, -1)
        view = QRectF(self.rect())
        marks = {
            n: mark
            for n, mark in enumerate(mark.moved(transform) for mark in self._outlines)
            if mark.bounds().intersects(view)
        }
        numbers = list(marks)
        at = {n: position for position, n in enumerate(numbers)}
        labels = draw_marks(
            painter,
            list(marks.values()),
            [n + 1 for n in numbers],
            bounds,
            chosen=at.get(self._chosen, -1),
            hovered=at.get(self._hovered, -1),
        )
        self._labels = {numbers[position]: label for position, label in labels.items()}
        if self._ring and self.hasFocus():
            painter.setPen(QPen(colours().focus, 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _photo(self, image: DisplayImage) -> QPixmap:
        """The visible part as it was painted last, painted again only after it moved."""
        ratio = self.devicePixelRatioF()
        key = (image, self.size().toTuple(), ratio, self._scale(), self._middle().toTuple())
        if self._painted is None or self._painted[0] != key:
            pixmap = QPixmap(self.size() * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            transform = self.to_view()
            whole = transform.mapRect(QRectF(image.levels[0].rect()))
            target = whole.intersected(QRectF(self.rect()))
            painter = QPainter(pixmap)
            # Far in, single pixels are what one wants to see.
            smooth = self.zoom < 4 or self._zoom is None
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            image.paint(painter, target, transform.inverted()[0].mapRect(target), self.zoom)
            painter.end()
            self._painted = (key, pixmap)
        return self._painted[1]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._zoom is not None and self._zoom <= self._fit_scale():
            self._zoom = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if self._image is None or not turned:
            event.ignore()
            return
        self.zoom_by(STEP ** (turned / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
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
        if self._zoom is None:
            return
        by = event.position() - self._pressed
        if self._dragging or by.manhattanLength() >= QApplication.startDragDistance():
            self._dragging = True
            self._pressed = event.position()
            self._pan(by)

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
        self._toggle_zoom(event.position())

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
        elif self._zoom is not None:
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
        if step is None or self._zoom is None:
            return False
        self._pan(step)
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
