"""Who is in the video that the page Live has as its source: looked through behind the window, weighed, shown, saved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QImage

from siamgui.core.errors import Cancelled, FileUnwritable
from siamgui.core.types import PhotoReading, Strictness
from siamgui.gui.controller import Controller, known
from siamgui.gui.display import image_of, wrap
from siamgui.gui.inference import Inference
from siamgui.gui.live.controller import LiveController
from siamgui.gui.live.state import ReferenceKind
from siamgui.gui.live.timeline.state import TimelineState, Watching
from siamgui.gui.search.lent_engine import LentEngine
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Task, Workers
from siamgui.storage.store import Store

if TYPE_CHECKING:
    from siamgui.search.timeline_values import Timeline
    from siamgui.search.values import FilmState
    from siamgui.storage.people_store import Person

    Whom: TypeAlias = PhotoReading | Person | None

SIDE = 96
"""Pixels of a best view in the list, on either side."""
JOBS = 2
"""Pictures that are under way at a time: one is decoded while another one is looked at."""


class TimelineController(Controller[TimelineState]):
    """Shown from open() to leave(). Another reference or strictness weighs anew what was seen."""

    _told = Signal(object, int)

    def __init__(
        self, live: LiveController, store: WindowStore, inference: Inference, parent: QObject | None = None
    ) -> None:
        super().__init__(TimelineState(), parent)
        self.live, self._store, self._inference = live, store, inference
        self._watcher: Workers | None = None  # looks through a film; made when first wanted
        self._helper: Workers | None = None  # weighs, fetches pictures and saves
        self._stop, self._end = threading.Event(), threading.Event()
        self._began = 0.0
        self._watch: Task | None = None
        self._weigh: Task | None = None
        self._fetch: Task | None = None
        self._weighed: tuple[object, ...] = ()
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        live.changed.connect(self._live_changed)
        inference.loading.connect(self._engine_gone)

    @property
    def can_open(self) -> bool:
        return self.live.state.is_film and self._inference.current is not None

    # What the user does.

    @Slot()
    def open(self) -> None:
        """Show who is in the video; it is looked through unless it was already."""
        path, ready = self.live.state.source, self._inference.current
        if not isinstance(path, Path) or ready is None:
            return
        self.live.rest()
        if path != self.state.path:
            self._forget()
        self._set(path=path, shown=True, error=None)
        if self.state.timeline is None:
            self.start()

    @Slot()
    def start(self) -> None:
        """Look through the video, from its beginning."""
        path, ready = self.state.path, self._inference.current
        if path is None or ready is None or self.state.running:
            return
        self._forget()
        self._stop, self._end = threading.Event(), threading.Event()
        self._began = time.monotonic()
        self._set(running=True, error=None)
        if self._watcher is None:
            self._watcher = Workers(1, "timeline", self)
        engine = LentEngine(self._inference, ready, self._stop)
        work = partial(_watch, engine, path, self._told, self._stop, self._end)
        self._watch = self._watcher.start(work).on(self._watched, self._not_watched)

    @Slot()
    def halt(self) -> None:
        """What was seen so far is the answer."""
        if self.state.running:
            self._end.set()
            self._set(ending=True)

    @Slot()
    def toggle(self) -> None:
        """End what runs with what was seen so far, or look again."""
        if self.state.running:
            self.halt()
        else:
            self.start()

    @Slot()
    def leave(self) -> None:
        """Back to the video. What is under way is given up; an answer stays."""
        if self.state.running:
            self._forget()
        self._set(shown=False, error=None)

    def go_to(self, at: float) -> None:
        """Show the picture at these seconds."""
        path = self.state.path
        if path is None or (at == self.state.at and self.state.picture is not None):
            return
        if self._fetch is not None:
            self._fetch.cancel()
        self._set(at=at, error=None)
        self._fetch = self._help(partial(_picture, path, at)).on(self._fetched, self._not_fetched)

    def save(self, path: Path) -> None:
        """Write the table."""
        if self.state.timeline is not None:
            self._set(written="", error=None)
            self._help(partial(_save, self.state.timeline, path)).on(self._saved, self._failed)

    @Slot()
    def dismiss(self) -> None:
        self._set(error=None)

    def stop(self) -> None:
        """Nothing of what was seen is in memory any more; wait for the threads."""
        self._forget()
        self._set(path=None, shown=False)
        for workers in (self._watcher, self._helper):
            if workers is not None:
                workers.stop()
        self._watcher = self._helper = None

    # What comes back.

    @Slot(object, int)
    def _tell(self, film: FilmState, faces: int) -> None:
        if self._watch is not None and not self._stop.is_set():
            passed, left = time.monotonic() - self._began, None
            if film.seconds and film.at > 0:
                left = passed * max(film.seconds - film.at, 0.0) / film.at
            self._set(watching=Watching(film, faces, left))

    @Slot(object)
    def _watched(self, found: tuple[Timeline, tuple[QImage, ...]]) -> None:
        self._watch = None
        self._set(running=False, ending=False, watching=None, timeline=found[0], pictures=found[1])
        self._weighed = ()
        self._live_changed()
        if found[0].faces:
            self.go_to(found[0].faces[0].best.at)

    @Slot(object)
    def _not_watched(self, error: Exception) -> None:
        self._watch = None
        given_up = isinstance(error, Cancelled)
        self._set(running=False, ending=False, watching=None, error=None if given_up else known(error))

    @Slot()
    def _live_changed(self) -> None:
        """The source, the reference or the strictness may be another one."""
        live = self.live.state
        if self.state.shown and live.source != self.state.path:
            self.leave()
        timeline, ready = self.state.timeline, self._inference.current
        wanted = (*live.reference.subject, live.strictness)
        if timeline is None or ready is None or wanted == self._weighed:
            return
        self._weighed = wanted
        if self._weigh is not None:
            self._weigh.cancel()
        engine = LentEngine(self._inference, ready, self._stop)
        work = partial(_weigh, self._store.lent, engine, timeline, self._whom(), live.strictness)
        self._weigh = self._help(work).on(self._judged, self._failed)

    def _whom(self) -> Whom:
        reference = self.live.state.reference
        if reference.kind is ReferenceKind.PHOTO:
            loaded = reference.photo.loaded
            return loaded.read if loaded is not None and reference.photo.reading is not None else None
        return reference.chosen if reference.kind is ReferenceKind.PERSON else None

    @Slot(object)
    def _judged(self, timeline: Timeline) -> None:
        self._weigh = None
        self._set(timeline=timeline)

    @Slot(object)
    def _fetched(self, picture: QImage) -> None:
        self._fetch = None
        self._set(picture=picture)

    @Slot(object)
    def _not_fetched(self, error: Exception) -> None:
        self._fetch = None
        self._set(picture=None, error=known(error))

    @Slot(object)
    def _saved(self, name: str) -> None:
        self._set(written=name)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._set(error=known(error))

    @Slot()
    def _engine_gone(self) -> None:
        """What one model has seen is not compared with what the next one reads."""
        self._forget()

    def _forget(self) -> None:
        self._stop.set()
        for task in (self._watch, self._weigh, self._fetch):
            if task is not None:
                task.cancel()
        self._watch = self._weigh = self._fetch = None
        self._weighed = ()
        self._set(
            running=False, ending=False, watching=None, timeline=None, pictures=(), at=None, picture=None, written=""
        )

    def _help(self, work: Callable[[], object]) -> Task:
        if self._helper is None:
            self._helper = Workers(1, "timeline-helper", self)
        return self._helper.start(work)


def _watch(
    engine: LentEngine, path: Path, told: SignalInstance, stop: threading.Event, end: threading.Event
) -> tuple[Timeline, tuple[QImage, ...]]:
    """On the watching thread: who is there, and the best view of each."""
    from siamgui.core.pictures import square_of
    from siamgui.search.timeline import watch_film

    found = watch_film(engine, path, enough=lambda _at: end.is_set(), jobs=JOBS, told=told.emit, stop=stop)
    return found, tuple(image_of(square_of(face.best.picture, SIDE)) for face in found.faces)


def _weigh(store: Store, engine: LentEngine, timeline: Timeline, whom: Whom, strictness: Strictness) -> Timeline:
    from siamgui.search.probes import probe_of_person, probe_of_photo
    from siamgui.search.timeline import judged

    if isinstance(whom, PhotoReading):
        return judged(timeline, engine.calibration, probe_of_photo(whom), strictness)
    person = None if whom is None else probe_of_person(store, engine, whom)
    return judged(timeline, engine.calibration, person, strictness)


def _picture(path: Path, at: float) -> QImage:
    """Ready to paint."""
    from siamgui.search.original import frame_at

    return wrap(frame_at(path, at).pixels).convertToFormat(QImage.Format.Format_RGB32)


def _save(timeline: Timeline, path: Path) -> str:
    from siamgui.core.files import write_whole
    from siamgui.search.timeline_files import timeline_csv

    try:
        write_whole(path, timeline_csv(timeline), exported=True)
    except OSError as error:
        raise FileUnwritable(name=path.name, reason=error.strerror or str(error)) from None
    return path.name
