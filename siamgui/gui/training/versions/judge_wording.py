"""A judgement in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siamgui.core.i18n import tr
from siamgui.gui.training.finetuning.run_wording import percent

if TYPE_CHECKING:
    from siamgui.versions.judgement import Holdout, Judgement


def verdict_words(judgement: Judgement, name: str) -> str:
    """The headline. name: of the new version."""
    if not judgement.gate.allowed:
        return tr("“{name}” is not recommended", name=name)
    holdout = judgement.holdout
    if holdout is not None and holdout.eer_change_interval[1] < 0:
        return tr("“{name}” is better on your photos, and nothing got worse", name=name)
    if holdout is not None and holdout.after.eer > holdout.before.eer:
        return tr("Too few people were held out to tell whether “{name}” is better or worse", name=name)
    return tr("“{name}” is not worse than before", name=name)


def change_words(judgement: Judgement) -> str:
    """What became of the equal error rate on the held-out people, in one sentence; "" where nothing was measured."""
    holdout = judgement.holdout
    if holdout is None:
        return ""
    low, high = (100 * bound for bound in holdout.eer_change_interval)
    return tr(
        "On held-out people of yours the equal error rate went from {before} to {after}; the 95 % interval of "
        "the change is {low} to {high} points.",
        before=percent(holdout.before.eer),
        after=percent(holdout.after.eer),
        low=f"{low:+.1f}".replace("-", "−"),
        high=f"{high:+.1f}".replace("-", "−"),
    )


def holdout_words(holdout: Holdout | None) -> str:
    if holdout is None:
        return tr("The people who were held out lack pairs of both kinds, so that nothing could be measured.")
    return tr(
        "{genuine} pairs of the same person and {impostor} of different people, {people} people in all, whom training "
        "never saw. In brackets: 95 % intervals.",
        genuine=holdout.after.genuine,
        impostor=holdout.after.impostor,
        people=holdout.after.people,
    )
