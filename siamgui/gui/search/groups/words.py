"""What is said of groups in the window, beside siamgui.search.group_wording."""

from __future__ import annotations

from siamgui.core.i18n import tr, trn
from siamgui.gui.search.groups.state import GroupsState, LabelsMade, Shown, Work
from siamgui.search.collection_groups import FaceGroup
from siamgui.search.group_wording import enrolled_words, labelled_words, review_words, rounded_up
from siamgui.search.wording import face_count


def group_name(group: FaceGroup, shown: Shown) -> str:
    if group is shown.alone:
        return tr("Alone")
    return group.name or tr("No name yet")


def group_row(group: FaceGroup, shown: Shown) -> tuple[str, ...]:
    """Its lines in the list."""
    if group is shown.alone:
        return group_name(group, shown), face_count(len(group.faces)), tr("nobody else is like them")
    return tuple(filter(None, (group_name(group, shown), _counts(group), review_words(group))))


def _counts(group: FaceGroup) -> str:
    parts = [face_count(len(group.faces))]
    if group.copies:
        parts.append(trn("{n} copy", "{n} copies", len(group.copies)))
    return " · ".join(parts)


def group_heading(group: FaceGroup, shown: Shown) -> str:
    return " · ".join(group_row(group, shown))


def shown_words(shown: Shown, *, outdated: bool) -> str:
    """About all groups."""
    found = shown.found
    if outdated:
        return tr("Faces were read or forgotten since these groups were gathered. “Gather anew” takes that in.")
    parts = [
        trn("{n} group", "{n} groups", len(shown.rows)),
        tr("at most {count} wrong joins expected", count=rounded_up(found.bound.expected)),
    ]
    if shown.unsure:
        parts.append(trn("{n} with unsure faces", "{n} with unsure faces", shown.unsure))
    if found.unjudged:
        parts.append(trn("{n} face is too poor to be judged.", "{n} faces are too poor to be judged.", found.unjudged))
    return " · ".join(parts)


def face_words(face: int, group: FaceGroup) -> str:
    """In one or two words; "" for nothing."""
    if face in group.copies:
        return tr("The same photo")
    return tr("Unsure") if face in group.unsure else ""


def chosen_words(faces: int) -> str:
    if not faces:
        return tr("Choose faces to take them out, or to look at them.")
    return trn("{n} chosen", "{n} chosen", faces)


def work_words(state: GroupsState) -> str:
    """What photographs are read for; "" for nothing."""
    if state.work is None:
        return ""
    if state.stopping:
        return tr("Stopping…")
    what = tr("Labelling") if state.work is Work.LABEL else tr("Enrolling")
    if not state.total:
        return tr("{what}…", what=what)
    return tr("{what}: {done} of {total} photos", what=what, done=state.done, total=state.total)


def made_words(state: GroupsState) -> str:
    """What came of it."""
    if state.made is None:
        return ""
    if isinstance(state.made, LabelsMade):
        done = state.made.labelled
        lines = [labelled_words(done, state.made.groups)]
        if done.problems:
            lines.append(trn("{n} photo could not be read.", "{n} photos could not be read.", len(done.problems)))
        return " ".join(lines)
    return enrolled_words(state.made)
