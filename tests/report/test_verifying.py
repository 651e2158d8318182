"""A report computed again: equal, from the photographs or the faces alone; and what is told where it is not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from siamgui.core.imaging import load_photo
from siamgui.core.pictures import picture_of
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Finding, Outcome, QualityIssue, Side, SideFinding, Strictness
from siamgui.report.record import record_of
from siamgui.report.report import Report, ReportSide, Wanted, make_report, png_of, side_of
from siamgui.report.verifying import PhotosNotFound, verify


@pytest.fixture(scope="module")
def made(engine: FaceEngine, samples: Path) -> Report:
    """Of two photographs of one person, without the files."""
    left, right = (engine.read_photo(load_photo(samples / f"{name}.jpg")) for name in ("obama1", "obama2"))
    comparison = engine.compare(left.reading, right.reading, Strictness.BALANCED)
    record = record_of(left, right, comparison, engine.calibration, (engine.encoder, engine.detector))
    one, other = (
        side_of(side.photo, side.reading.crop, face) for side, face in ((left, record.left), (right, record.right))
    )
    return make_report(record, one, other, Wanted())


def test_it_is_equal_from_the_photographs_wherever_they_lie(
    engine: FaceEngine, made: Report, samples: Path, tmp_path: Path
) -> None:
    (tmp_path / "deep" / "down").mkdir(parents=True)
    shutil.copy(samples / "obama1.jpg", tmp_path / "deep" / "another name.jpg")
    shutil.copy(samples / "biden.jpg", tmp_path / "deep" / "obama1.jpg")
    found = verify(engine, made, [tmp_path, samples / "obama2.jpg"])
    assert found.equal
    assert found.from_photos == (True, True)
    assert found.again.verdict == made.record.verdict


def test_without_them_the_faces_of_the_report_are_enough(engine: FaceEngine, made: Report, tmp_path: Path) -> None:
    found = verify(engine, made, [tmp_path])
    assert found.equal
    assert found.from_photos == (False, False)
    empty = structs.replace(made, left=ReportSide())
    with pytest.raises(PhotosNotFound, match=r"obama1\.jpg"):
        verify(engine, empty, [tmp_path])


def test_files_in_the_report_are_enough_and_those_that_are_others_are_none(
    engine: FaceEngine, made: Report, samples: Path
) -> None:
    own, foreign = (samples / f"{name}.jpg" for name in ("obama1", "biden"))
    whole = structs.replace(made, left=ReportSide(original=own.read_bytes()))
    assert verify(engine, whole, []).from_photos == (True, False)
    with pytest.raises(PhotosNotFound):
        verify(engine, structs.replace(made, left=ReportSide(original=foreign.read_bytes())), [])


def changed(made: Report) -> Iterator[tuple[str, Report]]:
    verdict, record = made.record.verdict, made.record
    claim = verdict.claim
    assert claim is not None
    for what, values in {
        "outcome": {"outcome": Outcome.DIFFERENT},
        "distance": {"distance": verdict.distance + 0.01},
        "adjusted distance": {"claim": replace(claim, adjusted=claim.adjusted - 0.01)},
        "log10 FMR": {"fmr": verdict.fmr / 2},
        "log10 likelihood ratio": {"log10_lr": verdict.log10_lr + 0.1},
        "same below": {"same_below": verdict.same_below + 0.1},
    }.items():
        yield what, structs.replace(made, record=replace(record, verdict=replace(verdict, **values)))  # type: ignore[arg-type]
    for what, changes in {
        "rates are bounds": {"fmr_is_bound": not verdict.fmr_is_bound},
        "quality": {"findings": (SideFinding(Side.LEFT, Finding(QualityIssue.BLURRED, decisive=False)),)},
        "strangers": {"claim": replace(claim, strangers=claim.strangers * 10)},
        "log10 strangers near the left face": {"claim": replace(claim, nearer_left=claim.nearer_left + 900)},
        "log10 FMR of clear photographs": {"claim": replace(claim, general_fmr=claim.general_fmr / 2)},
        f"distance of {verdict.parts[0].name}": {
            "parts": (replace(verdict.parts[0], distance=0.1), *verdict.parts[1:]),
        },
    }.items():
        yield what, structs.replace(made, record=replace(record, verdict=replace(verdict, **changes)))  # type: ignore[arg-type]
    file = replace(record.models[0], sha256="0" * 64)
    yield file.name, structs.replace(made, record=replace(record, models=(file, *record.models[1:])))
    people = replace(record.calibration, people=1)
    yield "calibration", structs.replace(made, record=replace(record, calibration=people))
    crop = np.full((112, 112, 3), 90, np.uint8)
    yield "distance", structs.replace(made, right=structs.replace(made.right, face=png_of(crop)))


def test_whatever_is_not_what_is_found_is_told(engine: FaceEngine, made: Report) -> None:
    for what, other in changed(made):
        found = verify(engine, other, [])
        assert not found.equal
        assert what in [one.what for one in found.differences]


def test_a_picture_that_is_not_of_the_photograph_is_told_where_that_is_there(
    engine: FaceEngine, made: Report, samples: Path
) -> None:
    foreign = structs.replace(made, left=structs.replace(made.left, picture=made.right.picture))
    assert [one.what for one in verify(engine, foreign, [samples]).differences] == ["left picture"]
    foreign = structs.replace(made, left=structs.replace(made.left, face=made.right.face))
    assert [one.what for one in verify(engine, foreign, [samples]).differences] == ["left face picture"]


def test_a_picture_of_the_history_is_one_of_the_photograph(engine: FaceEngine, made: Report, samples: Path) -> None:
    read = engine.read_photo(load_photo(samples / "obama1.jpg"))
    kept = structs.replace(made.left, picture=picture_of(read.photo.pixels, read.reading.face))
    assert verify(engine, structs.replace(made, left=kept), [samples]).equal


def test_a_face_at_another_place_is_told_where_the_photograph_is_there(
    engine: FaceEngine, made: Report, samples: Path
) -> None:
    left = replace(made.record.left, box=tuple(value + 40 for value in made.record.left.box))
    other = structs.replace(made, record=replace(made.record, left=left))
    assert [one.what for one in verify(engine, other, [samples]).differences] == ["left face"]
