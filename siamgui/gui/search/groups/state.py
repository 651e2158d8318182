"""What the view of groups knows, as immutable values."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siamgui.core.errors import SiamguiError

if TYPE_CHECKING:
    from siamgui.search.collection_groups import CollectionGroups, FaceGroup
    from siamgui.search.group_labels import Labelled
    from siamgui.storage.group_operations import SayOnePerson
    from siamgui.storage.people_store import Person


class Work(enum.Enum):
    """What photographs are read for."""

    LABEL = enum.auto()
    ENROL = enum.auto()


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The groups as rows. rows: those of several faces or with a name, the largest first. alone: all others as one,
    None where there are none. row_of: of each face, len(rows) for those that are alone. reviewed, unsure: rows that
    somebody has looked through, and that hold unsure faces.
    """

    found: CollectionGroups
    rows: tuple[FaceGroup, ...]
    alone: FaceGroup | None
    row_of: Mapping[int, int]
    reviewed: int
    unsure: int

    @classmethod
    def of(cls, found: CollectionGroups) -> Shown:
        """On a thread that may take a moment."""
        from siamgui.search.collection_groups import FaceGroup

        rows = tuple(group for group in found.every if len(group.faces) > 1 or group.name)
        rest = [group for group in found.alone if not group.name]
        faces = tuple(face for group in rest for face in group.faces)
        alone = FaceGroup(faces, tuple(face for group in rest for face in group.copies)) if rest else None
        every = (*rows, *((alone,) if alone else ()))
        return cls(
            found=found,
            rows=rows,
            alone=alone,
            row_of={face: row for row, group in enumerate(every) for face in group.every},
            reviewed=sum(bool(group.reviewed) for group in rows),
            unsure=sum(bool(group.unsure) for group in rows),
        )

    @property
    def every(self) -> tuple[FaceGroup, ...]:
        return self.rows if self.alone is None else (*self.rows, self.alone)


@dataclass(frozen=True, slots=True)
class LabelsMade:
    """groups: how many have a part in them."""

    labelled: Labelled
    groups: int


@dataclass(frozen=True, slots=True)
class Asking:
    """What was said goes against what was said before. again: says it all the same."""

    error: SiamguiError
    again: SayOnePerson


@dataclass(frozen=True, slots=True, eq=False)
class GroupsState:
    """shown: None before the faces were gathered. outdated: faces were read or forgotten since; those that are shown
    can be looked through all the same.

    gathering: how much of it is done, 0 to 1; None while nobody gathers. work: photographs are read for it, done of
    total so far. stopping: what is under way comes to rest. asking: a question. made: what came of work, until the next
    thing is done. undo: how many steps can be taken back. busy: what was said is being kept.

    engine: whether faces can be gathered. notice, blocked: as in StoreController.
    """

    shown: Shown | None = None
    outdated: bool = False
    gathering: float | None = None
    work: Work | None = None
    done: int = 0
    total: int = 0
    stopping: bool = False
    asking: Asking | None = None
    made: LabelsMade | Person | None = None
    undo: int = 0
    busy: bool = False
    engine: bool = False
    notice: SiamguiError | None = None
    blocked: SiamguiError | None = None

    @property
    def free(self) -> bool:
        """Whether something can be said of the groups now."""
        return self.shown is not None and self.gathering is None and not self.busy
