"""The losses, one entry each. Reading this imports no torch.

To add one: a name in settings.LossName, a class in losses.py (or a function in identity_losses.py), an entry here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from siamgui.core.i18n import mark
from siamgui.finetuning.settings import LossName


@dataclass(frozen=True, slots=True)
class Loss:
    """words: its name for a person. make: from Q, the upper bound of the energy; it imports torch.

    on_people: whether it compares faces of people who are all known, by the cosines of their embeddings, and not pairs
    by their energy. asks_q: whether Q is worth a setting of its own.
    """

    words: str
    make: Callable[[float], Any]
    on_people: bool = False
    asks_q: bool = False


def _pairs() -> Any:
    from siamgui.finetuning import losses

    return losses


def _people() -> Any:
    from siamgui.finetuning import identity_losses

    return identity_losses


LOSSES = {
    LossName.LOGISTIC: Loss(mark("Logistic, on the distance"), lambda q: _pairs().LogisticLoss(q)),
    LossName.CHOPRA: Loss(mark("Chopra, Hadsell, LeCun 2005"), lambda q: _pairs().ChopraLoss(q), asks_q=True),
    LossName.HADSELL: Loss(mark("Contrastive, Hadsell 2006"), lambda q: _pairs().HadsellLoss(q)),
    LossName.ONLINE: Loss(mark("Contrastive, hard pairs only"), lambda q: _pairs().OnlineLoss(q)),
    LossName.COSENT: Loss(mark("CoSENT, ranks the pairs"), lambda q: _pairs().CoSENTLoss(q)),
    LossName.TRIPLET: Loss(mark("Triplet, on people"), lambda q: _people().triplet(), on_people=True),
    LossName.MULTI_SIMILARITY: Loss(
        mark("Multi-similarity, on people"), lambda q: _people().multi_similarity(), on_people=True
    ),
}
"""In the order in which they are offered."""
