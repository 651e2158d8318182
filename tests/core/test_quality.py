"""What lowers trust is named, and decides where the data says so."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from siamgui.core.imaging import load_photo, photo_from_bytes, photo_from_pixels
from siamgui.core.pipeline import FaceEngine
from siamgui.core.quality import MISSING_SHARE, find_issues, share_of_one_colour
from siamgui.core.types import Finding, Outcome, Quality, QualityIssue, Strictness

GOOD = Quality(60.0, 0.4, 0.5, 0.15, 0.0, 0.0, 0.92, 70.0, ())


def issues(quality: Quality) -> list[tuple[str, bool]]:
    return [(finding.issue.value, finding.decisive) for finding in find_issues(quality)]


@pytest.mark.parametrize(
    ("field", "slight", "grave", "issue"),
    [
        ("eye_distance", 12.0, 7.0, "small"),
        ("sharpness", 0.13, 0.10, "blurred"),
        ("brightness", 0.20, 0.05, "dark"),
        ("brightness", 0.85, 0.95, "bright"),
        ("contrast", 0.04, 0.02, "flat"),
        ("yaw", 50.0, 70.0, "turned"),
        ("yaw", -50.0, -70.0, "turned"),
        ("embedding_norm", 53.0, 45.0, "covered"),
    ],
)
def test_each_issue_is_named_and_then_decides(field: str, slight: float, grave: float, issue: str) -> None:
    assert issues(GOOD) == []
    assert issues(replace(GOOD, **{field: slight})) == [(issue, False)]
    assert issues(replace(GOOD, **{field: grave})) == [(issue, True)]


def test_two_issues_together_decide() -> None:
    found = issues(replace(GOOD, eye_distance=12.0, sharpness=0.13))
    assert sorted(name for name, _ in found) == ["blurred", "small"]
    assert found[0][1]


def test_a_doubted_face_of_which_little_is_recognised_decides() -> None:
    assert issues(replace(GOOD, detector_score=0.85, embedding_norm=53.0)) == [("covered", True)]


def test_a_small_blurred_photo_of_the_same_man_is_not_called_different(engine: FaceEngine, samples: Path) -> None:
    image = Image.fromarray(load_photo(samples / "obama3.jpg").pixels)
    poor = image.resize((image.width // 6, image.height // 6)).filter(ImageFilter.GaussianBlur(1))
    readings = []
    for photo in (load_photo(samples / "obama1.jpg"), photo_from_pixels(np.asarray(poor), "poor")):
        readings.append(engine.read_photo(photo).reading)
    verdict = engine.compare(readings[0], readings[1], Strictness.BALANCED).verdict
    assert verdict.outcome is not Outcome.DIFFERENT
    assert {finding.finding.issue for finding in verdict.findings} >= {QualityIssue.SMALL}


@pytest.mark.parametrize("value", [0, 128])
@pytest.mark.parametrize("name", ["obama1", "obama3", "biden"])
@pytest.mark.parametrize("kind", ["BMP", "PPM", "TIFF", "PNG"])
def test_a_part_that_is_missing_decides(name: str, value: int, kind: str, engine: FaceEngine, samples: Path) -> None:
    """Rows of one colour from where a row begins: in the file nothing tells them from a picture that shows that."""
    photo = load_photo(samples / f"{name}.jpg")
    face = engine.read_photo(photo).reading.face
    pixels = photo.pixels.copy()
    pixels[int(face.landmarks[2, 1]) :] = value
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    found = engine.read_photo(photo_from_bytes(file.getvalue(), "photo")).reading.quality
    assert found.findings[0] == Finding(QualityIssue.DAMAGED, decisive=True)


def test_no_good_photo_lacks_a_part(engine: FaceEngine, samples: Path) -> None:
    for name in ("obama1", "obama2", "obama3", "biden"):
        for mode in ("RGB", "L"):
            with Image.open(samples / f"{name}.jpg") as image:
                photo = photo_from_pixels(np.asarray(image.convert(mode).convert("RGB")), name)
            assert share_of_one_colour(engine.read_photo(photo).reading.crop) < MISSING_SHARE / 5
