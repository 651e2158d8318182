"""Every family of print, cover, cut, smooth, old and drawn: what it promises, and that a face is still found."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.alignment import resized
from siamgui.core.detection import NoFaceFound
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Photo, Pixels
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))

from spoiling import cut, drawn, laid_over, old, printed, smooth, worn
from spoiling.family import Family, Landmarks

FAMILIES = [family for module in (printed, worn, laid_over, cut, smooth, old, drawn) for family in module.FAMILIES]
DRAWS = 4

# Where they lie in a 250 x 250 photograph of LFW.
MARKS = np.array([[103.5, 113.0], [147.0, 112.0], [125.3, 138.5], [108.3, 159.5], [144.3, 158.0]])

every_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.key)


@pytest.fixture(scope="module")
def faces(engine: FaceEngine, samples: Path) -> list[tuple[Pixels, Landmarks]]:
    """The bundled photographs, the face about as large as in LFW, with their landmarks."""
    found = []
    for path in sorted(samples.glob("*.jpg")):
        photo = load_photo(path)
        marks = engine.read_photo(photo).reading.face.landmarks.astype(np.float64)
        unit = float(np.hypot(*(marks[1] - marks[0])))
        left, top = np.maximum(np.round(marks.mean(0) - 2.8 * unit), 0).astype(int)
        part = photo.pixels[top : top + round(5.6 * unit), left : left + round(5.6 * unit)]
        width, height = (round(length * 44 / unit) for length in (part.shape[1], part.shape[0]))
        found.append((resized(np.ascontiguousarray(part), width, height), (marks - (left, top)) * 44 / unit))
    return found


@pytest.fixture(scope="module")
def scene() -> Pixels:
    """(250, 250, 3): noise of several sizes."""
    rng = np.random.default_rng(5)
    layers = [resized(rng.integers(0, 256, (size, size, 3), np.uint8), 250, 250) for size in (5, 24, 90)]
    return np.mean(layers, 0).astype(np.uint8)


def test_keys_are_unique_and_groups_are_named() -> None:
    assert len({family.key for family in FAMILIES}) == len(FAMILIES)
    assert {family.group for family in FAMILIES} == {"print", "cover", "cut", "smooth", "old", "drawn"}


@every_family
def test_a_picture_comes_out_and_the_given_one_stays(family: Family, scene: Pixels) -> None:
    before = scene.copy()
    changed = 0
    for seed in range(DRAWS):
        spoilt = family.draw(np.random.default_rng(seed))(scene, MARKS, np.random.default_rng(seed))
        assert spoilt.dtype == np.uint8
        assert spoilt.ndim == 3
        assert spoilt.shape[2] == 3
        assert np.array_equal(scene, before)
        changed += spoilt.shape != scene.shape or float(np.abs(spoilt.astype(int) - scene).mean()) > 0.3
    assert changed == DRAWS


@every_family
def test_the_same_generators_give_the_same_picture(family: Family, scene: Pixels) -> None:
    one, two = (family.draw(np.random.default_rng(3))(scene, MARKS, np.random.default_rng(8)) for _ in range(2))
    assert np.array_equal(one, two)
    spoil = family.draw(np.random.default_rng(3))
    spoil(scene, MARKS, np.random.default_rng(9))
    assert np.array_equal(spoil(scene, MARKS, np.random.default_rng(8)), one)


@every_family
@pytest.mark.parametrize(("height", "width"), [(64, 64), (600, 800)])
def test_pictures_of_any_size(family: Family, scene: Pixels, height: int, width: int) -> None:
    image = resized(scene, width, height)
    marks = MARKS * np.array([width, height]) / 250
    for seed in range(2):
        spoilt = family.draw(np.random.default_rng(seed))(image, marks, np.random.default_rng(seed))
        assert min(spoilt.shape[:2]) >= 8


@every_family
def test_a_face_at_the_edge_or_in_profile(family: Family, scene: Pixels) -> None:
    for marks in (MARKS - 120, MARKS * (0.02, 1.0) + (120, 0), MARKS * 0.1):
        spoilt = family.draw(np.random.default_rng(2))(scene, marks, np.random.default_rng(2))
        assert min(spoilt.shape[:2]) >= 8


def found(engine: FaceEngine, pixels: Pixels) -> bool:
    try:
        engine.find_faces(Photo(pixels, "", ""))
    except NoFaceFound:
        return False
    return True


@pytest.mark.long
def test_most_spoilt_faces_are_still_found(engine: FaceEngine, faces: list[tuple[Pixels, Landmarks]]) -> None:
    shares = {}
    for family in FAMILIES:
        spoilt = [
            family.draw(np.random.default_rng([7, number]))(pixels, marks, np.random.default_rng(number))
            for number, (pixels, marks) in enumerate(faces * 2)
        ]
        shares[family.key] = np.mean([found(engine, pixels) for pixels in spoilt])
    assert {key: share for key, share in shares.items() if share < 0.6} == {}
