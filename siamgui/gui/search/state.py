"""What the page Search knows, as immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from siamgui.core.errors import SiamguiError
from siamgui.core.types import Strictness
from siamgui.gui.live.state import ReferenceState

if TYPE_CHECKING:
    from siamgui.search.values import Found, ReadingDone, ReadingState
    from siamgui.storage.collection_values import Collection, PlacedFace

Face = tuple[str, int]
"""Digest of the picture, and the number of the face in it."""


def face_of(placed: PlacedFace) -> Face:
    return placed.sha256, placed.number


@dataclass(frozen=True, slots=True)
class Problems:
    """The files of a folder that cannot be read: place and sentence of each."""

    collection: Collection
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class SearchState:
    """folders: None until they are looked up. left_out: ids of those that are not searched.

    current: the folder that is being read; reading: how far that is, None while it is looked through. waiting: to be
    read after it. pausing: it comes to rest. paused: what was interrupted. notes: what the last readings did.

    question: whose face is looked for. found: its likenesses so far, None before there is an answer. searching: the
    next ones are looked for; loaded: faces that were loaded for it so far, 0 while none have to be. problems: shown in
    the place of the likenesses. engine: whether faces can be read. notice, blocked: as in StoreController.
    """

    strictness: Strictness
    folders: tuple[Collection, ...] | None = None
    left_out: frozenset[int] = frozenset()
    current: Path | None = None
    reading: ReadingState | None = None
    waiting: tuple[Path, ...] = ()
    pausing: bool = False
    paused: tuple[Path, ...] = ()
    notes: Mapping[Path, ReadingDone] = field(default_factory=dict)
    question: ReferenceState = field(default_factory=ReferenceState)
    found: Found | None = None
    searching: bool = False
    loaded: int = 0
    problems: Problems | None = None
    engine: bool = False
    notice: SiamguiError | None = None
    blocked: SiamguiError | None = None

    @property
    def searched(self) -> tuple[Collection, ...]:
        return tuple(one for one in self.folders or () if one.id not in self.left_out)

    @property
    def unfinished(self) -> tuple[Path, ...]:
        """Folders with something left to read, where none is being read."""
        if self.current is not None:
            return ()
        known = tuple(one.folder for one in self.folders or () if one.read is None or one.unread)
        return (*known, *(folder for folder in self.paused if folder not in known))

    @property
    def unread(self) -> int:
        """Files that another encoder has seen."""
        return sum(one.unread for one in self.folders or ())
