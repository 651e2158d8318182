"""Who is in a film and when, for other programs: a table, JSON, and pictures."""

from __future__ import annotations

from typing import Any

from siamgui.core.amounts import clock
from siamgui.core.spreadsheet import as_csv
from siamgui.search.timeline_values import FilmFace, FilmLikeness, Timeline
from siamgui.search.timeline_wording import notes
from siamgui.search.wording import likeness_words

SCHEMA = "siamgui.timeline/1"
COLUMNS = (
    "video",
    "face",
    "from",
    "until",
    "from_seconds",
    "until_seconds",
    "best_at_seconds",
    "unsure",
    "reference",
    "distance",
    "fmr",
    "fmr_is_bound",
    "expected_strangers",
    "outcome",
)


def timeline_csv(timeline: Timeline) -> bytes:
    """A line for each stretch, by the faces."""
    rows = []
    for number, face in enumerate(timeline.faces, 1):
        found = face.likeness
        nothing = (None,) * 5
        like = nothing if found is None else (found.distance, found.fmr, found.fmr_is_bound, found.expected)
        like = nothing if found is None else (*like, found.outcome)
        for one in face.stretches:
            when = (clock(one.first), clock(one.last), round(one.first, 3), round(one.last, 3), round(face.best.at, 3))
            rows.append((timeline.name, number, *when, face.unsure, timeline.reference or None, *like))
    return as_csv(COLUMNS, rows)


def view_name(number: int) -> str:
    """Of the file with the best view of a face, counted from 1."""
    return f"face {number:03}.jpg"


def timeline_json(timeline: Timeline, further: list[str]) -> dict[str, Any]:
    """As documented in docs/verify-json.md and resources/schema/timeline.schema.json. further: notes."""
    return {
        "schema": SCHEMA,
        "video": timeline.name,
        "seconds": timeline.seconds,
        "read_to": round(timeline.read_to, 3),
        "step": timeline.step,
        "followed": timeline.sights,
        "reference": timeline.reference or None,
        "strictness": timeline.strictness.value,
        "encoder": timeline.encoder,
        "expected_wrong_joins": timeline.bound.expected,
        "faces": [_face(number, face, timeline) for number, face in enumerate(timeline.faces, 1)],
        "notes": [*further, *notes(timeline)],
    }


def _face(number: int, face: FilmFace, timeline: Timeline) -> dict[str, Any]:
    best = face.best
    return {
        "face": number,
        "stretches": [{"from": round(one.first, 3), "until": round(one.last, 3)} for one in face.stretches],
        "seconds": round(face.seconds, 3),
        "best": {
            "at": round(best.at, 3),
            "box": [round(float(value), 2) for value in best.seen.face.box],
            "findings": [{"issue": one.issue.value, "decisive": one.decisive} for one in best.quality.findings],
        },
        "followed": len(face.sights),
        "unsure": face.unsure,
        "likeness": None if face.likeness is None else _likeness(face, face.likeness, timeline.sights),
    }


def _likeness(face: FilmFace, found: FilmLikeness, faces: int) -> dict[str, Any]:
    return {
        "at": round(face.nearest.at, 3),
        "distance": found.distance,
        "adjusted_distance": found.adjusted,
        "fmr": found.fmr,
        "fmr_is_bound": found.fmr_is_bound,
        "expected_strangers": found.expected,
        "outcome": found.outcome.value,
        "pair_alone": found.pair.value,
        "forced_by_quality": found.forced,
        "same_picture": found.copy,
        "words": likeness_words(found, faces),
    }
