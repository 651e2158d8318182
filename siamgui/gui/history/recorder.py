"""Writes each comparison of two photographs down, where the user wants that; what is locked away is written nowhere."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.i18n import mark, tr
from siamgui.core.types import Comparison
from siamgui.gui.compare.controller import PairController
from siamgui.gui.inference import Inference
from siamgui.gui.preferences import Keeping
from siamgui.vault.errors import Locked

if TYPE_CHECKING:
    from siamgui.gui.store import WindowStore


class Written(enum.Enum):
    """What has become of the comparison that is shown."""

    NONE = enum.auto()
    KEPT = enum.auto()
    LOCKED = enum.auto()
    FAILED = enum.auto()


_WORDS = {
    Written.NONE: mark("Comparisons are written down"),
    Written.KEPT: mark("Written down in the history"),
    Written.LOCKED: mark("Not written down: the history is locked"),
    Written.FAILED: mark("Not written down: the history can’t be written"),
}


class Recorder(QObject):
    """`changed` says that `words` are others."""

    changed = Signal()

    def __init__(
        self, pair: PairController, inference: Inference, store: Callable[[], WindowStore | None], parent: QObject
    ) -> None:
        """store: None where it is locked."""
        super().__init__(parent)
        self._pair, self._inference, self._store = pair, inference, store
        self._asked: Comparison | None = None
        self._keeping = Keeping.NOTHING
        self._written = Written.NONE
        pair.changed.connect(self.look)

    @property
    def words(self) -> str:
        """For the line at the foot of the window; "" while nothing is to be written down."""
        return "" if self._keeping is Keeping.NOTHING else tr(_WORDS[self._written])

    def set_keeping(self, keeping: Keeping) -> None:
        """From now on."""
        self._keeping = keeping
        self.look()
        self.changed.emit()

    @Slot()
    def look(self) -> None:
        """Write down what is shown, unless that is done."""
        state, ready = self._pair.state, self._inference.current
        comparison = state.comparison
        if comparison is None or self._keeping is Keeping.NOTHING or ready is None:
            self._show(Written.NONE)
            return
        if comparison is self._asked or state.checking:  # what is written down is what was said in the end
            return
        left, right = state.left.loaded, state.right.loaded
        store = self._store()
        if store is None:
            self._show(Written.LOCKED)
            return
        if left is None or right is None or left.read is None or right.read is None:
            return
        from siamgui.report.record import record_of
        from siamgui.storage.comparison_operations import KeepComparison

        self._asked = comparison
        record = record_of(left.read, right.read, comparison, ready.calibration, ready.models)
        sides = (left.read, right.read) if self._keeping is Keeping.PICTURES else None
        written = store.ask(KeepComparison(record, (left.decoded.file, right.decoded.file), sides))
        written.on(self._kept, self._not_kept)

    @Slot(object)
    def _kept(self, _: object) -> None:
        if self._pair.state.comparison is self._asked:
            self._show(Written.KEPT)

    @Slot(object)
    def _not_kept(self, error: Exception) -> None:
        self._asked = None
        self._show(Written.LOCKED if isinstance(error, Locked) else Written.FAILED)

    def _show(self, written: Written) -> None:
        if written is not self._written:
            self._written = written
            self.changed.emit()
