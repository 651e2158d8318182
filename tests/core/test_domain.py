"""Which faces are of the kind that a version was trained for, and which pairs are judged by what was measured there."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.domain import Domain

LINE = np.array([1.0, 0.0])


def face(along: float) -> list[float]:
    return [along, (1 - along * along) ** 0.5]


def test_one_poor_photograph_that_is_missed_is_not_taken_for_a_clear_one() -> None:
    """Two of one poor camera are drawn together: the limit of a clear one against a poor one is not theirs."""
    found = Domain(LINE, 0.5, 0.2, None, None).belonging(
        np.array([face(0.9), face(0.6), face(0.3), face(0.0)], np.float32)
    )
    assert found.known.tolist() == [True, True, False, False]
    assert found.near.tolist() == [True, True, True, False]
    left, right = np.array([0, 0, 0, 2, 3]), np.array([1, 2, 3, 3, 0])
    assert found.kind(left, right).tolist() == [2, 0, 1, 0, 1]


def test_a_version_from_before_something_was_forgiven_opens_and_forgives_nothing() -> None:
    table = Calibration.bundled()
    kept = json.loads(replace(table, domain=Domain(LINE, 0.5, 0.2, None, table, (0.1, 0.3))).to_json())
    domain = Calibration.from_json(json.dumps(kept)).domain
    assert domain is not None
    assert domain.forgiven(np.array([0, 1, 2])).tolist() == [0.0, 0.1, 0.3]
    del kept["domain"]["usual"]
    domain = Calibration.from_json(json.dumps(kept)).domain
    assert domain is not None
    assert domain.forgiven(np.array([0, 1, 2])).tolist() == [0.0, 0.0, 0.0]


def test_embeddings_of_another_size_belong_nowhere() -> None:
    found = Domain(LINE, 0.5, 0.2, None, None).belonging(np.ones((3, 4), np.float32))
    assert not found.near.any()
