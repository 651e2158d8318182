"""One run from a job to a finished version: embed, train, calibrate, judge, write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from msgspec import structs
from numpy.typing import NDArray

from siamgui.core import embedding, encoders
from siamgui.core.calibration import Calibration
from siamgui.core.encoders.module import EncoderModule
from siamgui.core.encoders.registry import encoder_of
from siamgui.core.energy import ENERGIES, Energy
from siamgui.core.errors import DeviceUnavailable
from siamgui.core.files import write_whole
from siamgui.core.manifest import Model
from siamgui.core.pipeline import FaceEngine
from siamgui.core.runtime import gpu_device
from siamgui.core.typed_json import plain
from siamgui.finetuning.events import Counted, Epoch, Finished, PassedOver, Progressed, Reporter, Started
from siamgui.finetuning.job import Job, JobUnwritable
from siamgui.finetuning.learners import HeadLearner, make_learner
from siamgui.finetuning.trainer import Quiet, Trainer, Vectors, World
from siamgui.labelling.types import PairSet, Part, Split
from siamgui.versions.calibrate import calibrate
from siamgui.versions.calibration_of_version import adapt
from siamgui.versions.export import write_version
from siamgui.versions.general_reference import bundled_embeddings, bundled_faces, embeddings_under, read_faces
from siamgui.versions.judge import ReferenceVectors, judge_run
from siamgui.versions.judgement import Judgement, ReferenceKind
from siamgui.versions.method import Method
from siamgui.versions.version_card import Card, Counts, judged

HEADS = 3
"""Heads that are trained and averaged: with few pairs the EER of one alone depends by a point on where it started."""

Tick = Callable[[int, int], None]


class Telling:
    """A Listener that reports events. check: see trainer.Listener."""

    def __init__(self, reporter: Reporter, job: Job, split: Split, device: str, check: Callable[[], bool]) -> None:
        self._reporter, self._job, self._split, self._device = reporter, job, split, device
        self.check = check

    def began(self, epochs: int, first_epoch: int) -> None:
        parts = ((part.name.lower(), len(self._split.pairs_of(part))) for part in Part if part is not Part.LEFT_OUT)
        method = self._job.settings.method.value
        self._reporter.say(Started(epochs, first_epoch, Counted(**dict(parts)), self._device, method))

    def progress(self, phase: str, done: int, total: int, seconds_left: float | None) -> None:
        left = None if seconds_left is None else round(seconds_left, 1)
        self._reporter.say(Progressed(phase, done, total, left))

    def epoch(self, report: Epoch) -> None:
        self._reporter.say(report)


def run_job(job: Job, reporter: Reporter, check: Callable[[], bool], world: World = World()) -> Path | None:  # noqa: B008
    """Do what is left of a job. Returns the folder of the finished version; None on a process of rank above 0.

    check: asked before every step; True ends training and keeps the best, and it may raise Cancelled.
    Raises SiamguiError of every kind that a run can meet; what was learned by the last checkpoint is kept.
    """
    pairs, split = job.load()
    device = choose_device(job.settings.device, world)
    listener = Telling(reporter, job, split, device.type.upper(), check)

    def tick(phase: str) -> Tick:
        return lambda done, total: listener.progress(phase, done, total, None)

    before = embed(job.parent, pairs.crops, tick("embedding"))
    if job.settings.method is Method.CALIBRATE:
        listener.began(0, 1)
        encoder, after = encoders.load(job.parent), before
        best_epoch, energy = 0, job.parent.energy
    else:
        learner = make_learner(job.parent, job.settings)
        trainer = Trainer(learner, pairs, split, job.settings, before, device, listener, world)
        best_epoch = trainer.run(job.folder / "checkpoint", fingerprint(job))
        if world.rank > 0:
            return None
        if isinstance(learner, HeadLearner) and best_epoch:
            learner = learner.averaged(_further_heads(job, pairs, split, before, device, check))
        after = trainer.embed_with(learner.module, np.arange(len(pairs.crops)), tick("embedding"))
        encoder, energy = learner.encoder(), ENERGIES[job.settings.energy]
    listener.progress("judging", 0, 1, None)
    reference, base = _reference(job, encoder, energy, device, tick("judging"), reporter)
    parent_table = Calibration.of(job.parent)
    table = adapt(pairs, split, before, after, parent_table, base, energy)
    judgement = judge_run(before, after, pairs, split, parent_table, table, reference)
    listener.progress("saving", 0, 1, None)
    _write_judgement(job, judgement)
    crops = pairs.crops[np.flatnonzero(pairs.good)] if pairs.good.any() else pairs.crops
    card = make_card(job, pairs, split, judgement, best_epoch)
    version = write_version(job.folder / "result", encoder, job.parent, job.name, card, table, crops)
    reporter.say(Finished(version.name, judgement.gate.allowed))
    return version


def _further_heads(
    job: Job, pairs: PairSet, split: Split, before: Vectors, device: torch.device, check: Callable[[], bool]
) -> list[HeadLearner]:
    """Trained like the first, on the same people, each from a start and in an order of its own. None after "stop"."""
    heads: list[HeadLearner] = []
    for number in range(1, HEADS):
        settings = replace(job.settings, seed=job.settings.seed + 1_000_003 * number)
        learner = make_learner(job.parent, settings)
        if check() or not isinstance(learner, HeadLearner):
            break
        Trainer(learner, pairs, split, settings, before, device, Quiet(check)).run(None, "")
        heads.append(learner)
    return heads


def choose_device(wanted: str, world: World = World()) -> torch.device:  # noqa: B008
    """Raises DeviceUnavailable."""
    name = (gpu_device() or "cpu") if wanted == "auto" else wanted
    try:
        device = torch.device(name)
        if name == "cuda":
            device = torch.device(name, world.rank % max(1, torch.cuda.device_count()))
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError):
        raise DeviceUnavailable(device=name.upper()) from None
    if device.type == "cpu":
        torch.set_deterministic_debug_mode("warn")  # without the compiler, which takes seconds to import
    return device


def embed(model: Model, crops: NDArray[np.uint8], progress: Tick) -> Vectors:
    """(n, d) unit embeddings of aligned crops, on the CPU as the engine computes them."""
    from siamgui.core.runtime import OpenVinoEncoder

    encoder, views = OpenVinoEncoder(model), encoder_of(model.architecture).views
    out = []
    for k in range(0, len(crops), 64):
        out.append(embedding.embed(encoder.encode, crops[k : k + 64], views)[0])
        progress(min(k + 64, len(crops)), len(crops))
    return np.concatenate(out)


def fingerprint(job: Job) -> str:
    """Of everything a checkpoint belongs to."""
    text = json.dumps([job.pairs_sha256, plain(job.settings), job.parent.key], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def make_card(job: Job, pairs: PairSet, split: Split, judgement: Judgement, best_epoch: int) -> Card:
    """What stays on the version about how it came about: no names, no paths."""
    counts = Counts(
        photos=len(pairs.crops),
        people=pairs.people,
        same=pairs.genuine,
        different=pairs.impostor,
        trained_on=len(split.pairs_of(Part.TRAIN)),
        judged_on=len(split.pairs_of(Part.JUDGE)),
    )
    settings = plain(job.settings) | {"best_epoch": best_epoch}
    return structs.replace(judged(judgement), method=job.settings.method.value, settings=settings, counts=counts)


def _reference(
    job: Job, encoder: EncoderModule, energy: Energy, device: torch.device, tick: Tick, reporter: Reporter
) -> tuple[ReferenceVectors | None, Calibration | None]:
    """Other people under both encoders, and what they calibrate; the best there is of three sources."""
    if job.reference is not None:
        faces = read_faces(job.reference, FaceEngine.load("cpu"), tick)
        if faces.skipped or faces.problems:
            reporter.say(PassedOver(faces.skipped, faces.problems))
        vectors = _under_both(job.parent, encoder, faces.crops, device)
        reference = ReferenceVectors(ReferenceKind.FOLDER, faces.source, faces.person, *vectors)
        return reference, _table(reference, faces.source, job.parent, energy)
    known = bundled_embeddings()
    before, after = (embeddings_under(net, known) for net in (encoders.load(job.parent), encoder))
    if before is not None and after is not None:
        reference = ReferenceVectors(ReferenceKind.EMBEDDINGS, "", known.person, before, after)
        return reference, _table(reference, known.source, job.parent, energy)
    faces = bundled_faces(FaceEngine.load("cpu"))
    vectors = _under_both(job.parent, encoder, faces.crops, device)
    return ReferenceVectors(ReferenceKind.PHOTOS, faces.source, faces.person, *vectors), None


def _under_both(
    parent: Model, encoder: EncoderModule, crops: NDArray[np.uint8], device: torch.device
) -> tuple[Vectors, Vectors]:
    net = encoder.to(device).eval()
    out = []
    with torch.inference_mode():
        for k in range(0, len(crops), 64):
            x = torch.tensor(crops[k : k + 64]).permute(0, 3, 1, 2).float().to(device)
            out.append(embedding.embed_images(net, x, encoder.entry.views).cpu())
    net.cpu()
    return embed(parent, crops, lambda done, total: None), torch.cat(out).numpy()


def _table(reference: ReferenceVectors, source: str, parent: Model, energy: Energy) -> Calibration | None:
    try:
        return calibrate(reference.after, reference.person.astype(np.int64), source, parent.key, energy)
    except ValueError:
        return None


def _write_judgement(job: Job, judgement: Judgement) -> None:
    data = (json.dumps(judgement.to_json(), ensure_ascii=False) + "\n").encode()
    try:
        write_whole(job.folder / "judgement.json", data)
    except OSError as error:
        raise JobUnwritable(reason=error.strerror or str(error)) from None
