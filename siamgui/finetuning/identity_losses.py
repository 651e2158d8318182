"""Losses on identities, for photographs whose people are all known, from pytorch-metric-learning."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from siamgui.finetuning.loss_table import LOSSES
from siamgui.finetuning.settings import LossName

IdentityLoss = Callable[[Tensor, Tensor], Tensor]


def make_identity_loss(name: LossName) -> IdentityLoss:
    """embeddings (n, d), person (n,) int64 -> a scalar >= 0; 0, with a gradient of 0, where no couple is hard.

    Two faces with one person number are genuine, all others impostors; the cosine of embeddings counts, not their
    length. Raises ValueError for a loss on pairs (see siamgui.finetuning.losses).
    """
    if not LOSSES[name].on_people:
        raise ValueError(f"{name} is not a loss on identities")
    loss: IdentityLoss = LOSSES[name].make(1.0)
    return loss


def triplet() -> IdentityLoss:
    """The margin of 0.2 and the semi-hard triplets of FaceNet (Schroff et al., CVPR 2015)."""
    from pytorch_metric_learning import losses, miners

    return _mined(losses.TripletMarginLoss(margin=0.2), miners.TripletMarginMiner(0.2, type_of_triplets="semihard"))


def multi_similarity() -> IdentityLoss:
    """Wang et al., CVPR 2019, with their mining."""
    from pytorch_metric_learning import losses, miners

    return _mined(losses.MultiSimilarityLoss(alpha=2, beta=50, base=0.5), miners.MultiSimilarityMiner(epsilon=0.1))


def _mined(loss: Callable[..., Tensor], miner: Callable[[Tensor, Tensor], tuple[Tensor, ...]]) -> IdentityLoss:
    def mined(embeddings: Tensor, person: Tensor) -> Tensor:
        if embeddings.ndim != 2 or person.shape != embeddings.shape[:1]:
            shapes = f"{tuple(embeddings.shape)} and {tuple(person.shape)}"
            raise ValueError(f"expected (n, d) embeddings and (n,) people, got {shapes}")
        return loss(embeddings, person, miner(embeddings, person))

    return mined
