"""One photograph of the matrix, large, with all its faces: in place of the table, until it is left again."""

from __future__ import annotations

from PySide6.QtCore import Qt

from siamgui.core.i18n import tr, trn
from siamgui.gui.compare.matrix.controller import MatrixController
from siamgui.gui.compare.matrix.state import Tile
from siamgui.gui.photos.slot import SlotState
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.kit import Align, Card, button, column, grow, label, row, say
from siamgui.gui.widgets.photo_view import PhotoView


class PhotoPlace(Card):
    """Shows MatrixController.photo."""

    def __init__(self, controller: MatrixController) -> None:
        super().__init__("plain")
        self._controller = controller
        self.name = ElidedLabel()
        self.back_button = button(tr("Back to all photos"), self._leave)
        self.remove_button = button(tr("Take out of the matrix"), self._remove, "quiet", icon="clear")
        self.error = Banner(closable=False)
        self.photo = PhotoView()
        self.photo.face_chosen.connect(controller.photo.choose)
        self.hint = label(role="small", align=Align.AlignHCenter)
        head = row(self.back_button, grow(self.name), self.remove_button)
        self.setLayout(column(head, self.error, grow(self.photo), self.hint, margins=12))

    def render_state(self, tile: Tile, slot: SlotState) -> None:
        shown = slot.shown
        self.photo.show_photo(shown.display if shown is not None else None, *slot.marks)
        self.photo.setAccessibleName(tile.name)
        self.name.set_whole_text(tile.name)
        self.error.say(slot.error or tile.problem)
        several = tile.faces > 1 and bool(slot.marks[0])
        say(self.hint, trn("{n} face", "{n} faces: click another one, or use ← →", tile.faces) if several else "")

    def take_focus(self) -> None:
        self.photo.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _leave(self) -> None:
        self._controller.look_at(None)

    def _remove(self) -> None:
        key = self._controller.state.looked_at
        if key is not None:
            self._controller.remove(key)
