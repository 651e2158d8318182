"""Photo -> faces -> the reading of a chosen face, in one call."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from siamgui.core.errors import NoFaceFound
from siamgui.core.imaging import load_photo, photo_from_pixels
from siamgui.core.pipeline import FaceEngine, FaceNumberUnknown
from siamgui.core.types import Photo


@pytest.fixture(scope="module")
def two(samples: Path) -> Photo:
    one, other = (load_photo(samples / f"{name}.jpg").pixels[:480] for name in ("obama1", "biden"))
    height = min(len(one), len(other))
    return photo_from_pixels(np.hstack([one[:height], other[:height]]), "two")


def test_the_most_prominent_face_or_the_one_that_is_chosen(engine: FaceEngine, two: Photo) -> None:
    usual = engine.read_photo(two)
    assert len(usual.detection.faces) == 2
    assert usual.chosen == usual.detection.prominent
    assert usual.photo is two
    other = engine.read_photo(two, 1 - usual.chosen, usual.detection)
    assert other.detection is usual.detection
    assert other.reading.face.box[0] == pytest.approx(usual.detection.faces[other.chosen].box[0], abs=30)
    assert np.linalg.norm(usual.reading.embedding.vector - other.reading.embedding.vector) > 1


def test_an_answer_says_who_gave_it(engine: FaceEngine, two: Photo) -> None:
    read = engine.read_photo(two)
    assert read.engine == engine.info
    assert read.engine.encoder == read.reading.embedding.encoder


@pytest.mark.parametrize("index", [-1, 2])
def test_a_face_that_is_not_there_is_refused(engine: FaceEngine, two: Photo, index: int) -> None:
    with pytest.raises(FaceNumberUnknown, match="faces 1 to 2"):
        engine.read_photo(two, index)


def test_a_photo_without_a_face_is_refused(engine: FaceEngine) -> None:
    with pytest.raises(NoFaceFound):
        engine.read_photo(photo_from_pixels(np.full((200, 200, 3), 90, np.uint8), "wall"))


def test_reading_gives_what_finding_and_reading_give(engine: FaceEngine, samples: Path) -> None:
    photo = load_photo(samples / "obama1.jpg")
    found = engine.find_faces(photo)
    by_hand = engine.read_face(photo, found.faces[found.prominent])
    assert np.array_equal(engine.read_photo(photo).reading.embedding.vector, by_hand.embedding.vector)
