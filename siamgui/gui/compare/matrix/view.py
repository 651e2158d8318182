"""The matrix on the compare page: the table, what it counts, what its colours mean, what chance does among pairs."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from siamgui.core import pairwise
from siamgui.core.i18n import tr
from siamgui.core.types import Outcome
from siamgui.core.wording import headline
from siamgui.gui.compare.matrix.controller import MatrixController
from siamgui.gui.compare.matrix.photo_place import PhotoPlace
from siamgui.gui.compare.matrix.table import MatrixTable
from siamgui.gui.compare.matrix.words import counts
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.kit import (
    Card,
    CopyButton,
    Icon,
    button,
    column,
    command,
    gap,
    grow,
    label,
    row,
    say,
    stack,
    stretch,
)
from siamgui.gui.widgets.progress import Progress

COPIED_WIDTH = 100
"""Columns of the table as text."""


class MatrixView(Card):
    """The view of a MatrixController."""

    open_wanted = Signal()
    """More photographs are to be chosen."""
    opened = Signal(int, int)
    """The keys of two tiles to be compared in full."""

    def __init__(self, controller: MatrixController) -> None:
        super().__init__()
        self.controller = controller
        self.count = label(role="muted")
        self.add_button = command("open", self.open_wanted, purpose=tr("Add photos…"))
        self.add_button.setText(tr("Add photos…"))
        self.copy_button = CopyButton(self.copy)
        self.clear_button = button(tr("Clear"), controller.clear, "quiet", icon="clear", hint=tr("Take out all photos"))
        self.error = Banner()
        self.error.dismissed.connect(controller.dismiss)
        self.stop_button = button(tr("Stop"), controller.stop_reading, "quiet")
        self.progress = Progress(tr("Reading photos"), self.stop_button)
        self.table = MatrixTable()
        self.place = PhotoPlace(controller)
        self.chance = label(role="small", wrap=True)
        self._build()
        self.table.opened.connect(self.opened)
        self.table.looked_at.connect(controller.look_at)
        controller.changed.connect(self.render_state)
        controller.photo.changed.connect(self.render_state)
        self.render_state()

    def _build(self) -> None:
        head = row(grow(self.count), self.copy_button, self.clear_button, self.add_button, spacing=4)
        marks: list[QWidget] = []
        for outcome in Outcome:
            marks += [Icon(outcome.value, outcome.value, side=16), label(headline(outcome), "small")]
        key = row(*(part for mark in zip(marks[::2], marks[1::2], strict=True) for part in (*mark, gap(12))), stretch())
        whole = column(head, self.error, self.progress, grow(self.table), key, self.chance, margins=12)
        self._whole = Card("plain")
        self._whole.setLayout(whole)
        self._stack = stack(self._whole, self.place)
        self.setLayout(column(grow(self._stack)))

    @Slot()
    def render_state(self) -> None:
        state = self.controller.state
        self.table.render_state(state)
        self.count.setText(counts(state))
        self.error.say(state.error)
        share = state.share
        words = "" if share is None else tr("{done} of {total} photos read", done=share.done, total=share.total)
        self.progress.show_share(words, *((0, 0) if share is None else (share.done, share.total)))
        say(self.chance, pairwise.by_chance(len(state.compared), state.strictness))
        self.clear_button.setEnabled(bool(state.tiles))
        self.copy_button.setEnabled(bool(state.compared))
        tile = None if state.looked_at is None else state.tile(state.looked_at)
        large = tile is not None
        if tile is not None:
            self.place.render_state(tile, self.controller.photo.state)
        if large != (self._stack.currentWidget() is self.place):
            had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
            self._stack.setCurrentWidget(self.place if large else self._whole)
            if had_focus or large:
                self.take_focus()

    def take_focus(self) -> None:
        """Give the keyboard to the photograph that is looked at, or to the table."""
        if self._stack.currentWidget() is self.place:
            self.place.take_focus()
        else:
            self.table.setFocus()

    def remove_current(self) -> None:
        """Take out the photograph that is looked at, or the one of the row that the keyboard is at."""
        keys, looked_at = self.table.current_keys, self.controller.state.looked_at
        if looked_at is not None:
            self.controller.remove(looked_at)
        elif keys is not None:
            self.controller.remove(keys[0])

    @Slot()
    def copy(self) -> None:
        """The table as text."""
        state = self.controller.state
        places = {tile.key: place for place, tile in enumerate(state.tiles)}
        verdicts = {(places[a], places[b]): verdict for (a, b), verdict in state.compared.items()}
        problems = {place: str(tile.problem) for place, tile in enumerate(state.tiles) if tile.problem is not None}
        lines = pairwise.as_table([tile.name for tile in state.tiles], verdicts, problems, COPIED_WIDTH)
        lines += pairwise.table_notes(len(verdicts), state.strictness)
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.copy_button.confirm()
