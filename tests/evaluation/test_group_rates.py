"""Rates by group, against every pair counted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from siamgui.core.calibration import Calibration
from siamgui.core.types import Strictness
from siamgui.evaluation.audit_types import GroupingAudit
from siamgui.evaluation.audit_words import lack_words, ratio_words
from siamgui.evaluation.group_rates import audit, judge_all, people_needed
from siamgui.evaluation.groups import Grouping
from siamgui.evaluation.metrics import Ints
from siamgui.evaluation.reading import Readings

PEOPLE, EACH = 90, 3
STRICTNESS = Strictness.CONVENIENT


def _readings(drawn_together: Ints) -> Readings:
    """Random people; those of the second group lie nearer to one another."""
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(PEOPLE, 12)) + 0.9 * drawn_together[:, None] * np.eye(1, 12)
    vectors = np.repeat(centres, EACH, axis=0) + rng.normal(scale=0.45, size=(PEOPLE * EACH, 12))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    vectors[5] = np.nan  # not read
    nothing = np.zeros(len(vectors), bool)
    return Readings(vectors, nothing, nothing, np.ones(len(vectors), np.int64), ((5, "no face"),))


def _audit(readings: Readings, of_person: Ints, groups: tuple[str, ...]) -> GroupingAudit:
    person = np.repeat(np.arange(PEOPLE), EACH)
    judged = judge_all(readings, person, Calibration.bundled())
    return audit(judged, readings, [Grouping("kind", groups, np.repeat(of_person, EACH))]).groupings[0]


def test_rates_are_of_pairs_inside_a_group_and_a_true_difference_is_beyond_chance() -> None:
    kind = np.arange(PEOPLE) % 2
    kind[:6] = -1  # nothing is said of them
    readings, person = _readings(kind), np.repeat(np.arange(PEOPLE), EACH)
    grouping = _audit(readings, kind, ("apart", "together"))
    found, calibration = grouping.strictness[STRICTNESS], Calibration.bundled()
    assert grouping.not_stated == 18
    limit = calibration.limits(STRICTNESS).same_below
    pairs = np.stack(np.triu_indices(len(person), 1))
    pairs = pairs[:, (pairs != 5).all(axis=0)]
    distances, label = readings.distances(*pairs), np.repeat(kind, EACH)
    same, left, right = person[pairs[0]] == person[pairs[1]], label[pairs[0]], label[pairs[1]]
    assert found.across is not None
    inside = [(left == group) & (right == group) for group in (0, 1)]
    for rates, of_group in zip(
        (*found.groups, found.across), (*inside, (left + right == 1) & (left >= 0) & (right >= 0)), strict=True
    ):
        assert (rates.fmr.errors, rates.fmr.trials) == (
            (distances <= limit)[~same & of_group].sum(),
            (~same & of_group).sum(),
        )
        assert (rates.fnmr.errors, rates.fnmr.trials) == (
            (distances > limit)[same & of_group].sum(),
            (same & of_group).sum(),
        )
        if rates.fmr.value is not None and rates.fmr.interval_95 is not None:
            assert rates.fmr.interval_95[0] <= rates.fmr.value <= rates.fmr.interval_95[1]
    assert [(rates.people, rates.photos, rates.unread) for rates in found.groups] == [(42, 126, 0), (42, 126, 0)]

    apart = found.fmr
    assert apart is not None
    rates = [rates.fmr.value or 0.0 for rates in found.groups]
    assert apart.ratio == pytest.approx(max(rates) / np.sqrt(rates[0] * rates[1]))
    assert apart.worst == "together"
    assert apart.beyond_chance
    assert apart.interval_95[0] <= apart.ratio <= apart.interval_95[1]
    assert ratio_words(grouping, found)[0].startswith("False matches: “together” has")
    assert ratio_words(grouping, found)[0].endswith("this is more.")


def test_groups_that_were_dealt_by_lot_show_no_difference() -> None:
    kind = np.random.default_rng(8).permutation(PEOPLE) % 2
    grouping = _audit(_readings(np.zeros(PEOPLE, np.int64)), kind, ("a", "b"))
    found = grouping.strictness[STRICTNESS]
    assert found.fmr is not None
    assert not found.fmr.beyond_chance
    assert ratio_words(grouping, found)[0].endswith("as well: this shows no difference.")


def test_a_group_with_too_little_data_is_named_and_makes_no_ratio() -> None:
    kind = np.minimum(np.arange(PEOPLE), 4) // 4
    grouping = _audit(_readings(np.zeros(PEOPLE, np.int64)), 1 - kind, ("many", "few"))
    found = grouping.strictness[STRICTNESS]
    assert (found.fmr, found.fnmr) == (None, None)
    assert [rates.fmr.enough for rates in found.groups] == [True, False]
    assert lack_words(grouping, found) == [
        "Too little data for an FMR of 1 in 100, which takes 25 people: “few” (4).",
        "Too little data for an FNMR, which takes 30 people with two photos or more: “few” (4).",
    ]
    strict = grouping.strictness[Strictness.STRICT]
    assert not any(rates.fmr.enough for rates in strict.groups)


def test_how_many_people_carry_a_claim() -> None:
    """Three errors are to be expected among their pairs."""
    for fmr in (1e-2, 1e-3, 1e-4):
        needed = people_needed(fmr)
        assert needed * (needed - 1) / 2 * fmr >= 3 > (needed - 1) * (needed - 2) / 2 * fmr
