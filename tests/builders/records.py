"""Records of comparisons that no engine has made, for tests of what is kept and not of what is seen."""

from __future__ import annotations

from dataclasses import replace

from siamgui.core.pictures import picture_of
from siamgui.core.types import EngineInfo, Outcome, PairClaim, PartSay, Photo, Strictness, Verdict
from siamgui.report.record import ComparedFace, Record, UsedCalibration, UsedFile
from siamgui.report.report import Report, Wanted, make_report, side_of
from siamgui.storage.comparison_log import KeptPicture
from tests.builders.labels import photo, reading

CLAIM = PairClaim(0.78, 6.3e-6, True, 15367, 0, 2, False, "")
VERDICT = Verdict(
    outcome=Outcome.SAME,
    strictness=Strictness.BALANCED,
    distance=0.6858,
    fmr=6.3e-6,
    fmr_is_bound=True,
    fnmr=0.76,
    fnmr_is_bound=False,
    log10_lr=5.2,
    same_below=1.097,
    different_above=1.194,
    forced=False,
    findings=(),
    claim=CLAIM,
    parts=(PartSay("MobileFaceNet", 0.67, 6e-6, True), PartSay("SFace", 0.7, 5e-6, True)),
)
ENGINE = EngineInfo("mobilefacenet-sface", "1", "MobileFaceNet + SFace", "CPU", "OpenVINO")


def face(of: Photo) -> ComparedFace:
    read = reading(of)
    x0, y0, x1, y1 = map(float, read.face.box)
    one, two, three, four, five = ((float(x), float(y)) for x, y in read.face.landmarks)
    return ComparedFace(
        *(of.name, of.sha256, of.width, of.height, 1, 1, 1),
        *((x0, y0, x1, y1), (one, two, three, four, five), read.face.score, read.quality),
    )


def record(left: int = 1, right: int = 2, **verdict: object) -> Record:
    """Of two numbered photographs. verdict: what is other than in VERDICT."""
    return Record(
        at="2026-11-28T09:00:00.000+00:00",
        program="0.2.0",
        left=face(photo(left)),
        right=face(photo(right)),
        verdict=replace(VERDICT, **verdict),  # type: ignore[arg-type]
        engine=ENGINE,
        models=(UsedFile("mobilefacenet-sface/weights.safetensors", "ab" * 32),),
        calibration=UsedCalibration("some people", 100, 1000, 100000, 6.3e-6, 1e-3, False),
    )


def pictures(*numbers: int) -> tuple[KeptPicture, ...]:
    photos = [photo(number) for number in numbers]
    return tuple(KeptPicture(reading(one).crop, picture_of(one.pixels, reading(one).face)) for one in photos)


def report(made: Record | None = None, **wanted: str) -> Report:
    """Of two numbered photographs, with their pictures."""
    made = record() if made is None else made
    sides = (side_of(photo(n), reading(photo(n)).crop, one) for n, one in ((1, made.left), (2, made.right)))
    left, right = sides
    return make_report(made, left, right, Wanted(**wanted))  # type: ignore[arg-type]
