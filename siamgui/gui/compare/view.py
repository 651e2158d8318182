"""The compare page: two photographs and the verdict card, and every way to fill and empty them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from siamgui.core import wording
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.core.resources import resource
from siamgui.core.types import Photo, Side
from siamgui.gui.actions import add_action, dress, name_action
from siamgui.gui.compare.card import VerdictCard
from siamgui.gui.compare.controller import PairController
from siamgui.gui.compare.slot_view import SlotView
from siamgui.gui.page import Page
from siamgui.gui.photos.sources import photo_filter, sources_of, sources_of_files
from siamgui.gui.widgets.file_dialog import FileDialog
from siamgui.gui.widgets.strictness_box import StrictnessBox

BESIDE_FROM = 1100
"""Width of the window from which the card stands beside the photographs."""
SAMPLE_PAIRS = (("obama1.jpg", "obama2.jpg"), ("obama3.jpg", "biden.jpg"))
"""One pair of the same person, one of different people, shown in turn."""


class ComparePage(Page[None]):
    """The view of a PairController."""

    strictness_chosen = Signal(object)

    def __init__(self, controller: PairController) -> None:
        super().__init__()
        self.controller = controller
        self._last_side = Side.LEFT
        self._sample = 0
        self._dialog_side = Side.LEFT
        self.files = FileDialog(self)
        self._calibrated = False
        self.slots = {side: SlotView(side) for side in Side}
        self.title = QLabel()
        self.undo_button = QPushButton()
        self.sample_button = QPushButton()
        self.strictness_label = QLabel()
        self.strictness = StrictnessBox()
        self.swap_button = QToolButton()
        self.card = VerdictCard()
        self.teach = _Teach()
        self._build()
        self._connect()
        self._retranslate()
        self._render()

    def _build(self) -> None:
        self.title.setProperty("role", "title")
        for button in (self.undo_button, self.sample_button, self.swap_button):
            button.setProperty("kind", "quiet")
        self.strictness_label.setBuddy(self.strictness)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addStretch(1)
        for part in (self.undo_button, self.sample_button, self.strictness_label, self.strictness):
            head.addWidget(part)
        photos = QHBoxLayout()
        photos.setSpacing(4)
        photos.addWidget(self.slots[Side.LEFT], 1)
        photos.addWidget(self.swap_button, 0, Qt.AlignmentFlag.AlignVCenter)
        photos.addWidget(self.slots[Side.RIGHT], 1)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(12)
        self._body.addLayout(photos, 1)
        self._body.addWidget(self.teach)
        self._body.addWidget(self.card)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addLayout(self._body, 1)

    def _connect(self) -> None:
        self.actions_by_name: dict[str, QAction] = {}
        for name, slot in (
            ("open", self._open_here),
            ("paste", self._paste_here),
            ("camera", self._camera_here),
            ("clear", self._clear_here),
            ("new", self._clear_both),
            ("swap", self.controller.swap),
            ("undo", self.controller.undo),
            ("sample", self.try_sample),
            ("details", self.card.details_button.toggle),
            ("copy", self.copy_as_text),
            ("other", self._other_photo),
        ):
            action = add_action(self, name)
            action.triggered.connect(slot)
            self.actions_by_name[name] = action
        self.files.chosen.connect(self._files_chosen)
        for view in self.slots.values():
            view.open_wanted.connect(self.open_dialog)
            view.paste_wanted.connect(self.paste)
            view.clear_wanted.connect(self.controller.clear)
            view.dismissed.connect(self.controller.dismiss)
            view.face_chosen.connect(self.controller.choose)
            view.photo_taken.connect(self._photo_taken)
        self.undo_button.clicked.connect(self.controller.undo)
        self.sample_button.clicked.connect(self.try_sample)
        self.teach.sample_button.clicked.connect(self.try_sample)
        self.swap_button.clicked.connect(self.controller.swap)
        self.card.copy_wanted.connect(self.copy_as_text)
        self.strictness.picked.connect(self.strictness_chosen)
        self.controller.changed.connect(self._render)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusObjectChanged.connect(self._focus_moved)

    # Filling the slots.

    def drag_over(self, mime: QMimeData, where: QPoint) -> None:
        """Show where a drop would go. where: global position."""
        many = sum(url.isLocalFile() for url in mime.urls()) > 1
        targets = tuple(Side) if many else (self._side_at(where) or self.controller.first_empty(),)
        for side, view in self.slots.items():
            view.set_target(side in targets)

    def drag_end(self) -> None:
        for view in self.slots.values():
            view.set_target(False)

    def drop(self, mime: QMimeData, where: QPoint) -> None:
        """Take what was dropped at a global position."""
        self.drag_end()
        self._take(mime, tr("dropped picture"), self._side_at(where))

    @Slot(object)
    def paste(self, side: Side | None = None) -> None:
        self._take(QGuiApplication.clipboard().mimeData(), tr("pasted picture"), side)

    def open_files(self, files: list[Path], side: Side | None = None) -> None:
        """Fill both slots with two files, or one with one."""
        try:
            sources = sources_of_files(files)
        except SiamguiError as error:
            self.controller.refuse(error, side)
        else:
            self._close_cameras(*(Side if len(sources) == 2 else [side or self.controller.first_empty()]))
            self.controller.load(sources, side)

    @Slot(object)
    def open_dialog(self, side: Side) -> None:
        """Let the user pick one file, or two for both slots."""
        self._dialog_side = side
        self.files.ask(tr("Open one or two photos"), QFileDialog.FileMode.ExistingFiles, [photo_filter()])

    @Slot()
    def try_sample(self) -> None:
        """Fill both slots with bundled photographs: one person and two people in turn."""
        names = SAMPLE_PAIRS[self._sample % len(SAMPLE_PAIRS)]
        self._sample += 1
        self.open_files([resource(f"samples/{name}") for name in names])

    def _take(self, mime: QMimeData, picture_name: str, side: Side | None) -> None:
        try:
            sources = sources_of(mime, picture_name)
        except SiamguiError as error:
            self.controller.refuse(error, side)
        else:
            self._close_cameras(*(Side if len(sources) == 2 else [side or self.controller.first_empty()]))
            self.controller.load(sources, side)

    @Slot(object)
    def _files_chosen(self, files: tuple[Path, ...]) -> None:
        self.open_files(list(files), self._dialog_side)

    @Slot(object, object)
    def _photo_taken(self, side: Side, photo: Photo) -> None:
        self.controller.load([photo], side)

    def _close_cameras(self, *sides: Side) -> None:
        for side in sides:
            self.slots[side].close_camera()

    def stop(self) -> None:
        """Let go of the cameras and of an open dialog."""
        self._close_cameras(*Side)
        self.files.close()

    # Which slot the keyboard means: the one with the focus, else the first empty one, else the last one used.

    def _side_here(self) -> Side:
        focus = self.focusWidget()
        for side, view in self.slots.items():
            if focus is not None and view.isAncestorOf(focus) and focus.hasFocus():
                return side
        first = self.controller.first_empty()
        return first if self.controller.slot(first).shown is None else self._last_side

    def _side_at(self, where: QPoint) -> Side | None:
        for side, view in self.slots.items():
            if view.rect().contains(view.mapFromGlobal(where)):
                return side
        return None

    @Slot()
    def _open_here(self) -> None:
        self.open_dialog(self._side_here())

    @Slot()
    def _paste_here(self) -> None:
        self.paste(self._side_here())

    @Slot()
    def _camera_here(self) -> None:
        self.slots[self._side_here()].open_camera()

    @Slot()
    def _clear_here(self) -> None:
        self.controller.clear(self._side_here())

    @Slot()
    def _clear_both(self) -> None:
        self.controller.clear(*Side)

    @Slot()
    def _other_photo(self) -> None:
        other = Side.RIGHT if self._last_side is Side.LEFT else Side.LEFT
        self.slots[other].take_focus()

    def go_back(self) -> bool:
        """Escape: close a camera, or dismiss an error. False if there was nothing to go back from."""
        for side, view in self.slots.items():
            if view.camera is not None:
                view.close_camera()
                return True
            if self.controller.slot(side).error is not None:
                self.controller.dismiss(side)
                return True
        return False

    # Showing.

    @Slot()
    def copy_as_text(self) -> None:
        state = self.controller.state
        if state.comparison is None or state.left.shown is None or state.right.shown is None:
            return
        text = wording.as_text(state.comparison, state.left.shown.photo.name, state.right.shown.photo.name)
        QGuiApplication.clipboard().setText(text)
        self.card.confirm_copy()

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        if not self._calibrated and self.controller.calibration is not None:
            self._calibrated = True
            self.card.gauge.set_calibration(self.controller.calibration)
        for view, slot in ((self.slots[Side.LEFT], state.left), (self.slots[Side.RIGHT], state.right)):
            view.render_state(slot, state.blocked is not None)
        self.strictness.show_value(state.strictness)
        self.undo_button.setEnabled(state.can_undo)
        self.swap_button.setEnabled(not state.empty)
        self.sample_button.setVisible(not state.empty)
        self.teach.setVisible(state.empty)
        self.card.setVisible(not state.empty)
        self.card.render_state(state)

    @Slot("QObject*")
    def _focus_moved(self, focus: object) -> None:
        for side, view in self.slots.items():
            if isinstance(focus, QWidget) and view.isAncestorOf(focus):
                self._last_side = side

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.window().width() >= BESIDE_FROM
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._body.direction() != direction:
            self._body.setDirection(direction)
            self.card.set_beside(beside)
            self.teach.set_beside(beside)

    def leave(self) -> None:
        self._close_cameras(*Side)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._render()

    def _retranslate(self) -> None:
        for action in self.actions_by_name.values():
            name_action(action)
        self.title.setText(tr("Compare"))
        self.strictness_label.setText(tr("Strictness"))
        dress(self.undo_button, "undo")
        dress(self.sample_button, "sample")
        dress(self.swap_button, "swap", words=False)


class _Teach(QFrame):
    """In place of the card while there is nothing to compare: what to do, and what will happen."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._title, self._text, self._promise = QLabel(), QLabel(), QLabel()
        self._title.setProperty("role", "title")
        self._promise.setProperty("role", "muted")
        for label in (self._title, self._text, self._promise):
            label.setWordWrap(True)
        self.sample_button = QPushButton()
        self.sample_button.setProperty("kind", "primary")
        row = QHBoxLayout()
        row.addWidget(self.sample_button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 20)
        layout.setSpacing(12)
        for part in (self._title, self._text, self._promise):
            layout.addWidget(part)
        layout.addSpacing(4)
        layout.addLayout(row)
        layout.addStretch(1)
        self._retranslate()

    def set_beside(self, beside: bool) -> None:
        self.setFixedWidth(372 if beside else 16_777_215)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._title.setText(tr("Are these two faces the same person?"))
        self._text.setText(
            tr(
                "Drop two photos at once. siamgui outlines the faces, measures how far apart the two are, "
                "and says what that means and how sure one can be."
            )
        )
        self._promise.setText(tr("Your photos stay on this computer: siamgui never uses the network."))
        dress(self.sample_button, "sample")
