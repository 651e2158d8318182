"""What the live page knows, as immutable values."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from siamgui.core.cameras import CameraInfo
from siamgui.core.errors import SiamguiError
from siamgui.core.source import Source
from siamgui.core.types import Pixels, Strictness
from siamgui.gui.photos.slot import SlotState

if TYPE_CHECKING:
    from siamgui.live.target import Target
    from siamgui.live.types import LiveVerdict
    from siamgui.storage.people_store import Person


class ReferenceKind(enum.StrEnum):
    """What the face before the camera is compared with."""

    PHOTO = "photo"
    PERSON = "person"
    WHO = "who"  # everybody enrolled


class Phase(enum.StrEnum):
    """What the source does."""

    OFF = "off"
    OPENING = "opening"
    LIVE = "live"
    LOST = "lost"  # and asked for again until it comes back


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceState:
    """kind: what is chosen. photo: for PHOTO. person: id, for PERSON. people: None until they have been looked up.

    picture: aligned face of the chosen person, (112, 112, 3) uint8 RGB. error: why the people cannot be looked up.
    """

    kind: ReferenceKind = ReferenceKind.PHOTO
    photo: SlotState = field(default_factory=SlotState)
    people: tuple[Person, ...] | None = None
    person: int | None = None
    picture: Pixels | None = None
    error: SiamguiError | None = None

    @property
    def chosen(self) -> Person | None:
        return next((one for one in self.people or () if one.id == self.person), None)

    @property
    def subject(self) -> tuple[object, ...]:
        """Equal as long as the same is chosen."""
        if self.kind is ReferenceKind.PHOTO:
            return self.kind, self.photo.reading
        return self.kind, self.person if self.kind is ReferenceKind.PERSON else None

    @property
    def complete(self) -> bool:
        """Whether there is something to compare with."""
        if self.kind is ReferenceKind.PHOTO:
            return self.photo.reading is not None
        if self.kind is ReferenceKind.PERSON:
            return self.chosen is not None
        return bool(self.people)


@dataclass(frozen=True, slots=True, eq=False)
class LivePageState:
    """cameras: those that are known of. source: None for the first camera. size: width and height that are asked for.

    mirrored: whether a camera is shown as a mirror shows it; a file never is.
    presence: whether the presence check is wanted; of a file it never is. engine: whether one stands by.
    running: a verification is under way. ending: what it ends with is being worked out.
    target, verdict: of the last one. error: what keeps it from starting.
    lost: why the source has gone, while it is waited for.
    """

    reference: ReferenceState
    strictness: Strictness
    phase: Phase = Phase.OFF
    cameras: tuple[CameraInfo, ...] = ()
    source: Source | None = None
    size: tuple[int, int] | None = None
    mirrored: bool = True
    presence: bool = True
    engine: bool = False
    running: bool = False
    ending: bool = False
    target: Target | None = None
    verdict: LiveVerdict | None = None
    error: SiamguiError | None = None
    lost: SiamguiError | None = None

    @property
    def is_film(self) -> bool:
        """Whether the pictures come from a file, and not from a camera or a stream."""
        return isinstance(self.source, Path)

    @property
    def flipped(self) -> bool:
        """Whether the picture that is shown is a mirror image."""
        return self.mirrored and not self.is_film

    @property
    def can_start(self) -> bool:
        return self.engine and self.reference.complete
