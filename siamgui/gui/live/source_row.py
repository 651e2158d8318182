"""Where the pictures come from: a camera and its size, a video file, or a stream of this machine."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from siamgui.core.camera import sizes
from siamgui.core.errors import SiamguiError
from siamgui.core.formats import VIDEO_FORMATS, patterns
from siamgui.core.i18n import tr
from siamgui.core.source import Source, Stream, parse_source, source_name
from siamgui.gui import theme
from siamgui.gui.actions import add_action, name_action
from siamgui.gui.live.state import LivePageState, Phase
from siamgui.gui.widgets.file_dialog import FileDialog, Place

ADDRESS = 180
"""Least width of the line for an address."""


class SourceRow(QWidget):
    """Shows the source of a LivePageState and passes on what the user wants."""

    source_chosen = Signal(object, object)
    """Source | None, and (width, height) | None"""
    presence_chosen = Signal(bool)
    refused = Signal(object)
    """SiamguiError: an address that cannot be used."""
    toggled = Signal()
    """Start, or stop."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: LivePageState | None = None
        self.files = FileDialog(self, Place.MoviesLocation)
        self.cameras = QComboBox()
        self.cameras.setMinimumContentsLength(10)
        self.cameras.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.other_button = QToolButton()
        self.other_button.setProperty("kind", "quiet")
        self.other_button.setProperty("menu", "true")
        self.other_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.other_button)
        self.file_action, self.stream_action = (add_action(self, name) for name in ("video", "stream"))
        self.file_action.triggered.connect(self.open_dialog)
        self.files.chosen.connect(self._file_chosen)
        self.stream_action.triggered.connect(self.ask_address)
        menu.addActions([self.file_action, self.stream_action])
        self.other_button.setMenu(menu)
        self.sizes = QComboBox()
        self.address = QLineEdit()
        self.address.setProperty("role", "input")
        self.address.setPlaceholderText("rtsp://127.0.0.1:8554/camera")
        self.address.setMinimumWidth(ADDRESS)
        self.address.hide()
        self.presence = QCheckBox()
        self.start_button = QPushButton()
        self.start_button.setProperty("kind", "primary")
        self.cameras.activated.connect(self._chosen)
        self.sizes.activated.connect(self._size_chosen)
        self.address.returnPressed.connect(self._address_entered)
        self.presence.clicked.connect(self.presence_chosen)
        self.start_button.clicked.connect(self.toggled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.cameras, 1)
        layout.addWidget(self.address, 1)
        layout.addWidget(self.other_button)
        layout.addWidget(self.sizes)
        layout.addStretch(1)
        layout.addWidget(self.presence)
        layout.addWidget(self.start_button)
        self._retranslate()

    def render_state(self, state: LivePageState) -> None:
        before, self._state = self._state, state
        if before is None or (before.cameras, before.source) != (state.cameras, state.source):
            self._list()
            self.address.setVisible(isinstance(state.source, Stream))
        device = not isinstance(state.source, Path | Stream)
        self.sizes.setVisible(device)
        with QSignalBlocker(self.sizes):
            self.sizes.setCurrentIndex(max(0, self.sizes.findData(state.size)))
        self.presence.setChecked(state.presence and not isinstance(state.source, Path))
        self.presence.setEnabled(not isinstance(state.source, Path) and not state.running)
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
        videos = tr("Videos ({patterns})", patterns=patterns(VIDEO_FORMATS))
        self.files.ask(tr("Open a video"), QFileDialog.FileMode.ExistingFile, [videos])

    def go_back(self) -> bool:
        """Escape: out of typing an address. False if there was nothing to go back from."""
        typing = self.address.hasFocus() and not isinstance(self._state.source if self._state else None, Stream)
        if typing:
            self.address.hide()
        return typing

    def stop(self) -> None:
        """Close an open dialog."""
        self.files.close()

    def _list(self) -> None:
        state = self._state
        assert state is not None
        entries: list[tuple[str, object]] = [(camera.name, camera.index) for camera in state.cameras]
        if not entries:
            entries = [(tr("First camera"), None)]
        if isinstance(state.source, Path | Stream):
            entries.append((source_name(state.source), state.source))
        elif state.source is not None and state.source not in [data for _, data in entries]:
            entries.append((tr("Camera {number}", number=state.source + 1), state.source))
        with QSignalBlocker(self.cameras):
            self.cameras.clear()
            for text, data in entries:
                self.cameras.addItem(text, data)
            known = [data for _, data in entries]
            self.cameras.setCurrentIndex(known.index(state.source) if state.source in known else 0)

    @Slot(int)
    def _chosen(self, at: int) -> None:
        self.source_chosen.emit(self.cameras.itemData(at), self.sizes.currentData())

    @Slot(int)
    def _size_chosen(self, at: int) -> None:
        if self._state is not None:
            self.source_chosen.emit(self._state.source, self.sizes.itemData(at))

    @Slot()
    def _address_entered(self) -> None:
        try:
            source: Source = parse_source(self.address.text())
        except SiamguiError as error:
            self.refused.emit(error)
        else:
            self.source_chosen.emit(source, self.sizes.currentData())

    @Slot(object)
    def _file_chosen(self, files: tuple[Path, ...]) -> None:
        self.source_chosen.emit(files[0], self.sizes.currentData())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.cameras.setAccessibleName(tr("Source of the pictures"))
        self.sizes.setAccessibleName(tr("Size of the pictures"))
        self.address.setAccessibleName(tr("Address of a stream on this machine"))
        self.address.setToolTip(tr("Only addresses of this machine. Enter takes it."))
        self.other_button.setToolTip(tr("Other sources than cameras"))
        self.other_button.setAccessibleName(tr("Other sources than cameras"))
        theme.set_icon(self.other_button, "open")
        for action in (self.file_action, self.stream_action):
            name_action(action)
        self.presence.setText(tr("Presence check"))
        self.presence.setToolTip(
            tr(
                "Asks for a few movements and checks that a head moves, not a flat picture. A basic check, "
                "not a certified one; never run on video files."
            )
        )
        with QSignalBlocker(self.sizes):
            chosen = self.sizes.currentData()
            self.sizes.clear()
            self.sizes.addItem(tr("Usual size"), None)
            for width, height in sizes():
                self.sizes.addItem(f"{width} × {height}", (width, height))
            self.sizes.setCurrentIndex(max(0, self.sizes.findData(chosen)))
        if self._state is not None:
            self._list()
            self.render_state(self._state)
