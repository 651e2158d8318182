"""Take a photo with a camera, in a place on a page."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.camera.controller import CameraController, CameraState, Phase
from siamgui.gui.camera.preview import CameraPreview
from siamgui.gui.display import wrap
from siamgui.gui.widgets.kit import Align, Choice, button, column, grow, label, row, stretch


class CameraPanel(QWidget):
    """The view of a CameraController.

    Space takes the photo after a countdown, or at once when pressed again; Enter uses it; R takes another; Escape goes
    back.
    """

    def __init__(self, controller: CameraController) -> None:
        super().__init__()
        self.controller = controller
        self._shown: CameraState | None = None
        self.preview = CameraPreview()
        self.setFocusProxy(self.preview)
        self.hint = label(role="small", wrap=True, align=Align.AlignHCenter)
        self.cameras = Choice[int](tr("Camera"))
        self.cameras.shrink_to(8)
        self.cameras.picked.connect(controller.switch)
        self.cancel_button = button(tr("Cancel"), controller.cancel)
        self.retake_button = button(tr("Retake"), controller.retake)
        self.again_button = button(tr("Try again"), controller.retake, "primary")
        self.take_button = button(tr("Take photo"), controller.take, "primary")
        self.use_button = button(tr("Use photo"), controller.use, "primary")
        buttons = (self.cancel_button, self.retake_button, self.again_button, self.take_button, self.use_button)
        self.setLayout(column(grow(self.preview), self.hint, row(grow(self.cameras), stretch(0), *buttons)))
        controller.changed.connect(self._render)
        controller.pictured.connect(self.preview.show_picture)
        self._render()

    @Slot()
    def _render(self) -> None:
        before, state = self._shown, self.controller.state
        self._shown = state
        if before is None or before.cameras is not state.cameras:
            self.cameras.show_items({camera.index: camera.name for camera in state.cameras}, None)
        if isinstance(state.source, int):
            self.cameras.show_value(state.source)
        self.cameras.setVisible(len(state.cameras) > 1 and state.phase is not Phase.TAKEN)
        if before is None or before.phase is not state.phase:
            self._show_phase(state)
        if state.phase is Phase.COUNTING and (before is None or before.left != state.left):
            self.preview.show_count(state.left)

    def _show_phase(self, state: CameraState) -> None:
        phase = state.phase
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        self.take_button.setVisible(phase in (Phase.SEARCHING, Phase.LIVE, Phase.COUNTING))
        self.take_button.setEnabled(phase in (Phase.LIVE, Phase.COUNTING))
        self.take_button.setText(tr("Take now") if phase is Phase.COUNTING else tr("Take photo"))
        self.retake_button.setVisible(phase is Phase.TAKEN)
        self.use_button.setVisible(phase is Phase.TAKEN)
        self.again_button.setVisible(phase is Phase.FAILED)
        self.cameras.setEnabled(phase in (Phase.LIVE, Phase.FAILED))
        self.preview.show_count(0)
        if state.taken is not None:
            self.preview.show_picture(wrap(state.taken).convertToFormat(QImage.Format.Format_RGB32))
        messages = {Phase.CLOSED: "", Phase.SEARCHING: tr("Starting the camera…"), Phase.FAILED: str(state.error)}
        if phase in messages:
            self.preview.show_message(messages[phase])
        self.hint.setText(_hint(phase))
        if self.hint.text() and phase is not Phase.COUNTING:  # then the numbers are read out
            self.preview.say(self.hint.text())
        if had_focus:
            self.preview.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.isAutoRepeat():
            event.ignore()
        elif key == Qt.Key.Key_Space:
            self.controller.take()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QPushButton) and focus.hasFocus():
                focus.click()
            elif self.controller.state.phase is Phase.FAILED:
                self.controller.retake()
            else:
                self.controller.use()
        elif key == Qt.Key.Key_R:
            self.controller.retake()
        elif key == Qt.Key.Key_Escape:
            self.controller.cancel()
        else:
            event.ignore()


def _hint(phase: Phase) -> str:
    if phase is Phase.LIVE:
        return tr("Space takes the photo.")
    if phase is Phase.COUNTING:
        return tr("Space takes it now.")
    return tr("Enter uses this photo, R takes another.") if phase is Phase.TAKEN else ""
