"""Losses on labelled pairs: E_W small for the same person, large for different people.

People, files and the rest of siamgui say same = True / False. The papers say Y = 0 for the same person and Y = 1 for
different people; y_of() is the only place where one becomes the other.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional

from siamgui.finetuning.loss_table import LOSSES
from siamgui.finetuning.settings import LossName

CONTRAST_SCALE = 16.0


def y_of(same: Tensor) -> Tensor:
    """same: bool of any shape -> float Y, 0 for the same person (genuine), 1 for different people (impostor).

    Raises ValueError for numbers: 0 and 1 do not say which convention they follow.
    """
    if same.dtype != torch.bool:
        raise ValueError(f"expected bools, got {same.dtype}")
    return (~same).float()


def contrast(embedded: Tensor, left: Tensor, right: Tensor, same: Tensor, strangers: Tensor) -> Tensor:
    """Of every genuine pair: which of the faces in the batch is the partner? InfoNCE (van den Oord et al., 2018).

    embedded: (b, d) unit embeddings. left, right: (k,) places of the pairs in it; same: (k,) bool.
    strangers: (b, b) bool, which couples of faces count as different people. Each pair is asked from both of its sides,
    against the other sides of all pairs; the logits are 16 times the cosines. 0 where no pair is genuine.
    A few hundred labelled pairs hold tens of thousands of couples, most of which teach nothing and some of which teach
    more than any labelled impostor.
    """
    genuine = torch.nonzero(same)[:, 0]
    if not len(genuine):
        return embedded.sum() * 0.0
    total = embedded.new_zeros(())
    for one, other in ((left, right), (right, left)):
        asked = one[genuine]
        logits = CONTRAST_SCALE * embedded[asked] @ embedded[other].T
        counts = strangers[asked[:, None], other[None, :]]
        counts[torch.arange(len(genuine), device=counts.device), genuine] = True
        logits = logits.masked_fill(~counts, -torch.inf)
        total = total + functional.cross_entropy(logits, genuine)
    return total / 2


def make_pair_loss(name: LossName, q: float = 2.0) -> nn.Module:
    """The loss on pairs of that name. q: the upper bound of the energy (siamgui.core.energy.Energy.bound).

    The module takes energy, (n,) distances E_W >= 0, and same, (n,) bool, and gives the mean loss over the pairs, a
    scalar >= 0. It raises ValueError for anything but two vectors of the same length n >= 1, the second of bools.
    Raises ValueError for a loss on identities (see siamgui.finetuning.identity_losses) and for q <= 0.
    """
    if not (q > 0 and math.isfinite(q)):
        raise ValueError(f"q must be positive, got {q}")
    if LOSSES[name].on_people:
        raise ValueError(f"{name} is not a loss on pairs")
    loss: nn.Module = LOSSES[name].make(q)
    return loss


class _Loss(nn.Module, ABC):
    """What all losses on pairs share: the checks, and Y instead of "same"."""

    def __init__(self, q: float) -> None:
        super().__init__()
        self.q = q

    def forward(self, energy: Tensor, same: Tensor) -> Tensor:
        # (n, 1) against (n,) would broadcast to n x n and train on nonsense without a word.
        if energy.ndim != 1 or energy.shape != same.shape or not len(energy):
            raise ValueError(f"expected two vectors of one length, got {tuple(energy.shape)} and {tuple(same.shape)}")
        return self.loss(energy, y_of(same).to(energy.dtype))

    @abstractmethod
    def loss(self, energy: Tensor, y: Tensor) -> Tensor:
        """Both (n,): the mean loss."""


class ChopraLoss(_Loss):
    """(1 - Y) 2/Q E^2 + Y 2Q exp(-2.77/Q E): Chopra, Hadsell and LeCun, CVPR 2005, equation 8.

    Both worst cases cost 2Q; the terms cross at E = Q/2 (2.77 is 4 ln 2, rounded as printed). Impostors that are far
    already are pushed further, so on a strong encoder it disturbs; it is made for training from scratch.
    """

    def loss(self, energy: Tensor, y: Tensor) -> Tensor:
        genuine = 2 / self.q * energy.square()
        impostor = 2 * self.q * torch.exp(-2.77 / self.q * energy)
        return ((1 - y) * genuine + y * impostor).mean()


class HadsellLoss(_Loss):
    """(1 - Y) E^2 / 2 + Y max(0, m - E)^2 / 2: Hadsell, Chopra and LeCun, CVPR 2006, equation 4.

    The margin is m = Q / sqrt(2): on the unit sphere the distance of unrelated, orthogonal embeddings. Impostors
    beyond it are left alone.
    """

    def loss(self, energy: Tensor, y: Tensor) -> Tensor:
        return self.terms(energy, y).mean()

    def terms(self, energy: Tensor, y: Tensor) -> Tensor:
        margin = self.q / math.sqrt(2)
        return ((1 - y) * energy.square() + y * functional.relu(margin - energy).square()) / 2


class OnlineLoss(HadsellLoss):
    """Hadsell 2006 on the hard pairs of the batch alone, as in sentence-transformers.

    Hard: a genuine pair farther apart than the nearest impostor, an impostor nearer than the farthest genuine pair.
    With one kind of pair in the batch all are hard. The sum is divided by the size of the batch.
    """

    def loss(self, energy: Tensor, y: Tensor) -> Tensor:
        genuine = y == 0
        if genuine.all() or not genuine.any():
            return super().loss(energy, y)
        hard = torch.where(genuine, energy > energy[~genuine].min(), energy < energy[genuine].max())
        return (self.terms(energy, y) * hard).mean()


class CoSENTLoss(_Loss):
    """log(1 + sum of exp(20 (cos_impostor - cos_genuine))) over all couples of a genuine and an impostor pair.

    By Su (2022). It only ranks: every impostor is to be farther apart than every genuine pair. cos = 1 - 2 (E/Q)^2,
    the cosine of unit embeddings under L2. 0 where the batch has one kind of pair.
    """

    scale = 20.0

    def loss(self, energy: Tensor, y: Tensor) -> Tensor:
        scores = self.scale * (1 - 2 * (energy / self.q).square())
        couples = (scores[y == 1][:, None] - scores[y == 0][None, :]).flatten()
        return torch.logsumexp(torch.cat([couples.new_zeros(1), couples]), dim=0)


class LogisticLoss(_Loss):
    """Binary cross-entropy of P(different) = sigmoid(a (E - b)), with a > 0 and b trained along.

    It starts with b = Q/2, the neutral threshold of Chopra 2005, and a = 20/Q: E = 0 and E = Q are certain to 5e-5.
    """

    def __init__(self, q: float) -> None:
        super().__init__(q)
        self.log_steepness = nn.Parameter(torch.tensor(math.log(20 / q)))
        self.neutral = nn.Parameter(torch.tensor(q / 2))

    def loss(self, energy: Tensor, y: Tensor) -> Tensor:
        logits = self.log_steepness.exp() * (energy - self.neutral)
        return functional.binary_cross_entropy_with_logits(logits, y)
