"""What the people page shows, as values. All are immutable; the controller makes the next one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from siamgui.core.errors import SiamguiError
from siamgui.gui.photos.reader import Share
from siamgui.storage.people_view import Candidate, OpenedPerson, PersonCard, PhotoTile

if TYPE_CHECKING:
    from siamgui.storage.people_store import Person


@dataclass(frozen=True, slots=True)
class Details:
    """What is kept beside the photographs. until: the day on which the person is removed, None for never."""

    name: str = ""
    consent: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Somebody who is about to be enrolled. odd: which of the photographs do not look like the others, once known.

    alike: an enrolled person with the same face, if there is one. details: as they are typed.
    """

    candidates: tuple[Candidate, ...] = ()
    odd: tuple[bool, ...] = ()
    alike: Person | None = None
    details: Details = Details()

    @property
    def tiles(self) -> tuple[PhotoTile, ...]:
        odd = self.odd or (False,) * len(self.candidates)
        return tuple(one.tile(odd=strange) for one, strange in zip(self.candidates, odd, strict=True))


@dataclass(frozen=True, slots=True)
class Removal:
    """What is taken away soon, unless it is undone: a person with all photographs, or one of these.

    person, photo: ids. name: of the one that goes, the photograph if there is one.
    """

    person: int
    photo: int | None
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class PeopleState:
    """people: None while they are being opened; without the one whose removal is pending.

    blocked: why nothing can be shown at all. notice: what could not be done. refused: why photographs are not used, one
    each. expired: names that the retention date has removed. reading, embedding: None when idle.
    drafting: whether the draft is shown in place of the opened person. enrolling: whether it is being written.
    engine: whether faces can be read.
    """

    people: tuple[PersonCard, ...] | None = None
    opened: OpenedPerson | None = None
    draft: Draft = field(default_factory=Draft)
    drafting: bool = False
    reading: Share | None = None
    embedding: Share | None = None
    removal: Removal | None = None
    refused: tuple[SiamguiError, ...] = ()
    expired: tuple[str, ...] = ()
    notice: SiamguiError | None = None
    blocked: SiamguiError | None = None
    enrolling: bool = False
    engine: bool = False
    busy: bool = False
