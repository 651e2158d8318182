"""Where the faces of groups are, and how they look: looked up when they come into view, a few at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.gui.search.face_crops import FaceCrops
from siamgui.gui.search.state import face_of
from siamgui.gui.store import WindowStore
from siamgui.storage.collection_operations import PlaceFaces
from siamgui.storage.collection_values import FaceGone

if TYPE_CHECKING:
    from siamgui.storage.collection_values import PlacedFace

MOST = 2000
"""Faces of which it is remembered where they are."""


class PlacedFaces(QObject):
    """want() says which are in view, of each view."""

    arrived = Signal()
    """More is known of some of them."""

    def __init__(self, store: WindowStore, crops: FaceCrops, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._crops = store, crops
        self._wanted: dict[str, tuple[int, ...]] = {}
        self._placed: OrderedDict[int, PlacedFace | None] = OrderedDict()  # None: it is gone
        self._asked: tuple[int, ...] = ()
        crops.arrived.connect(self.arrived)

    def want(self, view: str, faces: Iterable[int]) -> None:
        """view: its name; what another one wants stays wanted."""
        self._wanted[view] = tuple(faces)
        self._look()

    def placed(self, face: int) -> PlacedFace | None:
        return self._placed.get(face)

    def picture(self, face: int) -> QImage | None:
        placed = self.placed(face)
        return None if placed is None else self._crops.picture(placed)

    def problem(self, face: int) -> SiamguiError | None:
        """Why there is no picture of it, nor will be."""
        placed = self.placed(face)
        return None if placed is None else self._crops.problems.get(face_of(placed))

    def is_gone(self, face: int) -> bool:
        return face in self._placed and self._placed[face] is None

    def why_not(self, face: int) -> str:
        """Why its photo cannot be opened, or not yet; "" where it can."""
        if self.is_gone(face):
            return str(FaceGone())
        problem = self.problem(face)
        return "" if self.placed(face) is not None and problem is None else str(problem or tr("Looking it up…"))

    def _look(self) -> None:
        every = [face for faces in self._wanted.values() for face in faces]
        here = (self._placed.get(face) for face in every)
        self._crops.want(placed for placed in here if placed is not None)
        if not self._asked:
            self._asked = tuple(face for face in every if face not in self._placed)
            if self._asked:
                self._store.ask(PlaceFaces(self._asked)).on(self._found, self._not_found)

    @Slot(object)
    def _found(self, found: tuple[PlacedFace, ...]) -> None:
        self._placed.update(dict.fromkeys(self._asked))
        self._placed.update({placed.id: placed for placed in found})
        while len(self._placed) > MOST:
            self._placed.popitem(last=False)
        self._asked = ()
        self._look()
        self.arrived.emit()

    @Slot(object)
    def _not_found(self, _error: Exception) -> None:
        """The library cannot be read now; scrolling asks again."""
        self._asked = ()

    @Slot()
    def forget(self) -> None:
        """Where they are may be something else now."""
        self._placed.clear()
