"""Looking closer at the pair that is compared, without its looks: how it is shown, the checklist, the explanation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.checklist import Checklist, Remark
from siamgui.core.types import PhotoReading, Pixels
from siamgui.gui.compare.closer.pictures import AlignedPair, aligned_pair, toned
from siamgui.gui.compare.closer.state import CloserState, Looking
from siamgui.gui.inference import Inference
from siamgui.gui.tasks import Task, Workers

if TYPE_CHECKING:
    from siamgui.core.explanation import Explanation, Floats
    from siamgui.core.pipeline import FaceEngine

AT_A_TIME = 8
"""Looks of the encoder between which others get their turn."""


class CloserController(QObject):
    """`changed` says that `state` is another one. The checklist lives as long as its pair is compared."""

    changed = Signal()

    def __init__(self, decoders: Workers, inference: Inference, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._decoders, self._inference = decoders, inference
        self._reads: tuple[PhotoReading, PhotoReading] | None = None
        self._pictures: Task | None = None
        self._explaining: Task | None = None
        self._vectors: list[Floats] = []
        self._work: list[Callable[[FaceEngine], Floats]] = []
        self.state = CloserState()

    @property
    def checklist(self) -> Checklist:
        """Of the pair that is compared."""
        return self.state.checklist

    def look_at(self, left: PhotoReading, right: PhotoReading) -> None:
        """Cut the faces of this pair out, unless that is done; of another pair nothing is left."""
        if self._reads is not None and self._reads[0] is left and self._reads[1] is right:
            return
        checklist = self.state.checklist if self.keeps(left, right) else Checklist()
        self.forget()
        self._reads = (left, right)
        self._set(replace(self.state, checklist=checklist))
        self._draw(partial(aligned_pair, left, right, self.state.looking.tones))

    def forget(self) -> None:
        """The pair is not compared any more."""
        for task in (self._pictures, self._explaining):
            if task is not None:
                task.cancel()
        self._reads = self._pictures = self._explaining = None
        self._vectors, self._work = [], []
        self._set(CloserState(replace(self.state.looking, map=False)))

    def stop(self) -> None:
        """The window closes."""
        self.forget()

    def keeps(self, left: PhotoReading, right: PhotoReading) -> bool:
        """Whether these are the faces that are looked at: read by another engine or swapped, they still are."""
        return self._reads is not None and _faces(*self._reads) == _faces(left, right)

    # What the user does.

    def look(self, looking: Looking) -> None:
        before = self.state.looking
        self._set(replace(self.state, looking=looking))
        pair = self.state.pair
        if looking.tones != before.tones and pair is not None:
            self._draw(partial(toned, pair.left, pair.right, looking.tones))
        if looking.map and not before.map:
            self._explain()
        elif before.map and not looking.map and self.state.explaining:
            self._stop_explaining()

    def say(self, remark: Remark) -> None:
        """Of one feature."""
        self._set(replace(self.state, checklist=self.state.checklist.saying(remark)))

    # Pictures.

    def _draw(self, work: Callable[[], AlignedPair]) -> None:
        """The newest wish counts."""
        if self._pictures is not None:
            self._pictures.cancel()
        self._pictures = self._decoders.start(work).on(self._drawn)

    @Slot(object)
    def _drawn(self, pair: AlignedPair) -> None:
        self._pictures = None
        self._set(replace(self.state, pair=pair))

    # The explanation: a few looks of the encoder at a time.

    def _explain(self) -> None:
        if self._reads is None or self.state.explanation is not None or self.state.explaining:
            return
        from siamgui.core.explanation import covered

        crops = [read.reading.crop for read in self._reads]
        self._vectors, self._work = [], []
        variants = self._decoders.start(lambda: [covered(crop).crops for crop in crops])
        self._explaining = variants.on(self._covered, self._unexplained)
        self._set(replace(self.state, explaining=True, unexplained=False))

    @Slot(object)
    def _covered(self, variants: list[Pixels]) -> None:
        for crops in variants:
            for start in range(0, len(crops), AT_A_TIME):
                part = crops[start : start + AT_A_TIME]
                self._work.append(partial(_glimpses, part))
        self._next()

    def _next(self) -> None:
        self._explaining = self._inference.ask(self._work.pop(0)).on(self._seen, self._unexplained)

    @Slot(object)
    def _seen(self, vectors: Floats) -> None:
        self._vectors.append(vectors)
        if self._work:
            self._next()
            return
        assert self._reads is not None
        crops = tuple(read.reading.crop for read in self._reads)
        self._explaining = self._decoders.start(partial(_explained, crops, self._vectors)).on(
            self._explained, self._unexplained
        )

    @Slot(object)
    def _explained(self, found: Explanation) -> None:
        self._explaining, self._vectors = None, []
        self._set(replace(self.state, explanation=found, explaining=False))

    @Slot(object)
    def _unexplained(self, error: Exception) -> None:
        self._stop_explaining()
        self._set(replace(self.state, unexplained=True))

    def _stop_explaining(self) -> None:
        if self._explaining is not None:
            self._explaining.cancel()
        self._explaining, self._vectors, self._work = None, [], []
        self._set(replace(self.state, explaining=False))

    def _set(self, state: CloserState) -> None:
        self.state = state
        self.changed.emit()


def _faces(left: PhotoReading, right: PhotoReading) -> set[tuple[str, int]]:
    return {(read.photo.sha256, read.chosen) for read in (left, right)}


def _glimpses(crops: Pixels, engine: FaceEngine) -> Floats:
    return engine.glimpses(crops)


def _explained(crops: tuple[Pixels, ...], vectors: list[Floats]) -> Explanation:
    """For a worker thread. vectors: of the variants of the left crop, then of the right one."""
    import numpy as np

    from siamgui.core.explanation import covered, explanation, face_map

    seen = np.concatenate(vectors)
    both = [covered(crop) for crop in crops]
    middle = len(both[0].crops)
    left, right = seen[:middle], seen[middle:]
    return explanation(face_map(both[0], left, right[0]), face_map(both[1], right, left[0]))
