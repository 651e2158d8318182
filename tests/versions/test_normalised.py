"""Claims in the domain of a version that has a cohort: normalised distances, and the pair's own claim beside them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration, judge
from siamgui.core.cohort import Conditions, bundled_cohort
from siamgui.core.domain import WIDER, domain_limit, looked_up_with
from siamgui.core.energy import L2
from siamgui.core.typed_json import WrongForm
from siamgui.core.types import Embedding, Face, FaceReading, Outcome, Quality, Strictness
from siamgui.evaluation.metrics import outcomes
from siamgui.evaluation.pair_limits import PairLimits
from siamgui.evaluation.reading import Readings
from siamgui.labelling.types import PairSet
from siamgui.versions.calibrate import PairDistances, calibrate_pairs
from siamgui.versions.domain_of_version import Others
from siamgui.versions.general_reference import bundled_embeddings, strangers_of
from siamgui.versions.measured import Measured, Tables, measure_version
from siamgui.versions.poor_crops import Poor
from siamgui.versions.unseen import Sight, unseen_by_one
from tests.builders.pair_sets import pair_set
from tests.versions.test_measured import plain, poor

Vectors = NDArray[np.float32]
COHORT = bundled_cohort()
PEOPLE = 200


@pytest.fixture(scope="module")
def faces() -> tuple[Vectors, Vectors]:
    """A clear face of each of 450 people who are in no cohort, and a poor one: (450, d) each."""
    reference = strangers_of(COHORT, bundled_embeddings())
    first = np.unique(reference.person, return_index=True)[1][: PEOPLE + 250]
    clear = reference.vectors[first]
    return clear, poor(clear + 0.05 * np.random.default_rng(3).normal(size=clear.shape), np.random.default_rng(7))


@pytest.fixture(scope="module")
def pairs() -> PairSet:
    return replace(pair_set(PEOPLE), good=np.arange(2 * PEOPLE) % 2 == 0)


def conditions(vectors: Vectors) -> Conditions:
    return COHORT.conditions(vectors, np.full(len(vectors), 60, np.float32), None)


@pytest.fixture(scope="module")
def measured(faces: tuple[Vectors, Vectors], pairs: PairSet) -> Measured:
    own = np.stack([side[:PEOPLE] for side in faces], axis=1).reshape(2 * PEOPLE, -1)
    everybody, nobody = np.arange(2 * PEOPLE), np.zeros(2 * PEOPLE, bool)
    sight = Sight(own, COHORT, np.full(2 * PEOPLE, 60, np.float32))
    unseen = unseen_by_one(sight, everybody, everybody // 2 % 5, pairs, L2)
    known = bundled_embeddings()
    tables = Tables(replace(Calibration.bundled(), cohort=None, parts={}), plain())
    gate = Poor(~pairs.good, nobody)
    reference = Others(known.vectors, known.person)
    return measure_version(pairs, unseen, (sight, sight), tables, tables, reference, (gate, gate), L2, changed=True)


@pytest.fixture(scope="module")
def table(measured: Measured) -> Calibration:
    return replace(Calibration.from_json(measured.table.to_json()), cohort=COHORT)


def test_claims_hold_for_other_people(table: Calibration, faces: tuple[Vectors, Vectors]) -> None:
    assert table.domain is not None
    assert table.domain.normalised
    vectors = np.concatenate([side[PEOPLE:] for side in faces])
    count, nothing = len(faces[0]) - PEOPLE, np.zeros(len(vectors), bool)
    read = Readings(vectors, nothing, nothing, np.ones(len(vectors), np.int64), (), conditions(vectors))
    judged, (i, j) = PairLimits.of(table, vectors), np.triu_indices(count, 1)
    for left, right in ((i, j + count), (i + count, j + count)):
        some, kind = read.pairs(left, right, table), judged.table(left, right)
        assert (kind > 0).mean() > 0.5
        for strictness in (Strictness.CONVENIENT, Strictness.BALANCED):
            same, _ = outcomes(some, judged.limits(strictness, kind), strictness)
            expected = 1.5 * strictness.fmr * len(left)
            assert same.sum() <= expected + 3 * np.sqrt(expected)


def test_one_pair_many_pairs_and_labelled_ones_are_judged_alike(
    table: Calibration, measured: Measured, faces: tuple[Vectors, Vectors], pairs: PairSet
) -> None:
    vectors = np.concatenate([side[PEOPLE : PEOPLE + 30] for side in faces])
    met, nothing = conditions(vectors), np.zeros(len(vectors), bool)
    read = Readings(vectors, nothing, nothing, np.ones(len(vectors), np.int64), (), met)
    left, right = np.triu_indices(len(vectors), 1)
    judged, some = PairLimits.of(table, vectors), read.pairs(left, right, table)
    kind, quality = judged.table(left, right), Quality(60.0, 0.7, 0.5, 0.2, 0.0, 0.0, 0.9, 70.0, ())
    face, crop = Face(np.zeros(4, np.float32), np.zeros((5, 2), np.float32), 0.9), np.zeros((112, 112, 3), np.uint8)
    each = [
        FaceReading(face, crop, quality, Embedding(vector, "x"), conditions=met[n : n + 1])
        for n, vector in enumerate(vectors)
    ]
    same, different = outcomes(some, judged.limits(Strictness.CONVENIENT, kind), Strictness.CONVENIENT)
    of_genuine = right == left + 30
    counted = np.flatnonzero((kind > 0) & (of_genuine | (np.arange(len(left)) % 7 == 0)))
    assert same[counted].any()
    for n in counted.tolist():
        verdict = judge(table, each[left[n]], each[right[n]], Strictness.CONVENIENT)
        outcome = Outcome.SAME if same[n] else Outcome.DIFFERENT if different[n] else Outcome.INCONCLUSIVE
        assert verdict.outcome is outcome
        own = judged.tables[kind[n]]
        assert verdict.fmr == pytest.approx(own.fmr(float(some.adjusted[n])), rel=1e-3)
    # And a labelled pair: within its limit where its claim says so.
    limits, domain = measured.after.limits[Strictness.BALANCED][0], table.domain
    assert domain is not None
    assert domain.one is not None
    within = measured.after.distances <= limits
    assert within[pairs.same].mean() > 0.3
    assert not measured.after.closed[0, within].any()


def test_the_pair_s_own_claim_may_be_so_much_larger_and_no_more(table: Calibration) -> None:
    assert table.domain is not None
    own = table.domain.one
    assert own is not None
    rate = 1e-2
    near = np.array([0.5])  # by the domain alone this is the same person
    for times, within in ((0.99 * WIDER, True), (1.01 * WIDER, False)):
        adjusted = np.array([table.threshold(times * rate)])
        shared = 1 - np.square(near) / 2 - (1 - np.square(adjusted) / 2)
        found = looked_up_with(table, own, near, adjusted, shared, 0.0)
        assert (found <= own.threshold(rate)).all() == within
    # What is forgiven is forgiven whole.
    assert looked_up_with(table, own, near, adjusted, shared, np.inf) == pytest.approx(near)


def test_the_limit_on_the_scale_of_distances_is_where_the_claim_is_met(
    table: Calibration, faces: tuple[Vectors, Vectors]
) -> None:
    assert table.domain is not None
    own = table.domain.one
    assert own is not None
    x, y = (side[PEOPLE : PEOPLE + 100] for side in faces)
    pair = COHORT.adjustment(x, conditions(x), y, conditions(y))
    limit = domain_limit(table, own, pair, 0.02, 1e-2)
    for step, within in ((-1e-3, True), (1e-3, False)):
        at = limit + step
        found = looked_up_with(table, own, at, pair.adjusted(at), pair.shared, 0.02)
        assert ((found <= own.threshold(1e-2)) == within).all()


def test_hidden_pairs_of_one_person_that_nobody_could_look_for_move_no_limit() -> None:
    generator = np.random.default_rng(0)
    impostor = np.sort(generator.normal(1.35, 0.06, 40_000))
    couple = np.arange(len(impostor))
    told = generator.permutation(len(impostor)) < 20_000
    genuine, people = np.sort(generator.normal(0.8, 0.1, 300)), np.arange(300)
    hidden = np.sort(np.concatenate([impostor, genuine[:40]]))
    place = np.searchsorted(hidden, impostor)
    told_of = np.zeros(len(hidden), bool)
    told_of[place] = told
    other = np.arange(len(hidden))
    tables = [
        calibrate_pairs(PairDistances(genuine, people, *each), 300, 2.0, "", "")
        for each in ((impostor, couple, told), (hidden, other, told_of), (hidden, other))
    ]
    right, found, blind = (each.threshold(2e-3) for each in tables)
    assert found == pytest.approx(right, abs=0.005)
    assert blind < right - 0.01
    # Below what those carry the limits go on falling, as fast as all do at least.
    assert tables[1].threshold(8e-4) < found
    assert tables[1].smallest_fmr == tables[2].smallest_fmr


def test_a_domain_of_normalised_distances_needs_a_table_of_adjusted_ones(table: Calibration) -> None:
    kept = json.loads(replace(table, cohort=None).to_json())
    kept["adjusted"] = False
    with pytest.raises(WrongForm, match="normalised"):
        Calibration.from_json(json.dumps(kept))
