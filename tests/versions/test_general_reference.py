"""Other people than the user's: who is a stranger to the cohort, and what a head claims of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import behind_head, bundled_cohort
from siamgui.core.embedding import unit
from siamgui.core.manifest import Origin, read_manifest
from siamgui.core.types import Strictness
from siamgui.versions.general_reference import (
    bundled_embeddings,
    carried,
    claims_of,
    plain_calibration,
    strangers_of,
)


def test_a_head_that_changes_nothing_claims_what_the_bundled_encoder_does() -> None:
    """Without pixels, and on strangers to the cohort alone: a hair stricter."""
    cohort = bundled_cohort()
    known = strangers_of(cohort, bundled_embeddings())
    assert 0.4 < len(known.person) / len(bundled_embeddings().person) < 0.6
    some = np.isin(known.person, np.unique(known.person)[::2])
    known = replace(known, vectors=known.vectors[some], person=known.person[some])
    head = np.eye(known.vectors.shape[1], dtype=np.float32)
    table = claims_of(known.vectors, known, behind_head(cohort, head, "x 1"), "x 1")
    bundled = Calibration.bundled()
    assert table.adjusted
    for strictness in (Strictness.CONVENIENT, Strictness.BALANCED):
        expected = bundled.limits(strictness).same_below
        assert abs(table.limits(strictness).same_below - expected) < 0.02


@pytest.mark.parametrize("scattered", [0.01, 0.03])
def test_others_are_moved_as_a_changed_encoder_moves_them(scattered: float) -> None:
    """Rates of a set that was carried along are those of the same set as the encoder really sees it."""
    known = bundled_embeddings()
    rows = np.random.default_rng(0).permutation(len(known.person))
    user, others = rows[:80], np.sort(rows[80:1500])
    drawn = np.random.default_rng(1).normal(scale=scattered, size=known.vectors.shape)
    really = unit(known.vectors + drawn + 0.02 * known.vectors[0])
    moved = carried(known.vectors[others], known.vectors[user], really[user])
    assert moved.shape == really[others].shape
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)
    different = known.person[others][:, None] != known.person[others]
    likeness = [(each @ each.T)[different] for each in (known.vectors[others], really[others], moved)]
    before, expected, found = (float(np.quantile(each, 0.999)) for each in likeness)
    assert abs(found - expected) < 0.2 * abs(before - expected) + 0.005


def test_a_head_is_measured_on_people_whom_it_did_not_learn_from(finished_version: Path) -> None:
    head = read_manifest(finished_version, Origin.HERE)
    assert Calibration.of(head).adjusted
    measured, strangers = plain_calibration(head), strangers_of(bundled_cohort(), bundled_embeddings())
    assert measured.people == len(np.unique(strangers.person))
