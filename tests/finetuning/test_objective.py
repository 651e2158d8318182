"""What a step makes smaller."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from siamgui.core.energy import L1
from siamgui.core.manifest import bundled_encoder
from siamgui.finetuning.learners import make_learner
from siamgui.finetuning.settings import LossName
from siamgui.finetuning.trainer import Trainer
from siamgui.labelling.types import Part
from siamgui.versions.method import Method
from tests.builders.training_runs import Data, Listener, settings_of


def test_impostors_are_pushed_under_l1(data: Data) -> None:
    """Q is 2 sqrt d there: with Q = 2 an impostor at a usual distance of 15 costs nothing, and is not pushed."""
    pairs, split, start = data
    settings = settings_of(Method.HEAD, loss=LossName.CHOPRA, energy="l1", epochs=6)
    settings = replace(settings, contrast=0.0, anchor=0.0, robust=0.0)
    learner = make_learner(bundled_encoder(), settings)
    trainer = Trainer(learner, pairs, split, settings, start, torch.device("cpu"), Listener())
    chosen = split.pairs_of(Part.TRAIN)
    impostors = chosen[~pairs.same[chosen]]

    def apart(vectors: np.ndarray[Any, np.dtype[np.float32]]) -> float:
        return float(L1.distances(vectors[pairs.left[impostors]], vectors[pairs.right[impostors]]).mean())

    before = apart(start)
    trainer.run(None, "")
    assert apart(trainer.embed(np.arange(len(pairs.crops)))) > 1.2 * before
