"""What is said of a likeness, of a folder and of its reading, beside siamgui.search.wording."""

from __future__ import annotations

from pathlib import Path

from siamgui.core.amounts import time_left, when
from siamgui.core.i18n import tr, trn
from siamgui.core.wording import issue_words, one_in, two_digits
from siamgui.gui.search.state import SearchState
from siamgui.search.original import at_words
from siamgui.search.values import Found, Likeness, ReadingState
from siamgui.search.wording import (
    collection_words,
    done_words,
    face_count,
    film_words,
    likeness_words,
    missing_words,
    outcome_words,
    sight_words,
)
from siamgui.storage.collection_values import Collection

_RAREST = 1e-12


def short_rarity(likeness: Likeness) -> str:
    """Below the picture: how rare it is among so many faces, in a few words."""
    if likeness.copy:
        return tr("The same photo")
    if likeness.expected < 1:
        share = one_in(max(likeness.expected, _RAREST), bound=likeness.fmr_is_bound)
        return tr("By chance: {share}", share=f"≤ {share}" if likeness.fmr_is_bound else share)
    return tr("By chance: about {count}", count=two_digits(likeness.expected))


def about_likeness(likeness: Likeness, faces: int) -> tuple[str, ...]:
    """What it supports, what that means among so many faces, and what lowers trust in it; sentences."""
    said = [outcome_words(likeness), likeness_words(likeness, faces)]
    if likeness.face.seen.span is not None:
        said.append(sight_words(likeness.face.seen.span))
    for finding in likeness.face.seen.quality.findings:
        said.append(tr("{what} {help}", **issue_words(finding, likeness.face.seen.quality)).capitalize())
    if likeness.copies:
        names = ", ".join(path.name for path in likeness.copies)
        said.append(tr("The same photo: {files}", files=names))
    return tuple(said)


def place_words(path: Path, parts: int) -> str:
    """The end of a path, as far as it tells where somebody would look."""
    return path.as_posix() if len(path.parts) <= parts + 1 else "/".join(("…", *path.parts[-parts:]))


def name_words(likeness: Likeness) -> str:
    """Which file, and of a film when."""
    span = likeness.face.seen.span
    return likeness.path.name if span is None else at_words(likeness.path.name, span.at)


def spoken(likeness: Likeness, faces: int) -> str:
    """For a screen reader."""
    name = tr("{name}, face {number}, distance {distance}", name=name_words(likeness), **_numbers(likeness))
    return ". ".join((name, *about_likeness(likeness, faces)))


def _numbers(likeness: Likeness) -> dict[str, object]:
    return {"number": likeness.face.number, "distance": f"{likeness.distance:.2f}"}


def heading(found: Found) -> str:
    said = tr("The likenesses of “{name}” among {faces}", name=found.probe.name, faces=face_count(found.faces))
    return " · ".join(filter(None, (said, missing_words(found))))


def folder_lines(collection: Collection) -> str:
    """Below the name of a folder."""
    read = tr("Not read to the end") if collection.read is None else tr("Read {when}", when=when(collection.read))
    return "\n".join((collection_words(collection), read))


def reading_words(state: SearchState) -> str:
    """What is being read; "" for nothing."""
    if state.current is None:
        return ""
    name = state.current.name
    if state.pausing:
        return tr("Pausing…")
    if state.reading is None or not state.reading.total:
        return tr("Looking through “{name}”…", name=name)
    reading: ReadingState = state.reading
    parts = [tr("Reading “{name}”: {n} of {total}", name=name, n=f"{reading.done:,}", total=f"{reading.total:,}")]
    parts.append(face_count(reading.faces))
    if reading.film is not None:
        parts.insert(1, film_words(reading.film))
    if reading.left is not None and (reading.done or reading.film is not None):
        parts.append(time_left(reading.left))
    if state.waiting:
        parts.append(trn("{n} more folder", "{n} more folders", len(state.waiting)))
    return " · ".join(parts)


def unfinished_words(state: SearchState) -> str:
    """What is left to read while nothing is being read; "" for nothing."""
    if not state.unfinished or state.folders is None:
        return ""
    if state.unread:
        return trn(
            "{n} file was read by another model version, and is not searched before it is read anew.",
            "{n} files were read by another model version, and are not searched before they are read anew.",
            state.unread,
        )
    return trn("{n} folder is not read to the end.", "{n} folders are not read to the end.", len(state.unfinished))


def notes_words(state: SearchState) -> str:
    """What the last readings did, once nothing is being read any more."""
    if state.current is not None:
        return ""
    lines = (done_words(done) for done in state.notes.values())
    return "\n".join(line for what, _counts, *more in lines for line in (what, *more))
