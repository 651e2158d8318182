"""What the people page shows, as values. All are immutable; the controller makes the next one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from siamgui.core.errors import SiamguiError
from siamgui.gui.photos.embedder import Share

if TYPE_CHECKING:
    from siamgui.core.types import FaceReading, Photo
    from siamgui.storage.people_store import Person


@dataclass(frozen=True, slots=True, eq=False)
class PersonCard:
    """One row of the list. picture: a small square with the face."""

    person: Person
    picture: QImage


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One photograph as it is shown. key: id of a stored photograph, or the place of one that is not stored yet.

    picture: a square. odd: it does not look like the others. good: quality found nothing to complain of.
    faces: how many the photograph shows.
    """

    key: int
    name: str
    picture: QImage
    odd: bool = False
    good: bool = True
    faces: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A photograph that was read and is good enough, but not stored yet. picture: a square with head and shoulders."""

    photo: Photo
    reading: FaceReading
    faces: int
    picture: QImage


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """The person who is shown. alike: name of another one with the same face, "" if there is none."""

    person: Person
    picture: QImage
    tiles: tuple[Tile, ...]
    alike: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Somebody who is about to be enrolled. alike: an enrolled person with the same face, if there is one."""

    candidates: tuple[Candidate, ...] = ()
    tiles: tuple[Tile, ...] = ()
    alike: Person | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What is kept beside the photographs. until: the day on which the person is removed, None for never."""

    name: str = ""
    consent: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """What is taken away soon, unless it is undone: a person, or one photograph of theirs. words: says so."""

    person: int
    photo: int | None
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class PeopleState:
    """people: None while they are being opened; without the one whose removal is pending.

    blocked: why nothing can be shown at all. notice: what could not be done. refused: photographs that were not good
    enough, a sentence each. expired: names that the retention date has removed. reading, embedding: None when idle.
    drafting: whether the draft is shown in place of the opened person. enrolling: whether it is being written.
    engine: whether faces can be read.
    """

    people: tuple[PersonCard, ...] | None = None
    opened: Opened | None = None
    draft: Draft = field(default_factory=Draft)
    drafting: bool = False
    reading: Share | None = None
    embedding: Share | None = None
    removal: Removal | None = None
    refused: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    notice: SiamguiError | None = None
    blocked: SiamguiError | None = None
    enrolling: bool = False
    engine: bool = False
    busy: bool = False
