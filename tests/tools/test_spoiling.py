from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.claim_words import known
from siamgui.core.errors import NoFaceFound
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Photo, Pixels
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))

from spoiling import FAMILIES
from spoiling.exam import EXAM
from spoiling.family import Family, Landmarks

# Of a photograph 250 pixels wide, as deep-funneled LFW has them.
MARKS = np.array([[103.5, 113.0], [147.0, 112.0], [125.3, 138.5], [108.3, 159.5], [144.3, 158.0]])

ALL = (*FAMILIES, *EXAM)

GROUPS = sorted({family.group for family in ALL})

every_group = pytest.mark.parametrize("group", GROUPS)


def of(group: str) -> list[Family]:
    return [family for family in ALL if family.group == group]


def scene(width: int, height: int) -> tuple[Pixels, Landmarks]:
    """Soft shapes of many colours, and where a face would be."""
    y, x = np.mgrid[:height, :width] / np.array([height, width])[:, None, None]
    waves = [np.sin(a * x + b * y) for a, b in ((9, 4), (3, 14), (17, 11))]
    image = np.clip(128 + 90 * np.stack(waves, 2), 0, 255).astype(np.uint8)
    return image, MARKS * [width / 250, height / 250]


def smaller(photo: Photo) -> Photo:
    """The photograph such that a look at it costs little."""
    step = max(photo.pixels.shape[1] // 400, 1)
    return Photo(np.ascontiguousarray(photo.pixels[::step, ::step]), photo.sha256, photo.name)


def test_keys_are_unique_and_groups_are_few() -> None:
    assert len({family.key for family in ALL}) == len(ALL)
    assert all(family.key == family.key.lower().replace(" ", "-") for family in ALL)
    groups = {family.group for family in FAMILIES}
    assert groups == {
        *("lens", "focus", "motion", "codec", "resize", "noise", "light", "tone", "screen"),
        *("print", "cover", "cut", "smooth", "old", "drawn"),
    }
    assert not groups & {family.group for family in EXAM}


@every_group
@pytest.mark.parametrize(("width", "height"), [(64, 64), (500, 400)])
def test_a_spoilt_picture_is_another_picture(group: str, width: int, height: int) -> None:
    image, marks = scene(width, height)
    image_before, marks_before = image.copy(), marks.copy()
    image.flags.writeable = marks.flags.writeable = False
    for family in of(group):
        result = family.draw(np.random.default_rng(1))(image, marks, np.random.default_rng(1))
        assert result.dtype == np.uint8, family.key
        assert result.ndim == 3, family.key
        assert result.shape[2] == 3, family.key
        assert min(result.shape[:2]) >= 4, family.key
        assert result.shape != image.shape or (result != image).mean() > 0.01, family.key
        assert not np.shares_memory(result, image), family.key
    np.testing.assert_array_equal(image, image_before)
    np.testing.assert_array_equal(marks, marks_before)


@every_group
def test_the_generators_decide_everything(group: str) -> None:
    image, marks = scene(120, 120)
    for family in of(group):
        one = family.draw(np.random.default_rng(3))(image, marks, np.random.default_rng(4))
        spoil = family.draw(np.random.default_rng(3))
        spoil(image, marks, np.random.default_rng(5))
        again = spoil(image, marks, np.random.default_rng(4))
        np.testing.assert_array_equal(one, again, family.key)
        draws = [family.draw(np.random.default_rng(seed))(image, marks, np.random.default_rng(4)) for seed in range(3)]
        assert len({draw.tobytes() for draw in draws}) > 1, f"the parameters of {family.key} are drawn"


@every_group
def test_a_face_may_lie_outside_in_profile_or_far_away(group: str) -> None:
    image, marks = scene(120, 120)
    for family in of(group):
        for odd in (marks - 60, marks * (0.02, 1.0) + (60, 0), marks * 0.1):
            result = family.draw(np.random.default_rng(2))(image, odd, np.random.default_rng(2))
            assert min(result.shape[:2]) >= 4, family.key


@pytest.mark.long
def test_a_face_is_still_found_in_most(engine: FaceEngine, samples: Path) -> None:
    photos = [smaller(load_photo(samples / f"{name}.jpg")) for name in ("obama1", "biden")]
    faces = [(photo, engine.find_faces(photo)) for photo in photos]
    shares: dict[str, list[int]] = {}
    for family in FAMILIES:
        found = shares.setdefault(family.group, [])
        for seed, (photo, detection) in enumerate(faces):
            marks = detection.faces[detection.prominent].landmarks.astype(np.float64)
            spoilt = family.draw(np.random.default_rng(seed))(photo.pixels, marks, np.random.default_rng(seed))
            try:
                engine.find_faces(Photo(spoilt, "", ""))
                found.append(1)
            except NoFaceFound:
                found.append(0)
    few = {group: np.mean(found) for group, found in shares.items() if np.mean(found) < 0.7}
    assert not few


def test_every_family_has_words_for_a_person() -> None:
    assert all(known(family.key) for family in FAMILIES)
