"""Templates and galleries: what a wrong photograph does to a template, and who is found among many."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from siamgui.core.energy import L1
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Embedding, FaceReading, Finding, Outcome, QualityIssue, Strictness
from siamgui.live.gallery import Gallery, Nearest
from siamgui.live.identification import identify
from siamgui.live.templates import combine, odd_ones

Vectors = NDArray[np.float32]
BALANCED = Strictness.BALANCED


def units(seed: int, n: int, d: int = 32) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(n, d))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def person(seed: int, n: int, d: int = 192, cosine: float = 0.6) -> Vectors:
    """n embeddings that have this cosine to each other, as photographs of one person do."""
    own = units(seed, n + 1, d)
    rows = np.sqrt(cosine) * own[0] + np.sqrt(1 - cosine) * own[1:]
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def read(engine: FaceEngine, path: Path) -> FaceReading:
    photo = load_photo(path)
    return engine.read_photo(photo).reading


# -- templates -------------------------------------------------------------------------------------------------------


def test_one_photo_is_its_own_template() -> None:
    vectors = units(1, 1)
    template, outliers = combine(vectors)
    assert np.allclose(template, vectors[0], atol=1e-6)
    assert outliers.tolist() == [False]


def test_of_two_neither_is_the_wrong_one() -> None:
    vectors = units(2, 2)
    template, outliers = combine(vectors)
    assert outliers.tolist() == [False, False]
    assert np.allclose(template @ vectors[0], template @ vectors[1], atol=1e-6)


@pytest.mark.parametrize("n", [3, 4, 7])
def test_a_photo_of_somebody_else_has_no_weight(n: int) -> None:
    right, wrong = person(3, n - 1), units(99, 1, 192)
    template, outliers = combine(np.concatenate([wrong, right]))
    assert outliers.tolist() == [True] + [False] * (n - 1)
    assert np.allclose(template, combine(right)[0], atol=1e-6)


def test_photos_that_cancel_each_other_out_still_give_a_template() -> None:
    one = units(4, 1)
    template, _ = combine(np.concatenate([one, -one]))
    assert np.allclose(abs(template @ one[0]), 1, atol=1e-6)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 9), cosine=st.floats(0, 0.95), sign=st.sampled_from([1, -1]))
def test_what_holds_of_every_template(seed: int, n: int, cosine: float, sign: int) -> None:
    vectors = person(seed, n, 8, cosine)
    vectors[: n // 2] *= np.float32(sign)
    template, outliers = combine(vectors)
    assert template.dtype == np.float32
    assert abs(float(np.linalg.norm(template)) - 1) < 1e-5
    assert outliers.sum() <= n / 2
    order = np.random.default_rng(seed).permutation(n)
    again, moved = combine(vectors[order])
    assert np.array_equal(moved, outliers[order])
    assert np.allclose(again, template, atol=1e-4)


def test_templates_of_real_people(engine: FaceEngine, lfw: Path) -> None:
    """Four photographs each: none is thrown out, one of somebody else is, and the person is found by a fifth."""
    folders = [folder for folder in sorted((lfw / "images").iterdir()) if len(list(folder.iterdir())) >= 5][:5]
    table = [[read(engine, path).embedding.vector for path in sorted(folder.iterdir())[:5]] for folder in folders]
    people = [np.stack(vectors) for vectors in table]
    for k, vectors in enumerate(people):
        assert not combine(vectors[:4])[1].any()
        mixed = np.concatenate([vectors[:3], people[k - 1][:1]])
        assert combine(mixed)[1].tolist() == [False] * 3 + [True]
    gallery = Gallery.of([(k, folder.name, people[k][:4]) for k, folder in enumerate(folders)], "test 1")
    for k, vectors in enumerate(people):
        assert gallery.nearest(vectors[4]).row == k


def test_odd_ones_tells_of_two_photos_that_neither_looks_like_the_other() -> None:
    alike, stranger = person(5, 2), units(98, 1, 192)
    assert odd_ones(alike, 1.3).tolist() == [False, False]
    assert odd_ones(np.concatenate([alike[:1], stranger]), 1.3).tolist() == [True, True]
    assert odd_ones(np.concatenate([alike, stranger]), 1.3).tolist() == [False, False, True]
    assert odd_ones(stranger, 1.3).tolist() == [False]


# -- galleries -------------------------------------------------------------------------------------------------------


def test_the_distance_to_a_person_is_the_root_mean_square_of_those_to_the_photos() -> None:
    vectors, probe = person(6, 4), units(7, 1, 192)[0]
    gallery = Gallery.of([(5, "Ann", vectors)], "test 1")
    to_each = np.linalg.norm(vectors - probe, axis=1)
    assert gallery.nearest(probe) == Nearest(0, pytest.approx(np.sqrt(np.mean(to_each**2)), abs=1e-5), None)


def test_the_distance_to_one_photo_is_that_of_the_calibration() -> None:
    one, probe = units(8, 1, 192), units(9, 1, 192)[0]
    distance = Gallery.of([(1, "Ann", one)], "test 1").nearest(probe).distance
    assert distance == pytest.approx(float(np.linalg.norm(one[0] - probe)), abs=1e-5)
    assert Gallery.of([(1, "Ann", one)], "test 1").nearest(one[0]).distance < 1e-3


def test_an_outlier_does_not_widen_the_distance() -> None:
    right, wrong, probe = person(10, 4), units(97, 1, 192), units(96, 1, 192)[0]
    clean = Gallery.of([(1, "Ann", right)], "test 1")
    mixed = Gallery.of([(1, "Ann", np.concatenate([right, wrong]))], "test 1")
    assert mixed.nearest(probe).distance == pytest.approx(clean.nearest(probe).distance, abs=1e-5)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 40))
def test_nearest_is_what_a_search_by_hand_finds(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    people = [(100 + k, f"p{k}", person(1000 * seed + k, int(rng.integers(1, 5)), 16)) for k in range(n)]
    gallery = Gallery.of(people, "test 1")
    probe = units(seed + 1, 1, 16)[0]
    kept = [vectors[~combine(vectors)[1]] for _, _, vectors in people]
    by_hand = np.array([np.sqrt(np.mean(np.sum((rows - probe) ** 2, axis=1))) for rows in kept])
    found = gallery.nearest(probe)
    assert np.allclose(gallery.distances(probe), by_hand, atol=1e-4)
    assert found.distance == pytest.approx(by_hand.min(), abs=1e-4)
    assert by_hand[found.row] == pytest.approx(by_hand.min(), abs=1e-4)
    if n == 1:
        assert found.runner_up is None
    else:
        assert found.runner_up == pytest.approx(np.sort(by_hand)[1], abs=1e-4)


def test_an_empty_gallery_says_so() -> None:
    gallery = Gallery.of([], "test 1")
    assert len(gallery) == 0
    assert gallery.distances(units(1, 1)[0]).shape == (0,)
    with pytest.raises(ValueError, match="nobody"):
        gallery.nearest(units(1, 1)[0])


def test_the_rate_of_false_identification_is_bounded_by_the_sum_over_everybody() -> None:
    gallery = Gallery.of([(k, str(k), units(k, 1)) for k in range(50)], "test 1")
    assert gallery.fpir(1e-4) == pytest.approx(5e-3)
    assert gallery.fpir(0.5) == 1


def test_one_in_a_hundred_thousand_is_found() -> None:
    templates = units(11, 100_000, 192)
    rows = np.arange(100_000)
    lengths = np.ones(len(rows), np.float32)
    gallery = Gallery(tuple(rows.tolist()), ("",) * len(rows), templates, lengths, templates, rows, "test 1")
    found = gallery.nearest(templates[77_777])
    assert (found.row, found.distance < 1e-3) == (77_777, True)


# -- who is it? ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def readings(engine: FaceEngine, samples: Path) -> dict[str, FaceReading]:
    return {name: read(engine, samples / f"{name}.jpg") for name in ("obama1", "obama2", "obama3", "biden")}


def gallery_of(readings: dict[str, FaceReading], **people: tuple[str, ...]) -> Gallery:
    vectors = {
        name: np.stack([readings[photo].embedding.vector for photo in photos]) for name, photos in people.items()
    }
    return Gallery.of([(k, name, vectors[name]) for k, name in enumerate(people)], readings["biden"].embedding.encoder)


@pytest.mark.parametrize("strictness", Strictness)
def test_the_right_person_is_supported(
    readings: dict[str, FaceReading], engine: FaceEngine, strictness: Strictness
) -> None:
    gallery = gallery_of(readings, joe=("biden",), barack=("obama1", "obama2"))
    found = identify(gallery, engine.calibration, readings["obama3"], strictness)
    assert (found.outcome, gallery.names[found.nearest.row]) == (Outcome.SAME, "barack")
    assert found.fpir == 2 * engine.calibration.fmr(found.nearest.distance) <= strictness.fmr


def test_nobody_is_an_answer(readings: dict[str, FaceReading], engine: FaceEngine) -> None:
    found = identify(gallery_of(readings, joe=("biden",)), engine.calibration, readings["obama3"], BALANCED)
    assert (found.outcome, found.several) == (Outcome.DIFFERENT, False)


def test_one_face_under_two_names_supports_neither(readings: dict[str, FaceReading], engine: FaceEngine) -> None:
    gallery = gallery_of(readings, barack=("obama1",), barry=("obama2",))
    found = identify(gallery, engine.calibration, readings["obama3"], BALANCED)
    assert (found.outcome, found.several) == (Outcome.INCONCLUSIVE, True)


def test_a_photo_too_poor_turns_nobody_away(readings: dict[str, FaceReading], engine: FaceEngine) -> None:
    poor = replace(
        readings["obama3"],
        quality=replace(readings["obama3"].quality, findings=(Finding(QualityIssue.DARK, decisive=True),)),
    )
    found = identify(gallery_of(readings, joe=("biden",)), engine.calibration, poor, BALANCED)
    assert (found.outcome, found.forced) == (Outcome.INCONCLUSIVE, True)
    # A poor photograph draws nobody nearer, so who is that near all the same is said.
    found = identify(gallery_of(readings, barack=("obama1",)), engine.calibration, poor, BALANCED)
    assert (found.outcome, found.forced) == (Outcome.SAME, False)
    damaged = replace(poor, quality=replace(poor.quality, findings=(Finding(QualityIssue.DAMAGED, decisive=True),)))
    found = identify(gallery_of(readings, barack=("obama1",)), engine.calibration, damaged, BALANCED)
    assert (found.outcome, found.forced) == (Outcome.INCONCLUSIVE, True)


def test_the_more_are_enrolled_the_nearer_somebody_must_be(
    readings: dict[str, FaceReading], engine: FaceEngine
) -> None:
    """A distance that supports one of three is not enough among a thousand strangers."""
    calibration = replace(engine.calibration, cohort=None)
    size = len(readings["biden"].embedding.vector)
    probe = units(12, 1, size)[0]
    other = units(13, 1, size)[0]
    other -= (other @ probe) * probe
    other /= np.linalg.norm(other)
    cosine = 1 - (calibration.threshold(BALANCED.fmr) - 0.04) ** 2 / 2
    near = np.asarray([cosine * probe + np.sqrt(1 - cosine**2) * other], np.float32)
    reading = replace(readings["biden"], embedding=Embedding(probe, calibration.encoder))
    outcomes = []
    for strangers in (2, 1000):
        people = [(0, "near", near), *((k + 1, "", units(1000 + k, 1, size)) for k in range(strangers))]
        outcomes.append(identify(Gallery.of(people, calibration.encoder), calibration, reading, BALANCED).outcome)
    assert outcomes[0] is Outcome.SAME
    assert outcomes[1] is not Outcome.SAME


def test_two_encoders_never_meet(readings: dict[str, FaceReading], engine: FaceEngine) -> None:
    vectors = readings["obama1"].embedding.vector[None]
    with pytest.raises(ValueError, match="two encoders"):
        identify(Gallery.of([(1, "Ann", vectors)], "other 1"), engine.calibration, readings["obama2"], BALANCED)


def test_false_identifications_stay_within_the_claim(lfw: Path, engine: FaceEngine) -> None:
    """Strangers against a gallery of 12 people: at "convenient" no more are taken for somebody than is claimed."""
    folders = sorted((lfw / "images").iterdir())
    several = [folder for folder in folders if len(list(folder.iterdir())) >= 2][8:20]
    strangers = [folder for folder in folders if len(list(folder.iterdir())) == 1][:18]
    people = [
        (k, folder.name, np.stack([read(engine, path).embedding.vector for path in sorted(folder.iterdir())[:2]]))
        for k, folder in enumerate(several)
    ]
    gallery = Gallery.of(people, engine.info.encoder)
    claimed = Strictness.CONVENIENT
    found = [
        identify(gallery, engine.calibration, read(engine, sorted(folder.iterdir())[0]), claimed)
        for folder in strangers
    ]
    taken = sum(one.outcome is Outcome.SAME for one in found)
    # 18 strangers at 1 % each: three would happen once in 1,000 times.
    assert taken <= 2
    assert sum(one.outcome is Outcome.DIFFERENT for one in found) > 9


def test_under_l1_the_distance_to_a_person_is_that_of_their_photographs() -> None:
    people = [(1, "Ann", units(21, 3, 32)), (2, "Bob", units(22, 1, 32))]
    gallery, probe = Gallery.of(people, "test 1"), units(23, 1, 32)[0]
    kept = [vectors[~combine(vectors)[1]] for _, _, vectors in people]
    by_hand = [np.sqrt(np.mean(np.abs(vectors - probe).sum(1) ** 2)) for vectors in kept]
    assert gallery.distances(probe, L1) == pytest.approx(by_hand, rel=1e-5)
    assert gallery.nearest(probe, L1).row == int(np.argmin(by_hand))
    assert odd_ones(np.stack([probe, probe, -probe]), 0.5 * L1.bound(32), L1).tolist()[:2] == [False, False]
