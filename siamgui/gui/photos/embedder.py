"""Reads kept crops of faces again, for an encoder that has not seen them. It can stop at any moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.types import Embedding, Pixels
from siamgui.gui.inference import Inference
from siamgui.gui.photos.reader import Share
from siamgui.gui.store import WindowStore
from siamgui.storage.store import Operation

AT_A_TIME = 4
"""Faces that are embedded in one task, so that a comparison does not wait for more."""

ToRead = Callable[[str, int], Operation[tuple[int, dict[int, Pixels]]]]
Keep = Callable[[Mapping[int, Embedding]], Operation[None]]


class Embedder(QObject):
    """A few faces at a time."""

    progressed = Signal(object)
    """Share, or None when nothing is left to do."""
    failed = Signal(object)
    """The exception; start() goes on from what was stored."""

    def __init__(
        self, store: WindowStore, inference: Inference, to_read: ToRead, keep: Keep, parent: QObject | None = None
    ) -> None:
        """to_read: asks how many crops an encoder has not seen, and for some of them. keep: keeps what it saw."""
        super().__init__(parent)
        self._store = store
        self._inference = inference
        self._to_read, self._keep = to_read, keep
        self._busy = False
        self._total = 0

    @Slot()
    def start(self) -> None:
        """Go on until nothing is missing; harmless while it runs."""
        ready = self._inference.current
        if not self._busy and ready is not None:
            self._busy = True
            self._store.ask(self._to_read(ready.info.encoder, AT_A_TIME)).on(self._fetched, self._failed)

    @Slot(object)
    def _fetched(self, answer: tuple[int, dict[int, Pixels]]) -> None:
        left, crops = answer
        self._total = max(self._total, left) if left else 0
        self.progressed.emit(Share(self._total - left, self._total) if left else None)
        if crops and self._inference.current is not None:
            self._inference.embed(crops).on(self._embedded, self._failed)
        else:
            self._busy = False

    @Slot(object)
    def _embedded(self, embeddings: dict[int, Embedding]) -> None:
        self._store.ask(self._keep(embeddings)).on(self._kept, self._failed)

    @Slot()
    def _kept(self) -> None:
        self._busy = False
        self.start()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.progressed.emit(None)
        self.failed.emit(error)
