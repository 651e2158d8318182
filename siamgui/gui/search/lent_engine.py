"""The engine of the window for a thread that is not the one that owns it: one face at a time, others get their turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from siamgui.core.errors import Cancelled
from siamgui.core.types import Detection, Face, FaceChoice, FaceReading, Photo, PhotoReading, Pixels
from siamgui.gui.inference import Inference, Ready

if TYPE_CHECKING:
    from siamgui.core.pipeline import FaceEngine

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Encoder:
    """key: "id version"."""

    key: str


class LentEngine:
    """What reading and searching need of a FaceEngine. Every call waits, so none may come from the GUI thread.

    Where another engine takes its place, stop is to be set; from then on calls raise Cancelled.
    """

    def __init__(self, inference: Inference, ready: Ready, stop: threading.Event) -> None:
        """ready: of the engine that stands by."""
        self._inference, self.encoder, self._stop = inference, Encoder(ready.info.encoder), stop
        self.calibration = ready.calibration

    def glance(self, pixels: Pixels, size: int) -> tuple[Face, ...]:
        return self._ask(lambda engine: engine.glance(pixels, size))

    def follow(self, pixels: Pixels, face: Face) -> Face | None:
        return self._ask(lambda engine: engine.follow(pixels, face))

    def read_view(self, pixels: Pixels, face: Face, *, mirrored: bool) -> FaceReading:
        return self._ask(lambda engine: engine.read_view(pixels, face, mirrored=mirrored))

    def read_photo(self, photo: Photo, chosen: FaceChoice | None = None) -> PhotoReading:
        return self._ask(lambda engine: engine.read_photo(photo, chosen))

    def find_faces(self, photo: Photo) -> Detection:
        return self._ask(lambda engine: engine.find_faces(photo))

    def read_face(self, photo: Photo, face: Face) -> FaceReading:
        return self._ask(lambda engine: engine.read_face(photo, face))

    def read_crop(self, face: Face, crop: Pixels) -> FaceReading:
        return self._ask(lambda engine: engine.read_crop(face, crop))

    def _ask(self, work: Callable[[FaceEngine], R]) -> R:
        def ask(engine: FaceEngine) -> R:
            if self._stop.is_set() or engine.encoder.key != self.encoder.key:
                raise Cancelled
            return work(engine)

        if self._stop.is_set():
            raise Cancelled
        try:
            return self._inference.call(ask).result()
        except RuntimeError:
            if self._stop.is_set():  # the next engine could not be loaded
                raise Cancelled from None
            raise
