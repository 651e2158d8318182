"""What the training page knows, as immutable values.

The storage thread makes a Shelf after every change; the controller makes a TrainingState of it; the steps show that.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr
from siamgui.core.types import Label

if TYPE_CHECKING:
    from siamgui.storage.library import Problem, StoredFace, StoredLabel


class Step(enum.StrEnum):
    """The steps in their order."""

    PAIRS = "pairs"
    CHECK = "check"
    METHOD = "method"
    TRAIN = "train"
    JUDGE = "judge"
    KEEP = "keep"

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
    Step.KEEP: mark("Keep"),
}


def step_name(step: Step) -> str:
    return tr(STEP_NAMES[step])


class Standing(enum.StrEnum):
    """Whether a step can be worked on, and whether its work is done."""

    OPEN = "open"
    DONE = "done"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Progress:
    """How a step stands, in words for the rail. A blocked step says in `why` what it waits for, in one sentence."""

    standing: Standing = Standing.OPEN
    words: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the library holds."""

    faces: tuple[StoredFace, ...] = ()
    labels: tuple[StoredLabel, ...] = ()
    problems: tuple[Problem, ...] = ()

    def count(self, label: Label) -> int:
        return sum(stored.label is label for stored in self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class TrainingState:
    """The whole page.

    shelf: None until the library is open. blocked: why it cannot be opened, else None.
    notice: what could not be done, until dismissed.
    lack: what is missing before anything can be trained, in one sentence, or "".
    progress: of every step.
    """

    step: Step = Step.PAIRS
    shelf: Shelf | None = None
    blocked: SiamguiError | None = None
    notice: SiamguiError | None = None
    lack: str = ""
    progress: Mapping[Step, Progress] = field(
        default_factory=lambda: MappingProxyType({step: Progress() for step in Step})
    )
