"""The summary of an evaluation, from results as they are written to evaluation.json."""

from __future__ import annotations

import copy
from typing import Any

from siamgui.core.types import Strictness
from siamgui.evaluation.summary import summary

RATES = {
    "claimed_fmr": 1e-3,
    "limit_fmr": 1.1e-3,
    "limit_fmr_interval_95": [8e-4, 1.5e-3],
    "limit_fmr_by_condition": None,
    "error_rate": 0.01,
    "genuine": {"same": 0.97, "inconclusive": 0.02, "different": 0.01},
    "impostor": {"same": 0.001, "inconclusive": 0.009, "different": 0.99},
}
POINT = {"target": 1e-3, "threshold": 1.07, "tar": 0.98, "tar_all": 0.98, "false_matches": 1}
POINT |= {"impostors": 1200, "fmr_upper": 3.9e-3, "supported": False}
RESULTS: dict[str, Any] = {
    "source": {"kind": "pairs", "name": "pairs.csv"},
    "photos": {"count": 3074, "unread": [], "seconds": 40.0, "per_second": 76.9},
    "pairs": {"genuine": 1200, "impostor": 1200, "genuine_unread": 0, "impostor_unread": 0},
    "accuracy": {"folds": [0.99] * 4, "read": 0.9925, "all": 0.9925, "standard_error": 0.0011},
    "eer": {"value": 0.0075, "interval_95": [0.0032, 0.013]},
    "auc": 0.99949,
    "tar": [POINT],
    "strictness": {choice.value: RATES for choice in Strictness},
}


def test_small_data_is_called_small() -> None:
    text = summary(RESULTS)
    assert "Accuracy over 4 folds: 99.25 %, standard error 0.11 %" in text
    assert "1 of 1,200 different-person pairs accepted, so the FMR there is at most 1 in 250" in text
    assert "support no statement about an FMR below 1 in 400." in text
    assert "[" not in text


def test_unread_photos_give_both_rates() -> None:
    results = copy.deepcopy(RESULTS)
    results["photos"]["unread"] = [{"photo": f"{n}.jpg", "reason": "No face."} for n in range(12)]
    results["pairs"]["genuine_unread"] = 12
    results["accuracy"]["all"] = 0.985
    text = summary(results)
    assert "99.25 % [98.50 %]" in text
    assert "12 photos could not be used:" in text
    assert "9.jpg: No face." in text
    assert "10.jpg" not in text
    assert "and 2 more" in text
    assert "in brackets with each of them counted as an error" in text


def test_a_claim_that_does_not_hold_is_said() -> None:
    assert "more alike than the claimed FMR" not in summary(RESULTS)
    results = copy.deepcopy(RESULTS)
    results["strictness"]["strict"]["limit_fmr_interval_95"] = [1.2e-3, 2e-3]
    assert "more alike than the claimed FMR" in summary(results)


def test_claims_are_told_by_how_faces_were_photographed() -> None:
    assert "both spoilt" not in summary(RESULTS)
    results = copy.deepcopy(RESULTS)
    found = {"pairs": 1000, "accepted": 2, "limit_fmr": 2e-3, "interval_95": [2e-4, 7e-3]}
    none = {"pairs": 0, "accepted": 0, "limit_fmr": None, "interval_95": None}
    conditions = {"clear_clear": found, "clear_spoilt": found, "spoilt_spoilt": none}
    results["strictness"]["strict"] = RATES | {"limit_fmr_by_condition": conditions}
    lines = [line.split("   ") for line in summary(results).splitlines() if "both" in line or "one spoilt" in line]
    assert [[cell.strip() for cell in line if cell.strip()][1:] for line in lines] == [
        ["both clear", "1,000", "0.2000 %", "0.0200 % to 0.7000 %"],
        ["one spoilt", "1,000", "0.2000 %", "0.0200 % to 0.7000 %"],
        ["both spoilt", "0", "–", "–"],
    ]


def test_nothing_decided_has_no_error_rate() -> None:
    results = copy.deepcopy(RESULTS)
    results["strictness"]["strict"]["error_rate"] = None
    assert "–" in summary(results)
