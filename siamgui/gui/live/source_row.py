"""Where the pictures come from: a camera and its size, a video file, or a stream of this machine."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from siamgui.core.camera import sizes
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.core.source import Source, Stream, parse_source, source_name
from siamgui.gui.live.controller import LiveController
from siamgui.gui.live.state import LivePageState, Phase
from siamgui.gui.photos.sources import video_filter
from siamgui.gui.widgets.file_dialog import FileDialog, Place
from siamgui.gui.widgets.kit import Choice, button, command, grow, line, row, shortcuts, stretch
from siamgui.gui.widgets.menu_tool import menu_tool

ADDRESS = 180
"""Least width of the line for an address."""
Size = tuple[int, int]


class SourceRow(QWidget):
    """Shows the source of a LiveController and lets the user choose another one."""

    toggled = Signal()
    """Start, or stop."""
    timeline_wanted = Signal()
    """Who is in the video, and when."""

    def __init__(self, controller: LiveController) -> None:
        super().__init__()
        self._controller = controller
        self._listed: object = None  # what the cameras were filled from
        self.files = FileDialog(self, Place.MoviesLocation)
        self.cameras = Choice[Source | None](tr("Source of the pictures"))
        self.cameras.shrink_to(10)
        self.sizes = Choice[Size | None](tr("Size of the pictures"), _sizes())
        self.address = line(tr("Address of a stream on this machine"), hint="rtsp://127.0.0.1:8554/camera")
        self.address.setToolTip(tr("Only addresses of this machine. Enter takes it."))
        self.address.setMinimumWidth(ADDRESS)
        self.address.hide()
        actions = shortcuts(self, {"video": self.open_dialog, "stream": self.ask_address})
        self.stream_action = actions["stream"]
        self.mirror_action = QAction(tr("Show the camera as a mirror does"), self)
        self.mirror_action.setCheckable(True)
        self.mirror_action.triggered.connect(controller.set_mirrored)
        choices = (*actions.values(), self.mirror_action)
        self.other_button = menu_tool("open", choices, tr("Other sources than cameras"))
        self.presence = QCheckBox(tr("Presence check"))
        self.presence.setToolTip(
            tr(
                "Asks for a few movements and checks that a head moves, not a flat picture. A basic check, "
                "not a certified one; never run on video files."
            )
        )
        self.start_button = button("", self.toggled, "primary")
        self.timeline_button = command("timeline", self.timeline_wanted)
        choosing = (grow(self.cameras), grow(self.address), self.other_button, self.sizes)
        self.setLayout(row(*choosing, stretch(), self.presence, self.timeline_button, self.start_button))
        self.files.chosen.connect(self._file_chosen)
        self.cameras.picked.connect(self._choose)
        self.sizes.picked.connect(self._size_chosen)
        self.address.returnPressed.connect(self._address_entered)
        self.presence.clicked.connect(controller.set_presence)

    def render_state(self, state: LivePageState) -> None:
        if self._listed != (state.cameras, state.source):
            self._listed = state.cameras, state.source
            self.cameras.show_items(_sources(state), state.source)
            self.address.setVisible(isinstance(state.source, Stream))
        self.sizes.setVisible(not isinstance(state.source, Path | Stream))
        self.sizes.show_value(state.size)
        self.mirror_action.setChecked(state.mirrored)
        self.mirror_action.setEnabled(not state.is_film)
        self.presence.setChecked(state.presence)
        self.presence.setEnabled(not state.running)
        self.presence.setVisible(not state.is_film)  # never run on a file
        self.timeline_button.setVisible(state.is_film)
        self.timeline_button.setEnabled(state.engine)
        active = state.running or state.phase is not Phase.OFF
        self.start_button.setText(tr("Stop") if active and state.verdict is None else tr("Start"))
        self.start_button.setEnabled(state.can_start or active)

    @Slot()
    def ask_address(self) -> None:
        """Let the user type where a stream is."""
        self.address.show()
        self.address.setFocus()
        self.address.selectAll()

    @Slot()
    def open_dialog(self) -> None:
        """Let the user pick a video file."""
        self.files.ask(tr("Open a video"), QFileDialog.FileMode.ExistingFile, [video_filter()])

    def go_back(self) -> bool:
        """Escape: out of typing an address. False if there was nothing to go back from."""
        typing = self.address.hasFocus() and not isinstance(self._controller.state.source, Stream)
        if typing:
            self.address.hide()
        return typing

    def keep(self) -> str | None:
        """The address as far as it is typed; None where none is asked for."""
        return None if self.address.isHidden() else self.address.text()

    def restore(self, address: str | None) -> None:
        """Go on from what keep() gave."""
        if address is not None:
            self.address.setText(address)
            self.address.show()

    @Slot(object)
    def _choose(self, source: Source | None) -> None:
        self._controller.set_source(source, self.sizes.value)

    @Slot(object)
    def _size_chosen(self, size: Size | None) -> None:
        self._controller.set_source(self._controller.state.source, size)

    @Slot()
    def _address_entered(self) -> None:
        try:
            self._choose(parse_source(self.address.text()))
        except SiamguiError as error:
            self._controller.report(error)

    @Slot(object)
    def _file_chosen(self, files: tuple[Path, ...]) -> None:
        self._choose(files[0])


def _sizes() -> dict[Size | None, str]:
    return {None: tr("Usual size")} | {(width, height): f"{width} × {height}" for width, height in sizes()}


def _sources(state: LivePageState) -> dict[Source | None, str]:
    """The cameras, and the source in use if it is none of them."""
    source = state.source
    found: dict[Source | None, str] = {camera.index: camera.name for camera in state.cameras}
    if not found:
        found[None] = tr("First camera")
    if isinstance(source, Path | Stream):
        found[source] = source_name(source)
    elif source is not None and source not in found:
        found[source] = tr("Camera {number}", number=source + 1)
    return found
