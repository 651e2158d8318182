"""Who is in a film and when, in words, for the window and the command line alike."""

from __future__ import annotations

from collections.abc import Sequence

from siamgui.core.amounts import clock
from siamgui.core.i18n import tr, trn
from siamgui.core.wording import two_digits
from siamgui.search.timeline_values import FilmFace, Stretch, Timeline
from siamgui.search.wording import face_count, likeness_words, outcome_words

BAR = 48
"""Signs of the whole film."""
_FEW = 100
"""Seconds up to which they are said as such."""


def head_words(timeline: Timeline) -> str:
    """How many faces, of how long a film."""
    length = clock(timeline.read_to)
    return tr("“{name}”: {faces} in {length}", name=timeline.name, faces=face_count(len(timeline.faces)), length=length)


def stretch_words(stretch: Stretch) -> str:
    if clock(stretch.first) == clock(stretch.last):
        return clock(stretch.first)
    return tr("{first} – {last}", first=clock(stretch.first), last=clock(stretch.last))


def stretches_words(face: FilmFace, most: int) -> str:
    """Its first stretches, and how many more there are."""
    words = [stretch_words(one) for one in face.stretches[:most]]
    left = len(face.stretches) - most
    return tr(", ").join([*words, trn("and {n} more", "and {n} more", left)] if left > 0 else words)


def when_words(face: FilmFace) -> str:
    """How long somebody is in view, and where best, in one line."""
    digits = 1 if face.seconds < 10 else 0
    few = face.seconds < _FEW
    seconds = tr("{seconds} s", seconds=f"{face.seconds:.{digits}f}") if few else clock(face.seconds)
    return tr("{seconds} in view, best at {time}", seconds=seconds, time=clock(face.best.at))


def likeness_line(face: FilmFace) -> str:
    """What the face supports; "" without a reference."""
    found = face.likeness
    if found is None:
        return ""
    return tr("distance {distance}: {outcome}", distance=f"{found.distance:.2f}", outcome=outcome_words(found))


def notes(timeline: Timeline) -> list[str]:
    """What has to be known to read it rightly."""
    said = [
        tr(
            "A picture was looked at every {step} s: a face that is in view for a shorter time may be missing, and "
            "each stretch may be longer by as much at either end.",
            step=f"{timeline.step:g}",
        )
    ]
    if any(len(face.sights) > 1 for face in timeline.faces):
        joined = timeline.sights - len(timeline.faces)
        expected = timeline.bound.expected
        said.append(
            trn(
                "Stretches of one person were joined {n} time; at most {wrong} wrong joins are expected.",
                "Stretches of one person were joined {n} times; at most {wrong} wrong joins are expected.",
                joined,
                wrong=two_digits(expected) if expected >= 1 else f"{expected:.2g}",
            )
        )
    if any(face.unsure for face in timeline.faces):
        said.append(tr("A face marked ? was joined by a weak likeness: look whether it is one person."))
    if timeline.problem:
        said.append(timeline.problem)
    elif timeline.seconds is not None and timeline.seconds - timeline.read_to > 2 * timeline.step:
        said.append(tr("Looked at up to {at} of {length}.", at=clock(timeline.read_to), length=clock(timeline.seconds)))
    return said


def timeline_lines(timeline: Timeline) -> list[str]:
    """All of it as plain text, a line each."""
    if not timeline.faces:
        return [tr("No face was found in “{name}” ({length}).", name=timeline.name, length=clock(timeline.read_to))]
    lines = [head_words(timeline)]
    if timeline.reference:
        lines[0] += tr(", compared with “{name}”", name=timeline.reference)
    for number, face in enumerate(timeline.faces, 1):
        mark = "?" if face.unsure else " "
        lines += ["", f"{number:3}{mark} |{bar(face.stretches, timeline.read_to)}| {when_words(face)}"]
        lines.append(f"     {stretches_words(face, len(face.stretches))}")
        if face.likeness is not None:
            lines.append(f"     {likeness_line(face)}")
            lines.append(f"     {likeness_words(face.likeness, timeline.sights)}")
    return [*lines, "", *notes(timeline)]


def bar(stretches: Sequence[Stretch], seconds: float) -> str:
    """BAR signs from the beginning of a film to its end, those filled in which a face is in view."""
    scale = BAR / max(seconds, 1e-9)
    filled = {
        place
        for one in stretches
        for place in range(int(one.first * scale), min(int(one.last * scale), BAR - 1) + 1)
        if place < BAR
    }
    return "".join("█" if place in filled else "·" for place in range(BAR))
