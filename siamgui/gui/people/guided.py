"""Photographs of a person with the camera: from the front and a little from either side, taken when they are good."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent

from siamgui.core.i18n import tr
from siamgui.core.source import Source
from siamgui.gui.camera.preview import CameraPreview
from siamgui.gui.display import image_of
from siamgui.gui.people.guided_controller import GuidedController, GuidedState
from siamgui.gui.widgets.face_picture import FaceTile
from siamgui.gui.widgets.kit import Align, Card, Choice, bar, button, column, grow, label, row, stretch
from siamgui.live.enrolling import Kept, Pose
from siamgui.live.enrolling_wording import enrolling_words, pose_name

FACE = 72


class GuidedCamera(Card):
    """The view of a GuidedController."""

    def __init__(self, controller: GuidedController) -> None:
        super().__init__()
        self._controller = controller
        self._state: GuidedState | None = None
        self._kept: tuple[Kept, ...] | None = None  # the ones that are shown
        self.preview = CameraPreview()
        self.asked = label(role="headline", wrap=True, align=Align.AlignCenter)
        self.advice = label(role="muted", wrap=True, align=Align.AlignCenter)
        self.advice.setMinimumHeight(2 * self.advice.fontMetrics().lineSpacing())
        self.bar = bar(tr("How long to hold still"))
        self.bar.setRange(0, 100)
        self.faces = {pose: FaceTile(FACE, pose_name(pose)) for pose in Pose}
        self.cameras = Choice[Source](tr("Camera"))
        self.cameras.shrink_to(8)
        self.cameras.picked.connect(controller.switch)
        self.cancel_button = button(tr("Cancel"), controller.close)
        self.again_button = button(tr("Again"), controller.again)
        self.use_button = button(tr("Use these photos"), controller.use, "primary")
        self.setLayout(
            column(
                self.asked,
                self.bar,
                grow(row(grow(self.preview), column(*self.faces.values(), stretch(), spacing=12), spacing=16)),
                self.advice,
                row(self.cameras, stretch(), self.cancel_button, self.again_button, self.use_button),
                margins=(16, 12, 16, 16),
            )
        )
        if controller.picture is not None:
            self.preview.show_picture(controller.picture)
        controller.pictured.connect(self.preview.show_picture)
        controller.changed.connect(self._render)
        self._render()

    @Slot()
    def _render(self) -> None:
        before, state = self._state, self._controller.state
        self._state = state if state.open else None
        if not state.open:
            return
        if before is None or (before.cameras, before.source) != (state.cameras, state.source):
            self.cameras.show_items({camera.index: camera.name for camera in state.cameras}, state.source)
            self.cameras.setVisible(len(state.cameras) > 1)
        if state.kept is not self._kept:
            self._kept = state.kept
            self._show_kept()
        asked, advice = _asked(state)
        if state.error is not None:
            self.preview.show_message(advice)
        elif state.filming and state.progress is None:
            self.preview.show_message(tr("Starting the camera…"))
        if asked != self.asked.text():
            self.asked.setText(asked)
            self.preview.say(asked)
        self.advice.setText(advice)
        self.bar.setValue(round(100 * state.progress.share) if state.progress is not None else 0)
        self.use_button.setEnabled(bool(state.kept))
        self.again_button.setEnabled(bool(state.kept) or not state.filming)
        if state.done and before is not None and not before.done:
            self.use_button.setFocus()

    def _show_kept(self) -> None:
        kept = {one.pose: one for one in self._kept or ()}
        for pose, tile in self.faces.items():
            one, name = kept.get(pose), pose_name(pose)
            said = tr("{pose}: taken", pose=name) if one is not None else tr("{pose}: still to come", pose=name)
            tile.face.set_image(image_of(one.reading.crop) if one is not None else None, said)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.preview.hasFocus():
            self._controller.use()
        elif event.key() == Qt.Key.Key_Escape:
            self._controller.close()
        else:
            super().keyPressEvent(event)


def _asked(state: GuidedState) -> tuple[str, str]:
    """What is asked for, and what would help with it."""
    progress = state.progress
    if state.error is not None:
        return tr("No pictures come"), str(state.error)
    if state.done:
        return tr("Done: all photos are taken"), tr("Use them, or take them again.")
    if not state.filming:
        return tr("The video has ended") if state.kept else tr("No photo could be taken from the video"), ""
    return enrolling_words(progress)
