"""The people page without its looks. A thread of its own, which alone touches the stored people, answers it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.core.types import Strictness
from siamgui.gui.inference import Inference, Ready
from siamgui.gui.people.errors import NotDone, PeopleBroken, StillReading, ThereAlready
from siamgui.gui.people.reader import Reader
from siamgui.gui.people.state import Candidate, Details, Draft, PeopleState, Removal
from siamgui.gui.photos.embedder import Embedder
from siamgui.gui.photos.sources import Source
from siamgui.gui.tasks import Task, Workers
from siamgui.storage.people_errors import LastPhoto

if TYPE_CHECKING:
    from siamgui.gui.people.shelf import Photos, Shelf, View
    from siamgui.storage.people_store import Person

GRACE = 20_000
"""Milliseconds in which what was removed can be brought back. It is gone earlier when the page is left."""


class PeopleController(QObject):
    """Turns what the user does into a PeopleState; `changed` says that `state` is another one."""

    changed = Signal()
    draft_ended = Signal()
    """The draft has become a person, or was given up."""

    def __init__(self, decoders: Workers, inference: Inference, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.inference = inference
        self._storage = Workers(1, "people", self)
        self._shelf: Shelf | None = None  # touched by the storage thread only
        self._chosen: int | None = None
        self._target: int | None = None  # whom the photographs that are being read are for; None: the draft
        self._taken: list[Candidate] = []
        self._under_way = 0
        self._looking: Task | None = None
        self._wanted = False  # whether anybody looks at the people
        self.apart: float | None = None
        """E_W beyond which two faces are of different people; None without an engine."""
        self.state = PeopleState()
        self._grace = QTimer(self)
        self._grace.setSingleShot(True)
        self._grace.setInterval(GRACE)
        self._grace.timeout.connect(self.settle)
        self._reader = Reader(decoders, inference, self)
        self._reader.read.connect(self._read)
        self._reader.refused.connect(self._refused)
        self._reader.finished.connect(self._all_read)
        self._embedder = Embedder(inference, self._ask, self)
        self._embedder.progressed.connect(self._embedded_more)
        self._embedder.failed.connect(self.report)
        inference.loading.connect(self._engine_gone)
        inference.ready.connect(self._ready)
        if inference.current is not None:
            self._ready(inference.current)

    # The seam to the stored people.

    def _ask(self, work: Callable[[Shelf], object]) -> Task:
        return self._storage.start(partial(self._run, work))

    def _look(self) -> None:
        """Show the people as they are stored; the look before, if it has not begun, is not needed any more."""
        if not self._wanted:
            return
        if self._looking is not None:
            self._looking.cancel()
        self._looking = self._do(_nothing)
        self._looking.finished.connect(self._looked)

    @Slot()
    def _looked(self) -> None:
        if self.sender() is self._looking:
            self._looking = None

    def _do(self, work: Callable[[Shelf], object]) -> Task:
        """Do what the user wants, and show what has become of the people."""
        self._under_way += 1
        self._set(busy=True)
        task = self._view_after(work)
        task.finished.connect(self._did)
        task.succeeded.connect(self._viewed)
        task.failed.connect(self._not_done)
        return task

    def _view_after(self, work: Callable[[Shelf], object]) -> Task:
        chosen, removal = self._chosen, self.state.removal
        return self._ask(lambda shelf: shelf.view_after(work, chosen, removal))

    @Slot()
    def _did(self) -> None:
        self._under_way -= 1
        self._set(busy=self._under_way > 0)

    def stop(self) -> None:
        """Carry out what was asked for, then close the file and end its thread."""
        self._reader.stop()
        self.settle()
        closed = threading.Event()
        self._storage.start(partial(self._close, closed))
        closed.wait()
        self._storage.stop()

    @Slot()
    def look_after(self) -> None:
        """Remove those whose time is over, and have photographs read that the active model has not seen."""
        task = self._ask(lambda shelf: shelf.expire())
        task.succeeded.connect(self._expired)
        task.failed.connect(self._open_failed)
        self._embedder.start()

    @Slot()
    def refresh(self) -> None:
        """Show what is stored, from now on: another page or program may have changed it."""
        self._wanted = True
        self.look_after()
        self._look()

    # What is said on the page.

    @Slot(object)
    def report(self, error: Exception | None) -> None:
        """Say what could not be done, or with None no longer."""
        known = error is None or isinstance(error, SiamguiError)
        self._set(notice=error if known else NotDone())

    @Slot()
    def dismiss(self) -> None:
        self._set(notice=None, refused=(), expired=())

    # Walking.

    @Slot(object)
    def choose(self, person: int | None) -> None:
        """Show a person; None for nobody."""
        if person != self._chosen or self.state.drafting:
            self._chosen = person
            self._set(drafting=False, notice=None, refused=())
            self._look()

    @Slot()
    def begin(self) -> None:
        """Show the draft of a new person; photographs that lie in it are still there."""
        self._set(drafting=True, notice=None, refused=())

    @Slot()
    def give_up(self) -> None:
        """Forget the draft."""
        if self._target is None:
            self._reader.stop()
        self.draft_ended.emit()
        self._set(drafting=False, draft=Draft(), notice=None, refused=(), reading=self._reader.share)

    # Photographs.

    def add(self, sources: Sequence[Source]) -> None:
        """Read photographs for the person who is shown, or for the draft."""
        opened = self.state.opened
        if not self.state.drafting and opened is None:
            self.begin()
        target = None if self.state.drafting or opened is None else opened.person.id
        if self._reader.share is not None and target != self._target:
            self.report(StillReading())
            return
        self._target = target
        self._reader.add(sources)
        self._set(notice=None, refused=(), reading=self._reader.share)

    @Slot()
    def stop_reading(self) -> None:
        """What was read is used."""
        self._reader.stop()
        self._all_read()

    @Slot(object)
    def _read(self, candidate: Candidate) -> None:
        there = self.state.draft.candidates if self._target is None else tuple(self._taken)
        if any(one.photo.sha256 == candidate.photo.sha256 for one in there):
            self._refused(ThereAlready(name=candidate.photo.name))
        elif self._target is None:
            self._set(draft=replace(self.state.draft, candidates=(*there, candidate)))
            self._look_at_draft()
        else:
            self._taken.append(candidate)
        self._set(reading=self._reader.share)

    @Slot(object)
    def _refused(self, error: SiamguiError) -> None:
        self._set(refused=(*self.state.refused, str(error)), reading=self._reader.share)

    @Slot()
    def _all_read(self) -> None:
        taken, self._taken = [(one.photo, one.reading) for one in self._taken], []
        self._set(reading=None)
        if taken and self._target is not None:
            person = self._target
            self._do(lambda shelf: shelf.people.add_photos(person, taken))

    # The draft.

    def _look_at_draft(self) -> None:
        candidates = self.state.draft.candidates
        task = self._ask(lambda shelf: shelf.draft(candidates))
        task.succeeded.connect(self._draft_seen)
        task.failed.connect(self.report)

    @Slot(object)
    def _draft_seen(self, draft: Draft) -> None:
        if draft.candidates is self.state.draft.candidates or draft.candidates == self.state.draft.candidates:
            self._set(draft=draft)

    def enrol(self, details: Details) -> None:
        """Make the draft a person. On failure the draft stays, and the page says why."""
        self._use_draft(lambda shelf, photos: shelf.people.enrol(details.name, details.consent, details.until, photos))

    @Slot(object)
    def _not_enrolled(self, error: Exception) -> None:
        self._set(enrolling=False)
        self.report(error)

    @Slot(object)
    def _enrolled(self, person: Person) -> None:
        self._chosen = person.id
        self.draft_ended.emit()
        self._set(draft=Draft(), drafting=False, enrolling=False, refused=())
        self._look()

    @Slot()
    def add_to_alike(self) -> None:
        """Give the photographs of the draft to the enrolled person with the same face."""
        alike = self.state.draft.alike
        if alike is not None:
            self._use_draft(lambda shelf, photos: shelf.people.add_photos(alike.id, photos))

    def _use_draft(self, work: Callable[[Shelf, Photos], Person]) -> None:
        if self.state.enrolling:
            return
        photos = [(one.photo, one.reading) for one in self.state.draft.candidates]
        self._set(notice=None, enrolling=True)
        task = self._ask(lambda shelf: work(shelf, photos))
        task.succeeded.connect(self._enrolled)
        task.failed.connect(self._not_enrolled)

    # A person.

    def change(self, person: int, details: Details) -> None:
        """Another name, consent note or retention date."""

        def work(shelf: Shelf) -> None:
            before = shelf.people.find(person)
            if details.name != before.name:
                shelf.people.rename(person, details.name)
            if details.consent != before.consent:
                shelf.people.set_consent(person, details.consent)
            if details.until != before.retain_until:
                shelf.people.set_retention(person, details.until)

        self._set(notice=None)
        self._do(work)

    def remove(self, person: Person) -> None:
        """Take a person away, with all that was made of their photographs; undo() brings them back for a while."""
        self._put_away(Removal(person.id, None, tr("“{name}” is removed, with all photos.", name=person.name)))

    def remove_photo(self, key: int) -> None:
        """Take a photograph out of what is shown; undo() brings it back for a while."""
        state = self.state
        if state.drafting:
            left = tuple(one for n, one in enumerate(state.draft.candidates) if n != key)
            self._set(draft=replace(state.draft, candidates=left))
            self._look_at_draft()
        elif state.opened is not None and len(state.opened.tiles) < 2:
            self.report(LastPhoto(name=state.opened.person.name))
        elif state.opened is not None:
            name = next((tile.name for tile in state.opened.tiles if tile.key == key), "")
            self._put_away(Removal(state.opened.person.id, key, tr("The photo “{name}” is removed.", name=name)))

    def _put_away(self, removal: Removal) -> None:
        self.settle()
        self._set(removal=removal, notice=None)
        self._grace.start()
        self._look()

    @Slot()
    def undo(self) -> None:
        """Bring back what was removed last."""
        removal = self.state.removal
        if removal is not None:
            self._grace.stop()
            self._chosen = removal.person
            self._set(removal=None, drafting=False)
            self._look()

    @Slot()
    def settle(self) -> None:
        """Carry out the removal that could still be undone."""
        removal = self.state.removal
        if removal is None:
            return
        self._grace.stop()
        self._set(removal=None)
        if removal.photo is None:
            self._do(lambda shelf: shelf.people.remove(removal.person))
        else:
            photo = removal.photo
            self._do(lambda shelf: shelf.people.remove_photo(photo))

    # What comes back.

    @Slot(object)
    def _expired(self, names: tuple[str, ...]) -> None:
        if names:
            self._set(expired=(*self.state.expired, *names))

    @Slot(object)
    def _open_failed(self, error: Exception) -> None:
        if self.state.people is not None:
            self.report(error)
        else:
            self._set(blocked=error if isinstance(error, SiamguiError) else PeopleBroken())

    @Slot()
    def _engine_gone(self) -> None:
        self.apart = None
        self._set(engine=False)

    @Slot(object)
    def _ready(self, ready: Ready) -> None:
        """An engine stands by: see the faces through it."""
        from siamgui.gui.people.shelf import EncoderLimits

        alike, apart = ready.calibration.limits(Strictness.BALANCED)
        lens = EncoderLimits(ready.info.encoder, alike, apart)
        self.apart = apart
        self._set(engine=True)
        self._ask(lambda shelf: shelf.look_through(lens)).succeeded.connect(self._embedder.start)
        self._look()
        self._look_at_draft()
        self._reader.go_on()

    @Slot(object)
    def _viewed(self, view: View) -> None:
        self._set(people=view.people, opened=view.opened, blocked=None)
        if view.opened is None and view.people and self._under_way == 1:  # nobody is chosen, or is no longer there
            self._chosen = view.people[0].person.id
            self._look()
        self._embedder.start()

    @Slot(object)
    def _embedded_more(self, share: object) -> None:
        ended = share is None and self.state.embedding is not None
        self._set(embedding=share)
        if ended:
            self._look()

    @Slot(object)
    def _not_done(self, error: Exception) -> None:
        if self.state.blocked is None:
            self.report(error)
            self._view_after(_nothing).succeeded.connect(self._viewed)

    def _set(self, **values: object) -> None:
        self.state = replace(self.state, **values)  # type: ignore[arg-type]
        self.changed.emit()

    # From here on: the storage thread.

    def _run(self, work: Callable[[Shelf], object]) -> object:
        from siamgui.gui.people.shelf import Shelf
        from siamgui.storage.people_store import PeopleStore

        if self._shelf is None:
            self._shelf = Shelf(PeopleStore.open())
        return work(self._shelf)

    def _close(self, closed: threading.Event) -> None:
        try:
            if self._shelf is not None:
                self._shelf.people.close()
        finally:
            closed.set()


def _nothing(shelf: Shelf) -> None:
    """Only to look."""
