"""One run from a job to a finished version: embed, train, calibrate, judge, write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from msgspec import structs
from numpy.typing import NDArray

from siamgui.core import embedding, encoders
from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Cohort, bundled_cohort
from siamgui.core.encoders.module import EncoderModule
from siamgui.core.encoders.registry import encoder_of
from siamgui.core.energy import ENERGIES, L2, Energy
from siamgui.core.errors import DeviceUnavailable
from siamgui.core.machine import keep_for_reuse
from siamgui.core.manifest import Model
from siamgui.core.pipeline import FaceEngine
from siamgui.core.runtime import gpu_device
from siamgui.core.typed_json import plain
from siamgui.core.types import Pixels
from siamgui.finetuning.cross_fitting import HEADS, MOST_PAIRS, cross_fitted, held_out
from siamgui.finetuning.events import Counted, Epoch, Finished, PassedOver, Progressed, Reporter, Started
from siamgui.finetuning.job import Job
from siamgui.finetuning.learners import HeadLearner, Learner, make_learner
from siamgui.finetuning.run_files import CHECKPOINTS, RESULTS
from siamgui.finetuning.start import Start, length_scale
from siamgui.finetuning.trainer import Quiet, Trainer, Vectors, World
from siamgui.labelling.types import Ints, PairSet, Part, Split
from siamgui.versions.calibrate import Floats, calibrate
from siamgui.versions.calibration_of_version import same_encoder
from siamgui.versions.domain_of_version import Others
from siamgui.versions.export import write_version
from siamgui.versions.general_reference import (
    CARRIERS,
    ReferenceEmbeddings,
    bundled_embeddings,
    bundled_faces,
    carried,
    claims_of,
    embeddings_under,
    plain_calibration,
    read_faces,
    strangers_of,
)
from siamgui.versions.judge import ReferenceVectors, judge_run
from siamgui.versions.judgement import Judgement, ReferenceKind
from siamgui.versions.measured import Tables, measure_version
from siamgui.versions.method import Method
from siamgui.versions.poor_crops import Poor, poor_crops
from siamgui.versions.unseen import Sight, Unseen
from siamgui.versions.version_card import Card, Counts, judged

Tick = Callable[[int, int], None]

_A_STEP = 1_000_000_000, 4_000_000_000
"""Bytes that a step of adaption leaves for the next one. Of the whole network, which takes 6 GB, a fifth more would be
needed for the holes between its pieces, on machines that may have no more than that."""


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

    before, length = embed(job.parent, pairs.crops, tick("embedding"))
    lengths = length, length
    start = Start.of(job, pairs, before, length)
    everybody = np.arange(len(pairs.crops))
    unseen: Unseen | None = None
    head: Vectors | None = None
    judged = np.arange(len(pairs.same))
    if job.settings.method is Method.CALIBRATE:
        listener.began(0, 1)
        encoder, best_epoch, energy = encoders.load(job.parent), 0, job.parent.energy
        sight = start.under(None, energy)
    else:
        learner = make_learner(job.parent, job.settings)
        _make_ready(job.settings.method)
        trainer = Trainer(learner, pairs, split, job.settings, before, device, listener, world, start.known)
        best_epoch = trainer.run(job.folder / CHECKPOINTS, fingerprint(job), job.key)
        energy = ENERGIES[job.settings.energy]
        if world.rank > 0:
            return None
        if isinstance(learner, HeadLearner) and best_epoch:
            learner = learner.averaged(_heads(learner, start, split, device, check, range(1, HEADS)))
            unseen = _cross_fitted(learner, start, split, device, check, tick("judging"))
        encoder = learner.encoder()
        if isinstance(learner, HeadLearner):
            head = learner.matrix
            sight = start.under(head, energy)
        else:
            sight = Sight(trainer.embed_with(learner.module, everybody, tick("embedding")))
        lengths = length, _lengths(learner, pairs, split, before, length)
    listener.progress("judging", 0, 1, None)
    changed = not same_encoder(before, sight.vectors) or energy != job.parent.energy
    if unseen is None:
        faces = everybody
        if changed:
            faces, judged = np.flatnonzero(split.face != Part.TRAIN), split.pairs_of(Part.JUDGE)
        unseen = held_out(pairs, sight, faces, job.settings.seed, energy)
    unlearned = np.flatnonzero(pairs.good & (split.face != Part.TRAIN))
    reference, base = _reference(start, encoder, head, energy, device, tick("judging"), reporter)
    if reference is None:
        seen = pairs.person[unlearned], before[unlearned], sight.vectors[unlearned]
        reference = carried_reference(start, *seen) or _photographs(job.parent, encoder, device)
    measured = measure_version(
        pairs,
        unseen,
        (start.under(None, job.parent.energy), sight),
        Tables(Calibration.of(job.parent), plain_calibration(job.parent)),
        base,
        others_of(reference),
        _poor(job.parent, pairs, lengths),
        energy,
        changed=changed,
    )
    judged = judged[~np.isnan(unseen.labelled[judged])]
    judgement = judge_run(measured.before, measured.after, pairs, judged, reference, measured.plain, changed=changed)
    return _saved(start, split, encoder, measured.table, judgement, best_epoch, listener, reporter)


def _saved(
    start: Start,
    split: Split,
    encoder: EncoderModule,
    table: Calibration,
    judgement: Judgement,
    best_epoch: int,
    listener: Telling,
    reporter: Reporter,
) -> Path:
    """The folder of the version."""
    job, pairs = start.job, start.pairs
    listener.progress("saving", 0, 1, None)
    job.keep_judgement(judgement)
    crops = pairs.crops[np.flatnonzero(pairs.good)] if pairs.good.any() else pairs.crops
    card = make_card(job, pairs, split, judgement, best_epoch)
    folder = write_version(job.folder / RESULTS, encoder, job.parent, job.name, card, table, crops, job.key)
    reporter.say(Finished(folder.name, judgement.gate.allowed))
    return folder


def _heads(
    first: HeadLearner,
    start: Start,
    split: Split,
    device: torch.device,
    check: Callable[[], bool],
    numbers: Iterable[int],
) -> list[HeadLearner]:
    """Each trained on the same people, from a start and in an order of its own. Fewer after "stop"."""
    heads: list[HeadLearner] = []
    wanted, quiet = start.job.settings, Quiet(check)
    for number in numbers:
        settings = replace(wanted, seed=wanted.seed + 1_000_003 * number)
        if check():
            break
        learner = first.again(settings)
        Trainer(learner, start.pairs, split, settings, start.vectors, device, quiet, known=start.known).run(None, "")
        heads.append(learner)
    return heads


def _cross_fitted(
    first: HeadLearner, start: Start, split: Split, device: torch.device, check: Callable[[], bool], tick: Tick
) -> Unseen | None:
    """None where there are so many pairs that those held out will do, and after "stop"."""
    settings = start.job.settings
    if len(start.pairs.same) > MOST_PAIRS:
        return None
    energy = ENERGIES[settings.energy]

    def trained(part: Split) -> Sight | None:
        heads = _heads(first, start, part, device, check, range(HEADS))
        if len(heads) < HEADS or check():
            return None
        return start.under(heads[0].averaged(heads[1:]).matrix, energy)

    return cross_fitted(start.pairs, split, settings.seed, energy, trained, tick)


def _lengths(learner: Learner, pairs: PairSet, split: Split, before: Vectors, length: Floats) -> Floats:
    """(n,) of the embeddings under what was learned, before they are made 1; NaN of those it has learned from.

    length: under the parent. A head has the length of every face for nothing.
    """
    if isinstance(learner, HeadLearner):
        return embedding.turned(before, length, learner.matrix)[1]
    net, lengths = learner.encoder().eval(), np.full(len(length), np.nan)

    def by_torch(crops: Pixels) -> NDArray[np.float32]:
        with torch.inference_mode():
            result: NDArray[np.float32] = net(torch.from_numpy(crops).permute(0, 3, 1, 2).float()).numpy()
        return result

    faces = np.flatnonzero(split.face != Part.TRAIN)
    lengths[faces] = embedding.embed(by_torch, pairs.crops[faces], net.entry.views)[1]
    return lengths


def _poor(parent: Model, pairs: PairSet, lengths: tuple[Floats, Floats]) -> tuple[Poor, Poor]:
    """Of which faces quality forbids a verdict, under parent and new encoder; by lengths scaled as in export.py."""
    scale = parent.norm_scale
    if scale is None:
        both = poor_crops(pairs.crops, None)
        return both, both
    old, new = lengths
    as_before = scale * length_scale(pairs.good, old, new)
    return poor_crops(pairs.crops, scale * old), poor_crops(pairs.crops, as_before * new)


def _make_ready(method: Method) -> None:
    """This process for the steps of a method."""
    if method is Method.HEAD:
        torch.set_num_threads(1)  # its matrices are so small that threads only wait for each other
    elif method is Method.ADAPT:
        keep_for_reuse(*_A_STEP)


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
        # Otherwise every new tensor is written over, for a fifth of a step, and nothing reads that.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    return device


def embed(model: Model, crops: NDArray[np.uint8], progress: Tick) -> tuple[Vectors, Floats]:
    """(n, d) unit embeddings of aligned crops and (n,) their lengths before that, on the CPU as the engine does it."""
    from siamgui.core.runtime import OpenVinoEncoder

    encoder, views = OpenVinoEncoder(model), encoder_of(model.architecture).views
    out = []
    for k in range(0, len(crops), 64):
        out.append(embedding.embed(encoder.encode, crops[k : k + 64], views))
        progress(min(k + 64, len(crops)), len(crops))
    return np.concatenate([vectors for vectors, _ in out]), np.concatenate([lengths for _, lengths in out])


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
    start: Start,
    encoder: EncoderModule,
    head: Vectors | None,
    energy: Energy,
    device: torch.device,
    tick: Tick,
    reporter: Reporter,
) -> tuple[ReferenceVectors | None, Tables | None]:
    """Other people under both encoders, and what they calibrate: of a folder, or of the bundled embeddings; None where
    the encoder itself has changed and no folder is named."""
    job = start.job
    known, base = bundled_embeddings(), None
    if start.cohort is not None:
        known = strangers_of(bundled_cohort(), known)
    before, after = (embeddings_under(net, known) for net in (encoders.load(job.parent), encoder))
    if after is not None:
        base = _tables(known, after, start.behind(head) if energy == L2 else None, energy)
    if job.reference is not None:
        faces = read_faces(job.reference, FaceEngine.load("cpu"), tick)
        if faces.skipped or faces.problems:
            reporter.say(PassedOver(faces.skipped, faces.problems))
        vectors = _under_both(job.parent, encoder, faces.crops, device)
        reference = ReferenceVectors(ReferenceKind.FOLDER, faces.source, faces.person, *vectors)
        own = ReferenceEmbeddings(vectors[1], faces.person.astype(np.int64), job.parent.key, faces.source)
        return reference, base or _tables(own, vectors[1], None, energy)
    if before is not None and after is not None:
        return ReferenceVectors(ReferenceKind.EMBEDDINGS, "", known.person, before, after), base
    return None, None


def carried_reference(start: Start, person: Ints, before: Vectors, after: Vectors) -> ReferenceVectors | None:
    """The bundled embeddings, moved as clear faces of the user's were that were not learned from: (n,) who they show,
    (n, d) under both encoders. None where that can't be told."""
    known = bundled_embeddings()
    vectors = embeddings_under(encoders.load(start.job.parent), known)
    if vectors is None or before.shape != after.shape or len(np.unique(person)) < CARRIERS:
        return None
    moved = carried(vectors, before, after)
    return ReferenceVectors(ReferenceKind.CARRIED, "", known.person, vectors, moved, len(person))


def _photographs(parent: Model, encoder: EncoderModule, device: torch.device) -> ReferenceVectors:
    faces = bundled_faces(FaceEngine.load("cpu"))
    vectors = _under_both(parent, encoder, faces.crops, device)
    return ReferenceVectors(ReferenceKind.PHOTOS, faces.source, faces.person, *vectors)


def others_of(reference: ReferenceVectors) -> Others | None:
    """From whom the user's photographs are told: real faces, as the encoder sees them."""
    if reference.kind is ReferenceKind.CARRIED:
        return None
    return Others(reference.after, reference.person.astype(np.int64))


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
    return embed(parent, crops, lambda done, total: None)[0], torch.cat(out).numpy()


def _tables(known: ReferenceEmbeddings, vectors: Vectors, cohort: Cohort | None, energy: Energy) -> Tables | None:
    """vectors: (n, d) unit embeddings of the people known, under the new encoder; cohort: likewise."""
    try:
        plain = calibrate(vectors, known.person, known.source, known.encoder, energy)
        return Tables(plain if cohort is None else claims_of(vectors, known, cohort, known.encoder), plain)
    except ValueError:
        return None
