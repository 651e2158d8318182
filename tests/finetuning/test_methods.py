"""The tables of methods and losses: every entry is whole, and reading them loads no torch."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from siamgui.core.encoders.registry import encoder_of
from siamgui.finetuning.identity_losses import make_identity_loss
from siamgui.finetuning.loss_table import LOSSES
from siamgui.finetuning.losses import make_pair_loss
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.settings import LossName
from siamgui.versions.method import METHOD_NAMES, Method


def test_reading_the_tables_loads_no_torch() -> None:
    code = "import sys, siamgui.finetuning.methods, siamgui.finetuning.loss_table; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_every_method_and_every_loss_has_an_entry() -> None:
    assert set(METHODS) == set(METHOD_NAMES) == set(Method)
    assert set(LOSSES) == set(LossName)


@pytest.mark.parametrize("method", Method)
def test_a_method_is_whole(method: Method) -> None:
    entry = METHODS[method]
    assert entry.words
    assert entry.defaults.method is method
    assert (entry.learner is None) == (entry.defaults.epochs == 0) == (entry.seconds_a_pair == 0)
    if entry.learner is not None:
        assert entry.learner().on_crops == entry.encoder_changes
    if entry.from_nothing:
        assert not encoder_of(entry.from_nothing).bundled


@pytest.mark.parametrize("name", LossName)
def test_a_loss_is_what_its_entry_says(name: LossName) -> None:
    assert LOSSES[name].words
    if LOSSES[name].on_people:
        vectors, person = torch.nn.functional.normalize(torch.eye(4) + 0.1), torch.tensor([0, 0, 1, 1])
        assert make_identity_loss(name)(vectors, person).ndim == 0
    else:
        assert make_pair_loss(name, 5.0)(torch.tensor([1.0, 2.0]), torch.tensor([True, False])).ndim == 0
