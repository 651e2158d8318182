"""Faces of searched photos as pictures, cut out of the original files when they come into view. Nothing is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from siamgui.core.errors import SiamguiError
from siamgui.gui.controller import known
from siamgui.gui.display import image_of
from siamgui.gui.search.state import Face, face_of
from siamgui.gui.tasks import Task, Workers

if TYPE_CHECKING:
    from siamgui.storage.collection_values import PlacedFace

SIDE = 160
"""Pixels of a picture, on either side."""
MOST = 240
"""Pictures in memory: 18 MB."""
_AROUND = 0.45
"""Of the longer side of a face, what is seen around it on every side."""


class FaceCrops(QObject):
    """want() says which are in view; what was wanted before and has not begun is not done."""

    arrived = Signal()
    """pictures or problems have more in them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = Workers(2, "faces", self)
        self._tasks: dict[Face, Task] = {}
        self._pictures: OrderedDict[Face, QImage] = OrderedDict()
        self.problems: dict[Face, SiamguiError] = {}
        """Why there is no picture of a face."""

    def picture(self, placed: PlacedFace) -> QImage | None:
        return self._pictures.get(face_of(placed))

    def want(self, faces: Iterable[PlacedFace]) -> None:
        wanted = {face_of(one): one for one in faces}
        for key in [key for key in self._tasks if key not in wanted]:
            self._tasks.pop(key).cancel()
        for key, one in wanted.items():
            if key in self._pictures:
                self._pictures.move_to_end(key)
            elif key not in self._tasks and key not in self.problems:
                task = self._workers.start(partial(face_picture, one))
                self._tasks[key] = task.on(self._arrived, self._failed)

    @Slot()
    def try_again(self) -> None:
        """Files that were not there may be back."""
        self.problems.clear()

    def forget(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._pictures.clear()
        self.problems.clear()

    def stop(self) -> None:
        self.forget()
        self._workers.stop()

    @Slot(object)
    def _arrived(self, picture: QImage) -> None:
        key = self._answered()
        if key is not None:
            self._pictures[key] = picture
            while len(self._pictures) > MOST:
                self._pictures.popitem(last=False)
            self.arrived.emit()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        key = self._answered()
        if key is not None:
            self.problems[key] = known(error)
            self.arrived.emit()

    def _answered(self) -> Face | None:
        """Whose picture has just come, or could not be made."""
        task = self.sender()
        key = next((key for key, one in self._tasks.items() if one is task), None)
        if key is not None:
            del self._tasks[key]
        return key


def face_picture(placed: PlacedFace) -> QImage:
    """SIDE x SIDE pixels with the face in the middle, from the first of its files that can be read.

    Raises as original_of() does.
    """
    import numpy as np

    from siamgui.core.cv import cv2
    from siamgui.search.original import original_of

    photo = original_of(placed)
    left, top, right, bottom = map(float, placed.seen.face.box)
    half = (0.5 + _AROUND) * max(right - left, bottom - top, 1.0)
    centre = np.array([(left + right) / 2, (top + bottom) / 2])
    # One step: what is seen of a large photo is made smaller, at the edge its last row goes on.
    scale = SIDE / (2 * half)
    x0, y0 = (max(0, int(value)) for value in centre - half)
    x1, y1 = (int(value) + 1 for value in centre + half)
    part = photo.pixels[y0:y1, x0:x1]
    if scale < 0.5:
        part = cv2.resize(part, None, fx=2 * scale, fy=2 * scale, interpolation=cv2.INTER_AREA)
        centre, origin, scale = centre * 2 * scale, np.array([x0, y0]) * 2 * scale, 0.5
    else:
        origin = np.array([x0, y0], float)
    shift = SIDE / 2 - scale * (centre - origin)
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    picture = cv2.warpAffine(
        np.ascontiguousarray(part), matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return image_of(np.ascontiguousarray(picture))
