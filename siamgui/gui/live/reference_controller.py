"""What the face before the camera is compared with: a photograph, somebody enrolled, or everybody."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.types import FaceChoice, Pixels
from siamgui.gui.controller import Controller
from siamgui.gui.inference import Inference
from siamgui.gui.live.state import ReferenceKind, ReferenceState
from siamgui.gui.photos.slot import Loaded, SlotController, SlotState
from siamgui.gui.photos.sources import Source
from siamgui.gui.store import StoreView, WindowStore
from siamgui.gui.tasks import Task, Workers
from siamgui.live.target import Target, photo_target
from siamgui.storage.people_operations import (
    AnythingOverdue,
    FirstCrop,
    ForgetOverdue,
    ListPeople,
    LookUpEverybody,
    LookUpPerson,
)
from siamgui.storage.people_store import Person
from siamgui.storage.people_wording import listed
from siamgui.storage.store import Topic


class Expired(SiamguiError):
    """values: names"""

    text = mark("Removed, because the retention date has passed: {names}.")


class ReferenceController(Controller[ReferenceState]):
    expired = Signal(object)
    """Expired: the retention date has removed somebody."""

    def __init__(
        self, store: WindowStore, decoders: Workers, inference: Inference, parent: QObject | None = None
    ) -> None:
        self._slot = SlotController(decoders, inference)
        super().__init__(ReferenceState(photo=self._slot.state), parent)
        self._slot.setParent(self)
        self._store = store
        self._people = StoreView(
            store, frozenset({Topic.PEOPLE}), self._look, self._looked_up, self._not_looked_up, self
        )
        self._picture: Task | None = None
        self._overdue: tuple[str, ...] = ()  # who was removed, until it has been said
        self._slot.changed.connect(self._slot_changed)

    # What the user does.

    def choose_kind(self, kind: ReferenceKind) -> None:
        self._set(kind=kind)

    def load(self, source: Source, face: FaceChoice | None = None) -> None:
        """Take a photograph as the reference. face: the index of the one that is meant; None: the most prominent."""
        self._set(kind=ReferenceKind.PHOTO)
        self._slot.load(source, 0, face)

    def take_over(self, loaded: Loaded) -> None:
        """Take a photograph of the compare page, with the face that is chosen there."""
        self._set(kind=ReferenceKind.PHOTO)
        self._slot.adopt(SlotState(loaded))

    def choose_face(self, index: int) -> None:
        self._slot.choose(index)

    def clear(self) -> None:
        self._slot.adopt(SlotState())

    def refuse(self, error: SiamguiError) -> None:
        """Say why a photograph was not taken."""
        self._slot.refuse(error)

    @Slot()
    def dismiss(self) -> None:
        """That has been read."""
        self._slot.refuse(None)

    def choose_person(self, person: int | None) -> None:
        self._set(kind=ReferenceKind.PERSON, person=person, picture=None)
        self._look_up_picture()

    # The people.

    def refresh(self) -> None:
        """Show who is enrolled, from now on; those whose time is over go."""
        self._store.ask(AnythingOverdue(date.today())).on(self._overdue_known, self._not_looked_up)

    @Slot(object)
    def _overdue_known(self, overdue: bool) -> None:
        self._people.look()
        if overdue:
            self._people.do(ForgetOverdue(date.today())).on(self._removed, self._not_looked_up)

    def _look(self) -> Task:
        return self._store.ask(ListPeople())

    def target(self, encoder: str) -> Target | Task:
        """What to compare with under an encoder, or the task that looks it up; for a state that is complete."""
        state = self.state
        if state.kind is ReferenceKind.PERSON and state.person is not None:
            return self._store.ask(LookUpPerson(state.person, encoder))
        if state.kind is ReferenceKind.WHO:
            return self._store.ask(LookUpEverybody(encoder))
        reading, shown = state.photo.reading, state.photo.shown
        assert reading is not None
        assert shown is not None
        return photo_target(shown.photo.name, reading)

    def stop(self) -> None:
        self._slot.stop()

    def _look_up_picture(self) -> None:
        if self._picture is not None:
            self._picture.cancel()
            self._picture = None
        if self.state.person is not None:
            self._picture = self._store.ask(FirstCrop(self.state.person))
            self._picture.on(self._pictured, self._not_looked_up)

    @Slot(object)
    def _removed(self, names: tuple[str, ...]) -> None:
        self._overdue += names

    @Slot(object)
    def _looked_up(self, people: tuple[Person, ...]) -> None:
        person = self.state.person if any(one.id == self.state.person for one in people) else None
        self._set(people=people, person=person, picture=self.state.picture if person is not None else None, error=None)
        self._look_up_picture()
        if self._overdue:
            self.expired.emit(Expired(names=listed(self._overdue)))
            self._overdue = ()

    @Slot(object)
    def _pictured(self, picture: Pixels) -> None:
        self._picture = None
        self._set(picture=picture)

    @Slot(object)
    def _not_looked_up(self, error: Exception) -> None:
        if isinstance(error, SiamguiError):
            self._set(error=error)

    @Slot()
    def _slot_changed(self) -> None:
        self._set(photo=self._slot.state)
