"""A distance becomes rates and a verdict; no claim goes below what the data carries."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siamgui.core.calibration import Calibration, judge
from siamgui.core.encoders.registry import default_encoder, encoder_of
from siamgui.core.types import (
    Embedding,
    Face,
    FaceReading,
    Finding,
    Outcome,
    Quality,
    QualityIssue,
    Side,
    Strictness,
)

GOOD = Quality(60.0, 0.7, 0.5, 0.2, 0.0, 0.0, 0.9, 70.0, ())


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return Calibration.bundled()


def reading(distance: float, quality: Quality = GOOD, encoder: str = "mobilefacenet 1") -> FaceReading:
    """A face whose embedding lies at distance from that of reading(0), as each part of the encoder sees it."""
    angle = 2 * np.arcsin(distance / 2)
    face = Face(np.zeros(4, np.float32), np.zeros((5, 2), np.float32), 0.9)
    parts = [part.share**0.5 * np.eye(2, encoder_of(part.key).embedding_size) for part in default_encoder().parts]
    vector = (np.array([np.cos(angle), np.sin(angle)]) @ np.concatenate(parts, axis=1)).astype(np.float32)
    return FaceReading(face, np.zeros((112, 112, 3), np.uint8), quality, Embedding(vector, encoder))


@given(st.floats(0, 2), st.floats(0, 2))
def test_rates_are_monotone_and_bounded(a: float, b: float) -> None:
    table = Calibration.bundled()
    low, high = sorted((a, b))
    assert table.smallest_fmr <= table.fmr(low) <= table.fmr(high) <= 1
    assert 1 >= table.fnmr(low) >= table.fnmr(high) >= table.smallest_fnmr
    assert table.log10_lr(low) >= table.log10_lr(high)


@given(st.floats(-5, 0))
def test_threshold_is_the_inverse_of_fmr(exponent: float) -> None:
    table = Calibration.bundled()
    rate = max(10**exponent, table.smallest_fmr)
    assert table.fmr(table.threshold(rate)) == pytest.approx(rate, rel=1e-3)


def test_no_rate_below_the_support_of_the_data(calibration: Calibration) -> None:
    rarer = calibration.threshold(1e-12)
    assert rarer < calibration.threshold(calibration.smallest_fmr)
    assert calibration.fmr(rarer) == calibration.smallest_fmr
    assert calibration.smallest_fmr >= 3 / calibration.impostor_pairs
    assert calibration.smallest_fnmr >= 3 / calibration.genuine_pairs
    assert abs(calibration.log10_lr(0.0)) <= -np.log10(calibration.smallest_fmr) + 1e-4
    verdict = judge(calibration, reading(0), reading(0.05), Strictness.STRICT)
    assert (verdict.fmr, verdict.fmr_is_bound) == (calibration.smallest_fmr, True)


@pytest.mark.parametrize("strictness", list(Strictness))
def test_three_outcomes(calibration: Calibration, strictness: Strictness) -> None:
    """By the distance; what each encoder alone must bear out besides, tests/core/test_parts.py looks at."""
    assert judge(calibration, reading(0), reading(0.9), strictness).outcome is Outcome.SAME
    calibration = replace(calibration, parts={})
    same, different = calibration.limits(strictness)
    assert same <= different
    outcomes = [judge(calibration, reading(0), reading(d), strictness).outcome for d in (same - 0.01, different + 0.01)]
    assert outcomes == [Outcome.SAME, Outcome.DIFFERENT]
    if different - same > 0.01:
        middle = judge(calibration, reading(0), reading((same + different) / 2), strictness)
        assert (middle.outcome, middle.forced) == (Outcome.INCONCLUSIVE, False)


def test_stricter_means_closer(calibration: Calibration) -> None:
    limits = [calibration.limits(s)[0] for s in (Strictness.CONVENIENT, Strictness.BALANCED, Strictness.STRICT)]
    assert limits == sorted(limits, reverse=True)
    assert len(set(limits)) == 3


def test_decisive_quality_forces_inconclusive_and_names_the_side(calibration: Calibration) -> None:
    blurred = dataclasses.replace(GOOD, findings=(Finding(QualityIssue.BLURRED, decisive=True),))
    verdict = judge(calibration, reading(0), reading(0.4, blurred), Strictness.BALANCED)
    assert (verdict.outcome, verdict.forced) == (Outcome.INCONCLUSIVE, True)
    assert [(f.side, f.finding.issue) for f in verdict.findings] == [(Side.RIGHT, QualityIssue.BLURRED)]
    slight = dataclasses.replace(GOOD, findings=(Finding(QualityIssue.BLURRED, decisive=False),))
    assert judge(calibration, reading(0, slight), reading(0.4), Strictness.BALANCED).outcome is Outcome.SAME


def test_embeddings_of_two_encoders_never_meet(calibration: Calibration) -> None:
    with pytest.raises(ValueError, match="do not compare"):
        judge(calibration, reading(0), reading(0.4, encoder="mobilefacenet 2"), Strictness.BALANCED)


def test_json_round_trip(calibration: Calibration) -> None:
    again = Calibration.from_json(calibration.to_json())
    np.testing.assert_allclose(again.fmr_distance, calibration.fmr_distance)
    assert again.people == calibration.people


@pytest.mark.parametrize("change", [{"people": None, "edges": [1, "x"]}, {"unknown": 1}, {"genuine": [float("nan")]}])
def test_a_spoilt_table_is_refused(calibration: Calibration, change: dict[str, object]) -> None:
    raw = {**json.loads(calibration.to_json()), **change}
    with pytest.raises((ValueError, KeyError, TypeError)):
        Calibration.from_json(json.dumps(raw))
