"""Two photographs that share a fault: what draws them together is not taken for the likeness of two people."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.calibration import distance, judge
from siamgui.core.cohort import joined
from siamgui.core.domain import Domain
from siamgui.core.energy import L2
from siamgui.core.errors import NoFaceFound
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import FaceReading, Outcome, Photo, Strictness
from siamgui.evaluation.reading import Readings
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))

from spoiling import FAMILIES

NAMED = [
    "wide-lens",
    "fisheye",
    "motion-blur",
    "negative",
    "beauty",
    "photocopy",
    "moire",
    "interlace-comb",
    "sunglasses",
    "medical-mask",
    "cast-shadow",
    "grain",
    "cut-below",
    "jpeg",
    "small",
    "gaussian-blur",
    "posterised",
    "censor-bar",
]


def spoilt(engine: FaceEngine, photo: Photo, key: str, seed: int) -> FaceReading | None:
    family = next(family for family in FAMILIES if family.key == key)
    detection = engine.find_faces(photo)
    marks = detection.faces[detection.prominent].landmarks.astype(np.float64)
    picture = family.draw(np.random.default_rng(seed))(photo.pixels, marks, np.random.default_rng(seed + 1))
    try:
        return engine.read_photo(Photo(np.ascontiguousarray(picture), "", photo.name)).reading
    except NoFaceFound:
        return None


@pytest.mark.long
@pytest.mark.parametrize("key", NAMED)
def test_different_people_who_share_a_fault_are_not_called_the_same(
    engine: FaceEngine, samples: Path, key: str
) -> None:
    left, right = (load_photo(samples / f"{name}.jpg") for name in ("obama1", "biden"))
    for seed in range(3):
        pair = [spoilt(engine, photo, key, seed) for photo in (left, right)]
        if pair[0] is not None and pair[1] is not None:
            verdict = judge(engine.calibration, pair[0], pair[1], Strictness.BALANCED)
            assert verdict.outcome is not Outcome.SAME, seed


def test_a_negative_is_said_to_share_its_fault(engine: FaceEngine, samples: Path) -> None:
    readings = []
    for name in ("obama1", "biden"):
        photo = load_photo(samples / f"{name}.jpg")
        readings.append(engine.read_photo(Photo(255 - photo.pixels, "", name)).reading)
    verdict = judge(engine.calibration, *readings, Strictness.BALANCED)
    assert verdict.claim is not None
    assert verdict.claim.general_fmr < verdict.fmr
    assert verdict.claim.adjusted > verdict.distance


def test_a_fault_that_nobody_labelled_is_not_seen_through_because_it_is_taken_for_the_kind_that_was(
    engine: FaceEngine, samples: Path
) -> None:
    """A version's domain is known by a direction; what lies on its side by chance is judged by the pair as well."""
    photos = [load_photo(samples / f"{name}.jpg") for name in ("obama1", "biden")]
    left, right = (engine.read_photo(Photo(255 - photo.pixels, "", photo.name)).reading for photo in photos)
    vectors = np.stack([side.embedding.vector for side in (left, right)])
    bundled = replace(engine.calibration, parts={})
    near = distance(left, right, L2) - bundled.threshold(Strictness.BALANCED.fmr) + 0.01
    own = replace(bundled, adjusted=False, cohort=None, fmr_distance=bundled.fmr_distance + max(near, 0.0))
    table = replace(bundled, domain=Domain(vectors.sum(axis=0).astype(np.float64), 0.0, 0.0, None, own, (0.0, 0.02)))
    assert table.of_pair(*vectors).table.limits(Strictness.BALANCED).same_below > distance(left, right, L2)
    verdict = judge(table, left, right, Strictness.BALANCED)
    assert verdict.outcome is not Outcome.SAME
    assert verdict.fmr > Strictness.BALANCED.fmr
    assert verdict.same_below < verdict.distance
    assert left.conditions is not None
    assert right.conditions is not None
    nothing = np.zeros(2, bool)
    read = Readings(vectors, nothing, nothing, np.ones(2, np.int64), (), joined([left.conditions, right.conditions]))
    pairs = read.pairs(np.array([0]), np.array([1]), table)
    assert own.fmr(float(pairs.adjusted[0])) == pytest.approx(verdict.fmr, rel=1e-4)


def test_clear_photographs_lose_nothing(engine: FaceEngine, samples: Path) -> None:
    one, other = (engine.read_photo(load_photo(samples / f"{name}.jpg")).reading for name in ("obama1", "obama2"))
    for strictness in Strictness:
        verdict = judge(engine.calibration, one, other, strictness)
        assert verdict.outcome is Outcome.SAME
        assert verdict.claim is not None
        assert not verdict.claim.shared
        assert verdict.claim.nearer_left + verdict.claim.nearer_right == 0


def test_a_clear_photograph_shares_no_fault_with_a_blurred_one(engine: FaceEngine, samples: Path) -> None:
    """What all photographs share a little of is not what is spoken of."""
    sharp = engine.read_photo(load_photo(samples / "obama1.jpg")).reading
    for seed in range(6):
        blurred = spoilt(engine, load_photo(samples / "obama3.jpg"), "gaussian-blur", seed)
        if blurred is not None:
            claim = judge(engine.calibration, sharp, blurred, Strictness.STRICT).claim
            assert claim is not None
            assert not claim.shared
