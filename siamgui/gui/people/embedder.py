"""Reads the kept crops of enrolled people again, for an encoder that has not seen them. It can stop at any moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.types import Embedding, Pixels
from siamgui.gui.inference import Inference
from siamgui.gui.people.state import Share
from siamgui.gui.tasks import Task

if TYPE_CHECKING:
    from siamgui.gui.people.shelf import Shelf

AskShelf = Callable[[Callable[["Shelf"], object]], Task]


class Embedder(QObject):
    """A few faces at a time, so that a comparison does not wait for more."""

    progressed = Signal(object)
    """Share, or None when nothing is left to do."""
    failed = Signal(object)
    """The exception; start() goes on from what was stored."""

    def __init__(self, inference: Inference, ask: AskShelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inference = inference
        self._ask = ask
        self._busy = False
        self._total = 0

    @Slot()
    def start(self) -> None:
        """Go on until nothing is missing; harmless while it runs."""
        if not self._busy and self._inference.current is not None:
            self._busy = True
            self._then(self._ask(_missing), self._fetched)

    @Slot(object)
    def _fetched(self, answer: tuple[int, dict[int, Pixels]]) -> None:
        left, crops = answer
        self._total = max(self._total, left) if left else 0
        self.progressed.emit(Share(self._total - left, self._total) if left else None)
        if crops and self._inference.current is not None:
            self._then(self._inference.embed(crops), self._embedded)
        else:
            self._busy = False

    @Slot(object)
    def _embedded(self, embeddings: dict[int, Embedding]) -> None:
        self._then(self._ask(lambda shelf: shelf.put(embeddings)), self._stored)

    @Slot()
    def _stored(self) -> None:
        self._busy = False
        self.start()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.progressed.emit(None)
        self.failed.emit(error)

    def _then(self, task: Task, slot: Callable[..., None]) -> None:
        task.succeeded.connect(slot)
        task.failed.connect(self._failed)


def _missing(shelf: Shelf) -> tuple[int, dict[int, Pixels]]:
    return shelf.missing()
