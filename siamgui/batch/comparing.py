"""The pairs of a list compared in its order; every photograph is decoded once, however often it is listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from siamgui.batch.types import Result
from siamgui.core import wording
from siamgui.core.errors import SiamguiError
from siamgui.core.imaging import load_photo
from siamgui.core.photo_words import first_picture, one_file
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import FaceReading, Strictness
from siamgui.evaluation.pairs import Row
from siamgui.evaluation.reading import ahead_of_use

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """What is kept of one face until its last pair: without pixels and strangers, 10 kB. number: from 1, of so many."""

    sha256: str
    note: str
    reading: FaceReading
    number: int
    faces: int


Sides = dict[int | None, _Kept | str]
"""Of one photograph, by the face that is wanted: what was read, or why it cannot be used."""


def compare_rows(
    engine: FaceEngine, rows: Sequence[Row], strictness: Strictness, jobs: int, progress: Progress
) -> Generator[Result, None, None]:
    """What comes of each row, in order. What cannot be compared is a result with its error.

    jobs: reading threads, for which engine is loaded (at_once). progress: called on this thread with (photographs done,
    in all). Close it to leave no thread behind. A photograph is read when its first pair is due, so a pair is judged as
    soon as it can be.
    """
    sides = {id(row): ((row.left_photo, row.left_face), (row.right_photo, row.right_face)) for row in rows}
    wanted: dict[Path, set[int | None]] = {}
    last: defaultdict[Path, int] = defaultdict(int)
    for index, row in enumerate(rows):
        if not row.problem:
            for photo, face in sides[id(row)]:
                wanted.setdefault(photo, set()).add(face)
                last[photo] = index
    known: dict[Path, Sides] = {}
    done = 0
    with closing(ahead_of_use(lambda photo: _read(engine, photo, wanted[photo]), wanted, jobs)) as read:
        photos = iter(wanted)
        for index, row in enumerate(rows):
            if row.problem:
                yield _result(row, engine, strictness, error=row.problem)
                continue
            while any(photo not in known for photo, _ in sides[id(row)]):
                photo = next(photos)
                known[photo] = next(read).result()
                progress(done := done + 1, len(wanted))
            left, right = (known[photo][face] for photo, face in sides[id(row)])
            yield _compared(row, engine, strictness, left, right)
            for photo, _ in sides[id(row)]:
                if last[photo] == index:
                    known.pop(photo, None)


def _read(engine: FaceEngine, path: Path, faces: set[int | None]) -> Sides:
    try:
        photo = load_photo(path)
        detection = engine.find_faces(photo)
    except SiamguiError as error:
        return dict.fromkeys(faces, str(error))
    found: Sides = {}
    for face in faces:
        try:
            read = engine.read_photo(photo, None if face is None else face - 1, detection)
        except SiamguiError as error:
            found[face] = str(error)
            continue
        slim = replace(read.reading, crop=read.reading.crop[:0], strangers=None)
        note = first_picture(photo.name, photo.first_of)
        found[face] = _Kept(photo.sha256, note, slim, read.chosen + 1, len(detection.faces))
    return found


def _compared(row: Row, engine: FaceEngine, strictness: Strictness, left: _Kept | str, right: _Kept | str) -> Result:
    if isinstance(left, str) or isinstance(right, str):
        problems = dict.fromkeys(side for side in (left, right) if isinstance(side, str))
        return _result(row, engine, strictness, error=" ".join(problems))
    comparison = engine.compare(left.reading, right.reading, strictness)
    verdict = comparison.verdict
    claim = verdict.claim
    twins = one_file() if left.sha256 == right.sha256 else ""
    reasons = (wording.reason(verdict), *wording.all_advice(comparison), left.note, right.note, twins)
    return _result(
        row,
        engine,
        strictness,
        left_face=left.number,
        right_face=right.number,
        left_faces=left.faces,
        right_faces=right.faces,
        outcome=verdict.outcome,
        distance=verdict.distance,
        fmr=verdict.fmr,
        fmr_is_bound=verdict.fmr_is_bound,
        fnmr=verdict.fnmr,
        fnmr_is_bound=verdict.fnmr_is_bound,
        log10_lr=verdict.log10_lr,
        adjusted_distance=None if claim is None else claim.adjusted,
        shared_fault="" if claim is None or not claim.shared else claim.kind or "unknown",
        claim=wording.rarity(verdict),
        reasons=tuple(filter(None, reasons)),
    )


def _result(row: Row, engine: FaceEngine, strictness: Strictness, **found: Any) -> Result:
    asked: dict[str, Any] = {"left_face": row.left_face, "right_face": row.right_face}
    return Result(
        line=row.line,
        left=row.left,
        right=row.right,
        same=row.same,
        strictness=strictness,
        encoder=engine.info.encoder,
        **asked | found,
    )
