"""The sequential test and continuity, on embeddings whose distances are known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from siamgui.core.calibration import DIFFERENT_LOG10_LR, Calibration
from siamgui.core.embedding import unit
from siamgui.core.types import Outcome, Strictness
from siamgui.live.continuity import BEFORE, HELD_BACK, Continuity, Evidence
from siamgui.live.gallery import Nearest
from siamgui.live.sequential import LOOKS, Accumulator, allowed, log10_lr_among, stand

CALIBRATION = Calibration.bundled()
strictnesses = st.sampled_from(list(Strictness))
distances = st.floats(0, 2)
numbers = st.integers(1, 2000)


def test_the_looks_spend_the_whole_rate_and_no_more() -> None:
    assert math.isclose(sum(look.share for look in LOOKS), 1.0)
    assert [look.seconds for look in LOOKS] == sorted(look.seconds for look in LOOKS)


@given(strictnesses, distances, numbers, st.integers(0, len(LOOKS) - 1))
def test_same_is_only_said_within_the_claim(strictness: Strictness, distance: float, n: int, look: int) -> None:
    standing = stand(CALIBRATION, strictness, Nearest(0, distance, None), n, look)
    if standing.outcome is Outcome.SAME:
        spent = n * CALIBRATION.fmr(distance)
        carried = max(strictness.fmr * LOOKS[look].share, n * CALIBRATION.smallest_fmr)
        assert spent <= 1.0001 * carried
        assert standing.fmr_is_bound
        assert standing.fmr >= min(1.0, spent)
    if standing.outcome is Outcome.DIFFERENT:
        assert standing.log10_lr <= DIFFERENT_LOG10_LR[strictness]
    assert 0 <= standing.share <= 1


@given(strictnesses, distances, st.sampled_from([1e-4, 0.03, 0.5, 1.0]), st.integers(0, len(LOOKS) - 1))
def test_data_that_carries_little_does_not_make_the_test_generous(
    strictness: Strictness, distance: float, smallest: float, look: int
) -> None:
    """As of a version that was calibrated on a few pairs: the claim gets larger, the distance that is asked for not."""
    nearest = Nearest(0, distance, None)
    poor = stand(replace(CALIBRATION, smallest_fmr=smallest), strictness, nearest, 1, look)
    assert (poor.outcome is Outcome.SAME) == (stand(CALIBRATION, strictness, nearest, 1, look).outcome is Outcome.SAME)
    assert poor.fmr >= smallest
    assert 0 <= poor.share <= 1


@given(strictnesses, distances, numbers)
def test_nobody_is_turned_away_at_the_first_look(strictness: Strictness, distance: float, n: int) -> None:
    assert stand(CALIBRATION, strictness, Nearest(0, distance, None), n, 0).outcome is not Outcome.DIFFERENT


@given(strictnesses, st.integers(0, len(LOOKS) - 1))
def test_two_people_that_are_both_near_support_neither(strictness: Strictness, look: int) -> None:
    limit = allowed(CALIBRATION, strictness, 2, LOOKS[look].share)
    assert stand(CALIBRATION, strictness, Nearest(0, 0.5, 1.4), 2, look).outcome is Outcome.SAME
    assert stand(CALIBRATION, strictness, Nearest(0, 0.5, limit), 2, look).outcome is not Outcome.SAME


@given(distances, st.integers(2, 2000))
def test_more_strangers_make_the_nearest_mean_less(distance: float, n: int) -> None:
    one = log10_lr_among(CALIBRATION, distance, 1)
    assert one == pytest.approx(CALIBRATION.log10_lr(distance))
    if CALIBRATION.fmr(distance) * n < 0.1:
        assert log10_lr_among(CALIBRATION, distance, n) < one


def turned(degrees: float) -> NDArray[np.float32]:
    vector = np.zeros(192, np.float32)
    vector[0], vector[1] = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return vector


def evidence(degrees: float, weight: float = 1.0) -> Evidence:
    return Evidence(turned(degrees), weight, 0.1)


def test_the_mean_is_weighted_and_of_unit_length() -> None:
    total = Accumulator(192)
    total.add(evidence(0, 1.0))
    total.add(evidence(90, 0.5))
    assert total.mean == pytest.approx(unit(turned(0) + 0.5 * turned(90)))
    assert (total.seconds, total.frames) == (pytest.approx(0.15), 2)


def test_whoever_turns_slowly_stays_the_same() -> None:
    continuity = Continuity(CALIBRATION.threshold(1e-3))
    known = [continuity.add(evidence(4.0 * step)) for step in range(40)]
    assert not continuity.broken
    assert sum(one is not None for one in known) == 40 - HELD_BACK + 1


def test_whoever_is_exchanged_is_not_and_for_good() -> None:
    continuity = Continuity(CALIBRATION.threshold(1e-3))
    before = [continuity.add(evidence(0)) for _ in range(BEFORE + HELD_BACK)]
    after = [continuity.add(evidence(85)) for _ in range(HELD_BACK)]
    assert continuity.broken
    given_out = [one for one in before + after if one is not None]
    assert all(one.vector == pytest.approx(turned(0)) for one in given_out), "no frame of the second face counts"
    assert continuity.add(evidence(0)) is None
