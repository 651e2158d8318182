"""The compare page: two photographs and the verdict card, or a matrix of more, and every way to fill and empty them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QWidget

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.core.resources import resource
from siamgui.core.types import Side
from siamgui.gui.compare.card import BESIDE_WIDTH, VerdictCard
from siamgui.gui.compare.closer.place import CloserPlace
from siamgui.gui.compare.controller import FaceIn, PairController
from siamgui.gui.compare.slot_view import SlotView
from siamgui.gui.compare.teaching import teaching
from siamgui.gui.compare.view_state import CompareViewState
from siamgui.gui.page import Page
from siamgui.gui.photos.sources import Source, files_of, photo_filter, sources_of
from siamgui.gui.widgets.file_dialog import FileDialog
from siamgui.gui.widgets.kit import (
    Align,
    at,
    box,
    column,
    command,
    grow,
    label,
    page_head,
    row,
    shortcuts,
    stack,
    tool,
)
from siamgui.gui.widgets.strictness_box import StrictnessBox

if TYPE_CHECKING:
    from siamgui.gui.compare.closer.controller import CloserController
    from siamgui.gui.compare.matrix.controller import MatrixController
    from siamgui.gui.compare.matrix.view import MatrixView

QWIDGETSIZE_MAX = 16_777_215
BESIDE_FROM = 1100
"""Width of the window from which the card stands beside the photographs."""
SAMPLE_PAIRS = (("obama1.jpg", "obama2.jpg"), ("obama3.jpg", "biden.jpg"))
"""One pair of the same person, one of different people, shown in turn."""


class ComparePage(Page[CompareViewState]):
    """The view of a PairController, and of a MatrixController once there are more than two photographs."""

    strictness_chosen = Signal(object)

    def __init__(
        self,
        controller: PairController,
        many: Callable[[], MatrixController],
        closely: Callable[[], CloserController],
        *,
        begun: bool = False,
    ) -> None:
        """many, closely: make these controllers, or have them. begun: whether there is the first already."""
        super().__init__()
        self.controller = controller
        self._many, self._closely = many, closely
        self.matrix: MatrixView | None = None
        """Once it was wanted."""
        self._last_side = self._dialog_side = Side.LEFT
        self._sample = 0
        self.files = FileDialog(self)
        self._calibrated = False
        self.slots = {side: SlotView(side, controller) for side in Side}
        self.all_button = command("matrix", self.show_all, "quiet")
        self.undo_button = command("undo", self._undo, "quiet")
        self.sample_button = command("sample", self.try_sample, "quiet")
        self.swap_button = tool("swap", controller.swap)
        self.strictness = StrictnessBox()
        self.card = VerdictCard()
        self.teach_button = command("sample", self.try_sample, "primary")
        self.teach = teaching(self.teach_button)
        self._build()
        self._connect()
        if begun:
            self._matrix_view()
        self._render()

    def _build(self) -> None:
        named = label(tr("Strictness"), of=self.strictness)
        head = page_head(
            tr("Compare"), "", self.all_button, self.undo_button, self.sample_button, named, self.strictness
        )
        head.setSpacing(8)
        left, right = self.slots.values()
        photos = row(grow(left), at(self.swap_button, Align.AlignVCenter), grow(right), spacing=4)
        self._body = column(grow(photos), self.teach, self.card, spacing=12)
        self._two = box(self._body)
        self._stack = stack(self._two)
        self.closer = CloserPlace(self.controller, self._closely, self._stack, self._two)
        self.setLayout(column(head, grow(self._stack), spacing=12, margins=(16, 12, 16, 12)))

    def _connect(self) -> None:
        shortcuts(
            self,
            {
                "open": lambda: self.open_dialog(self._side_here()),
                "paste": lambda: self.paste(self._side_here()),
                "camera": lambda: None if self._all_shown else self.controller.open_camera(self._side_here()),
                "clear": self._clear_here,
                "new": self._clear_all,
                "swap": lambda: None if self._all_shown else self.controller.swap(),
                "matrix": self.show_all,
                "undo": self._undo,
                "sample": self.try_sample,
                "closer": self.closer.show,
                "details": self.card.details_button.toggle,
                "copy": self._copy,
                "other": self._other_photo,
            },
        )
        self.files.chosen.connect(self._files_chosen)
        for view in self.slots.values():
            view.open_wanted.connect(self.open_dialog)
            view.paste_wanted.connect(self.paste)
        self.card.closer_wanted.connect(self.closer.show)
        self.strictness.picked.connect(self.strictness_chosen)
        self.controller.changed.connect(self._render)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusObjectChanged.connect(self._focus_moved)

    # Filling the slots.

    def drag_over(self, mime: QMimeData, where: QPoint) -> None:
        """Show where a drop would go. where: global position."""
        files = len(files_of(mime))
        if self.matrix is not None:
            self.matrix.set_target(self._all_shown)
        targets = tuple(Side) if files > 1 else (self._side_at(where) or self.controller.first_empty(),)
        for side, view in self.slots.items():
            view.set_target(side in targets)

    def drag_end(self) -> None:
        for view in (*self.slots.values(), *([] if self.matrix is None else [self.matrix])):
            view.set_target(False)

    def drop(self, mime: QMimeData, where: QPoint) -> None:
        """Take what was dropped at a global position."""
        self.drag_end()
        self._take(mime, tr("dropped picture"), self._side_at(where))

    @Slot(object)
    def paste(self, side: Side | None = None) -> None:
        self._take(QGuiApplication.clipboard().mimeData(), tr("pasted picture"), side)

    def open_files(self, files: list[Path], side: Side | None = None) -> None:
        """Fill both slots with two files, or one with one; more make a matrix."""
        self._load(files, side)

    @Slot(object)
    def open_dialog(self, side: Side) -> None:
        """Let the user pick one file, two for both slots, or more."""
        self._dialog_side = side
        self.files.ask(tr("Open photos"), QFileDialog.FileMode.ExistingFiles, [photo_filter()])

    @Slot()
    def try_sample(self) -> None:
        """Fill both slots with bundled photographs: one person and two people in turn."""
        if self._all_shown:
            return
        names = SAMPLE_PAIRS[self._sample % len(SAMPLE_PAIRS)]
        self._sample += 1
        self.open_files([resource(f"samples/{name}") for name in names])

    def _take(self, mime: QMimeData, picture_name: str, side: Side | None) -> None:
        try:
            sources = sources_of(mime, picture_name)
        except SiamguiError as error:
            if self._all_shown:
                self._many().refuse(error)
            else:
                self.controller.refuse(error, side)
        else:
            self._load(sources, side)

    def _load(self, sources: Sequence[Source], side: Side | None) -> None:
        """More than two go to the matrix, and so does whatever comes while that is shown."""
        if self._all_shown or len(sources) > 2:
            self._matrix_view()
            self._many().add(sources)
        else:
            self.controller.load(sources, side)

    @Slot(object)
    def _files_chosen(self, files: tuple[Path, ...]) -> None:
        self.open_files(list(files), self._dialog_side)

    # More than two photographs.

    @property
    def _all_shown(self) -> bool:
        return self.matrix is not None and self._many().state.shown

    def _matrix_view(self) -> MatrixView:
        if self.matrix is None:
            from siamgui.gui.compare.matrix.view import MatrixView

            self.matrix = MatrixView(self._many())
            self.matrix.open_wanted.connect(partial(self.open_dialog, Side.LEFT))
            self.matrix.opened.connect(self._open_pair)
            self.matrix.controller.changed.connect(self._render)
            self._stack.addWidget(self.matrix)
        return self.matrix

    @Slot()
    def show_all(self) -> None:
        """The matrix; where there is none, one is begun with the two photographs that are compared."""
        view, many = self._matrix_view(), self._many()
        if many.state.tiles:
            many.show(True)
        else:
            loaded = [slot.loaded for slot in map(self.controller.slot, Side) if slot.loaded is not None]
            many.add([one.decoded.photo for one in loaded], [one.chosen for one in loaded])
        view.take_focus()

    @Slot(int, int)
    def _open_pair(self, left: int, right: int) -> None:
        """The full comparison of two of many."""
        many = self._many()
        one, other = many.state.tile(left), many.state.tile(right)
        if one is None or other is None:
            return
        self.compare((one.source, one.chosen), (other.source, other.chosen))
        self.all_button.setFocus()

    def compare(self, left: FaceIn, right: FaceIn) -> None:
        """Two faces that were found before."""
        self.controller.load_faces(left, right)
        if self._all_shown:
            self._many().show(False)

    @Slot()
    def _undo(self) -> None:
        if self._all_shown:
            self._many().undo()
        else:
            self.controller.undo()

    @Slot()
    def _clear_here(self) -> None:
        if self.matrix is not None and self._all_shown:
            self.matrix.remove_current()
        else:
            self.controller.clear(self._side_here())

    @Slot()
    def _clear_all(self) -> None:
        if self._all_shown:
            self._many().clear()
        else:
            self.controller.clear(*Side)

    @Slot()
    def _copy(self) -> None:
        if self.matrix is not None and self._all_shown:
            self.matrix.copy()
        else:
            self.card.copy()

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
        """Close a camera, dismiss an error, or go from two of many to all of them."""
        if self.closer.leave():
            self.card.closer_button.setFocus()
            return True
        many = None if self.matrix is None else self._many()
        if many is not None and many.state.shown:
            if many.state.looked_at is not None:
                many.look_at(None)
                return True
            if many.state.error is not None:
                many.dismiss()
                return True
            return False
        for side in Side:
            if side in self.controller.cameras:
                self.controller.close_camera(side)
                return True
            if self.controller.slot(side).error is not None:
                self.controller.dismiss(side)
                return True
        if many is not None and many.state.tiles:
            self.show_all()
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
        self.closer.render()
        self._render_matrix()
        self.swap_button.setEnabled(not state.empty)
        self.sample_button.setVisible(not state.empty and not self._all_shown)
        self.teach.setVisible(state.empty)
        self.card.setVisible(not state.empty)
        self.card.render_state(state)

    def _render_matrix(self) -> None:
        shown = self._all_shown
        matrix = None if self.matrix is None else self._many().state
        begun = matrix is not None and bool(matrix.tiles)
        self.all_button.setVisible(not shown and (begun or self.controller.state.comparison is not None))
        self.all_button.setText(tr("Back to all photos") if begun else tr("More photos…"))
        self.all_button.setAccessibleName(self.all_button.text())
        self.undo_button.setEnabled(matrix.can_undo if matrix is not None and shown else self.controller.state.can_undo)
        wanted = self.matrix if self.matrix is not None and shown else self._two
        if wanted is not self._stack.currentWidget() and (shown or not self.closer.shown):
            self._stack.setCurrentWidget(wanted)
            if self.matrix is not None and shown and self.isVisible():
                self.matrix.take_focus()

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
        cell = None if self.matrix is None else self.matrix.table.current_keys
        return CompareViewState(
            viewports, self.card.details_button.isChecked(), self._last_side, self._sample, cell, self.closer.shown
        )

    def restore(self, kept: CompareViewState) -> None:
        for side, view in self.slots.items():
            view.photo.restore(kept.viewports[side])
        self.card.details_button.setChecked(kept.details)
        self._last_side, self._sample = kept.side, kept.sample
        if self.matrix is not None and kept.cell is not None:
            self.matrix.table.go_to(*kept.cell)
        if kept.closer:
            self.closer.show()
