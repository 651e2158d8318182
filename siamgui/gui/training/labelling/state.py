"""What the training page knows, as immutable values.

The storage thread makes a Shelf after every change; the controller makes a LabellingState of it; the steps show that.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siamgui.core.errors import SiamguiError
from siamgui.core.types import Label
from siamgui.gui.training.steps import Step

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from siamgui.labelling.graph import Contradiction, Pair
    from siamgui.labelling.import_plan import ImportRequest
    from siamgui.labelling.types import Part
    from siamgui.storage.label_store import Problem, StoredFace, StoredLabel


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """What the library holds, and what follows from it.

    people: different people in the pairs called same or different. implied: pairs that are answered by others.
    contradictions: what cannot all be true. doubts: labels worth a second look that have not had one.
    undo: what can be taken back, "answer", "import" or "compare", or "".
    """

    faces: tuple[StoredFace, ...] = ()
    labels: tuple[StoredLabel, ...] = ()
    problems: tuple[Problem, ...] = ()
    people: int = 0
    implied: int = 0
    contradictions: tuple[Contradiction, ...] = ()
    doubts: tuple[Pair, ...] = ()
    undo: str = ""

    def count(self, label: Label) -> int:
        return sum(stored.label is label for stored in self.labels)

    @property
    def empty(self) -> bool:
        return not (self.faces or self.problems)


@dataclass(frozen=True, slots=True, eq=False)
class FaceCard:
    """A face for the screen. picture: head and shoulders; for thumbnails the aligned crop."""

    id: int
    name: str
    person: str | None
    picture: QImage


@dataclass(frozen=True, slots=True, eq=False)
class PairCard:
    """Two faces and what was said of them, if anything."""

    left: FaceCard
    right: FaceCard
    said: Label | None = None

    @property
    def pair(self) -> tuple[int, int]:
        return self.left.id, self.right.id


class DeskMode(enum.StrEnum):
    """ASK: a new pair. LOOK: a label that looks like a slip. RESOLVE: answers that contradict each other."""

    ASK = "ask"
    LOOK = "look"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True, eq=False)
class DeskState:
    """What lies on the labelling desk.

    pair: the pair to answer (ASK, LOOK); None when there is nothing to ask. disputed: LOOK: a list said the opposite.
    contradiction: RESOLVE: the pair called different, then the chain of pairs called the same that contradicts it.
    left_over: how many more of this kind there are. follows: pairs that the last answer answered by itself.
    """

    mode: DeskMode = DeskMode.ASK
    pair: PairCard | None = None
    contradiction: tuple[PairCard, ...] = ()
    left_over: int = 0
    follows: int = 0
    disputed: bool = False
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Importing:
    """An import under way. name: of the list or folder, "" for loose photographs. seconds: left; None while unknown."""

    name: str
    done: int = 0
    total: int = 0
    seconds: float | None = None
    stopping: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought.

    photos, pairs: that are new. again: files with the very bytes of a photograph that is already there.
    kept: pairs that say the opposite of what stood, which was left standing. alike: pairs of one and the same photo.
    unread: photographs that could not be used. skipped: hidden and system files and folders.
    """

    name: str
    photos: int
    pairs: int
    again: int
    kept: int
    alike: int
    unread: int
    skipped: int
    stopped: bool


@dataclass(frozen=True, slots=True, eq=False)
class PartCard:
    """One part of the split. people, genuine, impostor: counts. faces: some of its people, one face each."""

    part: Part
    people: int
    genuine: int
    impostor: int
    faces: tuple[FaceCard, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """What the pairs are worth.

    several: some of the photographs with more than one face, of several_found.
    copies: some of the pairs of nearly identical photographs, of copies_found. files: exact copies of a photograph.
    merged: folders that answers join into one person. left_out: pairs between people of two parts.
    parts: learns, decides when to stop, judges; empty where there is nothing to split.
    """

    several: tuple[FaceCard, ...]
    several_found: int
    copies: tuple[PairCard, ...]
    copies_found: int
    files: int
    merged: tuple[tuple[str, ...], ...]
    left_out: int
    parts: tuple[PartCard, ...]

    @property
    def divided(self) -> bool:
        """Whether each part has pairs of both kinds."""
        return bool(self.parts) and all(part.genuine and part.impostor for part in self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class LabellingState:
    """The whole page.

    shelf: None until the library is open. blocked: why it cannot be opened, else None.
    notice: what could not be done, until dismissed. desk: None until something lies on it. check: None until asked for.
    importing: the import under way. imported: what the last one brought.
    unfinished: an import that the end of the program cut short, else None.
    """

    step: Step = Step.PAIRS
    shelf: Shelf | None = None
    blocked: SiamguiError | None = None
    notice: SiamguiError | None = None
    desk: DeskState | None = None
    busy: bool = False
    check: Check | None = None
    importing: Importing | None = None
    imported: Imported | None = None
    unfinished: ImportRequest | None = None
