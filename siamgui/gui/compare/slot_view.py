"""One photograph: its name and commands above, the photograph with its faces, what went wrong with the last one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent

from siamgui.core.i18n import mark, tr, trn
from siamgui.core.types import Side
from siamgui.gui.compare.controller import PairController
from siamgui.gui.photos.slot import SlotState
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.empty_place import CENTRE, Well
from siamgui.gui.widgets.kit import Card, bar, column, command, gap, grow, label, row, say, stack, stretch, tool
from siamgui.gui.widgets.photo_view import PhotoView

if TYPE_CHECKING:
    from siamgui.gui.camera.controller import CameraController
    from siamgui.gui.camera.panel import CameraPanel

_WORDS = {
    Side.LEFT: (
        mark("Left photo"),
        mark("Open the left photo…"),
        mark("Paste the left photo"),
        mark("Take the left photo"),
        mark("Clear the left photo"),
    ),
    Side.RIGHT: (
        mark("Right photo"),
        mark("Open the right photo…"),
        mark("Paste the right photo"),
        mark("Take the right photo"),
        mark("Clear the right photo"),
    ),
}
"""What a side is called, and what its buttons do: open, paste, take, clear."""
ROOM_FOR_DIMENSIONS = 340
PATIENCE = 120
"""Milliseconds before a wait is shown at all."""


class SlotView(Card):
    """One side of a PairController: a SlotState, or a camera in the place of the photograph."""

    open_wanted = Signal(object)
    """The side; as are those of paste_wanted."""
    paste_wanted = Signal(object)

    def __init__(self, side: Side, controller: PairController) -> None:
        super().__init__()
        self._state = SlotState()
        self.camera: CameraPanel | None = None
        """The camera panel while it is open."""
        self.setMinimumSize(QSize(240, 200))
        self._side_name, opens, pastes, takes, clears = map(tr, _WORDS[side])
        self.setAccessibleName(self._side_name)
        ways = (
            ("open", partial(self.open_wanted.emit, side), opens),
            ("paste", partial(self.paste_wanted.emit, side), pastes),
            ("camera", partial(controller.open_camera, side), takes),
        )
        self.clear_button = tool("clear", partial(controller.clear, side), purpose=clears)
        tools = [tool(name, clicked, purpose=purpose) for name, clicked, purpose in ways]
        self.open_button, self._tools = tools[0], (*tools, self.clear_button)
        invitations = [command(name, clicked, purpose=purpose) for name, clicked, purpose in ways]
        self._first = invitations[0]
        self.name = ElidedLabel()
        self.name.setMinimumHeight(32)
        self.dimensions = label(role="small")
        self._bar = bar(tr("Working"))
        self._bar.setRange(0, 0)
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(policy)
        self._bar.hide()
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(self._show_wait)
        self.error = Banner()
        self.error.dismissed.connect(partial(controller.dismiss, side))
        self.photo = PhotoView()
        self.photo.face_chosen.connect(lambda index: controller.choose(side, index))
        self.hint = label(role="small", align=CENTRE)
        words = label(tr("Drop a photo of a face here"), wrap=True, align=CENTRE)
        invitation = row(stretch(), *invitations, stretch(), spacing=4)
        self._well = Well("photo", words, invitation, margins=(8, 16, 8, 16))
        self._stack = stack(self._well, self.photo)
        head = row(grow(self.name), self.dimensions, gap(4), *self._tools, spacing=0)
        parts = (head, self._bar, self.error, grow(self._stack), self.hint)
        self.setLayout(column(*parts, spacing=4, margins=(12, 8, 12, 12)))
        self.render_state(self._state)

    def render_state(self, state: SlotState, stuck: bool = False, camera: CameraController | None = None) -> None:
        """stuck: there is no engine to wait for. camera: in the place of the photograph."""
        self._state = state
        shown = state.shown
        self.photo.show_photo(shown.display if shown is not None else None, *state.marks)
        self.error.say(state.error)
        self.clear_button.setEnabled(shown is not None or state.source is not None)
        self._show_camera(camera)
        if self.camera is None:
            self._stack.setCurrentWidget(self.photo if shown is not None else self._well)
        for button in self._tools:
            button.setVisible(self._stack.currentWidget() is self.photo)
        if not state.busy or (stuck and state.source is None):
            self._patience.stop()
            self._bar.hide()
        elif not self._patience.isActive() and self._bar.isHidden():
            self._patience.start()
        self._caption()

    def _show_camera(self, camera: CameraController | None) -> None:
        if self.camera is not None and self.camera.controller is not camera:
            panel, self.camera = self.camera, None
            had_focus = panel.isAncestorOf(self.focusWidget()) or panel.hasFocus()
            self._stack.removeWidget(panel)
            panel.deleteLater()
            if had_focus:
                self.take_focus()
        if self.camera is None and camera is not None:
            from siamgui.gui.camera.panel import CameraPanel

            self.camera = CameraPanel(camera)
            self._stack.addWidget(self.camera)
            self._stack.setCurrentWidget(self.camera)
            self.camera.setFocus()

    def take_focus(self) -> None:
        """Give the keyboard to the photograph, or to the first thing to do about an empty slot."""
        first = self.photo if self._state.shown is not None else self._first
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.dimensions.setVisible(self.width() >= ROOM_FOR_DIMENSIONS)

    def _caption(self) -> None:
        state, shown = self._state, self._state.shown
        if self.camera is not None:
            shown = None  # its place is taken
        if self._bar.isVisible() and state.source is not None:
            self.name.set_whole_text(tr("Reading “{name}”…", name=state.source.name))
        else:
            self.name.set_whole_text(shown.photo.name if shown is not None else self._side_name)
        self.dimensions.setText(f"{shown.photo.width} × {shown.photo.height}" if shown is not None else "")
        named = f"{self._side_name}: {self.name.whole_text()}" if shown is not None else self._side_name
        self.photo.setAccessibleName(named)
        say(self.hint, self._hint())

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
