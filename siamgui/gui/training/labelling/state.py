"""What the training page knows, as immutable values.

The storage thread makes a Shelf after every change; the controller makes a LabellingState of it; the steps show that.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr, trn
from siamgui.core.types import Label

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from siamgui.labelling.graph import Contradiction, Pair
    from siamgui.labelling.import_plan import ImportRequest
    from siamgui.labelling.types import Part
    from siamgui.storage.label_store import Problem, StoredFace, StoredLabel


class Step(enum.StrEnum):
    """The steps in their order."""

    PAIRS = "pairs"
    CHECK = "check"
    METHOD = "method"
    TRAIN = "train"
    JUDGE = "judge"
    ACTIVATE = "keep"  # as data folders name it

    @property
    def number(self) -> int:
        """From 1."""
        return list(Step).index(self) + 1

    def moved(self, by: int) -> Step | None:
        """The step that many places on, or None beyond either end."""
        at = self.number - 1 + by
        return list(Step)[at] if 0 <= at < len(Step) else None


STEP_NAMES = {
    Step.PAIRS: mark("Pairs"),
    Step.CHECK: mark("Check"),
    Step.METHOD: mark("Method"),
    Step.TRAIN: mark("Train"),
    Step.JUDGE: mark("Judge"),
    Step.ACTIVATE: mark("Keep"),
}


def step_name(step: Step) -> str:
    return tr(STEP_NAMES[step])


class StepStatus(enum.StrEnum):
    """Whether a step can be worked on, and whether its work is done."""

    OPEN = "open"
    DONE = "done"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Progress:
    """How a step stands, in words for the rail. A blocked step says in `why` what it waits for, in one sentence."""

    status: StepStatus = StepStatus.OPEN
    words: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """What the library holds, and what follows from it.

    people: different people in the pairs called same or different. implied: pairs that are answered by others.
    contradictions: what cannot all be true. doubts: labels worth a second look that have not had one.
    undo: what can be taken back, as a key of UNDO_NAMES, or "".
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


UNDO_NAMES = {
    "answer": mark("Undo the last answer"),
    "import": mark("Undo the import"),
    "compare": mark("Undo the pair from Compare"),
}


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


def said_words(label: Label) -> str:
    """What was said of a pair, by a person or a list."""
    if label is Label.SAME:
        return tr("Labelled: the same person")
    return tr("Labelled: different people") if label is Label.DIFFERENT else tr("Labelled: unsure")


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


def photo_count(n: int) -> str:
    return trn("{n} photo", "{n} photos", n)


def pair_count(n: int) -> str:
    return trn("{n} pair", "{n} pairs", n)


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
    unread: photographs that could not be used.
    """

    name: str
    photos: int
    pairs: int
    again: int
    kept: int
    alike: int
    unread: int
    stopped: bool

    def __str__(self) -> str:
        new = tr("New: {photos}.", photos=photo_count(self.photos))
        if self.pairs:
            new = tr("New: {photos}, {pairs}.", photos=photo_count(self.photos), pairs=pair_count(self.pairs))
        parts = [f"“{self.name}”. {new}" if self.name else new]
        if self.stopped:
            parts.append(tr("Stopped before the end; what was read is kept."))
        if n := self.unread:
            parts.append(trn("{n} photo could not be used.", "{n} photos could not be used.", n))
        if n := self.again:
            parts.append(trn("{n} file is a copy and counts once.", "{n} files are copies and count once.", n))
        if n := self.alike:
            parts.append(
                trn("{n} pair shows one photo twice and is left out.", "{n} pairs show one photo twice: left out.", n)
            )
        if n := self.kept:
            parts.append(
                trn(
                    "{n} pair says the opposite of what you said before; your answer stands until you look again.",
                    "{n} pairs say the opposite of what you said before; your answers stand until you look again.",
                    n,
                )
            )
        return " ".join(parts)


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
    lack: what keeps these people from being split so that each part has pairs of both kinds, or "".
    """

    several: tuple[FaceCard, ...]
    several_found: int
    copies: tuple[PairCard, ...]
    copies_found: int
    files: int
    merged: tuple[tuple[str, ...], ...]
    left_out: int
    parts: tuple[PartCard, ...]
    lack: str


@dataclass(frozen=True, slots=True, eq=False)
class LabellingState:
    """The whole page.

    shelf: None until the library is open. blocked: why it cannot be opened, else None.
    notice: what could not be done, until dismissed. desk: None until something lies on it. check: None until asked for.
    importing: the import under way. imported: what the last one brought.
    unfinished: an import that the end of the program cut short, else None.
    lack: what is missing before a result can be judged, in one sentence, or "".
    progress: of every step.
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
    lack: str = ""
    progress: Mapping[Step, Progress] = field(
        default_factory=lambda: MappingProxyType({step: Progress() for step in Step})
    )
