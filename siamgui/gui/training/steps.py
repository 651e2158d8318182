"""The steps of the training page."""

from __future__ import annotations

import enum

from siamgui.core.i18n import mark, tr


class Step(enum.StrEnum):
    """In their order."""

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


_NAMES = {
    Step.PAIRS: mark("Pairs"),
    Step.CHECK: mark("Check"),
    Step.METHOD: mark("Method"),
    Step.TRAIN: mark("Train"),
    Step.JUDGE: mark("Judge"),
    Step.ACTIVATE: mark("Keep"),
}


def step_name(step: Step) -> str:
    return tr(_NAMES[step])
