"""Reads kept crops of faces again, for an encoder that has not seen them. It can stop at any moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.types import Embedding, Pixels
from siamgui.gui.inference import Inference
from siamgui.gui.tasks import Task

AT_A_TIME = 4
"""Faces that are embedded in one task, so that a comparison does not wait for more."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many: photographs read, or faces read again."""

    done: int
    total: int


class Keeper(Protocol):
    """Who keeps the crops; lives on a storage thread."""

    def to_embed(self, most: int) -> tuple[int, dict[int, Pixels]]:
        """How many faces have no embedding under the encoder in use, and the crops of at most so many of them."""

    def put_embeddings(self, embeddings: Mapping[int, Embedding]) -> None:
        """Keep the embeddings of some of them."""


class Embedder(QObject):
    """A few faces at a time."""

    progressed = Signal(object)
    """Share, or None when nothing is left to do."""
    stored = Signal()
    """Some more embeddings are kept."""
    failed = Signal(object)
    """The exception; start() goes on from what was stored."""

    def __init__(
        self, inference: Inference, ask: Callable[[Callable[[Any], object]], Task], parent: QObject | None = None
    ) -> None:
        """ask: runs a function of the Keeper on its thread."""
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
            self._then(self._ask(_to_embed), self._fetched)

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
        self._then(self._ask(lambda keeper: keeper.put_embeddings(embeddings)), self._kept)

    @Slot()
    def _kept(self) -> None:
        self._busy = False
        self.stored.emit()
        self.start()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.progressed.emit(None)
        self.failed.emit(error)

    def _then(self, task: Task, slot: Callable[..., None]) -> None:
        task.succeeded.connect(slot)
        task.failed.connect(self._failed)


def _to_embed(keeper: Keeper) -> tuple[int, dict[int, Pixels]]:
    return keeper.to_embed(AT_A_TIME)
