"""A comparison computed once more from its record: from the photographs, or from the aligned faces alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from siamgui.core.firmness import tried
from siamgui.core.types import FaceReading, Photo, PhotoReading, Pixels
from siamgui.report.record import ComparedFace, Record, compared_face, made_record

if TYPE_CHECKING:
    from siamgui.core.pipeline import FaceEngine

Given = Photo | Pixels
"""A photograph, or an aligned face, (112, 112, 3) uint8 RGB, which says nothing of how it was found and cut out."""


def computed_again(engine: FaceEngine, record: Record, left: Given, right: Given) -> Record:
    """What engine says today of the faces of a record, at its strictness, and how firm that is where the record says so
    and both photographs are given: aligned faces alone cannot be changed a little.

    Raises NoFaceFound, FaceNumberUnknown.
    """
    (one, first), (other, second) = (
        _read(engine, side, given) for side, given in ((record.left, left), (record.right, right))
    )
    comparison = engine.compare(_face(first), _face(second), record.verdict.strictness)
    if record.verdict.firmness is not None and isinstance(first, PhotoReading) and isinstance(second, PhotoReading):
        comparison = tried(engine, first, second, comparison)
    models = (engine.encoder, engine.detector)
    return made_record(one, other, comparison.verdict, comparison.engine, engine.calibration, models)


def _face(read: PhotoReading | FaceReading) -> FaceReading:
    return read.reading if isinstance(read, PhotoReading) else read


def _read(engine: FaceEngine, side: ComparedFace, given: Given) -> tuple[ComparedFace, PhotoReading | FaceReading]:
    if isinstance(given, Photo):
        read = engine.read_photo(given, side.face - 1)
        return compared_face(read), read
    reading = engine.read_crop(side.as_face(), given)
    return replace(side, quality=reading.quality), reading
