"""Claims in the domain of a version: faces of its kind are known, and judged by what was measured on their like."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import bundled_cohort
from siamgui.core.domain import Belonging
from siamgui.core.energy import L2
from siamgui.core.manifest import bundled_encoder
from siamgui.core.types import Strictness
from siamgui.evaluation.all_pairs import compare_all
from siamgui.evaluation.metrics import outcomes
from siamgui.evaluation.pair_limits import PairLimits
from siamgui.evaluation.reading import Readings
from siamgui.labelling.types import PairSet
from siamgui.versions.domain_of_version import Others
from siamgui.versions.general_reference import bundled_embeddings, plain_calibration
from siamgui.versions.measured import Measured, Tables, measure_version, usually_shared
from siamgui.versions.poor_crops import Poor
from siamgui.versions.unseen import MAYBE, Sight, may_be_one, unseen_by_one
from tests.builders.pair_sets import pair_set

Vectors = NDArray[np.float32]


@functools.cache
def plain() -> Calibration:
    """The bundled encoder's calibration, by distances as they are."""
    return plain_calibration(bundled_encoder())


PEOPLE = 250


def poor(vectors: Vectors, generator: np.random.Generator) -> Vectors:
    """As one poor camera does: noise, and what all of its pictures have in common."""
    common = generator.normal(size=vectors.shape[1])
    moved = vectors + 0.5 * common / np.linalg.norm(common) + 0.03 * generator.normal(size=vectors.shape)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def faces() -> tuple[Vectors, Vectors]:
    """A clear face of each of 500 people, and a poor one: (500, d) each."""
    reference = bundled_embeddings()
    numbers, counts = np.unique(reference.person, return_counts=True)
    chosen = numbers[counts >= 2][: 2 * PEOPLE]
    rows = np.stack([np.flatnonzero(reference.person == number)[:2] for number in chosen])
    return reference.vectors[rows[:, 0]], poor(reference.vectors[rows[:, 1]], np.random.default_rng(7))


@pytest.fixture(scope="module")
def pairs() -> PairSet:
    """Clear faces stand left, poor ones right; what is poor is not good."""
    whole = pair_set(PEOPLE)
    return replace(whole, good=np.arange(2 * PEOPLE) % 2 == 0)


@pytest.fixture(scope="module")
def measured(faces: tuple[Vectors, Vectors], pairs: PairSet) -> Measured:
    own = np.stack([side[:PEOPLE] for side in faces], axis=1).reshape(2 * PEOPLE, -1)
    everybody = np.arange(2 * PEOPLE)
    sight = Sight(own)
    unseen = unseen_by_one(sight, everybody, everybody // 2 % 5, pairs, L2)
    reference = Others(bundled_embeddings().vectors, bundled_embeddings().person)
    nobody = np.zeros(2 * PEOPLE, bool)
    parent, gate = Tables(plain(), plain()), (Poor(nobody, nobody), Poor(~pairs.good, nobody))
    return measure_version(pairs, unseen, (sight, sight), parent, None, reference, gate, L2, changed=False)


def test_claims_hold_for_other_people_in_the_domain_and_outside(
    measured: Measured, faces: tuple[Vectors, Vectors]
) -> None:
    table = Calibration.from_json(measured.table.to_json())
    assert table.domain is not None
    clear, poor_ones = (side[PEOPLE:] for side in faces)
    vectors, count = np.concatenate([clear, poor_ones]), len(clear)
    judged = PairLimits.of(table, vectors)
    assert judged.belonging.known[:count].mean() < 0.05
    assert judged.belonging.known[count:].mean() > 0.8
    i, j = np.triu_indices(count, 1)
    for left, right in ((i, j), (i, j + count), (i + count, j + count)):
        distances = np.linalg.norm(vectors[left] - vectors[right], axis=1)
        for strictness in (Strictness.CONVENIENT, Strictness.BALANCED):
            limits = judged.limits(strictness, judged.table(left, right))
            expected = 1.5 * strictness.fmr * len(left)
            assert (distances <= limits.same_below).sum() <= expected + 3 * np.sqrt(expected)
    genuine = np.arange(count)
    distances = np.linalg.norm(clear - poor_ones, axis=1)
    limits = judged.limits(Strictness.BALANCED, judged.table(genuine, genuine + count))
    assert (distances > limits.different_above).mean() <= 0.03
    parent = plain().limits(Strictness.BALANCED)
    of_two = np.linalg.norm(poor_ones[i] - poor_ones[j], axis=1)
    assert (of_two <= parent.same_below).mean() > 5 * Strictness.BALANCED.fmr  # which is why


def test_quality_does_not_decide_of_a_face_whose_like_was_measured(measured: Measured, pairs: PairSet) -> None:
    table = measured.table
    assert table.domain is not None
    assert measured.after.closed.mean() < 0.3  # every right face is poor
    assert measured.after.decided(pairs.same).decided > 0.1 * len(pairs.same)


def test_before_is_judged_by_what_the_parent_knows_of_the_same_kind(
    measured: Measured, faces: tuple[Vectors, Vectors], pairs: PairSet
) -> None:
    """A version that is trained further: its own domain is not forgotten where it is the parent."""
    own = np.stack([side[:PEOPLE] for side in faces], axis=1).reshape(2 * PEOPLE, -1)
    parent, nobody = measured.table, np.zeros(2 * PEOPLE, bool)
    assert parent.domain is not None
    assert parent.domain.one is not None
    everybody, poor_ones = np.arange(2 * PEOPLE), Poor(~pairs.good, nobody)
    unseen = unseen_by_one(Sight(own), everybody, everybody // 2 % 5, pairs, L2)
    again = measure_version(
        pairs, unseen, (Sight(own),) * 2, Tables(parent, plain()), None, None, (poor_ones,) * 2, L2, changed=False
    )
    kind = parent.domain.belonging(own).kind(pairs.left, pairs.right)
    assert (kind == 1).mean() > 0.5
    for strictness in Strictness:
        judged = again.before.limits[strictness]
        np.testing.assert_allclose(judged[:, kind == 1].T, [parent.domain.one.limits(strictness)] * (kind == 1).sum())
        np.testing.assert_allclose(judged[:, kind == 0].T, [parent.limits(strictness)] * (kind == 0).sum())
    assert not again.before.closed[:, kind == 1].any()
    assert again.after.closed.all()  # nothing is known of them here


def test_no_pair_is_judged_by_limits_that_its_own_people_had_a_part_in(pairs: PairSet) -> None:
    """Nor where the two are of two folds, as most are that a chain of labels joins."""
    faces, everybody = bundled_embeddings().vectors[: 2 * PEOPLE], np.arange(2 * PEOPLE)
    fold, nobody = everybody // 2 % 5, np.zeros(2 * PEOPLE, bool)
    limits = []
    for share in (0.6, 0.9):
        moved = faces + np.where(fold < 2, share, 0.6)[:, None] * faces[:1]  # those of two folds are harder
        sight = Sight(moved / np.linalg.norm(moved, axis=1, keepdims=True))
        unseen = unseen_by_one(sight, everybody, fold, pairs, L2)
        parent, poor_ones = Tables(plain(), plain()), Poor(nobody, nobody)
        found = measure_version(pairs, unseen, (sight, sight), parent, None, None, (poor_ones,) * 2, L2, changed=False)
        limits.append(found.after.limits[Strictness.BALANCED])
    ends = np.sort(fold[np.array([pairs.left, pairs.right])], axis=0)
    of_both = (ends == [[0], [1]]).all(axis=0)
    assert of_both.sum() == PEOPLE // 5
    np.testing.assert_array_equal(limits[0][:, of_both], limits[1][:, of_both])
    assert (limits[0][:, ends[1] > 1] != limits[1][:, ends[1] > 1]).any()


def test_no_claim_below_what_the_pairs_carry(measured: Measured) -> None:
    domain = measured.table.domain
    assert domain is not None
    assert domain.one is not None
    assert domain.one.smallest_fmr >= 30 / (4 * PEOPLE**2) + MAYBE
    assert domain.one.fmr(0.0) == domain.one.smallest_fmr
    assert domain.one.limits(Strictness.STRICT).same_below <= domain.one.limits(Strictness.BALANCED).same_below
    assert domain.both is not None
    assert domain.both.limits(Strictness.CONVENIENT).different_above == pytest.approx(2.0)  # no genuine pair of two


def test_one_person_in_two_components_is_not_taken_for_two() -> None:
    reference = bundled_embeddings()
    numbers, counts = np.unique(reference.person, return_counts=True)
    four = np.flatnonzero(reference.person == numbers[counts >= 4][3])[:4]
    vectors = np.concatenate([reference.vectors[four], reference.vectors[:4]])
    pairs = pair_set(4)
    maybe = may_be_one(np.arange(8), vectors, pairs, plain())
    assert not maybe[0, 2]  # labelled as different people, which decides
    unlabelled = replace(pairs, left=pairs.left[pairs.same], right=pairs.right[pairs.same], same=pairs.same[pairs.same])
    assert may_be_one(np.arange(8), vectors, unlabelled, plain())[0, 2]
    assert not may_be_one(np.arange(8), vectors, replace(unlabelled, people_known=True), plain()).any()


@pytest.mark.parametrize("with_cohort", [True, False])
def test_a_face_of_which_a_part_is_missing_is_not_judged_in_the_domain_either(
    measured: Measured, faces: tuple[Vectors, Vectors], with_cohort: bool
) -> None:
    table = replace(measured.table, cohort=bundled_cohort() if with_cohort else None)
    vectors = np.concatenate([side[PEOPLE : PEOPLE + 60] for side in faces])
    met = bundled_cohort().conditions(vectors, np.full(len(vectors), 60, np.float32), None)
    missing = np.ones(len(vectors), bool)
    read = Readings(vectors, missing, missing, np.ones(len(vectors), np.int64), (), met)
    left, right = np.triu_indices(len(vectors), 1)
    assert PairLimits.of(table, vectors).measured[PairLimits.of(table, vectors).table(left, right)].any()
    pairs = read.pairs(left, right, table)
    assert pairs.no_same.all()
    assert pairs.no_different.all()
    found = compare_all(read, np.repeat(np.arange(60), 2), table)
    assert all(each.error_rate is None for each in found.strictness)


def test_nobody_is_called_different_whose_photographs_may_be_that_unlike(
    measured: Measured, faces: tuple[Vectors, Vectors]
) -> None:
    """In the domain as well: its limit was measured on few genuine pairs."""
    table = replace(measured.table, cohort=bundled_cohort())
    clear, poor_ones = (side[PEOPLE:] for side in faces)
    vectors = np.concatenate([clear, poor_ones])
    met = bundled_cohort().conditions(vectors, np.full(len(vectors), 60, np.float32), None)
    nothing = np.zeros(len(vectors), bool)
    read = Readings(vectors, nothing, nothing, np.ones(len(vectors), np.int64), (), met)
    left, right = np.arange(PEOPLE), PEOPLE + np.arange(PEOPLE)
    pairs, judged = read.pairs(left, right, table), PairLimits.of(table, vectors)
    known = judged.measured[judged.table(left, right)]
    assert known.mean() > 0.5
    assert (pairs.adjusted[known] >= pairs.distances[known]).all()
    assert (pairs.unlike > 0).all()
    strict = judged.limits(Strictness.BALANCED, judged.table(left, right))
    _, different = outcomes(pairs, strict, Strictness.BALANCED)
    assert not (different & (pairs.distances <= pairs.unlike)).any()


def test_what_a_pair_shares_counts_in_the_domain_and_everywhere_the_same(
    measured: Measured, faces: tuple[Vectors, Vectors]
) -> None:
    domain, cohort = measured.table.domain, bundled_cohort()
    assert domain is not None
    assert domain.both is not None
    # Of a domain that is as loose as that the pair's own claim decides.
    loose = replace(domain.both, fmr_distance=domain.both.fmr_distance + 0.2)
    table = replace(measured.table, cohort=cohort, domain=replace(domain, both=loose, usual=(0.0, 0.02)))
    count = 40
    vectors = np.concatenate([side[PEOPLE : PEOPLE + count] for side in faces])
    met, nothing = cohort.conditions(vectors, np.full(2 * count, 60, np.float32), None), np.zeros(2 * count, bool)
    read = Readings(vectors, nothing, nothing, np.ones(2 * count, np.int64), (), met)
    left, right = np.triu_indices(2 * count, 1)
    judged, some = PairLimits.of(table, vectors), read.pairs(left, right, table)
    of_domain = judged.table(left, right) == 2
    assert (some.adjusted[of_domain] > some.distances[of_domain]).any()
    person = np.arange(2 * count) % count
    within = some.adjusted <= judged.limits(Strictness.CONVENIENT, judged.table(left, right)).same_below
    found = {each.strictness: each for each in compare_all(read, person, table).strictness}[Strictness.CONVENIENT]
    assert found.limit_fmr == pytest.approx(within[person[left] != person[right]].mean())
    assert within.any()


def test_what_the_domain_s_couples_usually_share(faces: tuple[Vectors, Vectors], pairs: PairSet) -> None:
    own = np.stack([side[:60] for side in faces], axis=1).reshape(120, -1)
    some, belonging = np.arange(120), Belonging(np.arange(120) % 2 == 1, np.arange(120) % 2 == 1)
    sight = Sight(own, bundled_cohort(), np.full(120, 60, np.float32))
    one, both = usually_shared(sight, some, pairs, belonging)
    assert 0 <= one < both < 1
    assert usually_shared(Sight(own), some, pairs, belonging) == (0.0, 0.0)
