"""The loop: batches in, a better encoder out. It knows nothing of files to choose from, windows or databases.

The same seed gives the same result on the same device and number of threads, whether or not the run was stopped or
killed in between: everything random follows from seed, epoch and step, and a run goes on from the last whole epoch.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from siamgui.core.embedding import embed_images
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.evaluation.metrics import Curve, auc_error
from siamgui.finetuning import checkpoint
from siamgui.finetuning.adam import Adam
from siamgui.finetuning.augment import ALIGNED, augment
from siamgui.finetuning.batches import Batch, labelled_batches, people_batches, share_of
from siamgui.finetuning.degrade import degrade
from siamgui.finetuning.events import Epoch
from siamgui.finetuning.known_people import KnownPeople
from siamgui.finetuning.learners import Learner
from siamgui.finetuning.loss_table import LOSSES
from siamgui.finetuning.losses import LogisticLoss
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.objective import Objective
from siamgui.finetuning.settings import Settings
from siamgui.labelling.types import PairSet, Part, Split
from siamgui.vault.key import Key

Vectors = NDArray[np.float32]

CLIP = 5.0
_WARM_UP = 0.1
_LOSS_RATE = 1e-2  # learning rate of a loss's own parameters
_MOST_DEGRADED = 16  # degraded pictures a step
_EMBEDDED_AT_ONCE = 64
_STRANGERS = 1.0
"""Faces of two pairs count as different people for the contrast, one of cosines whatever the energy, only where the
parent sees them so far apart by L2: the same person may stand in two pairs that no label joins."""
_BINS = 40


class TrainingDiverged(SiamguiError):
    """values: epoch, rate"""

    text = mark(
        "Training ran away in pass {epoch}: the loss is no longer a number. The learning rate of {rate} is too high "
        "for these photos; start again with a tenth of it."
    )


class PeopleUnknown(SiamguiError):
    """values: loss"""

    text = mark("The loss “{loss}” needs photos whose people are all known: import one folder per person.")


class CheckpointUnwritable(SiamguiError):
    """values: reason (in the words of the operating system)"""

    text = mark("Training stopped: its state can’t be saved ({reason}). Make room on the disk, then continue.")


class Listener(Protocol):
    """What a run tells, and asks, while it goes on."""

    def began(self, epochs: int, first_epoch: int) -> None: ...

    def progress(self, phase: str, done: int, total: int, seconds_left: float | None) -> None: ...

    def epoch(self, report: Epoch) -> None: ...

    def check(self) -> bool:
        """Asked before every step. True: end now and keep the best. May wait (pause), or raise Cancelled."""


@dataclass(frozen=True, slots=True)
class World:
    """Which of several processes this one is; they share every batch (torch DDP)."""

    rank: int = 0
    size: int = 1


class Quiet:
    """A Listener that says nothing. check: as of a Listener."""

    def __init__(self, check: Callable[[], bool]) -> None:
        self.check = check

    def began(self, epochs: int, first_epoch: int) -> None: ...

    def progress(self, phase: str, done: int, total: int, seconds_left: float | None) -> None: ...

    def epoch(self, report: Epoch) -> None: ...


class Trainer:
    """Made for one run. start: (n, d) unit embeddings of all faces under the parent.

    known: whom a head learns from, beside the user's people.
    """

    def __init__(
        self,
        learner: Learner,
        pairs: PairSet,
        split: Split,
        settings: Settings,
        start: Vectors,
        device: torch.device,
        listener: Listener,
        world: World = World(),
        known: KnownPeople | None = None,
    ) -> None:
        """Raises PeopleUnknown."""
        if LOSSES[settings.loss].on_people and not pairs.people_known:
            raise PeopleUnknown(loss=settings.loss.value)
        self._pairs, self._split, self._settings = pairs, split, settings
        self._device, self._listener, self._world = device, listener, world
        self._start = torch.from_numpy(np.ascontiguousarray(start))
        self._crops = torch.from_numpy(np.ascontiguousarray(pairs.crops)) if learner.on_crops else None
        self._views = learner.views
        self._known = None if learner.on_crops or not settings.cohort else known
        self._objective = Objective(learner, settings).to(device)
        if learner.on_crops:
            self._objective.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._batches = self._choose_batches()
        self._steps = len(self._epoch(1))

    def _choose_batches(self) -> Callable[[PairSet, Split, int, int, int], Iterator[Batch]]:
        """All pairs of a batch where they are known and the labels alone would be few: for what learns from nothing."""
        wants_people = METHODS[self._settings.method].from_nothing or LOSSES[self._settings.loss].on_people
        return people_batches if wants_people and self._pairs.people_known else labelled_batches

    def _epoch(self, epoch: int) -> list[Batch]:
        settings = self._settings
        return list(self._batches(self._pairs, self._split, settings.batch, settings.seed, epoch))

    def run(self, folder: Path | None, fingerprint: str, key: Key | None = None) -> int:
        """Train, or go on from the checkpoint in folder; the learner ends with the best weights. Returns their epoch.

        key: what seals checkpoints, None for in clear.
        Raises TrainingDiverged, CheckpointUnwritable, and what the listener raises.
        """
        self._key = key
        settings, objective = self._settings, self._objective
        optimizer = self._optimizer()
        kept = checkpoint.read(folder, fingerprint) if folder is not None else None
        if kept is not None:
            progress, now, best, state = kept
            checkpoint.restore(objective, now)
            if state:
                optimizer.restore(state)
        else:
            self._settle_loss()
            best = checkpoint.trained(objective)
            report, wrong = self._validate(0, None, math.inf)
            progress = checkpoint.Progress(0, 0, wrong, False, fingerprint)
        self._listener.began(settings.epochs, progress.epoch + 1)
        if kept is None:
            self._listener.epoch(report)
        module = self._distributed(objective)
        clock = _Clock(settings.epochs * self._steps, progress.epoch * self._steps)
        while not progress.ended:
            epoch = progress.epoch + 1
            patient = not settings.patience or epoch - progress.best_epoch <= settings.patience
            loss = None
            if epoch <= settings.epochs and patient:
                loss = self._pass(module, optimizer, epoch, clock)
            if loss is None:
                progress = replace(progress, ended=True)
            else:
                report, wrong = self._validate(epoch, loss, progress.least_wrong)
                if report.best:
                    best = checkpoint.trained(objective)
                    progress = replace(progress, best_epoch=epoch)
                progress = replace(progress, epoch=epoch, least_wrong=min(wrong, progress.least_wrong))
                self._listener.epoch(report)
            if folder is not None and self._world.rank == 0:
                self._keep(folder, progress, best, optimizer)
        checkpoint.restore(objective, best)
        return progress.best_epoch

    def _optimizer(self) -> Adam:
        encoder = [p for p in self._objective.encoder.parameters() if p.requires_grad]
        own = list(self._objective.pair.parameters()) if self._objective.pair is not None else []
        return Adam((encoder, self._settings.learning_rate), (own, _LOSS_RATE))

    def _pace(self, step: int) -> float:
        """Share of the learning rates in a step, counted from the start of the run: a warm-up, then half a cosine."""
        total = max(1, self._settings.epochs * self._steps)
        warm = max(1, round(_WARM_UP * total))
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, total - warm)))

    def _distributed(self, objective: Objective) -> nn.Module:
        if self._world.size == 1:
            return objective
        from torch.nn.parallel import DistributedDataParallel

        ids = [self._device.index or 0] if self._device.type == "cuda" else None
        return DistributedDataParallel(objective, device_ids=ids, broadcast_buffers=False)

    def _settle_loss(self) -> None:
        """Fit a and b of the logistic to the distances as they are, so that its first lesson is not about itself."""
        pair = self._objective.pair
        chosen = self._split.pairs_of(Part.TRAIN)
        if not isinstance(pair, LogisticLoss) or not len(chosen) or METHODS[self._settings.method].from_nothing:
            return
        left, right = self._start[self._pairs.left[chosen]], self._start[self._pairs.right[chosen]]
        distances = self._objective.energy.between(left, right)
        same = torch.from_numpy(self._pairs.same[chosen])
        fit = Adam((pair.parameters(), 0.05))
        for _ in range(100):
            fit.zero_grad()
            pair(distances.to(self._device), same.to(self._device)).backward()
            fit.step()
        pair.zero_grad()

    def _pass(
        self,
        module: nn.Module,
        optimizer: Adam,
        epoch: int,
        clock: _Clock,
    ) -> float | None:
        """One epoch; the mean loss, or None where the user ended it."""
        module.train()
        batches = self._epoch(epoch)
        losses = []
        for step, batch in enumerate(batches):
            if self._listener.check():
                return None
            with self._precision():
                loss = module(*self._inputs(share_of(batch, self._world.rank, self._world.size), epoch, step))
            optimizer.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(module.parameters(), CLIP)
            value = float(loss.detach())
            if not (math.isfinite(value) and math.isfinite(float(norm))):
                raise TrainingDiverged(epoch=epoch, rate=f"{self._settings.learning_rate:g}")
            optimizer.step(self._pace((epoch - 1) * self._steps + step))
            losses.append(value)
            done = (epoch - 1) * self._steps + step + 1
            self._listener.progress("training", done, clock.total, clock.left(done))
        return float(np.mean(losses))

    def _precision(self) -> AbstractContextManager[object]:
        """Mixed precision where the card has bfloat16, whose range needs no scaling of the loss."""
        if self._device.type == "cuda" and torch.cuda.is_bf16_supported():
            return torch.autocast("cuda", torch.bfloat16)
        return nullcontext()

    def _inputs(self, batch: Batch, epoch: int, step: int) -> tuple[Tensor, ...]:
        settings, device = self._settings, self._device
        generator = torch.Generator().manual_seed(hash((settings.seed, epoch, step, self._world.rank)) % 2**63)
        good = np.flatnonzero(self._pairs.good[batch.faces])
        x, faces = self._look(batch.faces, generator), batch.faces
        held = good if settings.anchor else good[:0]
        weight = np.full(len(held), settings.anchor / max(1, len(held)), np.float32)
        if self._crops is not None and settings.robust and len(good):
            pick = good[torch.randperm(len(good), generator=generator).numpy()[:_MOST_DEGRADED]]
            x = torch.cat([x, degrade(self._plain(faces[pick], generator), generator).to(device)])
            held = np.concatenate([held, len(faces) + np.arange(len(pick))])
            weight = np.concatenate([weight, np.full(len(pick), settings.robust / len(pick), np.float32)])
            faces = np.concatenate([faces, faces[pick]])
        if self._crops is not None:
            x = x.contiguous(memory_format=torch.channels_last)
        parts = (batch.left, batch.right, batch.same, self._pairs.person[batch.faces], held)
        left, right, same, person, at = (torch.from_numpy(np.ascontiguousarray(p)).to(device) for p in parts)
        target = self._start[faces[held]].to(device)
        strangers = self._strangers(batch.faces).to(device)
        seen, shown = (x[:0], person[:0]) if self._known is None else self._known.drawn(generator)
        others = seen.to(device), shown.to(device)
        return x, left, right, same, person, at, target, torch.from_numpy(weight).to(device), strangers, *others

    def _strangers(self, faces: NDArray[np.int64]) -> Tensor:
        """(b, b) whether two faces count as different people."""
        person = torch.from_numpy(self._pairs.person[faces])
        different = person[:, None] != person[None, :]
        if self._pairs.people_known:
            return different
        return different & (torch.cdist(self._start[faces], self._start[faces]) >= _STRANGERS)

    def _look(self, faces: NDArray[np.int64], generator: torch.Generator) -> Tensor:
        """The encoder's inputs for a step: varied crops, or the embeddings as they are."""
        if self._crops is None:
            return self._start[faces].to(self._device)
        x = self._crops[faces].permute(0, 3, 1, 2).float()
        return (augment(x, ALIGNED, generator) if self._settings.augment else x).to(self._device)

    def _plain(self, faces: NDArray[np.int64], generator: torch.Generator) -> Tensor:
        """Crops that are only mirrored and moved a little, for degrade()."""
        assert self._crops is not None
        x = self._crops[faces].permute(0, 3, 1, 2).float()
        return augment(x, replace(ALIGNED, light=0.0, cover=0.0), generator)

    def _validate(self, epoch: int, loss: float | None, least: float) -> tuple[Epoch, float]:
        """The report, and the share of (genuine, impostor) couples in the wrong order, 1 - AUC.

        least: the least such share so far. The best pass is the last one that is not worse than the least by more than
        a standard error: with few pairs the lowest point of the curve is luck, and the end of the schedule is not.
        """
        chosen = self._split.pairs_of(Part.VALIDATION)
        left, right, same = self._pairs.left[chosen], self._pairs.right[chosen], self._pairs.same[chosen]
        distances, shown, eer, wrong, error = np.empty(0), None, 0.5, 0.5, 0.0
        if 0 < same.sum() < len(same):
            faces, at = np.unique(np.concatenate([left, right]), return_inverse=True)
            vectors = torch.from_numpy(self.embed(faces))
            between = self._objective.energy.between(vectors[at[: len(chosen)]], vectors[at[len(chosen) :]])
            shown = self._objective.validation_loss(between.to(self._device), torch.from_numpy(same).to(self._device))
            distances = between.numpy().astype(np.float64)
            curve = Curve.of(distances, same)
            eer, wrong = curve.eer, 1.0 - curve.auc
            error = auc_error(curve.auc, int(same.sum()), int((~same).sum()))
        edges = np.linspace(0.0, self._objective.bound, _BINS + 1)
        genuine, impostor = (
            np.histogram(distances[same[: len(distances)] == kind], edges)[0] for kind in (True, False)
        )
        report = Epoch(
            epoch,
            loss,
            shown,
            eer,
            tuple(map(float, edges)),
            tuple(map(int, genuine)),
            tuple(map(int, impostor)),
            wrong <= least + error,
        )
        return report, wrong

    def embed(self, faces: NDArray[np.int64], progress: Callable[[int, int], None] | None = None) -> Vectors:
        """(n, d) unit embeddings under what has been learned, of as many views as the engine looks at."""
        return self.embed_with(self._objective.encoder, faces, progress)

    def embed_with(
        self, encoder: nn.Module, faces: NDArray[np.int64], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """The same under another module that takes the same inputs."""
        module = encoder.to(self._device).eval()
        out = []
        with torch.inference_mode():
            for k in range(0, len(faces), _EMBEDDED_AT_ONCE):
                part = faces[k : k + _EMBEDDED_AT_ONCE]
                if self._crops is None:
                    vectors = functional.normalize(module(self._start[part].to(self._device)).float(), dim=1)
                else:
                    x = self._crops[part].permute(0, 3, 1, 2).float().to(self._device)
                    x = x.contiguous(memory_format=torch.channels_last)
                    vectors = embed_images(module, x, self._views)
                out.append(vectors.cpu())
                if progress is not None:
                    progress(min(k + _EMBEDDED_AT_ONCE, len(faces)), len(faces))
        return torch.cat(out).numpy()

    def _keep(self, folder: Path, progress: checkpoint.Progress, best: checkpoint.State, optimizer: Adam) -> None:
        try:
            checkpoint.write(folder, progress, checkpoint.trained(self._objective), best, optimizer.state, self._key)
        except OSError as error:
            raise CheckpointUnwritable(reason=error.strerror or str(error)) from None


class _Clock:
    """Time left, from the steps of this run."""

    def __init__(self, total: int, done: int) -> None:
        self.total = total
        self._began, self._before = time.monotonic(), done

    def left(self, done: int) -> float | None:
        own = done - self._before
        return (time.monotonic() - self._began) / own * (self.total - done) if own > 1 else None
