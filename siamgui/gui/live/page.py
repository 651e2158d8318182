"""The live page: what the face is compared with, the picture of the camera, and the answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog

from siamgui.core.cameras import list_cameras
from siamgui.core.errors import SiamguiError
from siamgui.core.formats import is_video
from siamgui.core.i18n import tr
from siamgui.core.types import Side
from siamgui.gui.camera.watch import Answer
from siamgui.gui.compare.state import PairState
from siamgui.gui.live.card import LiveCard
from siamgui.gui.live.controller import LiveController
from siamgui.gui.live.preview import LivePreview
from siamgui.gui.live.reference_panel import ReferencePanel
from siamgui.gui.live.source_row import SourceRow
from siamgui.gui.live.state import LivePageState, Phase, ReferenceKind
from siamgui.gui.live.timeline.controller import TimelineController
from siamgui.gui.live.timeline.view import TimelineView
from siamgui.gui.page import Page
from siamgui.gui.photos.sources import files_of, photo_filter, sources_of
from siamgui.gui.tasks import Workers
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.file_dialog import FileDialog
from siamgui.gui.widgets.form import form_row
from siamgui.gui.widgets.kit import Placed, box, column, grow, page_head, row, shortcuts, stack
from siamgui.gui.widgets.strictness_box import StrictnessBox

PLUGGED = 2000
"""Milliseconds from one look at which cameras there are to the next."""
WIDE_FROM = 1100
NARROW, WIDE = 320, 372
"""Widths of the column beside the picture."""


@dataclass(frozen=True, slots=True)
class LiveViewState:
    """unfolded: the details of the answer. address: of a stream, None where none is asked for. name: as it is typed.

    face: the row of whoever is chosen of those in a video.
    """

    unfolded: bool
    address: str | None
    name: str
    face: int = 0


class LivePage(Page[LiveViewState]):
    """The view of a LiveController."""

    strictness_chosen = Signal(object)
    people_wanted = Signal()

    def __init__(
        self,
        controller: LiveController,
        decoders: Workers,
        pair: Callable[[], PairState],
        timeline: TimelineController,
    ) -> None:
        """pair: what the compare page shows, to take a photograph from."""
        super().__init__()
        self.controller = controller
        self._decoders = decoders
        self._pair = pair
        self.files = FileDialog(self)
        self.strictness = StrictnessBox()
        self.error = Banner()
        self.reference = ReferencePanel(controller.reference)
        self.card = LiveCard(controller)
        self.preview = LivePreview()
        self.source = SourceRow(controller)
        self.timeline = TimelineView(timeline)
        self._plugged = QTimer(self, interval=PLUGGED)
        self._plugged.timeout.connect(self._list_cameras)
        self._build()
        self._connect()
        self._render()

    def _build(self) -> None:
        strictness = form_row(tr("Strictness"), self.strictness)
        self._answers = stack(self.card, self.timeline.card)
        self._side = box(column(Placed(self.reference, 5), Placed(self._answers, 6), spacing=12))
        self._pictures = stack(box(column(grow(self.preview), self.source)), self.timeline)
        self.setLayout(
            column(
                page_head(tr("Live"), "", row(strictness.label, strictness.field)),
                self.error,
                grow(row(self._side, grow(self._pictures), spacing=16)),
                spacing=12,
                margins=(16, 12, 16, 12),
            )
        )

    def _connect(self) -> None:
        controller, reference = self.controller, self.controller.reference
        shortcuts(
            self,
            {
                "open": self.open_dialog,
                "paste": self.paste,
                "clear": reference.clear,
                "details": self._fold,
                "copy": self._copy,
                "timeline": self.timeline.controller.open,
                "save_table": self.timeline.ask_where,
            },
        )
        self.reference.open_wanted.connect(self.open_dialog)
        self.reference.paste_wanted.connect(self.paste)
        self.reference.compare_wanted.connect(self.take_from_compare)
        self.reference.people_wanted.connect(self.people_wanted)
        self.reference.person.entered.connect(self.preview.setFocus)
        self.files.chosen.connect(self._file_chosen)
        self.source.toggled.connect(self.toggle)
        self.source.timeline_wanted.connect(self.timeline.controller.open)
        self.timeline.controller.changed.connect(self._turn)
        self.preview.face_picked.connect(controller.pick)
        self.strictness.picked.connect(self.strictness_chosen)
        self.error.dismissed.connect(controller.dismiss)
        controller.changed.connect(self._render)
        controller.pictured.connect(self._pictured)
        controller.looked.connect(self._looked)

    # What the user does.

    @Slot()
    def toggle(self) -> None:
        """Start; stop what runs; or start again after a verdict."""
        if self.timeline.controller.state.shown:
            self.timeline.controller.toggle()
            return
        state = self.controller.state
        if state.running or (state.phase is not Phase.OFF and state.verdict is None):
            self.controller.stop()
        else:
            self.controller.start()
        self.preview.setFocus()

    def verify(self, person: int) -> None:
        """Choose somebody enrolled to compare with."""
        self.controller.rest()
        self.controller.reference.choose_person(person)

    def ask_who(self) -> None:
        """Choose everybody enrolled to compare with."""
        self.controller.rest()
        self.controller.reference.choose_kind(ReferenceKind.WHO)

    @Slot(object)
    def take_from_compare(self, side: Side) -> None:
        """Compare with a photograph of the compare page."""
        pair = self._pair()
        loaded = (pair.left if side is Side.LEFT else pair.right).loaded
        if loaded is not None:
            self.controller.reference.take_over(loaded)

    @Slot()
    def paste(self) -> None:
        self._take(QGuiApplication.clipboard().mimeData(), tr("pasted picture"))

    @Slot()
    def open_dialog(self) -> None:
        """Let the user pick a photograph to compare with."""
        self.files.ask(tr("Open a photo"), QFileDialog.FileMode.ExistingFile, [photo_filter()])

    def drag_over(self, mime: QMimeData, where: QPoint) -> None:
        """Show where a drop would go. where: global position."""
        self.reference.set_target(_video_in(mime) is None)

    def drag_end(self) -> None:
        self.reference.set_target(False)

    def drop(self, mime: QMimeData, where: QPoint) -> None:
        """A photograph becomes the reference, a video the source."""
        self.drag_end()
        video = _video_in(mime)
        if video is not None:
            self.controller.set_source(video, self.controller.state.size)
        else:
            self._take(mime, tr("dropped picture"))

    def go_back(self) -> bool:
        """Escape: let the camera go, or take a message away. False if there was nothing to go back from."""
        state = self.controller.state
        if self.timeline.controller.state.shown:
            self.timeline.controller.leave()
        elif self.source.go_back():
            self.preview.setFocus()
        elif state.running or state.phase is not Phase.OFF:
            self.controller.stop()
        elif state.error is not None:
            self.controller.dismiss()
        else:
            return False
        return True

    def stop(self) -> None:
        """Let go of the camera and of open dialogs."""
        self._plugged.stop()
        super().stop()
        self.controller.rest()

    def _take(self, mime: QMimeData, picture_name: str) -> None:
        reference = self.controller.reference
        try:
            source = sources_of(mime, picture_name)[0]
        except SiamguiError as error:
            reference.choose_kind(ReferenceKind.PHOTO)
            reference.refuse(error)
        else:
            reference.load(source)

    @Slot(object)
    def _file_chosen(self, files: tuple[Path, ...]) -> None:
        self.controller.reference.load(files[0])

    # Showing.

    @Slot()
    def _turn(self) -> None:
        """To who is in the video, or back to the picture."""
        shown = self.timeline.controller.state.shown
        if shown and self._pictures.currentWidget() is self.timeline:
            return
        self._answers.setCurrentWidget(self.timeline.card if shown else self.card)
        self._pictures.setCurrentIndex(1 if shown else 0)
        (self.timeline.faces if shown else self.preview).setFocus()

    @Slot()
    def _copy(self) -> None:
        (self.timeline.card if self.timeline.controller.state.shown else self.card).copy()

    @Slot()
    def _fold(self) -> None:
        (self.timeline.card if self.timeline.controller.state.shown else self.card).details_button.toggle()

    @Slot(object)
    def _pictured(self, picture: QImage) -> None:
        if self.controller.state.phase is Phase.LIVE:
            self.preview.show_picture(picture)

    @Slot(object)
    def _looked(self, answer: Answer) -> None:
        self.preview.show_seen(answer.value, answer.came)  # type: ignore[arg-type]
        self.card.show_live(answer.value)  # type: ignore[arg-type]

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        self.error.say(state.error)
        self.reference.render_state(state.reference)
        self.source.render_state(state)
        self.card.render_state(state)
        self.strictness.show_value(state.strictness)
        self.strictness.setEnabled(not state.running)
        self.preview.set_flipped(state.flipped)
        if state.phase is Phase.OPENING:
            self.preview.show_message(tr("Opening the video…") if state.is_film else tr("Starting the camera…"))
        elif state.phase is Phase.LOST:
            self.preview.show_message("\n\n".join((str(state.lost), tr("Trying again…"))))
        elif state.phase is Phase.OFF:
            self.preview.show_message(_invitation(state))
        if not state.running and state.verdict is None:
            self.preview.show_seen(None)

    def enter(self) -> None:
        self.controller.reference.refresh()
        pair = self._pair()
        sides = ((Side.LEFT, pair.left), (Side.RIGHT, pair.right))
        self.reference.photo.set_sides(tuple(side for side, slot in sides if slot.loaded is not None))
        if sys.platform == "linux":  # elsewhere a camera is switched on to list it
            self._list_cameras()
            self._plugged.start()
        self._turn()

    @Slot()
    def _list_cameras(self) -> None:
        """One may have been plugged in, or out."""
        self._decoders.start(list_cameras).succeeded.connect(self.controller.set_cameras)

    def leave(self) -> None:
        """Nothing films while nobody sees it."""
        self.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.isAutoRepeat() or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space:
            self.toggle()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and not self.timeline.controller.state.shown:
            self.preview.pick(key - Qt.Key.Key_0)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setFixedWidth(WIDE if self.window().width() >= WIDE_FROM else NARROW)

    def keep(self) -> LiveViewState:
        return LiveViewState(
            self.card.details_button.isChecked(),
            self.source.keep(),
            self.reference.person.name.text(),
            self.timeline.faces.currentIndex().row(),
        )

    def restore(self, kept: LiveViewState) -> None:
        self.card.details_button.setChecked(kept.unfolded)
        self.source.restore(kept.address)
        self.reference.person.name.setText(kept.name)
        self.timeline.faces.choose(kept.face)


def _invitation(state: LivePageState) -> str:
    """In place of the picture while the camera is off."""
    if state.verdict is not None:
        again = tr("Press Space to play the video again.")
        return again if state.is_film else tr("The camera is off. Press Space to start again.")
    if not state.reference.complete:
        return tr("The camera is off.")
    if state.is_film:
        return tr("Press Space to play the video.")
    return tr("The camera is off. Press Space to start it.")


def _video_in(mime: QMimeData) -> Path | None:
    """The one file in what is dragged, if it is called like a video."""
    files = files_of(mime)
    return files[0] if len(files) == 1 and is_video(files[0]) else None
