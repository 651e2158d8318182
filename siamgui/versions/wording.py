"""A judgement and a model version in words, for the window and the command line alike."""

from __future__ import annotations

from collections.abc import Iterable

from siamgui.core.amounts import percent
from siamgui.core.i18n import tr
from siamgui.versions.judgement import Holdout, Judgement
from siamgui.versions.version_store import Version


def free_name(taken: Iterable[str]) -> str:
    """What the next version is called unless the user names it. taken: the names of those that there are."""
    names = set(taken)
    number = 1
    while (name := tr("My photos {number}", number=number)) in names:
        number += 1
    return name


def version_notes(version: Version) -> list[str]:
    """What is to be known of a version at first sight, in a word or two each."""
    notes = [tr("in use")] if version.active else []
    if version.damaged:
        notes.append(tr("damaged"))
    elif version.refused:
        notes.append(tr("not recommended"))
    return notes


def version_words(version: Version) -> str:
    """Where a version comes from, or what was seen of it, in one sentence or more."""
    if version.damaged:
        return version.damaged
    if version.bundled:
        return tr("The encoder that comes with siamgui. It stays, whatever happens to the others.")
    if version.refused:
        return " ".join(reason.sentence for reason in version.refused)
    return tr("Nothing was seen to get worse when it was judged.")


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
