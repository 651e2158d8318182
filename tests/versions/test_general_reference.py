"""Other people than the user's: who is a stranger to the cohort, and what a head claims of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import behind_head, bundled_cohort
from siamgui.core.manifest import Origin, read_manifest
from siamgui.core.types import Strictness
from siamgui.versions.general_reference import bundled_embeddings, claims_of, plain_calibration, strangers_of


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


def test_a_head_is_measured_on_people_whom_it_did_not_learn_from(finished_version: Path) -> None:
    head = read_manifest(finished_version, Origin.HERE)
    assert Calibration.of(head).adjusted
    measured, strangers = plain_calibration(head), strangers_of(bundled_cohort(), bundled_embeddings())
    assert measured.people == len(np.unique(strangers.person))
