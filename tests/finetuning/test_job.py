"""A run's folder: read back as it was written, by any version, or refused with the place that is wrong."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siamgui.core.manifest import bundled_encoder, read_manifest
from siamgui.core.paths import data_folder
from siamgui.finetuning.events import Epoch, Finished, Progressed, Started
from siamgui.finetuning.job import Job, JobDamaged, ParentGone
from siamgui.finetuning.methods import METHODS
from siamgui.labelling.types import PairSet, Split
from siamgui.versions.method import Method
from tests.builders.privacy import open_to_others
from tests.builders.training_runs import Recorder, finish, make_job, settings_of


@pytest.fixture
def job(tmp_path: Path) -> Job:
    crops = np.zeros((3, 112, 112, 3), np.uint8)
    person, part = np.array([0, 0, 1]), np.zeros(3, np.int64)
    left, right = np.array([0, 0]), np.array([1, 2])
    pairs = PairSet(crops, ("a", "b", "c"), np.ones(3, bool), person, left, right, person[left] == person[right], True)
    settings = METHODS[Method.HEAD].defaults
    return Job.create(tmp_path / "run", pairs, Split(part[:2], part), settings, bundled_encoder(), "Mine")


def changed(job: Job, change: dict[str, Any]) -> None:
    path = job.folder / "job.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change), encoding="utf-8")


def test_a_job_is_read_as_it_was_written(job: Job) -> None:
    again = Job.open(job.folder)
    assert (again.name, again.settings, again.parent, again.reference) == ("Mine", job.settings, job.parent, None)
    pairs, _ = again.load()
    assert (pairs.names, pairs.same.tolist(), pairs.people_known) == (("a", "b", "c"), [True, False], True)


def test_a_job_of_another_version_is_read(job: Job) -> None:
    settings = {"method": "adapt", "loss": "chopra2005", "energy": "l1", "of a newer version": True}
    changed(job, {"settings": settings, "of a newer version": [1]})
    again = Job.open(job.folder).settings
    assert (again.method, again.energy, again.patience) == (Method.ADAPT, "l1", 4)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"settings": {"method": "head", "epochs": -1}}, r"run/job\.json: \$\.settings\.epochs: expected `int` >= 0"),
        ({"settings": {"method": "knitting"}}, r"run/job\.json: \$\.settings\.method: invalid enum value 'knitting'"),
        ({"settings": {"method": "head", "learning_rate": "much"}}, r"learning_rate: expected `float`, got `str`"),
        ({"parent": {"id": "x", "folder": "x"}}, r"run/job\.json: \$\.parent: object missing required field `key`"),
        ({"schema": 2}, r"run/job\.json: \$\.schema: invalid enum value 2"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(job: Job, change: dict[str, Any], place: str) -> None:
    changed(job, change)
    with pytest.raises(JobDamaged, match=place):
        Job.open(job.folder)
    (job.folder / "judgement.json").write_text('{"holdout": 1}', encoding="utf-8")
    with pytest.raises(JobDamaged, match=r"Mine/judgement\.json: \$\.holdout"):
        job.judgement()


def test_a_run_that_began_from_an_encoder_no_longer_bundled_is_to_be_started_anew(job: Job) -> None:
    """0.1.0 brought MobileFaceNet alone, in a folder of the installation that is gone."""
    changed(job, {"parent": {"id": "mobilefacenet", "folder": "/gone/models/mobilefacenet", "key": "mobilefacenet 1"}})
    with pytest.raises(ParentGone, match="Start a new one"):
        _ = Job.open(job.folder).parent


def test_what_it_started_from_is_looked_up_in_the_data_folder_of_now(job: Job, finished_version: Path) -> None:
    model = read_manifest(finished_version)
    changed(job, {"parent": {"id": model.id, "folder": f"/before/models/{model.id}", "key": model.key}})
    again = Job.open(job.folder)
    assert again.pairs().names == ("a", "b", "c")
    with pytest.raises(ParentGone, match="“Mine” can’t go on"):
        _ = again.parent
    here = shutil.copytree(finished_version, data_folder() / "models" / model.id)
    assert again.parent.files[0].path.parent == here
    changed(job, {"parent": {"id": f"../models/{model.id}", "key": model.key}})
    with pytest.raises(ParentGone):
        _ = Job.open(job.folder).parent


def test_a_record_of_the_version_before_is_read(job: Job) -> None:
    lines = [
        '{"event": "started", "method": "head", "epochs": 2, "first_epoch": 1, '
        '"pairs": {"train": 8, "validation": 1, "judge": 1}, "device": "CPU"}',
        '{"event": "progress", "phase": "training", "done": 1, "total": 9, "seconds_left": null}',
        '{"event": "epoch", "epoch": 1, "loss": 0.5, "validation_loss": null, "eer": 0.25, '
        '"edges": [0.0, 1.0, 2.0], "genuine": [3, 0], "impostor": [0, 3], "best": true}',
        "not a report",
        '{"event": "finished", "version": "mine-00000000", "allowed": true}',
        '{"event": "prog',
    ]
    (job.folder / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    started, progress, epoch, finished = job.events()
    assert isinstance(started, Started)
    assert (started.pairs.train, started.device) == (8, "CPU")
    assert progress == Progressed("training", 1, 9, None)
    assert epoch == Epoch(1, 0.5, None, 0.25, (0.0, 1.0, 2.0), (3.0, 0.0), (0.0, 3.0), True)
    assert finished == Finished("mine-00000000", True)


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="modes say nothing on Windows")
def test_a_run_that_makes_the_data_folder_first_keeps_it_from_others(pairs: PairSet, split: Split) -> None:
    before = os.umask(0)
    try:
        job = make_job(data_folder() / "training" / "run", pairs, split, settings_of(Method.CALIBRATE))
        finish(job, Recorder())
    finally:
        os.umask(before)
    made = {path.name for path in data_folder().rglob("*")}
    assert {"pairs.safetensors", "events.jsonl", "judgement.json", "weights.safetensors", "manifest.json"} <= made
    assert open_to_others(data_folder()) == []
