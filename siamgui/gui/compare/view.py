"""The compare page: two photographs and the verdict card, and every way to fill and empty them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QWidget

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.core.resources import resource
from siamgui.core.types import Side
from siamgui.gui.compare.card import BESIDE_WIDTH, VerdictCard
from siamgui.gui.compare.controller import PairController
from siamgui.gui.compare.slot_view import SlotView
from siamgui.gui.page import Page
from siamgui.gui.photos.sources import files_of, photo_filter, sources_of
from siamgui.gui.widgets.file_dialog import FileDialog
from siamgui.gui.widgets.kit import (
    Align,
    Card,
    at,
    card,
    column,
    command,
    gap,
    grow,
    label,
    page_head,
    row,
    shortcuts,
    stretch,
    tool,
)
from siamgui.gui.widgets.strictness_box import StrictnessBox
from siamgui.gui.widgets.viewport import Viewport

QWIDGETSIZE_MAX = 16_777_215
BESIDE_FROM = 1100
"""Width of the window from which the card stands beside the photographs."""
SAMPLE_PAIRS = (("obama1.jpg", "obama2.jpg"), ("obama3.jpg", "biden.jpg"))
"""One pair of the same person, one of different people, shown in turn."""


@dataclass(frozen=True, slots=True, eq=False)
class CompareViewState:
    """What is seen of each photograph, whether the details are open, the side used last, and the next sample."""

    viewports: dict[Side, Viewport]
    details: bool
    side: Side
    sample: int


class ComparePage(Page[CompareViewState]):
    """The view of a PairController."""

    strictness_chosen = Signal(object)

    def __init__(self, controller: PairController) -> None:
        super().__init__()
        self.controller = controller
        self._last_side = self._dialog_side = Side.LEFT
        self._sample = 0
        self.files = FileDialog(self)
        self._calibrated = False
        self.slots = {side: SlotView(side, controller) for side in Side}
        self.undo_button = command("undo", controller.undo, "quiet")
        self.sample_button = command("sample", self.try_sample, "quiet")
        self.swap_button = tool("swap", controller.swap)
        self.strictness = StrictnessBox()
        self.card = VerdictCard()
        self.teach_button = command("sample", self.try_sample, "primary")
        self.teach = _teaching(self.teach_button)
        self._build()
        self._connect()
        self._render()

    def _build(self) -> None:
        named = label(tr("Strictness"), of=self.strictness)
        head = page_head(tr("Compare"), "", self.undo_button, self.sample_button, named, self.strictness)
        head.setSpacing(8)
        left, right = self.slots.values()
        photos = row(grow(left), at(self.swap_button, Align.AlignVCenter), grow(right), spacing=4)
        self._body = column(grow(photos), self.teach, self.card, spacing=12)
        self.setLayout(column(head, grow(self._body), spacing=12, margins=(16, 12, 16, 12)))

    def _connect(self) -> None:
        shortcuts(
            self,
            {
                "open": lambda: self.open_dialog(self._side_here()),
                "paste": lambda: self.paste(self._side_here()),
                "camera": lambda: self.controller.open_camera(self._side_here()),
                "clear": lambda: self.controller.clear(self._side_here()),
                "new": lambda: self.controller.clear(*Side),
                "swap": self.controller.swap,
                "undo": self.controller.undo,
                "sample": self.try_sample,
                "details": self.card.details_button.toggle,
                "copy": self.card.copy,
                "other": self._other_photo,
            },
        )
        self.files.chosen.connect(self._files_chosen)
        for view in self.slots.values():
            view.open_wanted.connect(self.open_dialog)
            view.paste_wanted.connect(self.paste)
        self.strictness.picked.connect(self.strictness_chosen)
        self.controller.changed.connect(self._render)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusObjectChanged.connect(self._focus_moved)

    # Filling the slots.

    def drag_over(self, mime: QMimeData, where: QPoint) -> None:
        """Show where a drop would go. where: global position."""
        many = len(files_of(mime)) > 1
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
        self.controller.load(files, side)

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
            self.controller.load(sources, side)

    @Slot(object)
    def _files_chosen(self, files: tuple[Path, ...]) -> None:
        self.open_files(list(files), self._dialog_side)

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
    def _other_photo(self) -> None:
        other = Side.RIGHT if self._last_side is Side.LEFT else Side.LEFT
        self.slots[other].take_focus()

    def go_back(self) -> bool:
        """Close a camera, or dismiss an error."""
        for side in Side:
            if side in self.controller.cameras:
                self.controller.close_camera(side)
                return True
            if self.controller.slot(side).error is not None:
                self.controller.dismiss(side)
                return True
        return False

    def leave(self) -> None:
        self.controller.close_camera(*Side)

    # Showing.

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        if not self._calibrated and self.controller.calibration is not None:
            self._calibrated = True
            self.card.gauge.set_calibration(self.controller.calibration)
        for side, view in self.slots.items():
            slot = state.left if side is Side.LEFT else state.right
            view.render_state(slot, state.blocked is not None, self.controller.cameras.get(side))
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
            self.teach.setFixedWidth(BESIDE_WIDTH if beside else QWIDGETSIZE_MAX)

    def keep(self) -> CompareViewState:
        viewports = {side: view.photo.viewport for side, view in self.slots.items()}
        return CompareViewState(viewports, self.card.details_button.isChecked(), self._last_side, self._sample)

    def restore(self, kept: CompareViewState) -> None:
        for side, view in self.slots.items():
            view.photo.restore(kept.viewports[side])
        self.card.details_button.setChecked(kept.details)
        self._last_side, self._sample = kept.side, kept.sample


def _teaching(sample_button: QWidget) -> Card:
    """In place of the card while there is nothing to compare: what to do, and what will happen."""
    text = tr(
        "Drop two photos at once. siamgui outlines the faces, measures how far apart the two are, "
        "and says what that means and how sure one can be."
    )
    promise = tr("Your photos stay on this computer: siamgui never uses the network.")
    return card(
        column(
            label(tr("Are these two faces the same person?"), "title", wrap=True),
            label(text, wrap=True),
            label(promise, "muted", wrap=True),
            gap(4),
            row(sample_button, stretch()),
            stretch(),
            spacing=12,
            margins=20,
        )
    )
