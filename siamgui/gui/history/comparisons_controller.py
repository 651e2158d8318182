"""The comparisons that were written down, without their looks: opened again, judged again, forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.types import Side
from siamgui.gui.history.controller import MOST, ListController
from siamgui.gui.history.state import HistoryState, OpenedEntry
from siamgui.gui.inference import Inference
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Task
from siamgui.storage.comparison_operations import (
    ClearComparisons,
    Comparisons,
    ExportComparisons,
    KeepJudgedAgain,
    OpenComparison,
    Opened,
    ReadComparisons,
    RemoveComparisons,
    SayOfComparison,
    found_again,
)
from siamgui.storage.comparison_wording import comparison_row
from siamgui.storage.store import Operation, Topic

if TYPE_CHECKING:
    from siamgui.core.pipeline import FaceEngine
    from siamgui.report.record import Record
    from siamgui.storage.comparison_log import WrittenDown


class ComparisonGone(SiamguiError):
    text = mark("This comparison is not in the history any more.")


class ComparisonsController(ListController):
    topics = frozenset({Topic.COMPARISONS, Topic.LOG})  # how long they are kept is said of both

    def __init__(self, store: WindowStore, inference: Inference, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self._inference = inference
        self._opening: Task | None = None
        self._judging: Task | None = None
        self._missed = 0  # what is looked at, and is not in the list

    def _look(self) -> Task:
        return self._store.ask(ReadComparisons(MOST), _shown)

    def _export(self, path: Path) -> Operation[int]:
        return ExportComparisons(path)

    def _clear(self) -> Operation[int]:
        return ClearComparisons()

    @Slot(object)
    def _seen(self, shown: HistoryState) -> None:
        super()._seen(shown)
        opened = self.state.opened
        if opened is not None and opened.entry.id not in {row.id for row in shown.rows or ()}:
            self._missed = opened.entry.id
            self._store.ask(OpenComparison(self._missed)).on(self._looked_for, self._not_done)

    @Slot(object)
    def _looked_for(self, found: Opened | None) -> None:
        """Whoever forgot what is looked at, it is not to be shown any more."""
        opened = self.state.opened
        if found is None and opened is not None and opened.entry.id == self._missed:
            self.close()
            self._set(notice=ComparisonGone())

    # One of them.

    def open(self, number: int, before: WrittenDown | None = None) -> None:
        """Show it as it stood. before: what another model had said of the same faces."""
        self._stop_opening()
        asked = self._store.ask(OpenComparison(number), lambda opened: _opened(opened, before))
        self._opening = asked.on(self._is_open, self._not_done)

    @Slot()
    def close(self) -> None:
        """Back to the list."""
        self._stop_opening()
        if self._judging is not None:
            self._judging.cancel()
            self._judging = None
        self._set(opened=None)

    def say(self, tags: str, note: str) -> None:
        """What the user says of the one that is open."""
        opened = self.state.opened
        if opened is None or (opened.entry.tags, opened.entry.note) == (tags.strip(), note.strip()):
            return
        entry = replace(opened.entry, tags=tags.strip(), note=note.strip())
        self._set(opened=replace(opened, entry=entry))
        self._do(SayOfComparison(entry.id, entry.tags, entry.note))

    def remove(self, *numbers: int) -> None:
        """For good: ask before."""
        self._set(exported=None, notice=None)
        if self.state.opened is not None and self.state.opened.entry.id in numbers:
            self.close()
        self._do(RemoveComparisons(numbers))

    def judge_again(self, model: str) -> None:
        """Have another model look at the faces of the one that is open. model: the id of a version, or "original"."""
        opened = self.state.opened
        if opened is None or self._judging is not None or not opened.judgeable:
            return
        self._set(opened=replace(opened, judging=True), notice=None)
        self._judging = self._inference.ask(lambda engine: _judged_again(engine, model, opened))
        self._judging.on(self._judged, self._not_judged)

    def _stop_opening(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None

    @Slot(object)
    def _is_open(self, opened: OpenedEntry | None) -> None:
        self._opening = None
        if opened is None:
            self._set(opened=None, notice=ComparisonGone())
        else:
            self._set(opened=opened)

    @Slot(object)
    def _judged(self, record: Record) -> None:
        self._judging = None
        opened = self.state.opened
        if opened is not None:
            self._set(opened=replace(opened, judging=False))
            self._do(KeepJudgedAgain(opened.entry.id, record)).on(self._kept_again)

    @Slot(object)
    def _kept_again(self, entry: WrittenDown | None) -> None:
        opened = self.state.opened
        if entry is None:
            self._is_open(None)
        elif opened is not None:
            self.open(entry.id, opened.entry)

    @Slot(object)
    def _not_judged(self, error: Exception) -> None:
        self._judging = None
        if self.state.opened is not None:
            self._set(opened=replace(self.state.opened, judging=False))
        self.report(error)


def _shown(found: Comparisons) -> HistoryState:
    """In words, of which thousands take too long for the GUI thread."""
    return HistoryState(tuple(comparison_row(entry) for entry in found.entries), found.total, found.keep_days)


def _opened(opened: Opened | None, before: WrittenDown | None) -> OpenedEntry | None:
    """With its photographs where they are found: reads files."""
    from siamgui.core.pictures import pixels_of
    from siamgui.versions.version_store import VersionStore

    if opened is None:
        return None
    record = opened.entry.record
    left, right = (found_again(opened.places[n], record.side(side).sha256) for n, side in enumerate(Side))
    models = tuple((version.id, version.name) for version in VersionStore().list() if not version.damaged)
    shown = tuple(pixels_of(kept.picture) for kept in opened.pictures)
    return OpenedEntry(opened.entry, opened, opened.pictures, shown, (left, right), models, before=before)


def _judged_again(engine: FaceEngine, model: str, opened: OpenedEntry) -> Record:
    """On the inference thread; another engine than the one that stands by is there for this alone."""
    from siamgui.core.encoders.registry import default_encoder
    from siamgui.core.imaging import load_photo
    from siamgui.report.again import Given, computed_again
    from siamgui.versions.active_engine import open_engine

    bundled = engine.encoder.id == default_encoder().key
    if model != ("original" if bundled else engine.encoder.id):
        engine = open_engine("cpu", model).engine
    given: list[Given] = []
    for n, path in enumerate(opened.photos):
        given.append(opened.pictures[n].crop if path is None else load_photo(path))
    return computed_again(engine, opened.entry.record, given[0], given[1])
