"""One photograph: its name and commands above, the photograph with its faces, what went wrong with the last one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from siamgui.core.i18n import tr, trn
from siamgui.core.types import Side
from siamgui.gui import theme
from siamgui.gui.actions import dress
from siamgui.gui.photos.slot import SlotState
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.photo_view import PhotoView

if TYPE_CHECKING:
    from siamgui.gui.camera.panel import CameraPanel

ROOM_FOR_DIMENSIONS = 340
PATIENCE = 120
"""Milliseconds before a wait is shown at all."""


class SlotView(QFrame):
    """Shows a SlotState and passes on what the user wants."""

    # Each carries the side first.
    open_wanted = Signal(object)
    paste_wanted = Signal(object)
    clear_wanted = Signal(object)
    dismissed = Signal(object)
    face_chosen = Signal(object, int)
    photo_taken = Signal(object, object)

    def __init__(self, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = side
        self._state = SlotState()
        self._camera: CameraPanel | None = None
        self.setProperty("role", "card")
        self.setMinimumSize(QSize(240, 200))

        self.name = ElidedLabel()
        self.name.setMinimumHeight(32)
        self.dimensions = QLabel()
        self.dimensions.setProperty("role", "small")
        self.open_button, self.paste_button, self.camera_button, self.clear_button = (QToolButton() for _ in range(4))
        self.open_button.clicked.connect(self.want_open)
        self.paste_button.clicked.connect(self.want_paste)
        self.camera_button.clicked.connect(self.open_camera)
        self.clear_button.clicked.connect(self._want_clear)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(policy)
        self._bar.hide()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._show_wait)
        self.error = Banner()
        self.error.dismissed.connect(self._dismiss)
        self.photo = PhotoView()
        self.photo.face_chosen.connect(self._choose)
        self.hint = QLabel()
        self.hint.setProperty("role", "small")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._well = _EmptyWell(self)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._well)
        self._stack.addWidget(self.photo)

        self._build()
        self._retranslate()
        self.render_state(self._state)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.name, 1)
        head.addWidget(self.dimensions)
        head.addSpacing(4)
        for button in (self.open_button, self.paste_button, self.camera_button, self.clear_button):
            button.setProperty("kind", "quiet")
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._bar)
        layout.addWidget(self.error)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.hint)

    # What the user wants.

    @Slot()
    def want_open(self) -> None:
        self.open_wanted.emit(self.side)

    @Slot()
    def want_paste(self) -> None:
        self.paste_wanted.emit(self.side)

    @Slot()
    def _want_clear(self) -> None:
        self.clear_wanted.emit(self.side)

    @Slot()
    def _dismiss(self) -> None:
        self.dismissed.emit(self.side)

    @Slot(int)
    def _choose(self, index: int) -> None:
        self.face_chosen.emit(self.side, index)

    # What is shown.

    def render_state(self, state: SlotState, stuck: bool = False) -> None:
        """stuck: there is no engine to wait for."""
        before, self._state = self._state, state
        shown = state.shown
        if shown is not None and shown is not before.shown:
            self.photo.set_image(shown.display)
        elif shown is None and before.shown is not None:
            self.photo.set_image(None)
        if state.candidate is None and state.loaded is not None:
            loaded = state.loaded
            old = before.loaded if before.candidate is None else None
            if old is None or old.detection is not loaded.detection or loaded.chosen != self.photo.chosen:
                self.photo.set_faces(loaded.detection.faces, loaded.chosen)
        self.error.say(str(state.error) if state.error is not None else "")
        self.clear_button.setEnabled(shown is not None or state.source is not None)
        self._arrange()
        if not state.busy or (stuck and state.source is None):
            self._patience.stop()
            self._bar.hide()
        elif not self._patience.isActive() and self._bar.isHidden():
            self._patience.start()
        self._caption()

    def set_target(self, on: bool) -> None:
        """Whether a drop would land here."""
        if self.property("target") != on:
            self.setProperty("target", on)
            theme.restyle(self)

    # The camera, in place of the photograph.

    @Slot()
    def open_camera(self) -> None:
        self.use_camera(None)

    def use_camera(self, source: int | Path | None) -> None:
        """Show the live picture of a camera. source: as CameraPanel.open() takes it."""
        from siamgui.gui.camera.panel import CameraPanel

        if self._camera is None:
            self._camera = CameraPanel()
            self._camera.captured.connect(self._captured)
            self._camera.cancelled.connect(self.close_camera)
            self._stack.addWidget(self._camera)
            self._camera.open(source)
            self._arrange()
            self._caption()
            self._camera.setFocus()

    @property
    def camera(self) -> CameraPanel | None:
        """The camera panel while it is open."""
        return self._camera

    @Slot()
    def close_camera(self) -> None:
        if self._camera is None:
            return
        camera, self._camera = self._camera, None
        camera.stop()
        had_focus = camera.isAncestorOf(self.focusWidget()) or camera.hasFocus()
        self._stack.removeWidget(camera)
        camera.deleteLater()
        self._arrange()
        self._caption()
        if had_focus:
            self.take_focus()

    @Slot(object)
    def _captured(self, photo: object) -> None:
        self.close_camera()
        self.photo_taken.emit(self.side, photo)

    def take_focus(self) -> None:
        """Give the keyboard to the photograph, or to the first thing to do about an empty slot."""
        if self._state.shown is not None:
            self.photo.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self._well.open_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Details.

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.dimensions.setVisible(self.width() >= ROOM_FOR_DIMENSIONS)

    def _arrange(self) -> None:
        if self._camera is not None:
            self._stack.setCurrentWidget(self._camera)
        else:
            self._stack.setCurrentWidget(self.photo if self._state.shown is not None else self._well)
        for button in (self.open_button, self.paste_button, self.camera_button, self.clear_button):
            button.setVisible(self._stack.currentWidget() is self.photo)

    def _caption(self) -> None:
        state, shown = self._state, self._state.shown
        side = tr("Left photo") if self.side is Side.LEFT else tr("Right photo")
        if self._camera is not None:
            shown = None  # its place is taken
        if self._bar.isVisible() and state.source is not None:
            self.name.set_whole_text(tr("Reading “{name}”…", name=state.source.name))
        else:
            self.name.set_whole_text(shown.photo.name if shown is not None else side)
        self.dimensions.setText(f"{shown.photo.width} × {shown.photo.height}" if shown is not None else "")
        self.photo.setAccessibleName(f"{side}: {self.name.whole_text()}" if shown is not None else side)
        self.hint.setText(self._hint())
        self.hint.setVisible(bool(self.hint.text()))

    def _hint(self) -> str:
        state = self._state
        if self._stack.currentWidget() is not self.photo or state.shown is None:
            return ""
        if state.candidate is not None or state.loaded is None:
            return tr("Looking for faces…") if self._bar.isVisible() else ""
        parts = []
        if (count := len(state.loaded.detection.faces)) > 1:
            parts.append(trn("{n} face", "{n} faces: click another one, or use ← →", count))
        if (frames := state.shown.photo.first_of) > 1:
            parts.append(trn("{n} picture", "the first of {n} pictures in this file", frames))
        return " · ".join(parts)

    @Slot()
    def _show_wait(self) -> None:
        self._bar.show()
        self._caption()

    def _retranslate(self) -> None:
        left = self.side is Side.LEFT
        self.setAccessibleName(tr("Left photo") if left else tr("Right photo"))
        self._bar.setAccessibleName(tr("Working"))
        for button, name, purpose in (
            (self.open_button, "open", tr("Open the left photo…") if left else tr("Open the right photo…")),
            (self.paste_button, "paste", tr("Paste the left photo") if left else tr("Paste the right photo")),
            (self.camera_button, "camera", tr("Take the left photo") if left else tr("Take the right photo")),
            (self.clear_button, "clear", tr("Clear the left photo") if left else tr("Clear the right photo")),
        ):
            dress(button, name, purpose, words=False)
        self._well.retranslate(left)
        self._caption()
        if self._state.error is not None:
            self.error.say(str(self._state.error))


class _EmptyWell(QFrame):
    """What an empty slot says and offers."""

    def __init__(self, slot: SlotView) -> None:
        super().__init__(slot)
        self.setProperty("role", "well")
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words = QLabel()
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self.open_button, self._paste, self._camera = (QPushButton() for _ in range(3))
        self.open_button.clicked.connect(slot.want_open)
        self._paste.clicked.connect(slot.want_paste)
        self._camera.clicked.connect(slot.open_camera)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addStretch(1)
        for button in (self.open_button, self._paste, self._camera):
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 16, 8, 16)
        layout.setSpacing(12)
        layout.addStretch(1)
        layout.addWidget(self._icon)
        layout.addWidget(self._words)
        layout.addLayout(row)
        layout.addStretch(1)
        self._paint_icon()
        theme.theme.changed.connect(self._paint_icon)

    def retranslate(self, left: bool) -> None:
        self._words.setText(tr("Drop a photo of a face here"))
        dress(self.open_button, "open", tr("Open the left photo…") if left else tr("Open the right photo…"))
        dress(self._paste, "paste", tr("Paste the left photo") if left else tr("Paste the right photo"))
        dress(self._camera, "camera", tr("Take the left photo") if left else tr("Take the right photo"))

    @Slot()
    def _paint_icon(self) -> None:
        self._icon.setPixmap(theme.pixmap("photo", theme.colours().muted, 40, self.devicePixelRatioF()))
