"""What lowers trust is named, and decides where the data says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from siamgui.core.imaging import load_photo, photo_from_pixels
from siamgui.core.pipeline import FaceEngine
from siamgui.core.quality import find_issues
from siamgui.core.types import Outcome, Quality, QualityIssue, Strictness

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
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert {finding.finding.issue for finding in verdict.findings} >= {QualityIssue.SMALL}
