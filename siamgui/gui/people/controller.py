"""The people page without its looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot

from siamgui.core.encoder_limits import EncoderLimits
from siamgui.core.errors import SiamguiError
from siamgui.core.source import Source as CameraSource
from siamgui.core.types import PhotoReading
from siamgui.gui.inference import Inference, Ready
from siamgui.gui.people.errors import LabelledWent, PeopleBroken, StillReading, ThereAlready
from siamgui.gui.people.guided_controller import GuidedController
from siamgui.gui.people.state import Details, Draft, PeopleState, Removal
from siamgui.gui.photos.embedder import Embedder
from siamgui.gui.photos.reader import PhotoReader
from siamgui.gui.photos.sources import Source
from siamgui.gui.store import WindowStore
from siamgui.gui.store_controller import StoreController
from siamgui.gui.tasks import Task, Workers
from siamgui.storage.people_errors import LastPhoto
from siamgui.storage.people_operations import (
    AddPersonPhotos,
    AnythingOverdue,
    BringBack,
    ChangeDetails,
    EnrolPerson,
    ForgetOverdue,
    KeepPhotoEmbeddings,
    PhotoRemoved,
    Photos,
    PhotosToRead,
    RemovePerson,
    RemovePersonPhoto,
    TakeAway,
)
from siamgui.storage.people_store import Person
from siamgui.storage.people_view import Candidate, Likeness, LookTogether, PeopleView, ViewPeople
from siamgui.storage.store import Operation, Topic

GRACE = 20_000
"""Milliseconds in which what was removed can be brought back. It is gone earlier when the page is left, or the process
is ended."""


class PeopleController(StoreController[PeopleState]):
    topics = frozenset({Topic.PEOPLE})
    broken = PeopleBroken

    def __init__(
        self, store: WindowStore, decoders: Workers, inference: Inference, parent: QObject | None = None
    ) -> None:
        super().__init__(PeopleState(), store, parent)
        self._view.busy_changed.connect(self._busy_changed)
        self._likeness: Task | None = None
        self._chosen: int | None = None
        self._target: int | None = None  # whom the photographs that are being read are for; None: the draft
        self._taken: list[Candidate] = []
        self._limits: EncoderLimits | None = None
        self.camera = GuidedController(inference, self)
        self.camera.taken.connect(self.add)
        self._undone: Removal | None = None
        self._grace = QTimer(self, singleShot=True, interval=GRACE)
        self._grace.timeout.connect(self.settle)
        self._decoders = decoders
        self._reader = PhotoReader(decoders, inference, keep=self._picture, parent=self)
        self._reader.read.connect(self._read)
        self._reader.refused.connect(self._refused)
        self._reader.finished.connect(self._all_read)
        self._embedder = Embedder(
            store, inference, PhotosToRead, lambda new: KeepPhotoEmbeddings(new, forget_others=True), self
        )
        self._embedder.progressed.connect(self._embedded_more)
        self._embedder.failed.connect(self.report)
        inference.loading.connect(self._engine_gone)
        inference.when_ready(self._ready)

    # The seam to the stored people.

    def _look(self) -> Task:
        removal = self.state.removal
        without = (removal.person, removal.photo) if removal is not None else None
        return self._store.ask(ViewPeople(self._chosen, self._limits, without))

    @Slot()
    def _busy_changed(self) -> None:
        self._set(busy=self._view.busy or self._likeness is not None)

    def stop(self) -> None:
        """Have carried out what was asked for."""
        self.camera.close()
        self._reader.stop()
        self.settle()

    @Slot()
    def look_after(self) -> None:
        """Remove those whose time is over, and have photographs read that the active model has not seen."""
        self._store.ask(AnythingOverdue(date.today())).on(self._overdue_known, self._not_done)
        self._embedder.start()

    @Slot(object)
    def _overdue_known(self, overdue: bool) -> None:
        if overdue:
            self._store.ask(ForgetOverdue(date.today())).on(self._expired, self._not_done)

    @Slot()
    def refresh(self) -> None:
        """The same, and show what is stored, from now on whatever changes it."""
        self._store.ask(AnythingOverdue(date.today())).on(self._looked_after, self._not_done)
        self._embedder.start()

    @Slot(object)
    def _looked_after(self, overdue: bool) -> None:
        self._view.look()
        if overdue:
            self._view.do(ForgetOverdue(date.today())).on(self._expired, self._not_done)

    # What is said on the page.

    @Slot()
    def dismiss(self) -> None:
        self._set(notice=None, refused=(), expired=())

    # Walking.

    @Slot(int)
    def choose(self, person: int) -> None:
        """Show a person."""
        self.camera.close()
        if person != self._chosen or self.state.drafting:
            self._chosen = person
            self._set(drafting=False, notice=None, refused=())
            self._view.look()

    @Slot()
    def begin(self) -> None:
        """Show the draft of a new person; what lies in it is still there."""
        self.camera.close()
        self._set(drafting=True, notice=None, refused=())

    @Slot()
    def give_up(self) -> None:
        """Forget the draft."""
        if self._target is None:
            self._reader.stop()
        self._set(drafting=False, draft=Draft(), notice=None, refused=(), reading=self._reader.share)

    # Photographs.

    def use_camera(self, source: CameraSource | None = None) -> None:
        """Take photographs of the person who is shown, or of somebody new. source: as GuidedController.open() has it.

        Ignored while there is no engine.
        """
        if self._limits is not None:
            if self.state.opened is None and not self.state.drafting:
                self.begin()
            self.camera.open(self._limits, source)

    @Slot(object)
    def add(self, sources: Sequence[Source]) -> None:
        """Read photographs for the person who is shown, or for somebody new."""
        self.camera.close()
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

    def _picture(self, _: Source, read: PhotoReading) -> Task:
        return self._decoders.start(partial(Candidate.of, read))

    @Slot(object)
    def _read(self, candidate: Candidate) -> None:
        there = self.state.draft.candidates if self._target is None else tuple(self._taken)
        if any(one.photo.sha256 == candidate.photo.sha256 for one in there):
            self._refused(ThereAlready(name=candidate.photo.name))
        elif self._target is None:
            self._draft((*there, candidate))
        else:
            self._taken.append(candidate)
        self._set(reading=self._reader.share)

    @Slot(object)
    def _refused(self, error: SiamguiError) -> None:
        self._set(refused=(*self.state.refused, error), reading=self._reader.share)

    @Slot()
    def _all_read(self) -> None:
        taken, self._taken = _photos(self._taken), []
        self._set(reading=None)
        if taken and self._target is not None:
            self._do(AddPersonPhotos(self._target, taken))

    # The draft.

    def _draft(self, candidates: tuple[Candidate, ...]) -> None:
        """Show these photographs, and find out how they look together."""
        if self._likeness is not None:
            self._likeness.cancel()
        self._set(draft=Draft(candidates, details=self.state.draft.details))
        if candidates:
            together = LookTogether(tuple(one.reading.embedding for one in candidates), self._limits)
            self._likeness = self._store.ask(together).on(self._looked_together, self.report)
            self._likeness.finished.connect(self._likeness_known)
            self._busy_changed()

    @Slot(object)
    def _looked_together(self, likeness: Likeness) -> None:
        self._set(draft=replace(self.state.draft, odd=likeness.odd, alike=likeness.alike))

    @Slot()
    def _likeness_known(self) -> None:
        if self.sender() is self._likeness:
            self._likeness = None
            self._busy_changed()

    def describe(self, details: Details) -> None:
        """What is to be kept beside the photographs of the draft."""
        self._set(draft=replace(self.state.draft, details=details))

    @Slot()
    def enrol(self) -> None:
        """Make the draft a person. On failure the draft stays, and the page says why."""
        draft = self.state.draft
        details = draft.details
        self._use_draft(EnrolPerson(details.name, details.consent, details.until, _photos(draft.candidates)))

    @Slot(object)
    def _not_enrolled(self, error: Exception) -> None:
        self._set(enrolling=False)
        self.report(error)

    @Slot(object)
    def _enrolled(self, person: Person) -> None:
        self._chosen = person.id
        self._set(draft=Draft(), drafting=False, enrolling=False, refused=())

    @Slot()
    def add_to_alike(self) -> None:
        """Give the photographs of the draft to the enrolled person with the same face."""
        draft = self.state.draft
        if draft.alike is not None:
            self._use_draft(AddPersonPhotos(draft.alike.id, _photos(draft.candidates)))

    def _use_draft(self, operation: Operation[Person]) -> None:
        if self.state.enrolling:
            return
        self._set(notice=None, enrolling=True)
        self._view.do(operation).on(self._enrolled, self._not_enrolled)

    # A person.

    def change(self, person: int, details: Details) -> None:
        """Another name, consent note or retention date."""
        self._do(ChangeDetails(person, details.name, details.consent, details.until))
        self._set(notice=None)

    def remove(self, person: Person) -> None:
        """Take a person away, with all that was made of their photographs; undo() brings them back for a while."""
        self._put_away(Removal(person.id, None, person.name))

    @Slot(object)
    def remove_photo(self, key: int | str) -> None:
        """Take the photograph of this tile out; undo() brings a stored one back for a while.

        Ignored for a tile that is no longer there, and while the draft is being written.
        """
        state = self.state
        if isinstance(key, str):
            if not state.enrolling:
                self._draft(tuple(one for one in state.draft.candidates if one.photo.sha256 != key))
            return
        opened = state.opened
        tile = next((tile for tile in opened.tiles if tile.key == key), None) if opened is not None else None
        if opened is None or tile is None:
            return
        if len(opened.tiles) < 2:
            self.report(LastPhoto(name=opened.person.name))
        else:
            self._put_away(Removal(opened.person.id, key, tile.name))

    def _put_away(self, removal: Removal) -> None:
        self.settle()
        self._set(removal=removal, notice=None)
        self._grace.start()
        if removal.photo is None:  # so that no look from before an undo takes another for who was chosen
            self._chosen = None
        self._do(TakeAway(removal.person, removal.photo))
        self._view.look()

    @Slot()
    def undo(self) -> None:
        """Bring back what was removed last."""
        removal = self.state.removal
        if removal is not None:
            self._grace.stop()
            self._chosen = removal.person
            self._set(removal=None, drafting=False)
            self._undone = removal
            self._do(BringBack(removal.person, removal.photo)).failed.connect(self._not_brought_back)
            self._view.look()

    @Slot()
    def _not_brought_back(self) -> None:
        """It is still to go, and can still be undone."""
        if self.state.removal is None:
            self._set(removal=self._undone)
            self._grace.start()
            self._view.look()

    @Slot()
    def settle(self) -> None:
        """Carry out the removal that could still be undone."""
        removal = self.state.removal
        if removal is None:
            return
        self._grace.stop()
        self._set(removal=None)
        if removal.photo is None:
            self._do(RemovePerson(removal.person)).succeeded.connect(self._labelled_went)
        else:
            self._do(RemovePersonPhoto(removal.photo)).succeeded.connect(self._photo_removed)

    # What comes back.

    @Slot(object)
    def _expired(self, names: tuple[str, ...]) -> None:
        if names:
            self._set(expired=(*self.state.expired, *names))

    @Slot(object)
    def _labelled_went(self, photos: int) -> None:
        if photos:
            self.report(LabelledWent(photos))

    @Slot(object)
    def _photo_removed(self, gone: PhotoRemoved) -> None:
        self._labelled_went(gone.labelled)

    @Slot()
    def _engine_gone(self) -> None:
        self._limits = None
        self._set(engine=False)

    @Slot(object)
    def _ready(self, ready: Ready) -> None:
        """An engine stands by: see the faces through it."""
        self._limits = ready.limits
        self._set(engine=True)
        if self.state.people is not None:
            self._view.look()
        self._draft(self.state.draft.candidates)

    @Slot(object)
    def _seen(self, view: PeopleView) -> None:
        if view.chosen == self._chosen and view.opened is not None:  # and not of who was chosen before
            self._chosen = view.opened.person.id
        self._set(people=view.people, opened=view.opened, blocked=None)
        self._embedder.start()

    @Slot(object)
    def _embedded_more(self, share: object) -> None:
        self._set(embedding=share)


def _photos(candidates: Sequence[Candidate]) -> Photos:
    return tuple((one.photo, one.reading) for one in candidates)
