"""Who is in a video: a picture of it, and below whoever is seen, with bars over time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from siamgui.core.amounts import clock, time_left
from siamgui.core.i18n import tr
from siamgui.gui.camera.preview import CameraPreview
from siamgui.gui.live.timeline.card import FaceCard
from siamgui.gui.live.timeline.controller import TimelineController
from siamgui.gui.live.timeline.face_list import FaceList
from siamgui.gui.live.timeline.state import TimelineState
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.file_dialog import FileDialog
from siamgui.gui.widgets.kit import button, column, command, grow, label, row, say, stretch
from siamgui.gui.widgets.progress import Progress

SCALE = 1000
"""Steps of the bar."""


class TimelineView(QWidget):
    """Shows a TimelineController."""

    def __init__(self, controller: TimelineController) -> None:
        super().__init__()
        self.controller = controller
        self.files = FileDialog(self)
        self.error = Banner()
        self.preview = CameraPreview("video")
        self.preview.setAccessibleName(tr("Picture of the video"))
        self.faces = FaceList()
        self.card = FaceCard()
        """Of the face that is chosen; the page finds a place for it."""
        self.head, self.notes = label(role="title", wrap=True), label(role="small", wrap=True)
        self.halt_button = button(tr("Stop here"), controller.halt)
        self.progress = Progress(tr("How far the video is looked through"), self.halt_button)
        self.back_button = button(tr("Back to the video"), controller.leave)
        self.again_button = button(tr("Look through again"), controller.start)
        self.save_button = command("save_table", self.ask_where)
        buttons = row(self.back_button, stretch(), self.again_button, self.save_button)
        parts = (self.head, grow(self.faces, 4), self.progress, self.notes, buttons)
        self.setLayout(column(self.error, grow(self.preview, 3), *parts))
        self.files.chosen.connect(self._chosen)
        self.faces.wanted.connect(controller.go_to)
        self.error.dismissed.connect(controller.dismiss)
        self.faces.selectionModel().currentChanged.connect(self._show_face)
        controller.changed.connect(self._render)
        self._picture: object = None
        self._render()

    @Slot()
    def ask_where(self) -> None:
        """Let the user choose where the table is saved."""
        path = self.controller.state.path
        if self.controller.state.timeline is not None and path is not None:
            title, kinds = tr("Save the table"), [tr("CSV tables ({patterns})", patterns="*.csv")]
            self.files.ask(title, QFileDialog.FileMode.AnyFile, kinds, save_as=f"{path.stem}.csv")

    @Slot(object)
    def _chosen(self, files: tuple[Path, ...]) -> None:
        self.controller.save(files[0])

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        if not state.shown:
            return
        self.error.say(state.error)
        self.faces.render_state(state)
        self._show_face()
        self._render_picture(state)
        self._render_progress(state)
        self.again_button.setEnabled(not state.running)
        self.save_button.setEnabled(state.timeline is not None and bool(state.timeline.faces))
        say(self.head, _head(state))
        say(self.notes, _notes(state))

    @Slot()
    def _show_face(self) -> None:
        row = self.faces.currentIndex().row()
        self.card.show_face(row + 1, self.faces.faces.face(row), self.controller.state.timeline)

    def _render_picture(self, state: TimelineState) -> None:
        if state.picture is not None:
            if state.picture is not self._picture:
                self.preview.show_picture(state.picture)
                self.preview.say(tr("{name} at {time}", name=_name(state), time=clock(state.at or 0.0)))
            self._picture = state.picture
        elif state.at is None:
            self._picture = None
            self.preview.show_message("" if state.running else _invitation(state))

    def _render_progress(self, state: TimelineState) -> None:
        self.halt_button.setEnabled(not state.ending)
        if not state.running:
            self.progress.show_share("", 0, 0)
        elif state.watching is None:
            self.progress.show_share(tr("Opening the video…"), 0, 0)
        else:
            from siamgui.search.wording import face_count, film_words

            seen = state.watching
            words = [film_words(seen.film), face_count(seen.faces)]
            if seen.left is not None:
                words.append(time_left(seen.left))
            self.progress.show_share(
                " · ".join(words), round(SCALE * seen.film.share), SCALE if seen.film.seconds else 0
            )


def _name(state: TimelineState) -> str:
    return state.path.name if state.path is not None else ""


def _head(state: TimelineState) -> str:
    from siamgui.search.timeline_wording import head_words

    if state.timeline is not None and state.timeline.faces:
        return head_words(state.timeline)
    return "" if state.timeline is not None else tr("Who is in “{name}”?", name=_name(state))


def _notes(state: TimelineState) -> str:
    from siamgui.search.timeline_wording import notes

    if state.written:
        return tr("Written: {files}", files=state.written)
    if state.timeline is None:
        return ""
    said = notes(state.timeline)
    if not state.timeline.reference:
        said.insert(0, tr("Choose a photo or a person on the left to see how like each face is."))
    return " ".join(said)


def _invitation(state: TimelineState) -> str:
    if state.timeline is not None:
        return tr("No face was found in “{name}” ({length}).", name=_name(state), length=clock(state.timeline.read_to))
    return tr("The video has not been looked through to its end.")
