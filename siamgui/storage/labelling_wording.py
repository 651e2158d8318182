"""The labelled pairs in words: what the labelling desk asks, and what a check has found."""

from __future__ import annotations

from dataclasses import dataclass

from siamgui.core.i18n import tr, trn
from siamgui.core.types import Label
from siamgui.labelling.wording import said_words
from siamgui.storage.label_check import Check
from siamgui.storage.labelling_session import DeskMode
from siamgui.storage.labelling_view import DeskState, FaceCard, LabelSummary

GROUPS_SHOWN = 3

# The labelling desk.


def question_words(summary: LabelSummary, desk: DeskState) -> tuple[str, str]:
    """What the labelling desk asks, and a hint below it."""
    if desk.mode is DeskMode.RESOLVE:
        text = tr("One of them must be wrong: the others make the first pair one person. Change the wrong one.")
        return tr("These answers cannot all be true"), text
    if desk.mode is DeskMode.LOOK and desk.pair is not None and desk.pair.said is not None:
        why = (
            tr("A list that you imported says the opposite.")
            if desk.disputed
            else tr("The encoder is sure of the opposite. If you are right, this pair is worth a lot.")
        )
        more = trn("{n} more to look at.", "{n} more to look at.", desk.left_over) if desk.left_over else ""
        return tr("{said}. Is that right?", said=said_words(desk.pair.said)), f"{why} {more}".strip()
    if desk.pair is not None:
        return tr("Are these the same person?"), ""
    if desk.waiting and len(summary.faces) > 1:
        return tr("Reading the faces…"), tr("The first pair comes as soon as the encoder has seen them.")
    if len(summary.faces) > 1:
        return tr("Every pair is answered"), tr("Bring in more photos to label more pairs, or go on to the check.")
    return tr("One more photo"), tr("It takes two photos to make a pair.")


def face_name(card: FaceCard | None) -> str:
    """Its photograph, and its folder's person if there is one."""
    if card is None:
        return ""
    return f"{card.name} · {card.person}" if card.person else card.name


def follows_words(desk: DeskState) -> str:
    """What became of the last answer, or of the faces that wait; "" for nothing."""
    if desk.follows:
        return trn("That answers {n} more pair by itself.", "That answers {n} more pairs by themselves.", desk.follows)
    if desk.waiting:
        return trn("{n} face is still to be read.", "{n} faces are still to be read.", desk.waiting)
    return ""


# The check.


@dataclass(frozen=True, slots=True)
class Finding:
    """One of the things that a check looks for.

    text: what was found, or that there was nothing. warn: it is better put right. faces: some of total.
    """

    text: str
    warn: bool = False
    faces: tuple[FaceCard, ...] = ()
    total: int = 0


def findings(check: Check, summary: LabelSummary) -> dict[str, Finding]:
    """By name, in their order. summary: of the pairs that were checked."""
    return {
        "faces": _faces(summary),
        "several": _several(check),
        "files": _files(check.files),
        "copies": _copies(check),
        "people": _people(check),
        "contradictions": _contradictions(len(summary.contradictions)),
        "doubts": _doubts(len(summary.doubts)),
        "balance": _balance(summary.count(Label.SAME), summary.count(Label.DIFFERENT)),
    }


def _faces(summary: LabelSummary) -> Finding:
    unread = len(summary.problems)
    text = trn("A face was found in {n} photo.", "A face was found in {n} photos.", len(summary.faces))
    if unread:
        text += " " + trn(
            "{n} photo could not be used; the first step lists it.",
            "{n} photos could not be used; the first step lists them.",
            unread,
        )
    return Finding(text, unread > 0)


def _several(check: Check) -> Finding:
    if not check.several_found:
        return Finding(tr("Every photo shows one face."))
    text = trn(
        "{n} photo shows several faces. The most prominent one was taken.",
        "{n} photos show several faces. The most prominent one was taken.",
        check.several_found,
    )
    return Finding(text, faces=check.several, total=check.several_found)


def _files(n: int) -> Finding:
    if not n:
        return Finding(tr("No file is a copy of another."))
    return Finding(trn("{n} file is an exact copy; it counts once.", "{n} files are exact copies; they count once.", n))


def _copies(check: Check) -> Finding:
    if not check.copies_found:
        return Finding(tr("No two photos are nearly identical."))
    text = trn(
        "{n} pair of photos is nearly identical: the same picture saved again, or the next one of a series. "
        "Such a pair teaches nothing.",
        "{n} pairs of photos are nearly identical: the same picture saved again, or the next one of a series. "
        "Such pairs teach nothing.",
        check.copies_found,
    )
    if any(card.said is Label.DIFFERENT for card in check.copies):
        text += " " + tr("One of them is labelled as different people: look at it again.")
    faces = tuple(face for card in check.copies for face in (card.left, card.right))
    return Finding(text, True, faces, 2 * check.copies_found)


def _people(check: Check) -> Finding:
    if not check.merged:
        return Finding(tr("No person stands under two names."))
    groups = "; ".join(" = ".join(f"“{name}”" for name in group) for group in check.merged[:GROUPS_SHOWN])
    more = len(check.merged) - GROUPS_SHOWN
    if more > 0:
        groups += " " + trn("and {n} more", "and {n} more", more)
    return Finding(tr("People overlap: your answers make these folders one person: {groups}.", groups=groups), True)


def _contradictions(n: int) -> Finding:
    if not n:
        return Finding(tr("No two answers contradict each other."))
    text = trn(
        "{n} answer contradicts others. It is left out until that is resolved.",
        "{n} answers contradict others. They are left out until that is resolved.",
        n,
    )
    return Finding(text, True)


def _doubts(n: int) -> Finding:
    if not n:
        return Finding(tr("No answer looks like a slip."))
    text = trn(
        "{n} answer looks like a slip: the encoder is sure of the opposite.",
        "{n} answers look like slips: the encoder is sure of the opposite.",
        n,
    )
    return Finding(text, True)


def _balance(same: int, different: int) -> Finding:
    fewer, more = sorted((same, different))
    lopsided = 4 * fewer < more
    numbers = {"same": f"{same:,}", "different": f"{different:,}"}
    text = tr("Both kinds: {same} pairs of the same person, {different} of different people.", **numbers)
    if 2 * fewer >= more > 0:
        text = tr("Well balanced: {same} pairs of the same person, {different} of different people.", **numbers)
    elif lopsided:
        text = tr("Lopsided: {same} pairs of the same person, {different} of different people.", **numbers)
    return Finding(text, lopsided)
