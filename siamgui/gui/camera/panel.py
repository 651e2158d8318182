"""Take a photo with a camera: preview, countdown, then use it or take another."""

from __future__ import annotations

import enum
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from siamgui.core.camera import CameraInfo
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.core.imaging import photo_from_pixels
from siamgui.core.types import Pixels
from siamgui.gui.camera.capture import Capture
from siamgui.gui.camera.preview import CameraPreview
from siamgui.gui.display import wrap

COUNTDOWN = 3
SECOND = 1000


class State(enum.Enum):
    CLOSED = enum.auto()
    SEARCHING = enum.auto()
    LIVE = enum.auto()
    COUNTING = enum.auto()
    TAKEN = enum.auto()
    FAILED = enum.auto()


class CameraPanel(QWidget):
    """A panel for a place on a page. The camera is in use only while the preview is live.

    Space takes the photo after a countdown, or at once when pressed again; Enter uses it; R takes another; Escape goes
    back.
    """

    captured = Signal(object)
    """Photo: the picture to use, not mirrored. The panel has closed itself."""
    cancelled = Signal()
    """The person went back without a photo. The panel has closed itself."""
    state_changed = Signal(object)
    """State"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = State.CLOSED
        self._source: int | Path | None = None
        self._capture: Capture | None = None
        self._previous: Capture | None = None  # may still be letting go of its camera
        self._frame: Pixels | None = None
        self._error: SiamguiError | None = None
        self._left = 0
        self._clock = QTimer(self)
        self._clock.setInterval(SECOND)
        self._clock.timeout.connect(self._tick)

        self.preview = CameraPreview()
        self.hint = QLabel()
        self.hint.setProperty("role", "small")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.hint.setWordWrap(True)
        self.cameras = QComboBox()
        self.cameras.setMinimumContentsLength(8)
        self.cameras.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.cameras.setVisible(False)
        self.cameras.activated.connect(self._switch)
        self.cancel_button = self._button(self.cancel)
        self.retake_button = self._button(self.retake)
        self.again_button = self._button(self.retake, primary=True)
        self.take_button = self._button(self.take, primary=True)
        self.use_button = self._button(self.use, primary=True)

        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.cameras, 1)
        row.addStretch(0)
        for button in (self.cancel_button, self.retake_button, self.again_button, self.take_button, self.use_button):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.preview, 1)
        layout.addWidget(self.hint)
        layout.addLayout(row)
        self._enter(State.CLOSED)

    @property
    def state(self) -> State:
        return self._state

    def open(self, source: int | Path | None = None) -> None:
        """Go live. source: a device index, a video file, or None for the camera used last, else the first."""
        if source is not None or isinstance(self._source, Path):
            self._source = source
        self._start()
        self.preview.setFocus()

    def stop(self) -> None:
        """Let go of the camera, at the latest after the frame being read, and close. Does not wait."""
        self._release()
        self._frame = None
        self._enter(State.CLOSED)

    @Slot()
    def take(self) -> None:
        """Start the countdown; a second call takes the photo at once."""
        if self._state is State.LIVE:
            self._left = COUNTDOWN
            self._clock.start()
            self._enter(State.COUNTING)
        elif self._state is State.COUNTING:
            self._keep()

    @Slot()
    def retake(self) -> None:
        """Go live again, after a photo or a failure."""
        if self._state in (State.TAKEN, State.FAILED):
            self._start()

    @Slot()
    def use(self) -> None:
        """Hand over the photo taken."""
        if self._state is not State.TAKEN or self._frame is None:
            return
        photo = photo_from_pixels(self._frame, tr("camera picture"))
        self.stop()
        self.captured.emit(photo)

    @Slot()
    def cancel(self) -> None:
        """Back to the preview while counting down, else out of the panel."""
        if self._state is State.COUNTING:
            self._clock.stop()
            self._enter(State.LIVE)
        else:
            self.stop()
            self.cancelled.emit()

    # -- the camera

    def _start(self) -> None:
        self._release()
        self._frame = None
        capture = Capture(self._source, after=self._previous)
        capture.found.connect(self._on_found)
        capture.opened.connect(self._on_opened)
        capture.picture_ready.connect(self._on_picture)
        capture.lost.connect(self._on_lost)
        capture.ended.connect(self._on_lost)
        self._capture = capture
        self._previous = None
        self._enter(State.SEARCHING)
        capture.start()

    def _release(self) -> None:
        self._clock.stop()
        if self._capture is not None:
            self._capture.stop()
            self._previous = self._capture
            self._capture = None

    @Slot(object)
    def _on_found(self, cameras: tuple[CameraInfo, ...]) -> None:
        if self.sender() is not self._capture:
            return
        self.cameras.clear()
        for camera in cameras:
            self.cameras.addItem(camera.name, camera.index)
        self.cameras.setVisible(len(cameras) > 1)
        self._mark_source()

    @Slot(object)
    def _on_opened(self, source: int | Path) -> None:
        if self.sender() is self._capture:
            self._source = source
            self._mark_source()

    def _mark_source(self) -> None:
        at = self.cameras.findData(self._source)
        if at >= 0:
            self.cameras.setCurrentIndex(at)

    @Slot(int)
    def _switch(self, at: int) -> None:
        index = self.cameras.itemData(at)
        if index != self._source or self._state is State.FAILED:
            self._source = index
            self._start()

    @Slot()
    def _on_picture(self) -> None:
        if self._capture is None:
            return
        frame, picture = self._capture.take_frame(), self._capture.take_picture()
        if frame is None or picture is None:
            return
        self._frame = frame.pixels
        self.preview.show_picture(picture)
        if self._state is State.SEARCHING:
            self._enter(State.LIVE)

    @Slot(object)
    def _on_lost(self, error: SiamguiError) -> None:
        if self.sender() is not self._capture:
            return
        self._release()
        self._frame = None
        self._error = error
        self._enter(State.FAILED)

    # -- taking

    @Slot()
    def _tick(self) -> None:
        self._left -= 1
        if self._left:
            self.preview.show_count(self._left)
        else:
            self._keep()

    def _keep(self) -> None:
        """Keep the frame last shown, and let the camera go."""
        self._release()
        self._enter(State.TAKEN)

    def _enter(self, state: State) -> None:
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        self._state = state
        self.take_button.setVisible(state in (State.SEARCHING, State.LIVE, State.COUNTING))
        self.take_button.setEnabled(state in (State.LIVE, State.COUNTING))
        self.retake_button.setVisible(state is State.TAKEN)
        self.use_button.setVisible(state is State.TAKEN)
        self.again_button.setVisible(state is State.FAILED)
        self.cameras.setVisible(self.cameras.count() > 1 and state is not State.TAKEN)
        self.cameras.setEnabled(state in (State.LIVE, State.FAILED))
        self.preview.show_count(self._left if state is State.COUNTING else 0)
        if state is State.TAKEN and self._frame is not None:
            self.preview.show_picture(wrap(self._frame).convertToFormat(QImage.Format.Format_RGB32))
        self._say()
        if had_focus:
            self.preview.setFocus()
        self.state_changed.emit(state)

    def _say(self) -> None:
        """All texts, in the current language."""
        self.cameras.setAccessibleName(tr("Camera"))
        self.cancel_button.setText(tr("Cancel"))
        self.retake_button.setText(tr("Retake"))
        self.again_button.setText(tr("Try again"))
        self.take_button.setText(tr("Take now") if self._state is State.COUNTING else tr("Take photo"))
        self.use_button.setText(tr("Use photo"))
        hint = ""
        if self._state is State.CLOSED:
            self.preview.show_message("")
        elif self._state is State.SEARCHING:
            self.preview.show_message(tr("Starting the camera…"))
        elif self._state is State.FAILED:
            self.preview.show_message(str(self._error))
        elif self._state is State.LIVE:
            hint = tr("Space takes the photo.")
        elif self._state is State.COUNTING:
            hint = tr("Space takes it now.")
        elif self._state is State.TAKEN:
            hint = tr("Enter uses this photo, R takes another.")
        self.hint.setText(hint)
        if hint and self._state is not State.COUNTING:  # then the numbers are read out
            self.preview.say(hint)

    # -- events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.isAutoRepeat():
            event.ignore()
        elif key == Qt.Key.Key_Space:
            self.take()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QPushButton) and focus.hasFocus():
                focus.click()
            elif self._state is State.FAILED:
                self.retake()
            else:
                self.use()
        elif key == Qt.Key.Key_R:
            self.retake()
        elif key == Qt.Key.Key_Escape:
            self.cancel()
        else:
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._say()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing films while nobody sees it; a window that is only minimised goes on."""
        super().hideEvent(event)
        if not event.spontaneous() and self._state is not State.CLOSED:
            self.stop()

    def _button(self, action: object, *, primary: bool = False) -> QPushButton:
        button = QPushButton()
        if primary:
            button.setProperty("kind", "primary")
        button.clicked.connect(action)
        return button
