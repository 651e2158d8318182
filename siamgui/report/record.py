"""One comparison as it stood: which files and faces, every figure, the words' ground, and who answered.

A record holds no pixel, no embedding and no folder. It is what a row of the history keeps, and what a report is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from siamgui import __version__
from siamgui.core.calibration import Calibration
from siamgui.core.manifest import Model
from siamgui.core.typed_json import Count, Hex64, Moment, Share, WrongForm, check_plain, plain, read
from siamgui.core.types import (
    Comparison,
    EngineInfo,
    Face,
    Outcome,
    PhotoReading,
    Quality,
    Side,
    Verdict,
)

_Name = Annotated[str, Meta(max_length=1024)]
_LEAST = 1e-300
"""Of a rate; one in more than that is no number."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ComparedFace:
    """One side. file: without its folder. width, height: of the upright photograph in pixels. frames: that it holds.

    faces: how many were found; face: which of them it is, counted from 1. box: x0, y0, x1, y1; landmarks: five of x, y,
    both in pixels of the photograph. score: of the detector, in [0, 1].
    """

    file: _Name
    sha256: Hex64
    width: Count
    height: Count
    frames: Count
    faces: Count
    face: Count
    box: tuple[float, float, float, float]
    landmarks: tuple[Point, Point, Point, Point, Point]
    score: float
    quality: Quality

    def as_face(self) -> Face:
        """As the engine takes it."""
        import numpy as np

        return Face(np.array(self.box, np.float32), np.array(self.landmarks, np.float32), self.score)


@dataclass(frozen=True, slots=True)
class UsedFile:
    """One file of a model. name: model folder and file."""

    name: _Name
    sha256: Hex64


@dataclass(frozen=True, slots=True)
class UsedCalibration:
    """What the rates were measured on; the meanings stand at Calibration."""

    source: _Name
    people: Count
    genuine_pairs: Count
    impostor_pairs: Count
    smallest_fmr: Share
    smallest_fnmr: Share
    stated: bool


@dataclass(frozen=True, slots=True)
class Record:
    """at: ISO 8601 in UTC. program: the version of siamgui. models: the files that the answer depends on."""

    at: Moment
    program: _Name
    left: ComparedFace
    right: ComparedFace
    verdict: Verdict
    engine: EngineInfo
    models: tuple[UsedFile, ...]
    calibration: UsedCalibration

    def side(self, side: Side) -> ComparedFace:
        return self.left if side is Side.LEFT else self.right

    @property
    def adjusted(self) -> float:
        """The adjusted distance, where the claim is that of the pair; else the distance itself."""
        claim = self.verdict.claim
        return self.verdict.distance if claim is None else claim.adjusted

    @property
    def question(self) -> tuple[object, ...]:
        """What was asked: the same question about the same faces by the same model has the same answer."""
        faces = (self.left.sha256, self.left.face, self.right.sha256, self.right.face)
        return (*faces, self.verdict.strictness, self.engine.encoder)

    def to_json(self) -> bytes:
        import json

        return json.dumps(plain(self), ensure_ascii=False, separators=(",", ":")).encode()


def record_of(
    left: PhotoReading, right: PhotoReading, comparison: Comparison, calibration: Calibration, models: Sequence[Model]
) -> Record:
    """models: those behind the answer, encoder and detector."""
    sides = compared_face(left), compared_face(right)
    return made_record(*sides, comparison.verdict, comparison.engine, calibration, models)


def made_record(
    left: ComparedFace,
    right: ComparedFace,
    verdict: Verdict,
    engine: EngineInfo,
    calibration: Calibration,
    models: Sequence[Model],
) -> Record:
    """As of now, by this siamgui."""
    return Record(
        at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        program=__version__,
        left=left,
        right=right,
        verdict=verdict,
        engine=engine,
        models=used_files(calibration, models),
        calibration=used_calibration(calibration),
    )


def used_files(calibration: Calibration, models: Sequence[Model]) -> tuple[UsedFile, ...]:
    """Of all models behind an answer, the cohort among them."""
    from siamgui.core.manifest import bundled

    all_ = (*models, *(() if calibration.cohort is None else (bundled("cohort"),)))
    return tuple(UsedFile(file.name, file.sha256) for model in all_ for file in model.files)


def used_calibration(calibration: Calibration) -> UsedCalibration:
    return UsedCalibration(
        source=calibration.source,
        people=calibration.people,
        genuine_pairs=calibration.genuine_pairs,
        impostor_pairs=calibration.impostor_pairs,
        smallest_fmr=calibration.smallest_fmr,
        smallest_fnmr=calibration.smallest_fnmr,
        stated=calibration.stated,
    )


def compared_face(side: PhotoReading) -> ComparedFace:
    """One side of a comparison."""
    face, photo = side.reading.face, side.photo
    x0, y0, x1, y1 = (float(value) for value in face.box)
    one, two, three, four, five = ((float(x), float(y)) for x, y in face.landmarks)
    return ComparedFace(
        file=photo.name,
        sha256=photo.sha256,
        width=photo.width,
        height=photo.height,
        frames=photo.first_of,
        faces=len(side.detection.faces),
        face=side.chosen + 1,
        box=(x0, y0, x1, y1),
        landmarks=(one, two, three, four, five),
        score=float(face.score),
        quality=side.reading.quality,
    )


def read_record(data: bytes) -> Record:
    """What to_json() gave. Raises WrongForm."""
    record = read(Record, data)
    check(record)
    return record


def check(record: Record) -> None:
    """Raises WrongForm for what no comparison can have said, so that a stranger's record can be put into words."""
    check_plain(plain(record))
    verdict = record.verdict
    claims = [verdict.fmr, verdict.fnmr, *(say.fmr for say in verdict.parts)]
    claims += [] if verdict.claim is None else [verdict.claim.general_fmr]
    if not all(_LEAST <= rate <= 1 for rate in claims):
        raise WrongForm("$.verdict: a rate is none")
    if abs(verdict.log10_lr) > 20 or not 0 <= verdict.distance <= 100:
        raise WrongForm("$.verdict: a figure is beyond all bounds")
    if verdict.disagree and (not verdict.parts or verdict.outcome is not Outcome.INCONCLUSIVE):
        raise WrongForm("$.verdict: the encoders disagree about nothing")
    if verdict.firmness is not None and not verdict.firmness.trials:
        raise WrongForm("$.verdict: it was tried under no change")
    if verdict.unfirm and (verdict.firmness is None or verdict.firmness.outcome is Outcome.INCONCLUSIVE):
        raise WrongForm("$.verdict: nothing was said that could fall")
    for side in (record.left, record.right):
        if not 1 <= side.face <= side.faces or side.frames < 1:
            raise WrongForm("$: there is no such face")
