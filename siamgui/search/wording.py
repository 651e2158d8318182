"""What was found in a folder, in words, for the window and the command line alike."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

from siamgui.core.amounts import clock, film_count, photo_count, time_left
from siamgui.core.i18n import tr, trn
from siamgui.core.types import Outcome
from siamgui.core.wording import alike, headline, one_in, two_digits
from siamgui.search.face_table import MOST_WEIGHED
from siamgui.search.values import FilmState, Found, Likeness, ReadingDone, ReadingState
from siamgui.storage.collection_values import Collection
from siamgui.storage.seen_face import Span

if TYPE_CHECKING:
    from siamgui.search.timeline_values import FilmLikeness

_RAREST = 1e-12


def face_count(n: int) -> str:
    return trn("one face", "{n} faces", n)


def collection_words(collection: Collection) -> str:
    """What is known of a folder, after its name."""
    photos, films = collection.files - collection.films, collection.films
    parts = [photo_count(photos)] if photos or not films else []
    parts += [film_count(films)] if films else []
    parts.append(face_count(collection.faces))
    if collection.copies:
        parts.append(trn("{n} copy left out", "{n} copies left out", collection.copies))
    if collection.problems:
        parts.append(trn("{n} unreadable", "{n} unreadable", collection.problems))
    if collection.unread:
        parts.append(trn("{n} still to be read", "{n} still to be read", collection.unread))
    return " · ".join(parts)


def film_words(film: FilmState) -> str:
    """How far the reading of a film is."""
    if film.seconds is None:
        return tr("{name} at {time}", name=film.name, time=clock(film.at))
    return tr("{name}: {time} of {length}", name=film.name, time=clock(film.at), length=clock(film.seconds))


def state_words(state: ReadingState) -> str:
    """How far the reading of a folder is."""
    parts = [tr("{done} of {total} files", done=f"{state.done:,}", total=f"{state.total:,}")]
    if state.film is not None:
        parts.append(film_words(state.film))
    if state.left is not None:
        parts.append(time_left(state.left))
    return " · ".join(parts)


def sight_words(span: Span) -> str:
    """When somebody is seen in a film."""
    if clock(span.first) == clock(span.last):
        return tr("Seen at {time}.", time=clock(span.at))
    times = {"time": clock(span.at), "first": clock(span.first), "last": clock(span.last)}
    return tr("Seen from {first} to {last}, best at {time}.", **times)


def done_words(done: ReadingDone) -> list[str]:
    """What one reading of a folder did."""
    name = done.collection.folder.name
    counts = {"read": f"{done.read:,}", "unchanged": f"{done.unchanged:,}", "gone": f"{done.gone:,}"}
    lines = [
        tr("“{name}”: {read} read, {unchanged} unchanged, {gone} gone.", name=name, **counts),
        collection_words(done.collection),
    ]
    if done.away and done.away == done.collection.files:
        lines.append(
            tr(
                "The folder is empty, so nothing was forgotten: is its disk connected? "
                "“siamgui collections remove” forgets it."
            )
        )
    elif done.away:
        lines.append(
            trn(
                "{n} file is on a disk that is not connected. What was read and said of it is kept.",
                "{n} files are on a disk that is not connected. What was read and said of them is kept.",
                done.away,
            )
        )
    return lines


def left_out_words(workers: Set[str]) -> str:
    """workers: addresses of those of a cluster that could not be used."""
    return trn(
        "{n} worker was left out: it runs another siamgui or another model ({names}).",
        "{n} workers were left out: they run another siamgui or another model ({names}).",
        len(workers),
        names=tr(", ").join(sorted(workers)),
    )


def expected_words(expected: float, is_bound: bool, faces: int) -> str:
    """How many strangers of so many come this near, in one sentence. expected: of all faces; with is_bound at most."""
    if faces == 1:
        return alike(expected, is_bound)
    among = f"{faces:,}"
    if expected < 1:
        share = one_in(max(expected, _RAREST), bound=is_bound)
        if is_bound:
            text = tr("At most {share} collections of {faces} strangers hold one this near.", share=share, faces=among)
        else:
            text = tr("About {share} collections of {faces} strangers hold one this near.", share=share, faces=among)
        return text
    count = two_digits(expected)
    if is_bound:
        return tr("Of {faces} strangers at most {count} are expected to be this near.", faces=among, count=count)
    return trn(
        "Of {faces} strangers about {count} is expected to be this near.",
        "Of {faces} strangers about {count} are expected to be this near.",
        round(expected),
        faces=among,
        count=count,
    )


def likeness_words(likeness: Likeness | FilmLikeness, faces: int) -> str:
    """What one likeness means among so many faces, in one sentence."""
    if likeness.copy:
        return tr("This is the same photo as the one you look for, so it says nothing.")
    return expected_words(likeness.expected, likeness.fmr_is_bound, faces)


def outcome_words(likeness: Likeness | FilmLikeness) -> str:
    """What it supports as one of so many."""
    if likeness.copy:
        return tr("The same photo")
    if likeness.outcome is Outcome.INCONCLUSIVE and likeness.pair is Outcome.SAME:
        return tr("As a pair alone: same person; among so many: inconclusive")
    return headline(likeness.outcome)


def chance_words() -> str:
    """The line from which on strangers are expected."""
    return tr("From here on at least one stranger is expected among so many faces.")


def chance_begins(found: Found) -> int | None:
    """The place, from 0, of the first likeness shown as near to which a stranger is expected; None if none is."""
    return next((place for place, one in enumerate(found.likenesses) if one.expected >= 1 and not one.copy), None)


def missing_words(found: Found) -> str:
    """What keeps the answer from being complete; "" where nothing does."""
    if found.whole:
        return ""
    return tr(
        "Thousands of photos share a fault with this one. Only the {count} nearest were weighed; some may be missing.",
        count=f"{MOST_WEIGHED:,}",
    )


def found_lines(found: Found) -> list[str]:
    """All of an answer as plain text, a line each."""
    lines = [tr("The likenesses of “{name}” among {faces}:", name=found.probe.name, faces=face_count(found.faces))]
    begins = chance_begins(found)
    for place, likeness in enumerate(found.likenesses):
        if place == begins:
            lines += ["", f"-- {chance_words()} --"]
        lines += _likeness_lines(place, likeness, found.faces)
    if not found.likenesses:
        lines.append(tr("There is no face to compare with."))
    if missing := missing_words(found):
        lines += ["", missing]
    return lines


def _where(likeness: Likeness) -> str:
    span = likeness.face.seen.span
    return str(likeness.path) if span is None else tr("{name} at {time}", name=likeness.path, time=clock(span.at))


def _likeness_lines(place: int, likeness: Likeness, faces: int) -> list[str]:
    lines = [
        "",
        f"{place + 1:3}. {_where(likeness)}",
        tr(
            "     face {number}, distance {distance}: {outcome}",
            number=likeness.face.number,
            distance=f"{likeness.distance:.2f}",
            outcome=outcome_words(likeness),
        ),
        f"     {likeness_words(likeness, faces)}",
    ]
    if likeness.face.seen.span is not None:
        lines.append(f"     {sight_words(likeness.face.seen.span)}")
    if likeness.copies:
        lines.append(tr("     The same photo: {files}", files=", ".join(map(str, likeness.copies))))
    return lines
