"""How to train: the ladder of methods, what each is by default, and which one suits how much data."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from siamgui.core.typed_json import Count
from siamgui.versions.method import Method

_Weight = Annotated[float, Meta(ge=0, le=1e9)]
_Positive = Annotated[float, Meta(gt=0, le=1e9)]


class LossName(enum.StrEnum):
    CHOPRA = "chopra2005"
    HADSELL = "hadsell2006"
    ONLINE = "online"
    COSENT = "cosent"
    LOGISTIC = "logistic"
    TRIPLET = "triplet"
    MULTI_SIMILARITY = "multi-similarity"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides the result of a training run, besides the data.

    epochs: passes over the training pairs. batch: pairs per step. learning_rate: peak of a warm-up and cosine.
    rank: of the low-rank change of each layer (ADAPT), or of the head (HEAD; 0: a full matrix).
    contrast: weight of the contrast within a batch (siamgui.finetuning.losses.contrast), beside a loss on pairs.
    cohort: weight of the same contrast among people of the cohort (siamgui.finetuning.known_people), HEAD alone.
    anchor: weight of the squared distance of good photographs' embeddings to where they began (HEAD, ADAPT, FULL).
    robust: weight of the anchor for degraded copies of good photographs, made while training (ADAPT, FULL).
    l2sp: weight of the squared change of the trained weights, L2-SP (Li et al., 2018).
    patience: passes in a row that order the validation pairs worse than the best pass, beyond chance, before training
        ends; 0: never early. Passes that are as good as the best go on: the end of the schedule is the best guess.
    energy: "l2" or "l1", the norm of E_W. q: Q of the Chopra loss, None for the embedding's bound.
    device: "auto", "cpu", "cuda" or "mps".
    """

    method: Method
    loss: LossName = LossName.LOGISTIC
    epochs: Count = 8
    batch: Annotated[int, Meta(ge=1)] = 32
    learning_rate: _Positive = 1e-4
    rank: Count = 8
    contrast: _Weight = 1.0
    cohort: _Weight = 0.0
    anchor: _Weight = 10.0
    robust: _Weight = 1.0
    l2sp: _Weight = 0.0
    augment: bool = True
    patience: Count = 4
    energy: Literal["l2", "l1"] = "l2"
    q: _Positive | None = None
    seed: Count = 0
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
