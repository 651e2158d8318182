"""What is said of groups, for the window and the command line alike."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from siamgui.core.amounts import pair_count
from siamgui.core.i18n import tr, trn
from siamgui.search.collection_groups import CollectionGroups, FaceGroup
from siamgui.search.wording import face_count

if TYPE_CHECKING:
    from siamgui.search.group_labels import Labelled
    from siamgui.storage.people_store import Person


def group_words(group: FaceGroup) -> str:
    """What is known of a group, after its number."""
    return " · ".join(filter(None, (group.name, face_count(len(group.faces)), review_words(group))))


def review_words(group: FaceGroup) -> str:
    """How far a person has looked through it; "" for not at all, and nothing unsure in it."""
    if group.reviewed == len(group.faces):
        return tr("looked through")
    parts = []
    if group.reviewed:
        parts.append(trn("{n} new", "{n} new", len(group.faces) - group.reviewed))
    if group.unsure:
        parts.append(trn("{n} unsure", "{n} unsure", len(group.unsure)))
    return " · ".join(parts)


def expected_words(found: CollectionGroups) -> str:
    return tr(
        "Wrong joins to be expected among {faces}: at most {count}. Look through the groups before you rely on them.",
        faces=face_count(found.bound.faces),
        count=rounded_up(found.bound.expected),
    )


def rounded_up(expected: float) -> str:
    """One digit below 1, whole numbers above: "at most" never claims less."""
    step = 10.0 ** min(0, math.floor(math.log10(expected))) if expected else 1.0
    return f"{math.ceil(expected / step - 1e-9) * step:,.{max(0, -round(math.log10(step)))}f}"


def clash_words(found: CollectionGroups) -> str:
    """What was said of faces and cannot be; "" where nothing was."""
    if not found.clashes:
        return ""
    return trn(
        "Of {n} face something else was said than of a copy of it. Forget what was said of it, or say it anew.",
        "Of {n} faces something else was said than of copies of them. Forget what was said of them, or say it anew.",
        len(found.clashes),
    )


def labelled_words(done: Labelled, groups: int) -> str:
    return trn(
        "Labelled for training, from {n} group: {same} of the same person, {different} of different people.",
        "Labelled for training, from {n} groups: {same} of the same person, {different} of different people.",
        groups,
        same=pair_count(done.kept.same),
        different=pair_count(done.kept.different),
    )


def enrolled_words(person: Person) -> str:
    return trn(
        "“{name}” is enrolled from {n} photo.", "“{name}” is enrolled from {n} photos.", person.photos, name=person.name
    )
