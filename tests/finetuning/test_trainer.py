"""The trainer and the training process, on faces made from the bundled photographs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from siamgui.core.encoders.registry import HEAD
from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.core.manifest import bundled_encoder, read_manifest, verify
from siamgui.core.typed_json import plain
from siamgui.finetuning.__main__ import backend
from siamgui.finetuning.job import Job, JobDamaged, JobUnwritable
from siamgui.finetuning.learners import MethodUnsuitable, make_learner
from siamgui.finetuning.run import choose_device
from siamgui.finetuning.settings import LossName, Settings
from siamgui.finetuning.split import split_pairs
from siamgui.finetuning.trainer import PeopleUnknown, Trainer, TrainingDiverged
from siamgui.labelling.types import PairSet, Part, Split
from siamgui.versions.method import Method
from tests.builders.training_runs import PEOPLE, Data, Event, Listener, Recorder, finish, make_job, settings_of


def test_a_run_gives_a_whole_version_with_its_judgement(finished_run: tuple[Job, Recorder]) -> None:
    job, recorder = finished_run
    assert job.result is not None
    version = read_manifest(job.result)
    verify(version)
    assert version.architecture == bundled_encoder().id + HEAD
    assert version.card["counts"]["people"] == PEOPLE
    assert [event["epoch"] for event in recorder.of("epoch")] == list(range(5))
    assert recorder.of("finished")[0]["version"] == version.id
    assert job.judgement().holdout is not None
    assert job.result.name == version.id
    assert [plain(event) for event in job.events()] == recorder.events


def train(data: Data, settings: Settings, listener: Listener, folder: Path | None = None) -> dict[str, torch.Tensor]:
    """What was learned."""
    pairs, split, start = data
    learner = make_learner(bundled_encoder(), settings)
    Trainer(learner, pairs, split, settings, start, torch.device("cpu"), listener).run(folder, "the same")
    return {name: value.detach().clone() for name, value in learner.module.named_parameters()}


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(data: Data) -> None:
    first, again, other = (train(data, settings_of(Method.HEAD, seed=seed), Listener())["up"] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("method", [Method.HEAD, Method.SCRATCH])
def test_a_run_that_was_left_goes_on_to_the_same_result(tmp_path: Path, data: Data, method: Method) -> None:
    settings = settings_of(method, batch=8, epochs=4)
    whole = train(data, settings, Listener())

    left = Listener(lambda step: leave())

    def leave() -> bool:
        if len(left.reports) == 3:
            raise Cancelled
        return False

    with pytest.raises(Cancelled):
        train(data, settings, left, tmp_path)
    listener = Listener()
    resumed = train(data, settings, listener, tmp_path)
    assert listener.first_epoch > 1
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_stop_keeps_what_is_best_so_far(tmp_path: Path, pairs: PairSet, split: Split) -> None:
    job = make_job(tmp_path / "run", pairs, split, settings_of(Method.HEAD, epochs=500))
    recorder = Recorder(lambda step: step > 12)
    finish(job, recorder)
    assert len(recorder.of("epoch")) < 10
    assert recorder.of("finished")


def test_patience_counts_passes_that_are_worse_than_the_best(data: Data) -> None:
    """As good as the best is no reason to end; worse, that many passes in a row, is."""
    level, worse = Listener(), Listener()
    train(data, settings_of(Method.HEAD, learning_rate=1e-9, patience=1, epochs=6), level)
    assert [report.number for report in level.reports if report.best] == [0, 1, 2, 3, 4, 5, 6]
    pairs, _, start = data
    part = np.where(pairs.person < PEOPLE // 2, Part.TRAIN, Part.VALIDATION).astype(np.int64)
    inside = part[pairs.left] == part[pairs.right]
    halves = Split(np.where(inside, part[pairs.left], Part.LEFT_OUT).astype(np.int64), part)
    lies = replace(pairs, same=pairs.same ^ (part[pairs.left] == Part.TRAIN))
    away = {"learning_rate": 0.05, "rank": 12, "patience": 2, "epochs": 12, "anchor": 0.0, "cohort": 0.0}
    train((lies, halves, start), settings_of(Method.HEAD, **away), worse)
    best = max(report.number for report in worse.reports if report.best)
    assert len(worse.reports) - 1 == best + 2 < 12


@pytest.mark.parametrize(("method", "losses"), [(Method.HEAD, tuple(LossName)), (Method.ADAPT, (LossName.LOGISTIC,))])
def test_every_loss_lowers_itself(
    pairs: PairSet,
    split: Split,
    start: np.ndarray[Any, np.dtype[np.float32]],
    method: Method,
    losses: tuple[LossName, ...],
) -> None:
    if method is Method.ADAPT:  # every step goes through the whole encoder: a sixth of the pairs will do
        some = slice(None, None, 6)
        pairs = replace(pairs, left=pairs.left[some], right=pairs.right[some], same=pairs.same[some])
        split = split_pairs(pairs)
    for loss in losses:
        settings = settings_of(method, loss=loss, epochs=6 if method is Method.HEAD else 2)
        settings = replace(settings, anchor=0.0, robust=0.0, contrast=0.0)
        listener = Listener()
        train((pairs, split, start), settings, listener)
        losses_seen = [report.loss for report in listener.reports if report.loss is not None]
        assert losses_seen[-1] < losses_seen[0], loss


def test_an_untrained_head_and_an_untrained_adaptation_change_nothing(pairs: PairSet) -> None:
    parent = bundled_encoder()
    x = torch.from_numpy(pairs.crops[:4].copy()).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        expected = make_learner(parent, settings_of(Method.FULL)).encoder()(x)
        for method in (Method.HEAD, Method.ADAPT):
            assert torch.allclose(make_learner(parent, settings_of(method)).encoder()(x), expected, atol=1e-4)


def test_a_merged_adaptation_computes_what_was_trained(pairs: PairSet) -> None:
    learner = make_learner(bundled_encoder(), settings_of(Method.ADAPT))
    with torch.no_grad():
        for name, value in learner.module.named_parameters():
            if name.endswith(".up"):
                value.normal_(0, 0.02, generator=torch.Generator().manual_seed(len(name)))
    x = torch.from_numpy(pairs.crops[:4].copy()).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        trained, merged = learner.module.eval()(x), learner.encoder().eval()(x)
        before = make_learner(bundled_encoder(), settings_of(Method.FULL)).encoder()(x)
    assert torch.allclose(trained, merged, atol=1e-3)
    assert not torch.allclose(trained, before, atol=0.1)


def test_a_loss_that_is_no_number_ends_with_one_sentence(data: Data) -> None:
    pairs, split, start = data
    broken = start.copy()
    broken[pairs.left[split.pairs_of(Part.TRAIN)[0]]] = np.nan
    with pytest.raises(TrainingDiverged, match=r"learning rate of 0\.002"):
        train((pairs, split, broken), settings_of(Method.HEAD, learning_rate=0.002), Listener())


def test_losses_on_identities_need_known_people(data: Data) -> None:
    unknown = (replace(data[0], people_known=False), *data[1:])
    with pytest.raises(PeopleUnknown, match="triplet"):
        train(unknown, settings_of(Method.HEAD, loss=LossName.TRIPLET), Listener())


def test_a_head_does_not_suit_the_network_of_the_paper(tmp_path: Path, pairs: PairSet, split: Split) -> None:
    first = finish(make_job(tmp_path / "one", pairs, split, settings_of(Method.SCRATCH, epochs=1)), Recorder())
    with pytest.raises(MethodUnsuitable):
        make_learner(read_manifest(first), settings_of(Method.HEAD))


def test_a_job_that_was_tampered_with_is_refused(tmp_path: Path, pairs: PairSet, split: Split) -> None:
    job = make_job(tmp_path / "run", pairs, split, settings_of(Method.HEAD))
    data = bytearray((job.folder / "pairs.safetensors").read_bytes())
    data[-1] ^= 1
    (job.folder / "pairs.safetensors").write_bytes(data)
    with pytest.raises(JobDamaged):
        job.load()
    (job.folder / "job.json").write_text("{", encoding="utf-8")
    with pytest.raises(JobDamaged):
        Job.open(job.folder)


def test_a_place_that_is_no_folder_cannot_hold_a_job(tmp_path: Path, pairs: PairSet, split: Split) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(JobUnwritable):
        make_job(tmp_path / "file" / "run", pairs, split, settings_of(Method.HEAD))


def test_a_device_that_is_not_there_is_refused() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    with pytest.raises(SiamguiError, match="CUDA"):
        choose_device("cuda")


def head_of(job: Job) -> torch.Tensor:
    """What a finished run has learned."""
    assert job.result is not None
    return load_file(job.result / "weights.safetensors")["head.weight"]


class Child:
    """The training process as the window starts it."""

    def __init__(self, folder: Path, *launcher: str) -> None:
        command = [sys.executable, *(launcher or ("-m", "siamgui.finetuning")), str(folder)]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()

    def hear(self, kind: str) -> Event:
        """The next event of a kind."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event: Event = json.loads(line)
            if event["event"] == kind:
                return event
        raise AssertionError(f"ended without {kind}")

    def end(self) -> int:
        self.process.communicate()
        return self.process.returncode


@pytest.mark.long
def test_the_process_pauses_resumes_is_killed_and_goes_on(
    tmp_path: Path, pairs: PairSet, split: Split, finished_run: tuple[Job, Recorder]
) -> None:
    folder = tmp_path / "run"
    make_job(folder, pairs, split, finished_run[0].settings)
    child = Child(folder)
    child.hear("epoch")
    child.tell("pause")
    child.hear("paused")
    child.tell("resume")
    child.hear("resumed")
    child.hear("epoch")
    child.hear("epoch")
    child.process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    assert child.end() != 0
    child = Child(folder)
    assert child.hear("started")["first_epoch"] > 1
    child.hear("finished")
    assert child.end() == 0
    one, two = (head_of(job) for job in (finished_run[0], Job.open(folder)))
    assert torch.allclose(one, two, atol=1e-5)


def test_the_process_leaves_when_whoever_started_it_is_gone(tmp_path: Path, pairs: PairSet, split: Split) -> None:
    make_job(tmp_path / "run", pairs, split, settings_of(Method.HEAD, epochs=10_000))
    child = Child(tmp_path / "run")
    child.hear("epoch")
    assert child.process.stdin is not None
    child.process.stdin.close()
    assert child.process.wait(60) == 3
    assert child.process.stdout is not None
    child.process.stdout.close()


def test_a_folder_that_is_no_run_gets_one_sentence(tmp_path: Path) -> None:
    child = Child(tmp_path)
    assert "can’t be read" in child.hear("failed")["text"]
    assert child.end() == 2


def test_processes_talk_through_nccl_only_where_each_has_a_card() -> None:
    assert backend("auto", 2, 2) == backend("cuda", 4, 2) == "nccl"
    assert backend("cuda", 1, 2) == backend("auto", 0, 2) == "gloo"
    assert backend("cpu", 2, 2) == "gloo"


@pytest.mark.long
def test_two_processes_train_what_one_trains(
    tmp_path: Path, pairs: PairSet, split: Split, finished_run: tuple[Job, Recorder]
) -> None:
    alone = finished_run[0]
    make_job(tmp_path / "both", pairs, split, alone.settings)
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "siamgui.finetuning")
    child = Child(tmp_path / "both", *launcher)
    child.hear("finished")
    assert child.end() == 0
    one, two = (head_of(job) for job in (alone, Job.open(tmp_path / "both")))
    moved = (one - torch.eye(len(one))).norm()
    assert (one - two).norm() < 0.35 * moved
