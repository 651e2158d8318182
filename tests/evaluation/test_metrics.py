"""Error rates against examples worked by hand, and laws that hold for any scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siamgui.core.calibration import Limits
from siamgui.core.types import Strictness
from siamgui.evaluation import bootstrap, metrics
from siamgui.evaluation.metrics import Curve

LIMITS = Limits(1.0, 1.2)


def curve(genuine: list[float], impostor: list[float]) -> Curve:
    return Curve.of(np.array(genuine + impostor), np.array([True] * len(genuine) + [False] * len(impostor)))


def test_separable_pairs_have_no_error() -> None:
    perfect = curve([0.2, 0.4], [1.0, 1.2, 1.3])
    assert perfect.eer == 0.0
    assert perfect.auc == 1.0


def test_auc_is_the_share_of_rightly_ordered_couples() -> None:
    # Of the 2 x 3 couples (genuine, impostor), only (0.9, 0.8) stands the wrong way round.
    assert curve([0.5, 0.9], [0.8, 1.0, 1.2]).auc == pytest.approx(5 / 6)


def test_eer_by_hand() -> None:
    # Accepting up to 0.8: one of four impostors in, one of four genuine out.
    assert curve([0.1, 0.2, 0.3, 0.9], [0.8, 1.0, 1.1, 1.2]).eer == pytest.approx(0.25)


def test_eer_between_two_points() -> None:
    # FNMR falls 1 -> 0 in one step at 0.5 where FMR rises 0 -> 0.5 in the same step (a tie): they cross at 1/3.
    assert curve([0.5], [0.5, 0.9]).eer == pytest.approx(1 / 3)


def test_a_curve_starts_at_nothing_and_ends_at_everything() -> None:
    c = curve([0.3, 0.5], [0.7])
    assert (c.fmr[0], c.fnmr[0]) == (0.0, 1.0)
    assert (c.fmr[-1], c.fnmr[-1]) == (1.0, 0.0)
    assert np.isfinite(c.thresholds).all()


def test_best_threshold_lies_between_the_kinds() -> None:
    distances, same = np.array([0.2, 0.4, 1.0, 1.2]), np.array([True, True, False, False])
    assert metrics.best_threshold(distances, same) == pytest.approx(0.7)


def test_equal_distances_are_never_split() -> None:
    distances, same = np.array([0.5, 0.5, 0.5]), np.array([True, True, False])
    threshold = metrics.best_threshold(distances, same)
    assert ((distances <= threshold) == same).sum() == 2


def test_fold_accuracy_uses_the_other_folds_only() -> None:
    # Fold 0 is separable at 0.5, fold 1 at 1.5. Judged with each other's threshold, each gets half right.
    distances = np.array([0.2, 0.8, 1.2, 1.8])
    same = np.array([True, False, True, False])
    found = metrics.fold_accuracy(distances, same, np.array([0, 0, 1, 1]))
    assert found is not None
    assert found.thresholds == pytest.approx((1.5, 0.5))
    assert found.folds == (0.5, 0.5)
    assert found.standard_error == 0.0


def test_standard_error_is_that_of_the_mean() -> None:
    # Three folds with accuracies 1, 1, 0.5: sd 0.2887, over root 3.
    distances = np.array([0.2, 1.8, 0.2, 1.8, 0.2, 0.3])
    same = np.array([True, False, True, False, True, False])
    found = metrics.fold_accuracy(distances, same, np.array([0, 0, 1, 1, 2, 2]))
    assert found is not None
    assert found.read == pytest.approx(5 / 6)
    assert found.standard_error == pytest.approx(1 / 6)


def test_unread_pairs_are_reported_both_ways() -> None:
    distances = np.array([0.2, 1.8, 0.2, 1.8, np.nan])
    same = np.array([True, False, True, False, True])
    found = metrics.fold_accuracy(distances, same, np.array([0, 0, 1, 1, 1]))
    assert found is not None
    assert found.read == 1.0
    assert found.all == pytest.approx((1 + 2 / 3) / 2)


def test_one_fold_gives_no_accuracy() -> None:
    assert metrics.fold_accuracy(np.array([0.2, 1.8]), np.array([True, False]), np.array([0, 0])) is None


@given(st.lists(st.booleans(), min_size=2, max_size=60).filter(lambda same: len(set(same)) == 2))
def test_made_folds_hold_both_kinds(labels: list[bool]) -> None:
    same = np.array(labels)
    folds = metrics.make_folds(same)
    for fold in np.unique(folds):
        assert len(set(same[folds == fold])) == 2


@pytest.mark.parametrize("trials", [300, 3000, 100_000])
def test_no_error_gives_the_rule_of_three(trials: int) -> None:
    assert metrics.upper_bound(0, trials) == pytest.approx(3 / trials, rel=0.01)


def test_upper_bound_is_above_what_was_seen() -> None:
    assert metrics.upper_bound(5, 100) == pytest.approx(0.1023, abs=1e-3)  # Clopper-Pearson, one-sided, from a table
    assert metrics.upper_bound(10, 10) == 1.0


def test_operating_point_by_hand() -> None:
    # 100 impostors at 1.01 .. 2.00; FMR 1e-2 allows exactly one, so all genuine pairs up to 1.01 are accepted.
    c = curve([0.5, 0.9, 1.015, 1.5], [1.0 + k / 100 for k in range(1, 101)])
    point = metrics.operating_point(c, 1e-2, genuine=4, impostors=100, unread_genuine=1)
    assert point.false_matches == 1
    assert point.tar == pytest.approx(0.75)
    assert point.tar_all == pytest.approx(0.6)
    assert not point.supported
    assert point.fmr_upper > 0.01
    # FMR 1e-3 allows none: the threshold stays below the first impostor.
    strict = metrics.operating_point(c, 1e-3, genuine=4, impostors=100, unread_genuine=0)
    assert strict.false_matches == 0
    assert strict.tar == pytest.approx(0.5)
    assert strict.threshold < 1.01


scores = st.lists(st.floats(0, 2, width=32), min_size=1, max_size=40)


@given(scores, scores)
def test_rates_move_one_way_and_eer_lies_between(genuine: list[float], impostor: list[float]) -> None:
    c = curve(genuine, impostor)
    assert (np.diff(c.fmr) >= 0).all()
    assert (np.diff(c.fnmr) <= 0).all()
    assert 0.0 <= c.eer <= 1.0
    for target in (1e-2, 0.3):
        point = metrics.operating_point(c, target, len(genuine), len(impostor), 0)
        accepted = sum(value <= point.threshold for value in impostor)
        assert accepted <= target * len(impostor) * (1 + 1e-6)
        assert accepted == point.false_matches
        assert point.tar == pytest.approx(sum(value <= point.threshold for value in genuine) / len(genuine))


@given(scores, scores)
def test_histograms_agree_with_sorted_scores(genuine: list[float], impostor: list[float]) -> None:
    edges = np.linspace(0, 2, 20_001)
    counts = [np.histogram(values, edges)[0] for values in (genuine, impostor)]
    binned = Curve.of_histograms(edges, *counts)
    # Scores closer than a bin may change places, so the counts are compared at the edges.
    for edge, fmr in zip(edges[::4000], binned.fmr[::4000], strict=True):
        assert fmr == pytest.approx(np.mean(np.array(impostor) < edge) if edge < 2 else 1.0)


known = metrics.PairsRead.unconditional


def test_outcomes_and_rates_by_hand() -> None:
    genuine = metrics.tally(
        known(np.array([0.5, 1.0, 1.1, 1.3, np.nan]), np.array([False] * 5)), LIMITS, Strictness.BALANCED
    )
    assert (genuine.same, genuine.different, genuine.decided, genuine.read) == (2, 1, 3, 4)
    impostor = metrics.tally(
        known(np.array([0.9, 0.8, 1.2, 1.25, 1.9]), np.array([False, True, False, True, False])),
        LIMITS,
        Strictness.BALANCED,
    )
    # 0.8 and 1.25 would have been decided, but their photographs are too poor.
    assert (impostor.same, impostor.different, impostor.below_limit) == (1, 1, 2)
    result = metrics.strictness_result(Strictness.BALANCED, genuine, impostor)
    assert result.fmr == pytest.approx(1 / 5)
    assert result.fmr_decided == pytest.approx(1 / 2)
    assert result.limit_fmr == pytest.approx(2 / 5)
    assert result.fnmr == pytest.approx(1 / 5)
    assert result.fnmr_decided == pytest.approx(1 / 3)
    assert result.error_rate == pytest.approx(2 / 5)
    assert result.error_rate_all == pytest.approx(7 / 10)
    assert result.inconclusive_rate == pytest.approx(1 / 2)
    for shares in (result.genuine, result.impostor):
        assert shares.same + shares.inconclusive + shares.different == pytest.approx(1)


def test_nothing_decided_is_no_rate() -> None:
    nothing = metrics.tally(known(np.array([1.1]), np.array([False])), LIMITS, Strictness.BALANCED)
    assert metrics.strictness_result(Strictness.STRICT, nothing, nothing).error_rate is None


def test_tallies_add_up() -> None:
    distances, poor = np.linspace(0, 2, 50), np.arange(50) % 7 == 0
    whole = metrics.tally(known(distances, poor), LIMITS, Strictness.BALANCED)
    parts = [
        metrics.tally(known(distances[part], poor[part]), LIMITS, Strictness.BALANCED)
        for part in (slice(0, 20), slice(20, None))
    ]
    assert parts[0] + parts[1] == whole


def test_people_are_the_photos_that_same_pairs_join() -> None:
    left, right = np.array([0, 1, 3, 0]), np.array([1, 2, 4, 3])
    person = bootstrap.people_of_pairs(left, right, np.array([True, True, True, False]), photos=6)
    assert person[0] == person[1] == person[2]
    assert person[3] == person[4]
    assert len(set(person)) == 3


def test_resampling_people_is_wider_than_resampling_pairs() -> None:
    # One person of ten is hard, with many pairs: leaving that person in or out moves the rate a lot.
    rng = np.random.default_rng(1)
    person = np.repeat(np.arange(10), 20)
    genuine = np.where(person == 0, 1.4, 0.5) + rng.normal(0, 0.05, 200)
    impostor = rng.normal(1.3, 0.05, 200)
    distances = np.concatenate([genuine, impostor])
    same = np.repeat([True, False], 200)
    left = np.concatenate([person, person])
    right = np.concatenate([person, (person + 1) % 10])
    interval = bootstrap.eer_interval(distances, same, left, right)
    assert interval is not None
    eer = Curve.of(distances, same).eer
    assert interval[0] <= eer <= interval[1]
    share = np.sqrt(0.1 * 0.9 / 200)
    assert interval[1] - interval[0] > 2 * 1.96 * share


def test_fmr_interval_holds_the_rate() -> None:
    photos = np.full(30, 4)
    people = np.array([(a, b) for a in range(30) for b in range(a + 1, 30)])
    rng = np.random.default_rng(2)
    chosen = people[rng.integers(len(people), size=70)].T
    interval = bootstrap.fmr_interval(chosen, photos)
    assert interval is not None
    assert interval[0] < 70 / (len(people) * 16) < interval[1]


def test_no_false_match_at_all_is_bounded_by_the_pairs_of_people() -> None:
    none = np.zeros((2, 0), dtype=np.int64)
    # 26 people are 325 pairs: the rule of three says 3 / 325, however many photographs there were.
    low, high = bootstrap.fmr_interval(none, np.full(26, 100))
    assert low == 0.0
    assert high == pytest.approx(3 / 325, rel=0.01)


def test_rate_interval_from_tables() -> None:
    assert metrics.rate_interval(2, 20) == pytest.approx((0.0123, 0.3170), abs=1e-4)
    assert metrics.rate_interval(0, 100) == pytest.approx((0.0, 0.0362), abs=1e-4)
    assert metrics.rate_interval(5, 5)[1] == 1.0
