"""A close look: the points lie where the face is, whatever its size and tilt, and closed eyes are seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from siamgui.core.closely import LEFT_EYE, RIGHT_EYE, CloseReader
from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Face, Pixels
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def closer() -> CloseReader:
    return CloseReader()


@pytest.fixture(scope="module")
def portrait(engine: FaceEngine, samples: Path) -> tuple[Pixels, Face]:
    read = engine.read_photo(load_photo(samples / "obama1.jpg"))
    return read.photo.pixels, read.reading.face


def test_eyes_nose_and_mouth_lie_where_the_detector_sees_them(
    closer: CloseReader, portrait: tuple[Pixels, Face]
) -> None:
    pixels, face = portrait
    for scale, turn in ((1.0, 0.0), (0.5, 20.0), (1.7, -30.0)):
        middle = face.landmarks.mean(0)
        matrix = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), turn, scale)
        marks = (face.landmarks @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
        seen = cv2.warpAffine(pixels, matrix, (pixels.shape[1], pixels.shape[0]), borderMode=cv2.BORDER_REPLICATE)
        look = closer.read(seen, Face(face.box, marks, face.score))
        assert look is not None
        five = [look.points[LEFT_EYE].mean(0), look.points[RIGHT_EYE].mean(0), *look.points[[30, 48, 54]]]
        apart = float(np.linalg.norm(marks[1] - marks[0]))
        assert np.linalg.norm(np.array(five) - marks, axis=1).max() < 0.25 * apart
        assert min(look.eyes) > 0.8


def test_closed_eyes_are_seen(
    closer: CloseReader, portrait: tuple[Pixels, Face], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "tools")
    from made_faces import closed

    pixels, face = portrait
    open_ = closer.read(pixels, face)
    assert open_ is not None
    shut = closer.read(closed(pixels, open_.points), face)
    assert shut is not None
    assert max(shut.eyes) < 0.35


def test_landmarks_that_form_no_face_give_nothing(closer: CloseReader, portrait: tuple[Pixels, Face]) -> None:
    pixels, face = portrait
    for marks in (np.zeros((5, 2)), np.full((5, 2), np.nan), face.landmarks + 1e6):
        assert closer.read(pixels, Face(face.box, marks.astype(np.float32), face.score)) is None
