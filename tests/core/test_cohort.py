from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import (
    CAUTION,
    UNLIKE,
    Cohort,
    Conditions,
    Vectors,
    behind_head,
    bundled_cohort,
    for_encoder,
)
from siamgui.core.embedding import unit
from siamgui.core.energy import L2
from siamgui.core.manifest import Origin, bundled_encoder, read_manifest
from siamgui.core.weights import read_weights
from tests.builders.cohorts import LOOKS, SIZE, cohort, directions, spoilt

COHORT = cohort()


def conditions(vectors: Vectors, looks: Vectors | None = None, of: Cohort = COHORT) -> Conditions:
    return of.conditions(vectors, np.full(len(vectors), 60, np.float32), looks)


def test_two_clear_faces_are_as_near_as_they_look() -> None:
    """The scale is that of cosines: among strangers the adjusted and the plain one agree."""
    x, y = directions(60, 1007), directions(60, 1008)
    adjusted = COHORT.all_adjusted(x, conditions(x), y, conditions(y))
    assert np.abs(adjusted - x @ y.T).mean() < 0.1
    assert np.corrcoef(adjusted.ravel(), (x @ y.T).ravel())[0, 1] > 0.8


def test_what_two_faces_share_with_their_photographs_is_taken_off() -> None:
    x, y = spoilt(directions(40, 1007)), spoilt(directions(40, 1008))
    plain = x @ y.T
    adjusted = COHORT.all_adjusted(x, conditions(x), y, conditions(y))
    assert plain.mean() > 0.4, "the fault draws strangers together"
    assert adjusted.mean() < 0.1


def test_one_clear_photograph_is_compared_as_before() -> None:
    x, y = spoilt(directions(40, 1007)), directions(40, 1008)
    adjusted = COHORT.all_adjusted(x, conditions(x), y, conditions(y))
    assert abs(float(adjusted.mean() - (x @ y.T).mean())) < 0.1


def test_an_odd_look_that_both_have_counts_against_likeness() -> None:
    x, y = directions(1, 7), directions(1, 8)
    odd = np.full((1, LOOKS), 4, np.float32)
    usual = np.zeros((1, LOOKS), np.float32)

    def adjusted(left: Vectors, right: Vectors) -> float:
        return float(COHORT.all_adjusted(x, conditions(x, left), y, conditions(y, right))[0, 0])

    assert adjusted(odd, odd) < adjusted(odd, usual) - 0.2
    assert adjusted(odd, usual) == adjusted(usual, usual) == pytest.approx(adjusted(odd, -odd), abs=1e-5)


@given(st.integers(0, 1000), st.booleans())
def test_a_pair_and_a_table_of_pairs_say_the_same(seed: int, fault: bool) -> None:
    x, y = directions(3, seed), directions(3, seed + 5000)
    if fault:
        x, y = spoilt(x), spoilt(y)
    looks = np.random.default_rng(seed).normal(0, 3, (3, LOOKS)).astype(np.float32)
    a, b = conditions(x, looks), conditions(y, looks)
    pair = COHORT.adjustment(x, a, y, b)
    distances = L2.distances(x, y)
    table = np.sqrt(2 - 2 * np.diag(COHORT.all_adjusted(x, a, y, b)).astype(np.float64))
    np.testing.assert_allclose(pair.adjusted(distances), table, atol=2e-3)
    inside = (table > 0.05) & (table < 1.95)  # beyond, the adjusted cosine is clipped
    for row in np.flatnonzero(inside):
        assert pair.plain(float(pair.adjusted(distances)[row]))[row] == pytest.approx(distances[row], abs=2e-3)
    assert (pair.shared >= 0).all()
    assert (pair.forgiving(np.inf).adjusted(distances) <= pair.adjusted(distances) + 1e-6).all()
    np.testing.assert_allclose(COHORT.all_unlike(a, b).diagonal(), pair.unlike, atol=1e-6)


def test_of_an_odd_photograph_less_is_expected_and_less_is_certain() -> None:
    """Two may be called different only farther out than the expected likeness alone would say."""
    clarity = replace(COHORT.clarity, usual=0.7, deviation=0.1)
    of, some = replace(COHORT, clarity=clarity), conditions(directions(3, 1))
    usual, odd, better = (replace(some[:1], expected=np.array([x], np.float32)) for x in (0.7, 0.35, 0.8))

    def cosine(a: Conditions, b: Conditions) -> float:
        return float(1 - of.all_unlike(a, b)[0, 0] ** 2 / 2)

    assert cosine(usual, usual) == pytest.approx(0.7 - 0.1 * UNLIKE, abs=1e-6)
    assert cosine(odd, usual) == cosine(usual, odd) == pytest.approx(0.35 - 0.1 * (UNLIKE + CAUTION / 2), abs=1e-6)
    assert cosine(better, usual) == pytest.approx(0.8 - 0.1 * UNLIKE, abs=1e-6)


def test_a_pair_is_the_same_either_way_round() -> None:
    x, y = spoilt(directions(5, 1)), directions(5, 2)
    a, b = conditions(x), conditions(y)
    np.testing.assert_allclose(COHORT.all_adjusted(x, a, y, b), COHORT.all_adjusted(y, b, x, a).T, atol=1e-5)


def test_the_same_person_in_the_cohort_is_no_stranger() -> None:
    face = unit(COHORT.vectors[:1] + 2.2 * directions(1, 4))  # too unlike to be known by the row itself
    own = np.zeros((1, len(COHORT)), np.bool_)
    own[0, 0] = True
    norm = np.array([60], np.float32)
    assert COHORT.conditions(face, norm, None, own).mean[0] < COHORT.conditions(face, norm, None).mean[0]


def test_a_single_face_meets_its_strangers() -> None:
    face = directions(1, 5)
    met = COHORT.meet(face[0], 60.0, None)
    assert (np.diff(met.strangers) >= 0).all()
    np.testing.assert_allclose(met.strangers, np.sort(COHORT.vectors @ face[0]), atol=1e-6)
    np.testing.assert_allclose(met.conditions.fault, conditions(face).fault, atol=1e-6)


def test_behind_a_head_that_does_nothing_nothing_changes() -> None:
    other = behind_head(COHORT, np.eye(SIZE, dtype=np.float32), "head 1")
    assert other.encoder == "head 1"
    assert other.usual_mean == pytest.approx(COHORT.usual_mean)
    turned = behind_head(COHORT, np.linalg.qr(directions(SIZE, 3))[0].astype(np.float32), "head 2")
    assert turned.usual_deviation == pytest.approx(COHORT.usual_deviation, abs=1e-4)


def test_the_bundled_one_belongs_to_the_bundled_encoder() -> None:
    bundled = bundled_cohort()
    assert bundled.encoder == bundled_encoder().key
    assert 1000 < bundled.clear < len(bundled)
    np.testing.assert_allclose(np.linalg.norm(bundled.vectors, axis=1), 1, atol=1e-5)
    assert unit(bundled.vectors).dtype == np.float32
    assert set(np.unique(bundled.kind[: bundled.clear])) == {bundled.kinds.index("")}


def test_somebody_who_is_in_the_cohort_is_not_their_own_stranger() -> None:
    """Known by a clear row; spoilt rows go with it. A spoilt row alone proves nothing: a fault draws others there."""
    person = COHORT.person.copy()
    person[[0, COHORT.clear + 3]] = 77_000
    known = replace(COHORT, person=person)
    face = unit(COHORT.vectors[:1] + 0.3 * directions(1, 4))
    met = known.meet(face[0], 60.0, None)
    assert (met.strangers == -1).sum() == 2
    assert met.conditions.deviation[0] < COHORT.usual_deviation * 1.5
    assert (known.meet(COHORT.vectors[COHORT.clear + 3], 60.0, None).strangers == -1).sum() == 0


def test_a_version_with_a_head_carries_the_cohort_behind_it(finished_version: Path) -> None:
    version = read_manifest(finished_version, Origin.HERE)
    carried = Calibration.of(version).cohort
    assert carried is not None
    assert carried.encoder == version.key
    head = read_weights(version.file("weights.safetensors").read())["head.weight"]
    np.testing.assert_allclose(carried.vectors, unit(bundled_cohort().vectors @ head.T), atol=1e-6)
    assert for_encoder(replace(version, architecture="mobilefacenet+head")) is None
