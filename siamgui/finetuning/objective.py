"""What a step makes smaller: the loss of its pairs, and what holds the encoder where it was."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from siamgui.core.energy import ENERGIES
from siamgui.finetuning.identity_losses import make_identity_loss
from siamgui.finetuning.learners import Learner
from siamgui.finetuning.loss_table import LOSSES
from siamgui.finetuning.losses import contrast, make_pair_loss
from siamgui.finetuning.settings import Settings


class Objective(nn.Module):
    """Encoder and loss in one module, so that DDP sees all that is trained."""

    def __init__(self, learner: Learner, settings: Settings) -> None:
        super().__init__()
        self.encoder = learner.module
        self.settings = settings
        self.energy = ENERGIES[settings.energy]
        self.identity = make_identity_loss(settings.loss) if LOSSES[settings.loss].on_people else None
        self.bound = self.energy.bound(learner.embedding_size)
        self.pair = None if self.identity is not None else make_pair_loss(settings.loss, settings.q or self.bound)
        start = {n: p.detach().clone() for n, p in self.encoder.named_parameters() if p.requires_grad}
        self._start = start if settings.l2sp else {}

    def embed(self, x: Tensor) -> Tensor:
        return functional.normalize(self.encoder(x).float(), dim=1)

    def forward(
        self,
        x: Tensor,
        left: Tensor,
        right: Tensor,
        same: Tensor,
        person: Tensor,
        held: Tensor,
        target: Tensor,
        weight: Tensor,
        strangers: Tensor,
        known: Tensor,
        shown: Tensor,
    ) -> Tensor:
        """x: inputs of the faces of the pairs, then of the degraded ones. held: (k,) places in x that are anchored.

        target: (k, d) unit embeddings they are to keep; weight: (k,), of each one's squared distance.
        strangers: (b, b) bool, which faces of the pairs count as different people.
        known: (2 j, d) inputs of other people than the user's, j and then a clear photograph of each, which is anchored
            too; shown: (j,) who. None of them where the settings want none.
        """
        embedded = self.embed(x)
        if self.identity is not None:
            loss = self.identity(embedded[: len(person)], person)
        else:
            assert self.pair is not None
            loss = self.pair(self.energy.between(embedded[left], embedded[right]), same)
            if self.settings.contrast:
                loss = loss + self.settings.contrast * contrast(embedded, left, right, same, strangers)
        if len(held):
            loss = loss + (weight * (embedded[held] - target).square().sum(1)).sum()
        if len(shown):
            loss = loss + self._of_known(known, shown)
        for name, value in self.encoder.named_parameters():
            if name in self._start:
                loss = loss + self.settings.l2sp * (value - self._start[name].to(value.device)).square().sum()
        return loss

    def _of_known(self, faces: Tensor, shown: Tensor) -> Tensor:
        count, embedded = len(shown), self.embed(faces)
        place, everybody = torch.arange(count, device=faces.device), torch.ones_like(shown, dtype=torch.bool)
        apart = (shown[:, None] != shown).repeat(2, 2)
        moved = (embedded[count:] - faces[count:]).square().sum(1).mean()
        told = contrast(embedded, place, place + count, everybody, apart)
        return self.settings.cohort * told + self.settings.anchor * moved

    def validation_loss(self, distances: Tensor, same: Tensor) -> float | None:
        """Of pairs at these distances; None for losses on identities."""
        if self.pair is None:
            return None
        with torch.no_grad():
            return float(self.pair(distances, same))
