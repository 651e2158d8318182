"""What is rarer than any table shows is placed no nearer to the rest than its last decade says."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siamgui.core.calibration import Calibration
from siamgui.core.tail import distances_at, log_rates
from siamgui.core.types import Strictness
from siamgui.live.sequential import allowed

DISTANCE, RATE = np.linspace(0.9, 1.4, 21), np.geomspace(1e-4, 1.0, 21)


@given(st.floats(-20, 0))
def test_there_and_back(log_rate: float) -> None:
    distance = distances_at(np.array(log_rate), DISTANCE, RATE)
    assert distance >= 0
    if distance > 0:
        assert log_rates(distance, DISTANCE, RATE) == pytest.approx(log_rate, abs=1e-6)


@pytest.mark.parametrize("kept", [1e-3, 1e-4])
def test_a_shorter_table_places_no_limit_looser_than_the_whole_one(kept: float) -> None:
    """As of a version that few people calibrate: its table ends above the rate that is asked for."""
    whole = Calibration.bundled()
    rows = whole.fmr_rate >= kept
    rate, distance = whole.fmr_rate[rows], whole.fmr_distance[rows]
    short = replace(whole, fmr_rate=rate, fmr_distance=distance, smallest_fmr=float(rate[0]))
    for asked in (*(strictness.fmr for strictness in Strictness), 1e-5):
        assert short.threshold(asked) <= whole.threshold(asked) + 1e-3
    assert short.threshold(1e-5) < short.threshold(1e-4) < short.threshold(1e-3)
    assert short.fmr(short.threshold(1e-5)) == short.smallest_fmr, "and no more is claimed of it"


def test_of_very_many_people_nobody_is_named_by_the_claim_for_a_few() -> None:
    table = Calibration.bundled()
    limits = [allowed(table, Strictness.STRICT, n, 0.25) for n in (1, 10, 100, 1000, 10_000)]
    assert all(near < far for far, near in pairwise(limits))


def test_where_one_rate_is_all_that_is_known_nothing_is_as_rare() -> None:
    one = np.array([0.7])
    assert distances_at(np.log([1e-3, 0.5, 1.0]), one, np.array([1.0])).tolist() == [0.0, 0.0, 0.7]
