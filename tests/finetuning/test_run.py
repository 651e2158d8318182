"""A whole run, from a job to a version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siamgui.core import encoders
from siamgui.core.calibration import Calibration
from siamgui.core.embedding import unit
from siamgui.core.energy import L1, L2
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import bundled_encoder, read_manifest
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Outcome, Strictness
from siamgui.finetuning import run
from siamgui.finetuning.settings import LossName
from siamgui.finetuning.start import Start
from siamgui.labelling.types import PairSet, Split
from siamgui.versions.general_reference import CARRIERS, bundled_embeddings, embeddings_under
from siamgui.versions.judgement import ReferenceKind
from siamgui.versions.method import Method
from tests.builders.training_runs import Recorder, finish, make_job, settings_of


def test_what_a_changed_encoder_forgot_is_told_by_faces_it_had_not_learned_from(
    tmp_path: Path, pairs: PairSet, split: Split, start: np.ndarray[Any, np.dtype[np.float32]]
) -> None:
    """Where they show enough people; and they are nobody from whom the user's photographs could be told."""
    job = make_job(tmp_path / "run", pairs, split, settings_of(Method.ADAPT))
    of = Start(job, pairs, start, np.ones(len(start)), None, None, None)
    unlike = unit(start + 0.1 * start[::-1])
    everybody = np.arange(len(start))
    told = run.carried_reference(of, everybody, start, unlike)
    assert told is not None
    assert (told.kind, told.carriers, len(told.person)) == (ReferenceKind.CARRIED, len(start), len(told.after))
    assert not np.allclose(told.before, told.after)
    assert run.others_of(told) is None
    assert run.carried_reference(of, everybody % (CARRIERS - 1), start, unlike) is None
    assert run.carried_reference(of, everybody, start, unlike[:, :50]) is None


@pytest.mark.long
def test_a_version_trained_with_l1_is_calibrated_judged_and_compared_with_l1(
    tmp_path: Path, pairs: PairSet, split: Split, samples: Path
) -> None:
    job = make_job(
        tmp_path / "run", pairs, split, settings_of(Method.HEAD, loss=LossName.CHOPRA, energy="l1", batch=32, seed=3)
    )
    recorder = Recorder()
    version = read_manifest(finish(job, recorder))
    table = Calibration.of(version)
    assert version.energy == table.energy == L1
    # What the table says of other people is what their L1 distances are.
    known = bundled_embeddings()
    vectors = embeddings_under(encoders.load(version), known)
    assert vectors is not None
    impostor = L1.distance_at(L1.closeness(vectors, vectors))[known.person[:, None] != known.person]
    for fmr in (1e-2, 1e-3):
        assert (impostor <= table.threshold(fmr)).mean() == pytest.approx(fmr, rel=0.3)
    engine = FaceEngine.load("cpu", version)
    left, right = (engine.read_photo(load_photo(samples / f"{name}.jpg")).reading for name in ("obama1", "biden"))
    verdict = engine.compare(left, right, Strictness.BALANCED).verdict
    assert verdict.distance == pytest.approx(np.abs(left.embedding.vector - right.embedding.vector).sum(), rel=1e-5)
    assert verdict.outcome is Outcome.DIFFERENT
    judged = job.judgement().reference
    assert judged is not None
    assert judged.before is not None
    assert judged.after is not None
    assert (judged.before.edges[-1], judged.after.edges[-1]) == (2.0, pytest.approx(L1.bound(vectors.shape[1])))
    assert recorder.of("epoch")[0]["edges"][-1] == pytest.approx(L1.bound(vectors.shape[1]))
    assert Calibration.of(bundled_encoder()).energy == L2
