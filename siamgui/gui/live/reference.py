"""What the face before the camera is compared with: a photograph, somebody enrolled, or everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr
from siamgui.core.types import Pixels
from siamgui.core.wording import reference_advice
from siamgui.gui.inference import Inference
from siamgui.gui.live.state import Enrolled, ReferenceKind, ReferenceState, Target
from siamgui.gui.photos.slot import Loaded, SlotController, SlotState
from siamgui.gui.photos.sources import Source
from siamgui.gui.tasks import Task, Workers

if TYPE_CHECKING:
    from siamgui.gui.live.books import Books

Ask = Callable[["Callable[[Books], object]"], Task]


class Expired(SiamguiError):
    """values: names"""

    text = mark("Removed, because the retention date has passed: {names}.")


class ReferenceController(QObject):
    """Turns what the user chooses into a ReferenceState; `changed` says that `state` is another one."""

    changed = Signal()
    expired = Signal(object)
    """Expired: the retention date has removed somebody."""

    def __init__(self, decoders: Workers, inference: Inference, ask: Ask, parent: QObject | None = None) -> None:
        """ask: runs work on the storage thread."""
        super().__init__(parent)
        self._ask = ask
        self._picture: Task | None = None
        self._slot = SlotController(decoders, inference, self)
        self._slot.changed.connect(self._slot_changed)
        self.state = ReferenceState(photo=self._slot.state)

    # What the user does.

    def choose_kind(self, kind: ReferenceKind) -> None:
        self._set(kind=kind)

    def load(self, source: Source) -> None:
        """Take a photograph as the reference."""
        self._set(kind=ReferenceKind.PHOTO)
        self._slot.load(source, 0)

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
        """Look up who is enrolled."""
        task = self._ask(_enrolled)
        task.succeeded.connect(self._looked_up)
        task.failed.connect(self._not_looked_up)

    def target(self, encoder: str) -> Target | Task:
        """What to compare with under an encoder, or the task that looks it up; for a state that is complete."""
        state = self.state
        if state.kind is not ReferenceKind.PHOTO:
            return self._ask(partial(_target, kind=state.kind, person=state.person, encoder=encoder))
        from siamgui.live.types import Reference

        reading, shown = state.photo.reading, state.photo.shown
        assert reading is not None
        assert shown is not None
        name, embedding = shown.photo.name, reading.embedding
        subject = Reference(name, embedding.vector[None], embedding.encoder, reading.quality.findings)
        return Target(ReferenceKind.PHOTO, subject, name, reading.crop, advice=reference_advice(reading))

    def stop(self) -> None:
        self._slot.stop()

    def _look_up_picture(self) -> None:
        if self._picture is not None:
            self._picture.cancel()
            self._picture = None
        if self.state.person is not None:
            self._picture = self._ask(partial(_picture, person=self.state.person))
            self._picture.succeeded.connect(self._pictured)
            self._picture.failed.connect(self._not_looked_up)

    @Slot(object)
    def _looked_up(self, found: tuple[tuple[Enrolled, ...], tuple[str, ...]]) -> None:
        people, expired = found
        if expired:
            listed = tr(", ").join(tr("“{name}”", name=name) for name in expired)
            self.expired.emit(Expired(names=listed))
        person = self.state.person if any(one.id == self.state.person for one in people) else None
        self._set(people=people, person=person, picture=self.state.picture if person is not None else None, error=None)
        if person is not None and self.state.picture is None:
            self._look_up_picture()

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

    def _set(self, **values: object) -> None:
        self.state = replace(self.state, **values)  # type: ignore[arg-type]
        self.changed.emit()


# On the storage thread.


def _enrolled(books: Books) -> tuple[tuple[Enrolled, ...], tuple[str, ...]]:
    return books.enrolled()


def _picture(books: Books, person: int) -> Pixels:
    return books.picture(person)


def _target(books: Books, kind: ReferenceKind, person: int | None, encoder: str) -> Target:
    return books.target(kind, person, encoder)
